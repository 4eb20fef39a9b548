"""My view: the levels of a person, by their choice or by their recruitment group, and what comes first for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plugins.level_views import views
from plugins.level_views.models import PersonChoice
from plugins.level_views.views import Shown
from repository.api import N_, Invalid, NotAllowed, User, Work, record

SPECIAL = ("910", "920", "930")  # teachers of special education work across all levels: the mark is theirs
INCLUSION = "inc"


@dataclass(frozen=True)
class Mine:
    """A person's levels in order and recruitment group; `first` whether these come first, `chosen` whether by choice."""

    levels: tuple[str, ...] = ()
    group: str = ""
    first: bool = True
    chosen: bool = False


def of(work: Work) -> Mine:
    """Return what is the person's own; nothing for a visitor and for who has neither chosen nor a group."""
    actor = work.actor
    if not actor.signed_in:
        return Mine()
    row = work.session.get(PersonChoice, actor.user_id)
    if row is None:
        return Mine(by_group(work, actor.group_code), actor.group_code)
    return Mine(tuple(row.levels), actor.group_code, row.mine_first, chosen=True)


def by_group(work: Work, group: str) -> tuple[str, ...]:
    """Return the levels that a recruitment group teaches."""
    return (INCLUSION,) if group in SPECIAL else work.services.vocabularies.suggest_from_group(group).levels


def opening(shown: Sequence[Shown], mine: Mine) -> Shown | None:
    """Return the view that opens for a person: that of the first of their levels that has one."""
    return next((one for level in mine.levels for one in shown if one.view.preset.get("level") == (level,)), None)


def is_mine(shown: Shown, mine: Mine) -> bool:
    """Return whether a view is of one of the person's levels."""
    return shown.view.preset.get("level", ()) in [(level,) for level in mine.levels]


def comes_first(mine: Mine, filters: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return what comes gently first in a search: the person's levels and group, unless the search chose its own."""
    if not mine.first or "level" in filters:
        return {}
    first = {"level": mine.levels, "group": (mine.group,) if mine.group and "group" not in filters else ()}
    return {name: values for name, values in first.items() if values}


def choose(work: Work, levels: Iterable[str], first: bool) -> None:
    """Keep what a person chose, in the order of the levels; said twice, it is so once. Raises Invalid and NotAllowed."""
    if work.actor.user_id is None:
        raise NotAllowed(N_("Inicie sessão para escolher os seus níveis."))
    asked = set(levels)
    known = [term.code for term in work.services.vocabularies.levels]
    if asked - set(known):
        raise Invalid(N_("Escolha níveis da lista."), field="levels")
    wanted = [code for code in known if code in asked]
    row = work.session.get(PersonChoice, work.actor.user_id)
    before = {"levels": row.levels, "first": row.mine_first} if row else {}
    after = {"levels": wanted, "first": first}
    if before == after:
        return
    row = row or PersonChoice(user_id=work.actor.user_id)
    row.levels, row.mine_first, row.changed_at = wanted, first, work.now
    work.session.add(row)
    record(work, "level_views.chosen", row, before, after)


def choosable(work: Work) -> list[str]:
    """Return the levels that a person can choose: those of open views."""
    codes = {code for one in views.open_views(work) for code in one.view.preset.get("level", ())}
    return [term.code for term in work.services.vocabularies.levels if term.code in codes]


def data(work: Work, user: User) -> dict[str, Any]:
    """Return what a person chose, for the person."""
    row = work.session.get(PersonChoice, user.id)
    return {"levels": row.levels, "mine_first": row.mine_first} if row else {}


def forget(work: Work, user: User) -> None:
    """Let go of what a person chose: their account ends."""
    row = work.session.get(PersonChoice, user.id)
    if row is not None:
        work.session.delete(row)
