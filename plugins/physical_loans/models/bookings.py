"""Who has what, from when to when."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plugins.physical_loans.models.desks import Desk
from plugins.physical_loans.models.things import Copy, Thing
from repository.api import Base, Numbered, User


class BookingState(StrEnum):
    """Where a booking stands; moves.py says what leads from one to the next. Late is no state: it is out past its end."""

    REQUESTED = "requested"  # somebody has to say yes; the copies are kept meanwhile
    APPROVED = "approved"
    READY = "ready"  # packed, waits to be picked up
    OUT = "out"
    RETURNED = "returned"
    INCOMPLETE = "incomplete"  # came back, but something is missing
    LOST = "lost"
    WAITING = "waiting"  # on the waiting list; nothing is kept for it
    OFFERED = "offered"  # its turn came: kept until `answer_by`
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # not answered, or not picked up


PROMISED = (BookingState.REQUESTED, BookingState.APPROVED, BookingState.READY, BookingState.OFFERED)
LIVE = (*PROMISED, BookingState.OUT)


class HoldState(StrEnum):
    """What a unit is kept for: reserved and out keep everybody else away."""

    RESERVED = "reserved"
    OUT = "out"
    BACK = "back"
    LOST = "lost"
    FREED = "freed"


class Booking(Numbered, Base):
    """One thing (or so many of it) for one time: from the pick-up `starts_at` to the return `ends_at`, moments in UTC.

    `held_from` and `held_until` add what the desk needs to prepare it and to make it ready for the next; they are what
    is kept free. `lessons` are [start, end] in ISO 8601 with zone. `copy_id` is a certain copy that was asked for.
    Bookings made together share `basket`, those of a series `series`. `key` is the client's own name for the request, so
    that it is done once. `borrower_id` is None once the loan has been anonymised. `use` is away or on_site. The class is
    said by `level`, `year` and `pupils`, never by names.
    """

    __tablename__ = "physical_loans_booking"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        CheckConstraint("held_from <= starts_at AND ends_at <= held_until", name="held_around_it"),
        CheckConstraint("quantity >= 1", name="quantity"),
        Index("ix_physical_loans_booking_state_ends_at", "state", "ends_at"),
        Index("ix_physical_loans_booking_thing_id_state", "thing_id", "state"),
        Numbered.__table_args__,
    )

    thing_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_thing.item_id"))
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("physical_loans_copy.id"))
    desk_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_desk.id"), index=True)
    quantity: Mapped[int] = mapped_column(default=1)
    state: Mapped[BookingState] = mapped_column(String(20), index=True)
    borrower_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    held_from: Mapped[datetime]
    held_until: Mapped[datetime]
    lessons: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    use: Mapped[str] = mapped_column(String(10), default="away")
    level: Mapped[str] = mapped_column(String(20), default="")
    year: Mapped[str] = mapped_column(String(20), default="")
    pupils: Mapped[int | None]
    collector: Mapped[str] = mapped_column(String(120), default="")  # who picks it up, when it is not the borrower
    note: Mapped[str] = mapped_column(String(500), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")  # why it was declined, or what was missing
    basket: Mapped[str] = mapped_column(String(40), default="", index=True)
    series: Mapped[str] = mapped_column(String(40), default="", index=True)
    key: Mapped[str | None] = mapped_column(String(100), unique=True)
    renewals: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime | None]
    answer_by: Mapped[datetime | None]
    created_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    handed_out_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    thing: Mapped[Thing] = relationship()
    desk: Mapped[Desk] = relationship()
    borrower: Mapped[User | None] = relationship()
    holds: Mapped[list["Hold"]] = relationship(back_populates="booking", order_by="Hold.id")

    __mapper_args__ = {"version_id_col": version}


class Hold(Numbered, Base):
    """One unit of a copy (1 to its stock) that a booking keeps from `starts` to `ends`, in UTC, the end not included.

    The database itself refuses two that are reserved or out, are of one unit, and overlap; a unit beyond the copy's
    stock; and a unit that is out twice.
    """

    __tablename__ = "physical_loans_hold"
    __table_args__ = (
        CheckConstraint("starts < ends", name="starts_before_it_ends"),
        Index("ix_physical_loans_hold_copy_id_unit_ends", "copy_id", "unit", "ends"),
        Index(
            "one_loan_of_a_unit",
            "copy_id",
            "unit",
            unique=True,
            sqlite_where=text("state = 'out'"),
            postgresql_where=text("state = 'out'"),
        ),
        Numbered.__table_args__,
    )

    booking_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_booking.id"), index=True)
    copy_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_copy.id"))
    unit: Mapped[int] = mapped_column(default=1)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    state: Mapped[HoldState] = mapped_column(String(10), default=HoldState.RESERVED)
    out_at: Mapped[datetime | None]
    back_at: Mapped[datetime | None]

    booking: Mapped[Booking] = relationship(back_populates="holds")
    copy: Mapped[Copy] = relationship()


class BasketLine(Base):
    """What a person has put together and not yet booked."""

    __tablename__ = "physical_loans_basket_line"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    thing_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_thing.item_id"), primary_key=True)
    quantity: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime]


class Notice(Base):
    """That a reminder was put into the post, so that each goes once: `days` before (negative) or after the return is due."""

    __tablename__ = "physical_loans_notice"

    booking_id: Mapped[int] = mapped_column(
        ForeignKey("physical_loans_booking.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
