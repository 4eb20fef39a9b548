"""What keeps the house running: jobs, mail, the audit trail, settings and the centre's own terms."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from repository.db import Base, Numbered


class JobState(StrEnum):
    """A job that is done has no row any more."""

    QUEUED = "queued"
    RUNNING = "running"
    PARKED = "parked"  # failed too often: an administrator looks at it


class Job(Numbered, Base):
    """Work to be done after a commit, written in the same transaction as the change that asks for it."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_run_after", "state", "run_after"), Numbered.__table_args__)

    name: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(80), default="", index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[JobState] = mapped_column(String(10), default=JobState.QUEUED)
    priority: Mapped[int] = mapped_column(default=50)  # small numbers first
    run_after: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]


class Mail(Numbered, Base):
    """One message in the outbox; it leaves by a job, and its text is dropped when it has left.

    `key` names what it tells of, where that must be told once. `enclosed` are files of text that come with it.
    """

    __tablename__ = "mail"

    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(40), default="", server_default="")  # what a person may stop; "" never
    locale: Mapped[str] = mapped_column(String(10), default="pt_PT", server_default="pt_PT")
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    enclosed: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class MailStop(Base):
    """A kind of mail that somebody no longer wants; the address is kept as a digest."""

    __tablename__ = "mail_stop"

    address_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    created_at: Mapped[datetime]


class ItemCount(Base):
    """How often something was done with an item in a month; nobody can be told from it. `month` is its first day."""

    __tablename__ = "item_count"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(20), primary_key=True)  # seen, downloaded
    count: Mapped[int] = mapped_column(default=0)


class AuditEntry(Numbered, Base):
    """Who changed what and when; the database itself refuses to change or delete a row."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_kind", "subject_id"), Numbered.__table_args__)

    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    acting: Mapped[str] = mapped_column(String(40), default="", server_default="")  # who it was without an account
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class StoredSetting(Base):
    """A setting changed by an administrator in the browser."""

    __tablename__ = "stored_setting"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]


class StoredTerm(Base):
    """A term that the centre has added to a vocabulary, or closed."""

    __tablename__ = "stored_term"

    vocabulary: Mapped[str] = mapped_column(String(20), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    labels: Mapped[dict[str, str]] = mapped_column(JSON)
    parent: Mapped[str] = mapped_column(String(40), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class SynonymGroup(Base):
    """Ways to say the same that find one another, as the centre has them."""

    __tablename__ = "synonym_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    ways: Mapped[list[str]] = mapped_column(JSON)


class PeriodicRun(Base):
    """When a periodic job was last put into the queue."""

    __tablename__ = "periodic_run"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    last_at: Mapped[datetime]


class Report(Numbered, Base):
    """A problem that somebody told the centre about, with an item or with the site; anybody may tell.

    It is open while `handled_at` is empty. `hidden` says that the item is out of sight because of it. After an appeal
    the first decision stays written until the second one takes its place.
    """

    __tablename__ = "report"

    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None] = mapped_column(index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    locale: Mapped[str] = mapped_column(String(10), default="pt_PT", server_default="pt_PT")
    # Of the form that was sent: sent twice, it is told once.
    form_token: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    decision: Mapped[str] = mapped_column(String(20), default="", server_default="")  # keep, take_down, answer
    decision_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    appealed_at: Mapped[datetime | None]
    appealed_by: Mapped[str] = mapped_column(String(10), default="", server_default="")  # reporter, author
    appeal_text: Mapped[str] = mapped_column(Text, default="", server_default="")
