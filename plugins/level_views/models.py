"""What an administrator changed about the views of levels."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from repository.api import Base, Numbered


class ViewChoice(Numbered, Base):
    """How the centre has a view: its place, a name of its own (empty: the one it comes with), whether it is hidden.

    A view without a row is as its plugin declares it; a row whose plugin is switched off waits for it.
    """

    __tablename__ = "level_views_view"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    place: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(60), default="")
    hidden: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]
