"""What the deposit page shows: the draft, or what was typed where it could not be kept."""

from collections.abc import Container, Mapping
from typing import Any

from flask_babel import get_locale, gettext

from plugins.materials import adaptations, drafts
from plugins.materials.details import details_of
from plugins.materials.problems import AUTHOR, hidden_words, words_for
from repository.api import (
    DomainError,
    File,
    FileState,
    Item,
    Organisation,
    Work,
    actor,
    cleanable,
    early_findings,
    originals,
    services,
    words_of,
)

PLAIN = ("title", "summary", "language", "type", "licence", "link", "audience", "changes")
LISTS = ("level", "year", "discipline", "group")
# The licences people choose from, with what each lets colleagues do, in the order of the cards.
FIRST_LICENCES = ("CC-BY-SA-4.0", "CC-BY-4.0", "CC-BY-NC-SA-4.0", "INT")


def draft_page(
    work: Work, item: Item, *, typed: Any = None, errors: Mapping[str, DomainError] | None = None
) -> dict[str, Any]:
    """Return what `materials/deposit.html` needs; `typed` is the form as it was sent, for fields with a mistake."""
    wrong = {name: words_of(error) for name, error in (errors or {}).items()}
    said = said_by(work, item)
    if typed is not None:
        said |= {name: typed[name] for name in wrong if name in typed and name not in LISTS}
    source = adaptations.origin(work, item)
    return {
        "item": item,
        "said": said,
        "errors": wrong,
        "hints": hints(item),
        "choices": choices(work, item),
        "licences": licence_cards(work, item),
        "audiences": _audiences(work, item),
        "source": source,
        "new_version": item.revises_id is not None,
        "limit_mb": int(services().settings["max_file_mb"]),
        "shown": " ".join(proposals(item)),
        **files_context(work, item, ""),
    }


def said_by(work: Work, item: Item) -> dict[str, Any]:
    """Return what the draft says, as the fields show it."""
    detail, source = details_of(work, item), adaptations.origin(work, item)
    said: dict[str, Any] = {name: getattr(item, name) for name in PLAIN}
    said |= {name: item.codes(name) for name in LISTS}
    return said | {
        "keywords": ", ".join(item.keywords),
        "authors": "\n".join(credit.name for credit in item.credits),
        "minutes": detail.minutes or "",
        "grouping": detail.grouping,
        "needs": "\n".join(detail.needs),
        "challenge": detail.challenge,
        "assessment": detail.assessment or any(file.audience for file in item.files),
        "note": source.note if source else "",
    }


def proposals(item: Item) -> dict[str, str]:
    """Return what was read in the files, and the level that follows from them, as the fields show it."""
    names = [name for name in (*drafts.FROM_FILE, "type", "year", "level") if name in item.proposed]
    known = {name: item.codes(name) if name in LISTS else getattr(item, name) for name in names}
    return {name: ", ".join(value) if isinstance(value, list) else value for name, value in known.items()}


def hints(item: Item) -> dict[str, str]:
    """Return where a proposed value comes from, by field."""
    read = gettext("Lido no ficheiro. Corrija se for preciso.")
    first = gettext("Lido na primeira página. Corrija se for preciso.")
    group = gettext("Do seu grupo de recrutamento. Corrija se for preciso.")
    words = dict.fromkeys(drafts.FROM_FILE, read) | {"title": first}
    words |= dict.fromkeys(("level", "discipline", "group"), group) | {"type": read, "year": read}
    if (years := item.codes("year")) and set(item.codes("level")) >= set(
        services().vocabularies.levels_with((), years)
    ):
        words["level"] = read if "year" in item.proposed else gettext("Do ano que escolheu. Corrija se for preciso.")
    return {name: words[name] for name in item.proposed if name in words}


