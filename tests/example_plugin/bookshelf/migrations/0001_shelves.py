"""The shelves."""

import sqlalchemy as sa
from alembic import op

from repository.db import UtcDateTime

revision = "bookshelf_0001"
down_revision = None
branch_labels = ("bookshelf",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bookshelf_keep",
        sa.Column("user_id", sa.Integer, sa.ForeignKey("user_account.id"), primary_key=True),
        sa.Column("item_id", sa.Integer, sa.ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kept_at", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("bookshelf_keep")
