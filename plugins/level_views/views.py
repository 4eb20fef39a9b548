"""The views there are, as the centre has them: in its order, under its names, without those it hides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from plugins.level_views.models import ViewChoice
from repository.api import N_, Invalid, LevelView, NotFound, Work, collect, record, require_permission

PERMISSION = "level_views.manage"
LONGEST_NAME = 60


@dataclass(frozen=True)
class Shown:
    """A view with what the centre decided about it; `own_name` is the centre's, empty when it keeps the view's."""

    view: LevelView
    own_name: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Wanted:
    """What an administrator wants of one view."""

    code: str
    place: int
    name: str = ""
    hidden: bool = False


def all_views(work: Work) -> list[Shown]:
    """Return every view of every plugin in the centre's order, those nobody has placed by their weight at the end."""
    known = {row.code: row for row in work.session.scalars(select(ViewChoice))}
    declared: list[LevelView] = collect(work.hook.register_level_views)
    ordered = sorted(declared, key=lambda view: (_place(known.get(view.code)), view.weight, view.code))
    return [_shown(view, known.get(view.code)) for view in ordered]


def _place(row: ViewChoice | None) -> int:
    return row.place if row else 10_000


def _shown(view: LevelView, row: ViewChoice | None) -> Shown:
    return Shown(view, row.name, row.hidden) if row else Shown(view)


def open_views(work: Work) -> list[Shown]:
    """Return the views that are not hidden, in order."""
    return [shown for shown in all_views(work) if not shown.hidden]


def get(work: Work, code: str) -> Shown:
    """Return an open view. Raises NotFound."""
    found = next((shown for shown in open_views(work) if shown.view.code == code), None)
    if found is None:
        raise NotFound(N_("Não há nenhum nível neste endereço."))
    return found


def view_of_search(work: Work, filters: Mapping[str, Sequence[str]]) -> Shown | None:
    """Return the open view that a search belongs to: all its preset is chosen and nothing beside it; the narrowest counts."""
    fitting = [shown for shown in open_views(work) if _fits(shown.view, filters)]
    return max(fitting, key=lambda shown: len(shown.view.preset), default=None)


def _fits(view: LevelView, filters: Mapping[str, Sequence[str]]) -> bool:
    return bool(view.preset) and all(set(filters.get(name, ())) == set(values) for name, values in view.preset.items())


def arrange(work: Work, wanted: Iterable[Wanted]) -> None:
    """Put the views in order, rename and hide them; said twice, it is so once. Raises Invalid and NotAllowed."""
    require_permission(work, PERMISSION)
    declared = {shown.view.code: shown for shown in all_views(work)}
    asked = [_checked(one) for one in wanted if one.code in declared]
    if asked and all(one.hidden for one in asked) and len(asked) == len(declared):
        raise Invalid(N_("Deixe pelo menos um nível à vista."))
    now_at = {code: place for place, code in enumerate(declared, 1)}
    for place, one in enumerate(sorted(asked, key=lambda one: _wished_place(one, now_at[one.code])), 1):
        _keep(work, one, place)


def _wished_place(wanted: Wanted, now_at: int) -> tuple[int, int]:
    """Return where a view stands among others that are wanted at the same place: whoever was moved there has it."""
    moved = (wanted.place > now_at) - (wanted.place < now_at)  # up goes before the one that is there, down behind it
    return wanted.place, moved


def _checked(wanted: Wanted) -> Wanted:
    name = " ".join(wanted.name.split())
    if len(name) > LONGEST_NAME:
        raise Invalid(N_("O nome tem no máximo %(n)s letras."), field=f"name-{wanted.code}", n=LONGEST_NAME)
    return Wanted(wanted.code, wanted.place, name, wanted.hidden)


def _keep(work: Work, wanted: Wanted, place: int) -> None:
    row = work.session.scalar(select(ViewChoice).filter_by(code=wanted.code))
    before = {"place": row.place, "name": row.name, "hidden": row.hidden} if row else {}
    after = {"place": place, "name": wanted.name, "hidden": wanted.hidden}
    if before == after:
        return
    row = row or ViewChoice(code=wanted.code)
    row.place, row.name, row.hidden, row.changed_at = place, wanted.name, wanted.hidden, work.now
    work.session.add(row)
    record(work, "level_views.arranged", row, {"code": wanted.code} | before, {"code": wanted.code} | after)
