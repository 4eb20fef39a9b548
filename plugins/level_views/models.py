"""What an administrator changed about the views of levels, what people chose, adopted, asked and tried."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
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


class PersonChoice(Base):
    """What a person chose: the levels that open first, and whether what is theirs comes first in a search.

    Without a row the person's recruitment group says which levels are theirs.
    """

    __tablename__ = "level_views_person"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    levels: Mapped[list[str]] = mapped_column(JSON, default=list)
    mine_first: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]


class Adoption(Numbered, Base):
    """That a recruitment group of a school or cluster works with an item; any of the group may say so and take it back."""

    __tablename__ = "level_views_adoption"
    __table_args__ = (UniqueConstraint("item_id", "organisation_id", "group_code"), Numbered.__table_args__)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    group_code: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    adopted_at: Mapped[datetime]


class Challenge(Numbered, Base):
    """A difficulty that many meet, in a teacher's words, for some levels; `hidden_at` when it was taken off the board.

    `hidden_by_staff` when the centre did: then its author cannot put it back.
    """

    __tablename__ = "level_views_challenge"

    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text, default="")
    levels: Mapped[list[str]] = mapped_column(JSON, default=list)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_by_staff: Mapped[bool] = mapped_column(default=False)


class ChallengeAnswer(Numbered, Base):
    """That an item, a material or a kit, answers a challenge, and how, in a sentence."""

    __tablename__ = "level_views_answer"
    __table_args__ = (UniqueConstraint("challenge_id", "item_id"), Numbered.__table_args__)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("level_views_challenge.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(String(300), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]


class SameProblem(Base):
    """That a person has the problem of a challenge; only the number is ever shown."""

    __tablename__ = "level_views_same"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("level_views_challenge.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime]


class TriedNote(Numbered, Base):
    """What a teacher who tried an item tells the others, and what they tell its authors alone; one for each person.

    `taken_at` when its author took it away, `hidden_at` and `hidden_why` when the centre did; `before` is what it said
    until its last change, kept for a day, so that the change can be undone.
    """

    __tablename__ = "level_views_tried"
    __table_args__ = (UniqueConstraint("item_id", "user_id"), Numbered.__table_args__)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    level: Mapped[str] = mapped_column(String(20))
    class_type: Mapped[str] = mapped_column(String(120), default="")
    changed: Mapped[str] = mapped_column(Text, default="")
    worked: Mapped[str] = mapped_column(Text, default="")
    question: Mapped[str] = mapped_column(Text, default="")
    strength: Mapped[str] = mapped_column(Text, default="")
    suggestion: Mapped[str] = mapped_column(Text, default="")
    told_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_why: Mapped[str] = mapped_column(String(300), default="")
    before: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


class Thanks(Base):
    """That a person thanks those who made an item; only the number is ever shown."""

    __tablename__ = "level_views_thanks"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    thanked_at: Mapped[datetime]


class Asking(Base):
    """That a person used an item and may be asked, once, how it went; `away_at` when they sent the question away."""

    __tablename__ = "level_views_asking"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True, index=True)
    used_at: Mapped[datetime]
    away_at: Mapped[datetime | None]
