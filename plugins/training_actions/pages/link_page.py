"""What a person's page shows, and what its form says."""

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale, gettext

from plugins.training_actions import answering, links, missing
from plugins.training_actions.authorship import authors_of
from plugins.training_actions.contributions import Line, Said, lines_of, lines_of_edition
from plugins.training_actions.deadlines import GRACE, contribution_of, is_open, too_late
from plugins.training_actions.models import Contribution, Deliverable, Participant
from plugins.training_actions.names import called
from repository.api import (
    N_,
    DomainError,
    FileState,
    Item,
    Notice,
    Organisation,
    State,
    Vocabularies,
    Work,
    cleanable,
    early_findings,
    originals,
    services,
    words_of,
)

FROM_FILE = ("title", "summary", "language", "keywords")
TYPED = ("title", "summary")
PLAIN = (*TYPED, "licence")
LISTS = {"level": "levels", "year": "years", "discipline": "disciplines", "group": "groups"}
NONE_OF_THESE = N_("Outra coisa, ou não sei")
LICENCES = ("CC-BY-SA-4.0", "CC-BY-4.0", "CC-BY-NC-SA-4.0", "INT")


def home_page(work: Work, me: Participant) -> dict[str, Any]:
    """Return what `link_home.html` needs."""
    edition, lines = me.edition, lines_of(work, me)
    waiting = {line.item.id: _notices_of(work, line) for line in lines}
    standing = missing.standing_of(work, edition, me)
    return {
        **_common(work, me),
        "lines": lines,
        "notices": [(item, notice) for pairs in waiting.values() for item, notice in pairs],
        "asked": {item_id for item_id, pairs in waiting.items() if any(notice.url for _, notice in pairs)},
        "wanted": [(want, _brought(standing, want)) for want in edition.deliverables],
        "unsure": standing.loose if missing.unsure(edition, standing) else 0,
        "receipts": [line for line in lines if line.contribution.receipt_code and line.item.state == State.PUBLISHED],
        "seen": lines_of_edition(work, edition) if me.role == "trainer" else [],
        "limit_mb": int(services().settings["max_file_mb"]),
    }


def _brought(standing: missing.Line, want: Deliverable) -> int:
    """Return how many count for this: when nothing is lacking, what named nothing filled the rest."""
    return want.count if standing.standing == missing.Standing.ALL else standing.brought.get(want.id, 0)


def _common(work: Work, me: Participant) -> dict[str, Any]:
    """Return what every page of the person needs; no address of it goes into the page's head."""
    edition = me.edition
    return {
        "me": me,
        "edition": edition,
        "action": edition.action,
        "token": links.token_of(services(), me),
        "first_name": called(me.name),
        "open": is_open(edition, work.now),
        "grace_until": edition.closes_at + GRACE if edition.closes_at else None,
        "link_ends": links.ends_at(services(), me),
        "canonical": "",
        "robots": "noindex, nofollow",
    }


def _notices_of(work: Work, line: Line) -> list[tuple[Item, Notice]]:
    """Return what waits for the authors of a contribution and of its new version, each with what it is about."""
    about = [item for item in (line.draft, line.item) if item is not None]
    return [(item, notice) for item in about for notice in _notices(work, item)]


def _notices(work: Work, item: Item) -> list[Notice]:
    return [notice for answer in work.hook.item_notices(work=work, item=item) for notice in answer or ()]


def item_page(
    work: Work, item: Item, me: Participant, *, typed: Any = None, errors: Mapping[str, DomainError] | None = None
) -> dict[str, Any]:
    """Return what `link_item.html` needs; `typed` is the form as it was sent, for fields with a mistake."""
    contribution = contribution_of(work.session, item)
    wrong = {name: words_of(error) for name, error in (errors or {}).items()}
    said: dict[str, Any] = {name: getattr(item, name) for name in PLAIN} | {name: item.codes(name) for name in LISTS}
    if typed is not None:
        said |= {name: typed[name] for name in wrong if name in typed and name in PLAIN}
    place = work.session.get(Organisation, item.organisation_id) if item.organisation_id else None
    signed = {row.participant_id for row in authors_of(work, item.revises_id or item.id)}
    here = [who for who in me.edition.participants if not who.removed_at or who.id in signed]
    people = [who for who in here if who.id != me.id and (who.role == me.role or who.id in signed)]
    return {
        **_common(work, me),
        "item": item,
        "said": said,
        "errors": wrong,
        "choices": choices(work),
        "licences": licence_cards(me.edition.licence),
        "place": place,
        "deliverable": _marked(item, contribution, me, typed),
        "wanted": me.edition.deliverables,
        "people": people,
        "people_options": [(who.id, who.name) for who in people],
        "wanted_options": [*((row.id, _asked(row)) for row in me.edition.deliverables), (0, gettext(NONE_OF_THESE))],
        "signed": signed,
        "new_version": item.revises_id is not None,
        "too_late": (late := too_late(item, me.edition, work.now)),
        "recalled": item.state == State.DRAFT and item.submitted_at is not None and not late,
        "notices": _notices(work, item),
        "shown": " ".join(proposals(item)),
        "limit_mb": int(services().settings["max_file_mb"]),
        **files_context(work, item, ""),
    }


