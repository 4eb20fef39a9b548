"""What people keep on their shelves."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from repository.api import Base


class Keep(Base):
    """One item on one person's shelf."""

    __tablename__ = "bookshelf_keep"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    kept_at: Mapped[datetime]
