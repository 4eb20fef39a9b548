"""Files that do not open, that say nothing to a search, or that say more than their author knows."""

from collections.abc import Iterator

from sqlalchemy import func, select

from repository.api import N_, File, FileText, Finding, Item, Services, Work, cleanable

PROBLEMS = {
    "empty": N_("«%(file)s» está vazio."),
    "encrypted": N_("«%(file)s» pede uma palavra-passe para abrir."),
    "truncated": N_("«%(file)s» está incompleto: falta-lhe o fim."),
    "mislabelled": N_("«%(file)s» não é o que a extensão diz."),
    "polyglot": N_("«%(file)s» esconde outro ficheiro dentro dele."),
    "bomb": N_("«%(file)s» cresce sem medida ao abrir."),
}
UNREADABLE = N_("«%(file)s» não abre.")
HIDDEN = {
    "gps": N_("«%(file)s» guarda o lugar onde a fotografia foi tirada."),
    "author": N_("«%(file)s» guarda o nome de quem o fez ou do dono do computador."),
}
WHY_IT_STAYS = {
    "signed": N_("«%(file)s» guarda o nome de quem o fez; está assinado, e tirá-lo estragava a assinatura."),
    "locked": N_("«%(file)s» guarda o nome de quem o fez; está protegido e não se pode mudar."),
    "stays": N_("«%(file)s» guarda o nome de quem o fez, e não se consegue tirar sem estragar o ficheiro."),
}
AUTHOR = N_("Guardam nas propriedades o nome de quem os fez ou do dono do computador: %(files)s.")
LETTERS_A_PAGE = 20  # fewer, and the page is a picture of a page


def unreadable(_services: Services, _work: Work, item: Item) -> Iterator[Finding]:
    """Find files that nobody can open, or that are not what they seem."""
    for file in item.files:
        if file.problem:
            words = PROBLEMS.get(file.problem, UNREADABLE)
            yield Finding(words, {"file": file.name}, file.id, "stop")


def scan_without_text(_services: Services, work: Work, item: Item) -> Iterator[Finding]:
    """Find PDF files whose pages are pictures: no search and no screen reader finds a word in them."""
    scans = [file for file in item.files if file.media_type == "application/pdf" and file.page_count]
    letters = func.coalesce(func.sum(func.length(FileText.text)), 0)
    counted = select(FileText.file_id, letters).where(FileText.file_id.in_([file.id for file in scans]))
    found: dict[int, int] = dict(work.session.execute(counted.group_by(FileText.file_id)).all())
    for file in scans:
        if not file.problem and found.get(file.id, 0) < LETTERS_A_PAGE * (file.page_count or 1):
            words = N_("«%(file)s» são imagens de páginas, sem texto: ninguém o encontra pelas palavras.")
            yield Finding(words, {"file": file.name, "pages": file.page_count}, file.id)


def hidden_data(_services: Services, _work: Work, item: Item) -> Iterator[Finding]:
    """Find the place and the name that files carry unseen; they are taken out with one press, where that does no harm.

    That documents name their author is said once for all of them: said of each, nobody reads it any more.
    """
    documents = [file for file in item.files if "author" in file.hidden and not _reason_to_stay(file)]
    documents = [file for file in documents if not cleanable(file)]
    if documents:
        names = ", ".join(f"«{file.name}»" for file in documents)
        yield Finding(AUTHOR, {"files": names}, documents[0].id if len(documents) == 1 else None, "note")
    for file in item.files:
        fix = "clean" if cleanable(file) else ""
        stay = _reason_to_stay(file)
        for what in file.hidden:
            if what in HIDDEN and not (what == "author" and file in documents):
                yield Finding(
                    stay or HIDDEN[what], {"file": file.name}, file.id, "warn" if what == "gps" else "note", fix
                )


def _reason_to_stay(file: File) -> str | None:
    return next((WHY_IT_STAYS[what] for what in file.hidden if what in WHY_IT_STAYS), None)
