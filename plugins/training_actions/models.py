"""Training actions, their editions, the people in them, what they should bring, and what they brought."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from repository.api import Base, Numbered


class Action(Numbered, Base):
    """A training action as it is accredited; it is held in one or more editions.

    `accreditation` and the editions' `reference` are written as the centre writes them: neither is a key. `modality` is
    CF, OF, CE, PR, ES, ACD or JOR (an event), `regime` presencial, b-learning or e-learning, `area` a to g (article 5 of
    the Portuguese law on continuous training, DL 22/2014). Hours are in quarters of an hour, so that 12.5 h is exact.
    """

    __tablename__ = "training_actions_action"

    title: Mapped[str] = mapped_column(String(300))
    accreditation: Mapped[str] = mapped_column(String(60), default="", index=True)
    modality: Mapped[str] = mapped_column(String(10), default="")
    contact_quarters: Mapped[int | None]
    own_work_quarters: Mapped[int | None]
    regime: Mapped[str] = mapped_column(String(20), default="")
    area: Mapped[str] = mapped_column(String(4), default="")
    groups: Mapped[list[str]] = mapped_column(JSON, default=list)
    levels: Mapped[list[str]] = mapped_column(JSON, default=list)
    disciplines: Mapped[list[str]] = mapped_column(JSON, default=list)
    aims: Mapped[str] = mapped_column(Text, default="")
    contents: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    editions: Mapped[list["Edition"]] = relationship(back_populates="action", order_by="Edition.starts_on")


class Edition(Numbered, Base):
    """One time that an action is held (turma). `school_year` is the year it began: 2026 stands for 2026/2027.

    Contributions are taken until `closes_at`. `licence` and `audience` are what the participants agreed to; empty means
    that each chooses. `reminders` are days before the closing date.
    """

    __tablename__ = "training_actions_edition"

    action_id: Mapped[int] = mapped_column(ForeignKey("training_actions_action.id"), index=True)
    reference: Mapped[str] = mapped_column(String(60), default="", index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    school_year: Mapped[int | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(String(200), default="")
    closes_at: Mapped[datetime | None]
    licence: Mapped[str] = mapped_column(String(20), default="")
    audience: Mapped[str] = mapped_column(String(20), default="public")
    reminders: Mapped[list[int]] = mapped_column(JSON, default=lambda: [7, 1])
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    action: Mapped[Action] = relationship(back_populates="editions")
    participants: Mapped[list["Participant"]] = relationship(back_populates="edition", order_by="Participant.name")
    deliverables: Mapped[list["Deliverable"]] = relationship(
        back_populates="edition", order_by="Deliverable.position", cascade="all, delete-orphan"
    )


class Participant(Numbered, Base):
    """Somebody in an edition; `role` is participant or trainer. Who left keeps what they brought.

    `named` says whether the person agreed to be named on the action's page. `link_turn` counts the personal links:
    raising it makes every earlier one worthless. `licence` is the one chosen last.
    """

    __tablename__ = "training_actions_participant"

    edition_id: Mapped[int] = mapped_column(ForeignKey("training_actions_edition.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="participant")
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    school: Mapped[str] = mapped_column(String(200), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    group_code: Mapped[str] = mapped_column(String(10), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    locale: Mapped[str] = mapped_column(String(10), default="pt_PT")
    named: Mapped[bool] = mapped_column(default=False)
    licence: Mapped[str] = mapped_column(String(20), default="")
    link_turn: Mapped[int] = mapped_column(default=1)
    link_expires_at: Mapped[datetime | None]
    link_revoked_at: Mapped[datetime | None]
    link_sent_at: Mapped[datetime | None]
    link_opened_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship(back_populates="participants")


class Deliverable(Numbered, Base):
    """Something each person (or each group) should bring; `type` is a code of the vocabulary of types, or empty."""

    __tablename__ = "training_actions_deliverable"

    edition_id: Mapped[int] = mapped_column(ForeignKey("training_actions_edition.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(40), default="")
    count: Mapped[int] = mapped_column(default=1)
    by_group: Mapped[bool] = mapped_column(default=False)

    edition: Mapped[Edition] = relationship(back_populates="deliverables")


class Contribution(Base):
    """That an item came out of an edition, for which deliverable, and by which intake (None: by a person's own link)."""

    __tablename__ = "training_actions_contribution"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("training_actions_edition.id"), index=True)
    deliverable_id: Mapped[int | None] = mapped_column(
        ForeignKey("training_actions_deliverable.id", ondelete="SET NULL")
    )
    intake_id: Mapped[int | None] = mapped_column(ForeignKey("training_actions_intake.id"), index=True)
    receipt_code: Mapped[str] = mapped_column(String(20), default="", index=True)
    thanked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Author(Base):
    """That a participant is an author of a contribution; several are for group work."""

    __tablename__ = "training_actions_author"

    item_id: Mapped[int] = mapped_column(
        ForeignKey("training_actions_contribution.item_id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("training_actions_participant.id"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)


class Reminder(Base):
    """That a participant was reminded at this point before the closing date (`days`), so that each is sent once."""

    __tablename__ = "training_actions_reminder"

    participant_id: Mapped[int] = mapped_column(
        ForeignKey("training_actions_participant.id", ondelete="CASCADE"), primary_key=True
    )
    closes_at: Mapped[datetime] = mapped_column(primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]


class TableImport(Numbered, Base):
    """An import of a table of people (into an edition) or of actions (None), and what it did, to be taken back.

    `done` is {"added": {kind: ids}, "changed": [[kind, id, before, after]]}, empty once it cannot be taken back.
    """

    __tablename__ = "training_actions_table_import"

    edition_id: Mapped[int | None] = mapped_column(ForeignKey("training_actions_edition.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    done: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class IntakeState(StrEnum):
    """How far an intake has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    UNDONE = "undone"


class Intake(Numbered, Base):
    """One time that staff brought the files of a whole edition; `problem` says in words why one was refused.

    `source` says where the files lie and what the participants' list added: {"archive": the digest of a ZIP, or "" when
    each entry has its own, "hints": {participant id: {"number", "group", "spellings"}}}.
    """

    __tablename__ = "training_actions_intake"

    edition_id: Mapped[int] = mapped_column(ForeignKey("training_actions_edition.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[IntakeState] = mapped_column(String(10), default=IntakeState.WAITING)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(300), default="")
    problem_params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    source: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    entries: Mapped[list["IntakeEntry"]] = relationship(back_populates="intake", order_by="IntakeEntry.path")


class IntakeEntry(Numbered, Base):
    """One file of an intake.

    `state` is waiting, matched, unmatched, given (by hand), discarded, known (it was there already), skipped (a system's
    own file) or refused.

    `guesses` are up to three [participant ids, why] for the tray; `reason` says why it was matched, left, or refused.
    The file of an unmatched entry lies in a draft without an author, which only the centre's staff see.
    """

    __tablename__ = "training_actions_entry"
    __table_args__ = (
        UniqueConstraint("intake_id", "path"),
        Index("ix_training_actions_entry_sha256", "sha256"),
        Numbered.__table_args__,
    )

    intake_id: Mapped[int] = mapped_column(ForeignKey("training_actions_intake.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(1000))
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    reason: Mapped[str] = mapped_column(String(300), default="")
    guesses: Mapped[list[Any]] = mapped_column(JSON, default=list)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)

    intake: Mapped[Intake] = relationship(back_populates="entries")
