"""What is lent: titles of the catalogue, their copies, what is in them, and what is missing."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plugins.physical_loans.models.desks import Desk
from repository.api import Base, Item, Numbered


class Thing(Base):
    """A title of the catalogue that is lent: what an item of kind `physical` is, besides what every item says.

    `category` is a code of categories.toml (robot, kit of sensors, class set of books …). `preparation_days` and
    `turnaround_days` are open days that the desk needs before a copy leaves and after it came back. `needs` are power,
    wifi, app. `training` says in words what a person must have learnt first. Things with the same text in `equivalent`
    may stand in for each other. Weight is in grams and value in cents, of one copy.
    """

    __tablename__ = "physical_loans_thing"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    category: Mapped[str] = mapped_column(String(40), default="", index=True)
    unit_name: Mapped[str] = mapped_column(String(60), default="")  # lent by number: "robôs", "exemplares"; or ""
    preparation_days: Mapped[int] = mapped_column(default=0)
    preparation_minutes: Mapped[int | None]  # what the teacher needs to get it ready
    turnaround_days: Mapped[int] = mapped_column(default=0)
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    training: Mapped[str] = mapped_column(String(300), default="")
    equivalent: Mapped[str] = mapped_column(String(80), default="", index=True)
    weight: Mapped[int | None]
    value: Mapped[int | None]
    isbn: Mapped[str] = mapped_column(String(20), default="")
    shelf_mark: Mapped[str] = mapped_column(String(60), default="")  # CDU, as the library writes it
    care: Mapped[str] = mapped_column(Text, default="")  # what to mind when it is used and when it comes back

    item: Mapped[Item] = relationship()
    copies: Mapped[list["Copy"]] = relationship(back_populates="thing", order_by="Copy.inventory")
    components: Mapped[list["Component"]] = relationship(back_populates="thing", order_by="Component.position")


class CopyState(StrEnum):
    """How a copy stands. Reserved and out are not kept here: they follow from the bookings."""

    AVAILABLE = "available"
    REPAIR = "repair"
    ON_SITE = "on_site"  # used only where it stands: it is booked, but does not leave
    LOST = "lost"
    WRITTEN_OFF = "written_off"


class Copy(Numbered, Base):
    """One copy or kit with a label of its own; `stock` is how many of it can be lent by number, 1 for a kit.

    `label` is what its QR code holds, `inventory` what people call it. `owner` names a third party, else it is the
    centre's. `place` is where it stands, `organisation_id` whose desk lends it. `blocked` says why the desk may not hand
    it out (an essential part is missing), or is empty.
    """

    __tablename__ = "physical_loans_copy"
    __table_args__ = (CheckConstraint("stock >= 1", name="stock"), Numbered.__table_args__)

    thing_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_thing.item_id"), index=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_desk.id"), index=True)
    inventory: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(20), unique=True)
    stock: Mapped[int] = mapped_column(default=1)
    state: Mapped[CopyState] = mapped_column(String(20), default=CopyState.AVAILABLE, index=True)
    blocked: Mapped[str] = mapped_column(String(300), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    owner: Mapped[str] = mapped_column(String(200), default="")
    custodian_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    condition: Mapped[str] = mapped_column(String(20), default="good")  # new, good, worn, damaged
    note: Mapped[str] = mapped_column(Text, default="")
    value: Mapped[int | None]
    weight: Mapped[int | None]
    checked_on: Mapped[date | None]
    photos_item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    thing: Mapped[Thing] = relationship(back_populates="copies")
    desk: Mapped[Desk] = relationship()
    own_components: Mapped[list["Component"]] = relationship(order_by="Component.position", viewonly=True)
    shortages: Mapped[list["Shortage"]] = relationship(back_populates="copy", order_by="Shortage.since")

    __mapper_args__ = {"version_id_col": version}


class Component(Numbered, Base):
    """A part that is counted; of every copy of the thing, or of one only when `copy_id` is given.

    Without an essential part a copy cannot be lent; a consumable one is used up and counted as what is left.
    """

    __tablename__ = "physical_loans_component"

    thing_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_thing.item_id"), index=True)
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("physical_loans_copy.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(120))
    expected: Mapped[int] = mapped_column(default=1)
    essential: Mapped[bool] = mapped_column(default=False)
    consumable: Mapped[bool] = mapped_column(default=False)
    removed_at: Mapped[datetime | None]

    thing: Mapped[Thing] = relationship(back_populates="components")


class Shortage(Numbered, Base):
    """So many of a component miss in a copy since a moment, until somebody put them back: also the desk's task."""

    __tablename__ = "physical_loans_shortage"
    __table_args__ = (
        # One open line for each part of a copy: it is counted anew, never written twice.
        Index(
            "one_open_shortage",
            "copy_id",
            "component_id",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Numbered.__table_args__,
    )

    copy_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_copy.id"), index=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_component.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("physical_loans_booking.id"))
    missing: Mapped[int]
    note: Mapped[str] = mapped_column(String(300), default="")
    since: Mapped[datetime]
    resolved_at: Mapped[datetime | None]

    copy: Mapped[Copy] = relationship(back_populates="shortages")
    component: Mapped[Component] = relationship()


class CopyEvent(Numbered, Base):
    """A line of a copy's own log: bought, checked, repaired, moved, seen; `kind` is a code of words.py."""

    __tablename__ = "physical_loans_copy_event"

    copy_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_copy.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[int | None]  # cents
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


class Stocktake(Numbered, Base):
    """One time that a desk looked whether everything is there."""

    __tablename__ = "physical_loans_stocktake"

    desk_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_desk.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Sighting(Base):
    """That a copy was seen in a stocktake, and how many of it."""

    __tablename__ = "physical_loans_sighting"

    stocktake_id: Mapped[int] = mapped_column(
        ForeignKey("physical_loans_stocktake.id", ondelete="CASCADE"), primary_key=True
    )
    copy_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_copy.id"), primary_key=True)
    counted: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]


class Need(Numbered, Base):
    """That a material of the catalogue is used with a thing: `quantity` of it, or 0 where nobody said how many."""

    __tablename__ = "physical_loans_need"
    __table_args__ = (UniqueConstraint("item_id", "thing_id"), Numbered.__table_args__)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    thing_id: Mapped[int] = mapped_column(ForeignKey("physical_loans_thing.item_id"), index=True)
    quantity: Mapped[int] = mapped_column(default=0)
