"""Staff's pages of actions and editions: the list, the forms, and the page of an edition with its tabs."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from plugins.training_actions import actions, links, participants, progress, sections, trail, wording
from plugins.training_actions.models import Author, Contribution, Edition, Participant
from plugins.training_actions.pages import forms
from plugins.training_actions.pages.door import done, door, page_number, page_url, refused, staff
from plugins.training_actions.reading import name_key
from repository.api import (
    AuditEntry,
    DomainError,
    Item,
    State,
    User,
    Work,
    begin,
    offer_undo,
    view_of,
    words_of,
)

LIST, ACTION, EDITION = (
    "training_actions/list.html",
    "training_actions/action_form.html",
    "training_actions/edition.html",
)
EDITION_FORM = "training_actions/edition_form.html"
PER_PAGE = 50


@staff.get("")
def editions() -> str:
    """The actions and editions in the person's care, with how far each has come."""
    work = door()
    text = request.args.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else None
    asked = progress.Asked(request.args.get("q", "")[:200].strip(), request.args.get("state", ""), year, page_number())
    lines, total = progress.lines(work, asked)
    words = {"open": gettext("Aberta"), "closed": gettext("Fechada"), "coming": gettext("Por começar")}
    return render_template(
        LIST, lines=lines, total=total, asked=asked, states=list(words.items()), page=asked.page,
        years=[(year, wording.school_year(year)) for year in progress.years(work)],
        count=-(-total // progress.PER_PAGE), page_url=page_url,
    )  # fmt: skip


# Actions


@staff.route("/new", methods=["GET", "POST"])
def new_action() -> Any:
    """The form of an action that is not there yet; its first edition comes next."""
    door()
    known = {"action": None, "said": forms.said_of_action(None), "choices": forms.action_choices()}
    if request.method == "GET":
        return render_template(ACTION, errors={}, **known)
    try:
        with begin() as work:
            action = actions.add_action(work, forms.action_values())
            work.session.flush()
    except forms.Refused as refusal:
        return _wrong(ACTION, refusal, known)
    except DomainError as error:
        return refused(ACTION, error, **known)
    return done("training_actions_manage.new_edition", action_id=action.id)


def _wrong(template: str, refusal: forms.Refused, known: dict[str, Any]) -> tuple[str, int]:
    errors = {name: words_of(error) for name, error in refusal.errors.items()}
    return render_template(template, errors=errors, **known), 422


@staff.route("/actions/<int:action_id>", methods=["GET", "POST"])
def change_action(action_id: int) -> Any:
    """The form of an action that is there."""
    work = door()
    action = actions.get_action(work, action_id)
    known = {"action": action, "said": forms.said_of_action(action), "choices": forms.action_choices()}
    if request.method == "GET":
        return render_template(ACTION, errors={}, **known)
    try:
        with begin() as work:
            actions.change_action(work, actions.get_action(work, action_id), forms.action_values())
    except forms.Refused as refusal:
        return _wrong(ACTION, refusal, known)
    except DomainError as error:
        return refused(ACTION, error, **known)
    first = next((edition for edition in action.editions if not edition.removed_at), None)
    return (
        done("training_actions_manage.edition", edition_id=first.id)
        if first
        else done("training_actions_manage.editions")
    )


@staff.post("/actions/<int:action_id>/remove")
def remove_action(action_id: int) -> Any:
    """Remove an action with its editions; the next page takes it back."""
    with begin() as work:
        actions.remove_action(work, actions.get_action(work, action_id, removed=True))
    undo = url_for("training_actions_manage.restore_action", action_id=action_id)
    offer_undo(gettext("Ação retirada. Os materiais ficam."), undo)
    return done("training_actions_manage.editions")


@staff.post("/actions/<int:action_id>/restore")
def restore_action(action_id: int) -> Any:
    """Bring a removed action back."""
    with begin() as work:
        actions.bring_back_action(work, actions.get_action(work, action_id, removed=True))
    return done("training_actions_manage.editions")


# Editions


@staff.route("/actions/<int:action_id>/editions/new", methods=["GET", "POST"])
def new_edition(action_id: int) -> Any:
    """The form of an edition that is not there yet."""
    action = actions.get_action(door(), action_id)
    known = _edition_form(None) | {"action": action}
    if request.method == "GET":
        return render_template(EDITION_FORM, errors={}, **known)
    try:
        with begin() as work:
            edition = actions.add_edition(work, actions.get_action(work, action_id), forms.edition_values())
            work.session.flush()
            if wanted := forms.deliverable_values():
                actions.set_deliverables(work, edition, wanted)
    except forms.Refused as refusal:
        return _wrong(EDITION_FORM, refusal, known)
    except DomainError as error:
        return refused(EDITION_FORM, error, **known)
    return done("training_actions_manage.edition", edition_id=edition.id, tab="people")


def _edition_form(edition: Edition | None) -> dict[str, Any]:
    return {
        "edition": edition,
        "said": forms.said_of_edition(edition),
        "choices": forms.edition_choices(),
        "deliverables": forms.deliverable_rows(edition),
    }


@staff.route("/editions/<int:edition_id>/edit", methods=["GET", "POST"])
def change_edition(edition_id: int) -> Any:
    """The form of an edition that is there, with what each should bring."""
    edition = actions.get_edition(door(), edition_id)
    known = _edition_form(edition) | {"action": edition.action}
    if request.method == "GET":
        return render_template(EDITION_FORM, errors={}, **known)
    try:
        with begin() as work:
            found = actions.get_edition(work, edition_id)
            actions.change_edition(work, found, forms.edition_values())
            actions.set_deliverables(work, found, forms.deliverable_values())
    except forms.Refused as refusal:
        return _wrong(EDITION_FORM, refusal, known)
    except DomainError as error:
        return refused(EDITION_FORM, error, **known)
    return done("training_actions_manage.edition", edition_id=edition_id)


@staff.post("/editions/<int:edition_id>/remove")
def remove_edition(edition_id: int) -> Any:
    """Remove an edition; the next page takes it back."""
    with begin() as work:
        actions.remove_edition(work, actions.get_edition(work, edition_id, removed=True))
    undo = url_for("training_actions_manage.restore_edition", edition_id=edition_id)
    offer_undo(gettext("Turma retirada. Os materiais ficam."), undo)
    return done("training_actions_manage.editions")


@staff.post("/editions/<int:edition_id>/restore")
def restore_edition(edition_id: int) -> Any:
    """Bring a removed edition back."""
    with begin() as work:
        actions.bring_back_edition(work, actions.get_edition(work, edition_id, removed=True))
    return done("training_actions_manage.edition", edition_id=edition_id)


@staff.get("/editions/<int:edition_id>", defaults={"tab": "collect"})
@staff.get("/editions/<int:edition_id>/<any(materials, people, history):tab>")
def edition(edition_id: int, tab: str) -> str:
    """The page of an edition: what comes in, what came of it, who is in it, and what was changed."""
    work = door()
    found = actions.get_edition(work, edition_id)
    state, days = progress.state_of(found, work.now)
    people = participants.present_people(found)
    return render_template(
        EDITION, edition=found, action=found.action, tab=tab, state=state, days=days,
        progress=progress.progress_of(work, [found.id])[found.id], people=people,
        trainers=[who for who in people if who.role == "trainer"],
        materials=_materials_count(work, found), main=sections.of(work, found, tab, "main"),
        aside=sections.of(work, found, tab, "aside"),
    )  # fmt: skip


def _materials_count(work: Work, edition: Edition) -> int:
    return work.session.scalar(select(func.count()).select_from(_items(edition).subquery())) or 0


def _items(edition: Edition) -> Any:
    query = select(Item).join(Contribution, Contribution.item_id == Item.id)
    return query.where(Contribution.edition_id == edition.id, Item.state != State.DISCARDED)


def materials_context(work: Work, edition: Edition) -> dict[str, Any]:
    """Return a page of all that came of the edition, in any state, with who made it."""
    query = _items(edition).order_by(Item.updated_at.desc(), Item.id.desc())
    loaded = query.options(selectinload(Item.terms), selectinload(Item.all_files))
    page = page_number()
    items = work.session.scalars(loaded.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    authors: dict[int, list[str]] = {}
    named = select(Author.item_id, Participant.name).join(Participant, Participant.id == Author.participant_id)
    ids = [item.id for item in items]
    answers = select(Contribution.item_id, Contribution.deliverable_id).where(Contribution.item_id.in_(ids))
    for item_id, name in work.session.execute(named.where(Author.item_id.in_(ids)).order_by(Author.position)):
        authors.setdefault(item_id, []).append(name)
    return {
        "items": [(view_of(item), ", ".join(authors.get(item.id, ()))) for item in items],
        "wanted": edition.deliverables,
        "answers": dict(work.session.execute(answers).all()) if edition.deliverables else {},
        "page": page,
        "count": -(-_materials_count(work, edition) // PER_PAGE),
        "page_url": page_url,
    }


def people_context(work: Work, edition: Edition) -> dict[str, Any]:
    """Return who is in the edition, trainers first, and who left."""
    people = sorted(participants.present_people(edition), key=lambda who: (who.role != "trainer", name_key(who.name)))
    return {"people": people, "left": [who for who in edition.participants if who.removed_at]}


def _in_words(code: str) -> str:
    known = trail.AUDIT | links.AUDIT
    words = str(gettext(known[code])) if code in known else code
    return words[:1].upper() + words[1:]


def history_context(work: Work, edition: Edition) -> dict[str, Any]:
    """Return what was changed of the edition, its action and its people, the newest first."""
    ids = [who.id for who in edition.participants]
    query = select(AuditEntry).where(
        or_(
            (AuditEntry.subject_kind == "edition") & (AuditEntry.subject_id == edition.id),
            (AuditEntry.subject_kind == "action") & (AuditEntry.subject_id == edition.action_id),
            (AuditEntry.subject_kind == "participant") & AuditEntry.subject_id.in_(ids),
        ),
        AuditEntry.action.startswith("training."),
    )
    rows = work.session.scalars(query.order_by(AuditEntry.id.desc()).limit(PER_PAGE)).all()
    users = dict(
        work.session.execute(
            select(User.id, User.name).where(User.id.in_({row.actor_id for row in rows if row.actor_id}))
        ).all()
    )
    names = {who.id: who.name for who in edition.participants}
    told = [
        {
            "at": row.at,
            "who": users.get(row.actor_id or 0, ""),
            "what": _in_words(row.action),
            "whom": names.get(row.subject_id or 0, "") if row.subject_kind == "participant" else "",
            "fields": [wording.field_name(name) for name in row.before.get("fields", ())],
        }
        for row in rows
    ]
    return {"entries": told}


sections.add(
    sections.Section("materials", "materials", "training_actions/section_materials.html", materials_context),
    sections.Section("people", "people", "training_actions/section_people.html", people_context),
    sections.Section("history", "history", "training_actions/section_history.html", history_context),
)
