"""Items of the catalogue, digital and physical, with their files, terms, credits and versions."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from repository.db import Base, Numbered


class State(StrEnum):
    """Where an item stands in its life."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    DISCARDED = "discarded"  # a draft in the bin, or a new version that has been taken over


class Item(Numbered, Base):
    """One thing that can be found: a digital material or a physical kit.

    `audience` is public, members or organisation. `revises_id` is set on the draft of a new version of another item.
    """

    __tablename__ = "item"
    __table_args__ = (Index("ix_item_state_published_at", "state", "published_at"), Numbered.__table_args__)

    kind: Mapped[str] = mapped_column(String(20), default="digital")
    state: Mapped[State] = mapped_column(String(20), default=State.DRAFT, index=True)
    title: Mapped[str] = mapped_column(String(300), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(12), default="")
    type: Mapped[str] = mapped_column(String(40), default="")
    licence: Mapped[str] = mapped_column(String(20), default="")
    audience: Mapped[str] = mapped_column(String(20), default="public")
    link: Mapped[str] = mapped_column(String(1000), default="")
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    changes: Mapped[str] = mapped_column(String(500), default="")  # what this version changed, in a person's words
    proposed: Mapped[list[str]] = mapped_column(JSON, default=list)  # fields filled from a file, not yet by a person
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    revises_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    version: Mapped[int] = mapped_column(default=0)  # number of the published version, 0 before the first
    revision: Mapped[int] = mapped_column(default=1)  # counts every change: two people never overwrite each other
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    terms: Mapped[list["ItemTerm"]] = relationship(cascade="all, delete-orphan", order_by="ItemTerm.position")
    credits: Mapped[list["Credit"]] = relationship(cascade="all, delete-orphan", order_by="Credit.position")
    all_files: Mapped[list["File"]] = relationship(back_populates="item", order_by="File.position")
    grants: Mapped[list["ItemGrant"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    __mapper_args__ = {"version_id_col": revision}

    @property
    def files(self) -> list["File"]:
        """The files of the present version, in order."""
        return [file for file in self.all_files if file.removed_at is None]

    def codes(self, vocabulary: str) -> list[str]:
        """Return the item's codes of one vocabulary: level, year, group or discipline."""
        return [term.code for term in self.terms if term.vocabulary == vocabulary]


class ItemTerm(Base):
    """One code of one vocabulary on an item."""

    __tablename__ = "item_term"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    vocabulary: Mapped[str] = mapped_column(String(20), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class ItemGrant(Base):
    """A label that opens one item to those who hold it, whatever its state: the person whose link brought it, say."""

    __tablename__ = "item_grant"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    label: Mapped[str] = mapped_column(String(40), primary_key=True)


class Credit(Numbered, Base):
    """One author as named on the item; the name stays as printed when the person's account changes."""

    __tablename__ = "credit"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)


class FileState(StrEnum):
    """How far the look into a file has come."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class File(Numbered, Base):
    """One file of an item; its bytes lie in the blob store under `sha256`.

    `audience` is empty, or a label that a person needs besides the right to see the item. `problem` says what was found wrong.
    """

    __tablename__ = "file"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(120), default="application/octet-stream")
    family: Mapped[str] = mapped_column(String(20), default="other")
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    audience: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[FileState] = mapped_column(String(10), default=FileState.PENDING)
    problem: Mapped[str] = mapped_column(String(40), default="")
    hidden: Mapped[list[str]] = mapped_column(JSON, default=list)  # hidden data found: gps, author
    page_count: Mapped[int | None]
    has_thumbnail: Mapped[bool] = mapped_column(default=False)
    preview_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    item: Mapped[Item] = relationship(back_populates="all_files")


class FileText(Base):
    """The text of one page, slide or sheet of a file (page counts from 1)."""

    __tablename__ = "file_text"

    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class ItemVersion(Numbered, Base):
    """An item as it was published: its description and the ids of its files."""

    __tablename__ = "item_version"
    __table_args__ = (UniqueConstraint("item_id", "number"), Numbered.__table_args__)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    number: Mapped[int]
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
