"""What waits for a decision, what the checks say of it, what was asked and answered, and what was decided."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from repository.api import Base, Numbered


class Review(Base):
    """An item that waits for a decision, or was decided.

    `state` is waiting, asked (a question is open), later (published already, to be looked at afterwards) or decided.
    `collection_key` and `collection_label` say what it was made for, so that the queue is read in one query.
    `fingerprint` stands for what the item said when it was handed in or last looked at.
    """

    __tablename__ = "moderation_review"
    __table_args__ = (Index("ix_moderation_review_state_submitted_at", "state", "submitted_at"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    collection_key: Mapped[str] = mapped_column(String(60), default="", index=True)
    collection_label: Mapped[str] = mapped_column(String(300), default="")
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    checked_at: Mapped[datetime | None]
    warnings: Mapped[int] = mapped_column(default=0)
    assigned_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    assigned_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    findings: Mapped[list["ReviewFinding"]] = relationship(
        back_populates="review", cascade="all, delete-orphan", order_by="ReviewFinding.id"
    )


class ReviewFinding(Numbered, Base):
    """What a check had to say; `dismissed_by` looked at it and found nothing wrong."""

    __tablename__ = "moderation_finding"

    item_id: Mapped[int] = mapped_column(ForeignKey("moderation_review.item_id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id", ondelete="SET NULL"))
    weight: Mapped[str] = mapped_column(String(10), default="warn")
    fix: Mapped[str] = mapped_column(String(20), default="")
    dismissed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    review: Mapped[Review] = relationship(back_populates="findings")


class Decision(Numbered, Base):
    """What somebody decided: approve, return, decline, look (it was published already), opinion (a second one).

    `batch` is shared by what was decided together, `draft_id` the draft of a new version that was taken over,
    `criteria` the marks of the rubric. A decision is never deleted: `undone_at` says that it was taken back.
    """

    __tablename__ = "moderation_decision"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="")
    criteria: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    batch: Mapped[str] = mapped_column(String(32), default="", index=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Question(Numbered, Base):
    """A question to the authors and their answer; `turn` makes the mailed answering links of one question worthless."""

    __tablename__ = "moderation_question"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str] = mapped_column(String(120), default="")
    answered_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Moderator(Numbered, Base):
    """That somebody decides on what comes from an organisation, or on a recruitment group, or on both together."""

    __tablename__ = "moderation_moderator"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id", "group_code"), Numbered.__table_args__)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    group_code: Mapped[str] = mapped_column(String(10), default="")
    created_at: Mapped[datetime]


class Policy(Numbered, Base):
    """How what comes from somewhere is treated: `mode` is before (decided first) or after (published, looked at later).

    `scope` is "house", "org:<id>", "user:<id>", or the key of a collection such as "edition:7"; the narrowest one counts.
    """

    __tablename__ = "moderation_policy"

    scope: Mapped[str] = mapped_column(String(60), unique=True)
    mode: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[datetime]


class Print(Base):
    """A file's text or picture in 64 bits (SimHash, or difference hash), so that near copies are found."""

    __tablename__ = "moderation_print"
    __table_args__ = (Index("ix_moderation_print_kind_value", "kind", "value", "file_id", "item_id"),)

    file_id: Mapped[int] = mapped_column(ForeignKey("file.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    value: Mapped[int] = mapped_column(BigInteger)  # signed: the upper half is negative
