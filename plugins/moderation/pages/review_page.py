"""What the page shows of the item that is being looked at: preview, checks, description, history, ways to decide."""

from collections.abc import Iterator
from typing import Any

from flask import url_for
from flask_babel import get_locale, gettext
from sqlalchemy import or_, select

from plugins.moderation import checking, decisions, mails, policies, questions, reasons, reviews
from plugins.moderation.acts import ACTS, LATER
from plugins.moderation.fingerprints import CODES, SAID, fingerprint
from plugins.moderation.models import Moderator, Review, ReviewFinding
from repository.api import (
    N_,
    File,
    FileState,
    Item,
    Membership,
    Organisation,
    User,
    Work,
    allowed,
    checks_of,
    cleanable,
    may_fetch,
    preview_of,
    services,
    view_of,
)

MOST_PEOPLE = 60
FIELDS = {
    "title": N_("Título"),
    "summary": N_("Resumo"),
    "language": N_("Língua"),
    "type": N_("Tipo"),
    "licence": N_("Licença"),
    "audience": N_("Quem pode ver"),
    "link": N_("Ligação"),
    "keywords": N_("Palavras-chave"),
    "level": N_("Nível"),
    "year": N_("Ano"),
    "group": N_("Grupo de recrutamento"),
    "discipline": N_("Disciplina"),
}
LISTS = {"type": "types", "language": "languages", "licence": "licences"}
SEVERAL = {"level": "levels", "year": "years", "discipline": "disciplines", "group": "groups"}


def context(work: Work, item: Item) -> dict[str, Any]:
    """Return what the template needs of one item."""
    review = work.session.get(Review, item.id)
    known = list(review.findings) if review else []
    made_for = next(reviews.collections(work, item), None)
    locale = _authors_locale(work, item)
    return {
        "item": item,
        "view": view_of(item),
        "review": review,
        "seen": fingerprint(item),
        "may": {name for name in ACTS if _may(work, item, review, name)},
        "later": review is not None and review.state == LATER,
        "own": policies.is_own(work.actor, item),
        "previews": [show for file in item.files if may_fetch(work, file) and (show := preview_of(work, file))],
        "files": [_file(file) for file in item.files],
        "findings": _findings(known, item),
        "passed": _passed(known) if review and review.checked_at else [],
        "choices": choices(work),
        "said": said_by(item),
        "collection": made_for,
        "holder": work.session.get(User, review.assigned_id) if review and review.assigned_id else None,
        "people": people(work),
        "history": decisions.history(work, item),
        "questions": questions.of_item(work, item.id),
        "reasons": reasons.reasons_for(services().settings, locale),
        "rubric": reasons.criteria(services().settings, str(get_locale())),
        "changed": _changed(work, item),
    }


def _may(work: Work, item: Item, review: Review | None, name: str) -> bool:
    act = ACTS[name]
    fits = review is not None and review.state in act.reviews and item.state in act.items
    return fits and allowed(work, act.needs, item)


def _authors_locale(work: Work, item: Item) -> str:
    found = mails.contacts(work, item)
    return found[0].locale if found else "pt_PT"


def _file(file: File) -> dict[str, Any]:
    return {
        "name": file.name,
        "family": file.family,
        "pages": file.page_count,
        "url": url_for("files.download", file_id=file.id),
        "pending": file.state == FileState.PENDING,
    }


def _findings(known: list[ReviewFinding], item: Item) -> dict[str, list[dict[str, Any]]]:
    """Return what the checks found in two lists: the warnings that the queue counts, and what does not count."""
    counted = [row for row in known if checking.is_warning(row)]
    others = [row for row in known if not checking.is_warning(row)]
    return {
        "warnings": [_finding(row, item) for row in counted],
        "others": [_finding(row, item) for row in others],
    }


def _finding(row: ReviewFinding, item: Item) -> dict[str, Any]:
    file = next((file for file in item.files if file.id == row.file_id), None)
    fixable = row.fix == "clean" and file is not None and cleanable(file)
    cleaning = fixable and file is not None and file.state == FileState.PENDING
    return {
        "id": row.id,
        "text": gettext(row.reason, **row.params) if row.params else gettext(row.reason),
        "weight": row.weight,
        "file": file.name if file else "",
        "clean": file.id if file is not None and fixable and not cleaning else None,
        "cleaning": cleaning,
        "aside": row.dismissed_by is not None,
    }


def _passed(known: list[ReviewFinding]) -> list[str]:
    found = {row.code for row in known}
    return [gettext(check.label) for check in checks_of(services()) if check.code not in found]


def _changed(work: Work, item: Item) -> list[str] | None:
    """Return which parts of a new version differ from what is published; None for what is no new version."""
    if item.revises_id is None:
        return None
    before = work.session.get_one(Item, item.revises_id)
    parts = [name for name in SAID if getattr(item, name) != getattr(before, name)]
    parts += [name for name in CODES if item.codes(name) != before.codes(name)]
    words = [gettext(FIELDS[name]) for name in parts]
    if [(file.name, file.sha256) for file in item.files] != [(file.name, file.sha256) for file in before.files]:
        words.append(gettext("Ficheiros"))
    return words


def said_by(item: Item) -> dict[str, Any]:
    """Return what the item says, as the fields of its form show it."""
    said: dict[str, Any] = {name: getattr(item, name) for name in ("title", "summary", *LISTS)}
    return said | {name: item.codes(name) for name in SEVERAL} | {"keywords": ", ".join(item.keywords)}


def choices(work: Work) -> dict[str, list[tuple[str, str]]]:
    """Return the options of the lists."""
    known, locale, today = services().vocabularies, str(get_locale()), work.now.date()

    def options(vocabulary: str) -> Iterator[tuple[str, str]]:
        for term in known[vocabulary].valid(today):
            words = term.short(locale) if vocabulary == "years" else term.label(locale)
            if vocabulary == "licences":
                words = term.text("sentence", locale) or words
            yield term.code, f"{term.code} · {words}" if vocabulary == "groups" else words[:1].upper() + words[1:]

    return {name: list(options(vocabulary)) for name, vocabulary in (LISTS | SEVERAL).items()}


def people(work: Work) -> list[tuple[int, str]]:
    """Return whom an item may be given to: moderators and staff, by name."""
    theirs = select(Moderator.user_id)
    staff = select(Membership.user_id).where(Membership.role.in_(("staff", "administrator")))
    living = (User.disabled_at.is_(None), User.deleted_at.is_(None))
    query = select(User.id, User.name).where(or_(User.id.in_(theirs), User.id.in_(staff)), *living)
    return list(work.session.execute(query.order_by(User.name).limit(MOST_PEOPLE)).all())


def filter_options(work: Work) -> dict[str, list[tuple[str, str]]]:
    """Return what the queue can be narrowed to."""
    open_ones = Review.state != "decided"
    keys = select(Review.collection_key, Review.collection_label).where(open_ones, Review.collection_key != "")
    places = select(Organisation.id, Organisation.short_name, Organisation.name).join(
        Review, Review.organisation_id == Organisation.id
    )
    named = work.session.execute(places.where(open_ones).distinct().order_by(Organisation.name))
    groups = services().vocabularies["groups"]
    return {
        "collection": [
            (key, label) for key, label in work.session.execute(keys.distinct().order_by(Review.collection_label))
        ],
        "organisation": [(str(number), short or name) for number, short, name in named],
        "group": [(term.code, f"{term.code} · {term.label(str(get_locale()))}") for term in groups],
    }
