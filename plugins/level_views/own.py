"""What of tried notes, thanks and questions belongs to one person: taken along, and let go of."""

from typing import Any

from sqlalchemy import delete, select

from plugins.level_views import tried
from plugins.level_views.models import Asking, Thanks, TriedNote
from repository.api import User, Work


def data(work: Work, user: User) -> dict[str, Any]:
    """Return what a person told and thanked for, and what they may be asked about, for the person."""
    rows = work.session.scalars(select(TriedNote).filter_by(user_id=user.id).order_by(TriedNote.id))
    notes = [{"item": row.item_id} | {name: getattr(row, name) for name in tried.NAMES} for row in rows]
    thanks = list(work.session.scalars(select(Thanks.item_id).filter_by(user_id=user.id)))
    used = list(work.session.scalars(select(Asking.item_id).filter_by(user_id=user.id)))
    return {name: found for name, found in (("tried", notes), ("thanked", thanks), ("used", used)) if found}


def forget(work: Work, user: User) -> None:
    """Let go of who told what: notes stay without it, but for those taken away; thanks and questions go."""
    work.session.execute(delete(TriedNote).where(TriedNote.user_id == user.id, TriedNote.taken_at.is_not(None)))
    for row in work.session.scalars(select(TriedNote).filter_by(user_id=user.id)):
        row.user_id = None
    for table in (Thanks, Asking):
        work.session.execute(delete(table).where(table.user_id == user.id))
