"""The searches that people keep, and which items they were told of."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from repository.api import Base, Numbered


class SavedSearch(Numbered, Base):
    """A search of a person: `address` are its parameters; `removed_at` when it was deleted and may still come back.

    What was published before `mail_from` is no news in a mail. Each `feed_turn` gives the feed another secret address.
    """

    __tablename__ = "saved_searches_search"
    __table_args__ = (UniqueConstraint("user_id", "digest"), Numbered.__table_args__)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))  # of the address, by which a search is kept once
    mail: Mapped[str] = mapped_column(String(10), default="never")
    mail_from: Mapped[datetime]
    mailed_at: Mapped[datetime | None]
    feed_on: Mapped[bool] = mapped_column(default=False)
    feed_turn: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ToldItem(Base):
    """That a person was told of an item by mail: of each once, whichever of their searches finds it."""

    __tablename__ = "saved_searches_told"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True, index=True)
    told_at: Mapped[datetime]