def _marked(item: Item, contribution: Contribution | None, me: Participant, typed: Any) -> int | None:
    """Return which thing is marked: what was said, else what the title or the files tell; 0 for none of those asked for."""
    if contribution is None or contribution.deliverable_id is not None:
        return contribution.deliverable_id if contribution else None
    if typed is not None and typed.get("deliverable") == "0":
        return 0
    names = [item.title, *(file.name for file in item.files)]
    edition = me.edition
    signs = answering.signs_of(edition, edition.deliverables, names, item.type or "", services().vocabularies, [me])
    return signs[0].id if len(signs) == 1 and item.submitted_at is None else None


def _asked(row: Deliverable) -> str:
    return f"{row.title} {gettext('(em grupo)')}" if row.by_group else row.title


def receipt_page(work: Work, item: Item, me: Participant) -> dict[str, Any]:
    """Return what `link_receipt.html` needs."""
    contribution = contribution_of(work.session, item)
    standing = missing.standing_of(work, me.edition, me)
    return {
        **_common(work, me),
        "item": item,
        "contribution": contribution,
        "still": missing.still_wanted(me.edition, standing),
        "unsure": missing.unsure(me.edition, standing),
        "notices": _notices(work, item),
        "new_version": item.revises_id is not None,
    }


def proposals(item: Item) -> dict[str, str]:
    """Return what was read in the files and nobody has touched, as the fields show it."""
    known = {name: getattr(item, name) for name in FROM_FILE if name in item.proposed}
    return {name: ", ".join(value) if isinstance(value, list) else value for name, value in known.items()}


def choices(work: Work) -> dict[str, list[tuple[str, str]]]:
    """Return the options of the lists that are folded away behind what is known."""
    known, locale, today = services().vocabularies, str(get_locale()), work.now.date()

    def options(name: str) -> list[tuple[str, str]]:
        return [
            (term.code, term.label(locale)[:1].upper() + term.label(locale)[1:]) for term in known[name].valid(today)
        ]

    groups = [(code, f"{code} · {words}") for code, words in options("groups")]
    return {"level": options("levels"), "year": options("years"), "discipline": options("disciplines"), "group": groups}


def licence_cards(agreed: str) -> list[tuple[str, str, str]]:
    """Return the licences to choose from, or none when one was agreed upon with the centre."""
    if agreed:
        return []
    may = {
        "CC-BY-SA-4.0": gettext("Usar e adaptar, dizendo o meu nome"),
        "CC-BY-4.0": gettext("Usar e adaptar como quiserem, dizendo o meu nome"),
        "CC-BY-NC-SA-4.0": gettext("Usar e adaptar, mas não vender"),
        "INT": gettext("Só dentro do centro"),
    }
    locale, terms = str(get_locale()), {term.code: term for term in services().vocabularies.licences}
    same = gettext("A adaptação fica com a mesma licença")
    more = {
        code: gettext("Não aparece a visitantes")
        if code == "INT"
        else " · ".join(filter(None, (same if "SA" in code else "", terms[code].short(locale))))
        for code in LICENCES
        if code in terms
    }
    return [(code, may[code], more[code]) for code in LICENCES if code in terms]


def files_context(work: Work, item: Item, act: str) -> dict[str, Any]:
    """Return what the list of files needs; after `act` "remove:7" it offers to bring file 7 back."""
    removed = next((file for file in item.all_files if f"remove:{file.id}" == act and file.removed_at), None)
    pending = any(file.state == FileState.PENDING for file in item.files)
    return {
        "item": item,
        "files": item.files,
        "removed": removed,
        "pending": pending,
        "cleanable": {file.id for file in item.files if cleanable(file)},
        "cleaned": originals(work, item.files),
        "findings": early_findings(work, item),
    }


def read_form(form: Any, vocabularies: Vocabularies) -> Said:
    """Return what the form said: only what was sent counts, so that a page may send one field or all of them."""
    said = Said()
    said.item.update({name: form[name].strip() for name in TYPED if name in form})
    if form.get("licence") in LICENCES:
        said.item["licence"] = form["licence"]
    for name, vocabulary in LISTS.items():
        if name in form:
            said.item[name] = [code for code in form.getlist(name) if code in vocabularies[vocabulary]]
    if said.item.get("year"):
        years = [vocabularies.level_of_year(year) for year in said.item["year"]]
        levels = {*said.item.get("level", ()), *years}
        said.item["level"] = [term.code for term in vocabularies["levels"] if term.code in levels]
    if "deliverable" in form:
        said.deliverable = _number(form["deliverable"])
    if "authors" in form:
        said.authors = [_number(text) for text in form.getlist("authors") if _number(text)]
    if "shown" in form:
        said.shown = set(form["shown"].split())
    return said


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
