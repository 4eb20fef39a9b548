"""What the plugin keeps about a material besides what every item says."""

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from repository.api import Base


class MaterialDetail(Base):
    """How a material is used in a lesson. `minutes` is the time it takes, `grouping` a code of the vocabulary."""

    __tablename__ = "materials_detail"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    minutes: Mapped[int | None]
    grouping: Mapped[str] = mapped_column(String(20), default="")
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    challenge: Mapped[str] = mapped_column(Text, default="")
    assessment: Mapped[bool] = mapped_column(default=False)


class Adaptation(Base):
    """Where a material comes from; it stays when the source changes. `credit` names the source as it was."""

    __tablename__ = "materials_adaptation"
    # Numbers of items only grow, so an item that comes after its source can never be its own ancestor.
    __table_args__ = (CheckConstraint("source_id < item_id", name="source_is_older"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    source_version: Mapped[int]
    source_licence: Mapped[str] = mapped_column(String(20))
    credit: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
