"""Pages of the rules of lending: in words, with what comes out for a thing and a person."""

from typing import Any

from flask import render_template, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from plugins.physical_loans import managing, rules, today
from plugins.physical_loans.asking import read_day
from plugins.physical_loans.models import Desk, Rule, Thing
from plugins.physical_loans.pages.desk_door import door, whole
from plugins.physical_loans.pages.door import number
from plugins.physical_loans.pages.settings import REFUSED, errors_of, pages, places_of, saved
from plugins.physical_loans.pages.terms_words import sentences
from plugins.physical_loans.pages.words import kind
from repository.api import (
    N_,
    DomainError,
    Invalid,
    Item,
    NotFound,
    Organisation,
    User,
    Work,
    begin,
    find_user,
    look,
    status_of,
)

NUMBERS = ("most_days", "most_open", "lead_days", "horizon_days", "renewals", "renewal_days")
FROM_ONE = ("most_days", "most_open", "renewal_days")
MOST_NUMBER = 3660


@pages.get("/rules", endpoint="rules")
def rules_page() -> str:
    """The rules in words, and what comes out for a thing and a person."""
    work = door()
    rows = work.session.scalars(select(Rule).order_by(Rule.id)).all()
    return render_template(
        "physical_loans/settings_rules.html",
        rows=[(rule, about, sentences(rule)) for rule, about in zip(rows, _about(work, rows), strict=True)],
        usual=sentences(rules.Terms()),
        **_preview(work),
        **_choices(work),
    )


def _about(work: Work, rows: Any) -> list[list[str]]:
    """Return in words whom and what each rule is about; four queries for any number of rules."""
    things = {t.item_id: t.item.title for t in _by_id(work, Thing.item_id, Thing, rows, "thing_id")}
    desks = {desk.id: desk.name for desk in _by_id(work, Desk.id, Desk, rows, "desk_id")}
    places = {place.id: place.name for place in _by_id(work, Organisation.id, Organisation, rows, "organisation_id")}
    people = {user.id: user.name for user in _by_id(work, User.id, User, rows, "user_id")}
    return [
        [
            words
            for words in (
                kind(rule.category),
                things.get(rule.thing_id, ""),
                desks.get(rule.desk_id, ""),
                places.get(rule.organisation_id, ""),
                people.get(rule.user_id, ""),
            )
            if words
        ]
        for rule in rows
    ]


def _by_id(work: Work, column: Any, model: Any, rows: Any, name: str) -> list[Any]:
    ids = {getattr(row, name) for row in rows} - {None}
    wanted = select(model).where(column.in_(ids))
    return (
        list(work.session.scalars(wanted.options(joinedload(Thing.item)) if model is Thing else wanted)) if ids else []
    )


def _preview(work: Work) -> dict[str, Any]:
    asked = request.args
    thing = work.session.get(Thing, number(asked.get("thing")) or 0)
    email = asked.get("person", "").strip()
    person = find_user(work, email) if email else None
    errors = errors_of(Invalid(N_("Não há nenhuma conta com esse endereço."), "person")) if email and not person else {}
    desks = today.desks_of(work)
    desk = next((each for each in desks if str(each.id) == asked.get("desk")), desks[0] if desks else None)
    holds = None
    if thing is not None and desk is not None and not errors:
        schools = [each.organisation_id for each in person.memberships] if person else []
        holds = sentences(rules.terms_for(work, thing, desk, person, schools))
    return {"asked": asked, "holds": holds, "errors": errors}


def _choices(work: Work) -> dict[str, Any]:
    things = work.session.execute(select(Thing.item_id, Item.title).join(Item).order_by(Item.title).limit(1000))
    kinds = work.session.scalars(select(Thing.category).where(Thing.category != "").distinct().order_by(Thing.category))
    return {
        "things": [(str(key), title) for key, title in things],
        "kinds": [(code, kind(code)) for code in kinds],
        "desks": [(str(desk.id), desk.name) for desk in today.desks_of(work)],
        "places": places_of(work),
        "who": [(code, gettext(words)) for code, words in managing.WHO.items()],
    }


@pages.route("/rules/new", methods=["GET", "POST"], endpoint="new_rule")
@pages.route("/rules/<int:rule_id>", methods=["GET", "POST"], endpoint="rule")
def rule(rule_id: int | None = None) -> Response | str | tuple[str, int]:
    """The form of a rule."""
    work = door()
    found = _get_rule(work, rule_id)
    if request.method == "GET":
        return _rule_form(work, found, _said_rule(work, found))
    try:
        with begin() as work:
            managing.save_rule(work, _get_rule(work, rule_id), _rule_values(work))
    except REFUSED as error:
        work = look()
        return _rule_form(work, _get_rule(work, rule_id), request.form.to_dict(), error), status_of(error)
    return saved("physical_loans_settings.rules")


def _get_rule(work: Work, rule_id: int | None) -> Rule | None:
    found = work.session.get(Rule, rule_id) if rule_id is not None else None
    if rule_id is not None and found is None:
        raise NotFound(N_("Esta regra já não existe."))
    return found


def _rule_form(work: Work, found: Rule | None, said: dict[str, Any], error: DomainError | None = None) -> str:
    return render_template(
        "physical_loans/settings_rule.html", rule=found, said=said, errors=errors_of(error), **_choices(work)
    )


def _said_rule(work: Work, found: Rule | None) -> dict[str, Any]:
    if found is None:
        return {}
    said = {name: getattr(found, name) for name in (*managing.ABOUT, *managing.VALUES)}
    person = work.session.get(User, found.user_id) if found.user_id else None
    said["person"] = person.email if person else ""
    said["approval"] = {None: "", True: "yes", False: "no"}[found.approval]
    said["back_before"] = found.back_before.isoformat() if found.back_before else ""
    return said


def _rule_values(work: Work) -> dict[str, Any]:
    form = request.form
    email = form.get("person", "").strip()
    person = find_user(work, email) if email else None
    if email and person is None:
        raise Invalid(N_("Não há nenhuma conta com esse endereço."), "person")
    values: dict[str, Any] = {name: number(form.get(name)) for name in ("thing_id", "desk_id", "organisation_id")}
    for name in NUMBERS:
        text = form.get(name, "").strip()
        values[name] = whole(text, name, 1 if name in FROM_ONE else 0, MOST_NUMBER) if text else None
    back = form.get("back_before", "").strip()
    return values | {
        "category": form.get("category", "").strip()[:40],
        "user_id": person.id if person else None,
        "who": form.get("who") or None,
        "approval": {"yes": True, "no": False}.get(form.get("approval", "")),
        "back_before": read_day(back, "back_before") if back else None,
        "note": form.get("note", "").strip()[:300],
    }


@pages.post("/rules/<int:rule_id>/remove")
def remove_rule(rule_id: int) -> Response:
    """Take a rule away."""
    door()
    with begin() as work:
        managing.remove_rule(work, rule_id)
    return saved("physical_loans_settings.rules")