def choices(work: Work, item: Item) -> dict[str, list[tuple[str, str]]]:
    """Return the options of the lists; the disciplines of the chosen levels stand first."""
    known, locale, today = services().vocabularies, str(get_locale()), work.now.date()

    def options(name: str) -> list[tuple[str, str]]:
        return [(term.code, _upper(term.label(locale))) for term in known[name].valid(today)]

    levels = set(item.codes("level"))
    likely = {term.code for term in known.disciplines if levels & set(term.codes("levels"))}
    disciplines = sorted(options("disciplines"), key=lambda option: option[0] not in likely)
    groups = [(code, f"{code} · {words}") for code, words in options("groups")]
    return {
        "level": options("levels"),
        "year": options("years"),
        "discipline": disciplines,
        "group": groups,
        "type": [option for option in options("types") if option[0] != "kit"],
        "language": options("languages"),
        "grouping": options("groupings"),
    }


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def licence_cards(work: Work, item: Item) -> list[tuple[str, str, str]]:
    """Return the licences as (code, what colleagues may do, short name); an adaptation is offered what may follow."""
    allowed = adaptations.licences_allowed(work, item)
    locale = str(get_locale())
    terms = {term.code: term for term in services().vocabularies.licences}
    order = [*FIRST_LICENCES, *(code for code in terms if code not in FIRST_LICENCES)]
    offered = [code for code in order if code in terms and (allowed is None or code in allowed)]
    return [
        (code, _may(code) or terms[code].text("sentence", locale), _more(code, terms[code], locale)) for code in offered
    ]


def _may(code: str) -> str:
    """The four usual choices, said from the side of who hands in."""
    return {
        "CC-BY-SA-4.0": gettext("Usar e adaptar, dizendo o meu nome"),
        "CC-BY-4.0": gettext("Usar e adaptar como quiserem, dizendo o meu nome"),
        "CC-BY-NC-SA-4.0": gettext("Usar e adaptar, mas não vender"),
        "INT": gettext("Só dentro do centro"),
        "EXT": gettext("Só para ver (ligação a outro site)"),
    }.get(code, "")


def _more(code: str, term: Any, locale: str) -> str:
    said = {
        "CC-BY-SA-4.0": gettext("A adaptação fica com a mesma licença"),
        "CC-BY-NC-SA-4.0": gettext("A adaptação fica com a mesma licença"),
        "INT": gettext("Não aparece a visitantes"),
        "EXT": gettext("As condições estão na página de origem"),
    }.get(code, "")
    short = "" if code in ("INT", "EXT") else term.short(locale)
    return " · ".join(filter(None, (said, short)))


def _audiences(work: Work, item: Item) -> list[tuple[str, str, str]]:
    place = work.session.get(Organisation, item.organisation_id) if item.organisation_id else None
    offered = [
        ("public", gettext("Toda a gente"), gettext("Também quem não tem conta")),
        ("members", gettext("Quem tem conta"), gettext("Docentes e formadores do centro")),
    ]
    if place is not None:
        name = place.short_name or place.name
        offered.append(("organisation", gettext("Só %(place)s", place=name), gettext("E as escolas que lhe pertencem")))
    return offered


def files_context(work: Work, item: Item, act: str) -> dict[str, Any]:
    """Return what the list of files needs; after `act` "remove:7" it offers to bring file 7 back."""
    removed = None
    if act.startswith("remove:") and act[7:].isdecimal():
        removed = next((file for file in item.all_files if str(file.id) == act[7:] and file.removed_at), None)
    cleaned = originals(work, item.files)
    rows = [file_row(file, cleaned) for file in item.files]
    return {
        "item": item,
        "rows": rows,
        "removed": removed,
        "assessment": details_of(work, item).assessment or any(file.audience for file in item.files),
        "pending": drafts.being_read(item),
        "actor": actor(),
        "findings": early_findings(work, item),
        "signed": _signed(item),
    }


def file_row(file: File, cleaned: Container[int] = ()) -> dict[str, Any]:
    """Return a line of the list of files, with what was found in the file in words; `cleaned` are ids of such files."""
    return {
        "id": file.id,
        "name": file.name,
        "family": file.family,
        "size": file.size,
        "pages": file.page_count,
        "restricted": bool(file.audience),
        "pending": file.state == FileState.PENDING,
        "problem": gettext(words_for(file.problem)) if file.problem else "",
        "hidden": [gettext(words) for words in hidden_words(file.hidden) if words != AUTHOR or cleanable(file)],
        "cleanable": cleanable(file),
        "cleaned": file.id in cleaned,
    }


def _signed(item: Item) -> list[str]:
    """Return the names of the documents that carry their author's: said once for all, and not of each."""
    return [file.name for file in item.files if "author" in file.hidden and not cleanable(file)]
