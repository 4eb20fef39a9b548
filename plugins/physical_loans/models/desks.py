"""Where things are lent, when it is open, by which rules, and the calendars that people take along."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from repository.api import Base, Numbered


class Desk(Numbered, Base):
    """A lending desk of an organisation.

    `hours` are the opening hours by weekday (Monday is "0"): {"0": [["09:30", "13:00"], ["15:30", "18:00"]]}, as the
    clocks of `timezone` show them. `municipal_days` (["10-24"]) are its holidays besides the national ones.
    `transport_days` are open days that things travel to a school and back, `answer_hours` how long the next on a
    waiting list has to say yes.
    """

    __tablename__ = "physical_loans_desk"

    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(300), default="")
    timezone: Mapped[str] = mapped_column(String(40), default="Europe/Lisbon")
    hours: Mapped[dict[str, list[list[str]]]] = mapped_column(JSON, default=dict)
    municipal_days: Mapped[list[str]] = mapped_column(JSON, default=list)
    transport_days: Mapped[int] = mapped_column(default=0)
    answer_hours: Mapped[int] = mapped_column(default=48)
    reminds: Mapped[bool] = mapped_column(default=True, server_default=true())  # of returns, by mail
    closed_at: Mapped[datetime | None]


class ClosedDays(Numbered, Base):
    """Days from `starts_on` to `ends_on`, both included, that are not as others; of one desk, or of all without one.

    `kind` is closed (the desk is shut), break (no lessons: nobody is reminded, lessons are doubted) or both.
    """

    __tablename__ = "physical_loans_closed_days"

    desk_id: Mapped[int | None] = mapped_column(ForeignKey("physical_loans_desk.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10), default="closed")
    label: Mapped[str] = mapped_column(String(120), default="")


class Rule(Numbered, Base):
    """What a booking must keep to. The first five say whom or what it is about; left empty they mean all.

    Of several rules that fit, each value comes from the one that says most precisely whom it is about (a person before
    an organisation, a thing before a category). None leaves the value to a wider rule. `who` is anyone, verified (a
    confirmed teacher) or staff. Days are calendar days.
    """

    __tablename__ = "physical_loans_rule"

    category: Mapped[str] = mapped_column(String(40), default="")
    thing_id: Mapped[int | None] = mapped_column(ForeignKey("physical_loans_thing.item_id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("physical_loans_desk.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # the borrower's
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    most_days: Mapped[int | None]
    most_open: Mapped[int | None]
    lead_days: Mapped[int | None]
    horizon_days: Mapped[int | None]
    who: Mapped[str | None] = mapped_column(String(20))
    approval: Mapped[bool | None]
    renewals: Mapped[int | None]
    renewal_days: Mapped[int | None]
    back_before: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(300), default="")


class Feed(Numbered, Base):
    """A calendar that others may fetch by a secret address; only the token's digest is kept.

    `kind` is mine (a person's loans), desk (what leaves and comes back) or thing (busy or free, no names).
    """

    __tablename__ = "physical_loans_feed"

    kind: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("physical_loans_desk.id"))
    thing_id: Mapped[int | None] = mapped_column(ForeignKey("physical_loans_thing.item_id"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
