"""What was found wrong or hidden in a file, in words: what it means and what to do. The file is kept all the same."""

from repository.api import N_

PROBLEMS = {
    "empty": N_("O ficheiro está vazio. Volte a guardá-lo no seu computador e junte-o de novo."),
    "truncated": N_("O ficheiro está cortado: falta o fim. Descarregue-o ou copie-o de novo e troque-o."),
    "encrypted": N_(
        "O ficheiro pede uma palavra-passe, por isso não se vê aqui nem se encontra pelo texto. Junte uma cópia sem ela."
    ),
    "mislabelled": N_("O conteúdo não corresponde ao nome. Pode ser descarregado; dê-lhe a terminação certa se puder."),
    "polyglot": N_(
        "O ficheiro é duas coisas ao mesmo tempo, o que é sinal de perigo. Só se descarrega. Guarde-o de novo e troque-o."
    ),
    "not_allowed": N_("Este tipo de ficheiro só se descarrega, não se vê aqui. Se puder, junte também um PDF."),
    "program": N_("É um programa. Só se descarrega, e não se vê aqui."),
    "broken": N_("Não se conseguiu ler o ficheiro: parece danificado. Abra-o, guarde-o de novo e troque-o."),
    "bomb": N_("Aberto, o ficheiro ficaria demasiado grande. Só se descarrega. Junte as partes em separado."),
    "too_large": N_("O ficheiro é demasiado grande para se ver aqui. Pode ser descarregado."),
    "timeout": N_("O ficheiro demorou demasiado a ler. Pode ser descarregado, mas não se encontra pelo texto."),
    "memory": N_("O ficheiro é demasiado pesado para se ver aqui. Pode ser descarregado."),
    "crashed": N_("Não se conseguiu ler o ficheiro. Pode ser descarregado; se puder, junte também um PDF."),
}
UNKNOWN = N_("Não se conseguiu ler o ficheiro. Pode ser descarregado.")
AUTHOR = N_("O ficheiro guarda o nome de quem o fez.")
HIDDEN = {
    "gps": N_("O ficheiro guarda o local onde a fotografia foi tirada."),
    "author": AUTHOR,
    "signed": N_("O ficheiro está assinado: retirar o nome estragava a assinatura, por isso fica como está."),
    "locked": N_("O ficheiro está protegido e não se pode mudar aqui. Se quiser, junte uma cópia sem proteção."),
    "stays": N_("Não se conseguiu retirar o nome sem estragar o ficheiro. Apague-o nas propriedades do documento."),
}


def words_for(problem: str) -> str:
    """Return the sentence for a problem, untranslated; "" when there is none."""
    return PROBLEMS.get(problem, UNKNOWN) if problem else ""


def hidden_words(hidden: list[str]) -> list[str]:
    """Return a sentence for each kind of hidden data, untranslated."""
    return [HIDDEN[name] for name in hidden if name in HIDDEN]
