"""The searches that people keep, and which items they were told of."""

import sqlalchemy as sa
from alembic import op

from repository import db

revision = "saved_searches_0001"
down_revision = None
branch_labels = ("saved_searches",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_searches_search",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("mail", sa.String(length=10), nullable=False),
        sa.Column("mail_from", db.UtcDateTime(), nullable=False),
        sa.Column("mailed_at", db.UtcDateTime(), nullable=True),
        sa.Column("feed_on", sa.Boolean(), nullable=False),
        sa.Column("feed_turn", sa.Integer(), nullable=False),
        sa.Column("saved_at", db.UtcDateTime(), nullable=False),
        sa.Column("seen_at", db.UtcDateTime(), nullable=False),
        sa.Column("removed_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        _of("saved_searches_search", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches_search")),
        sa.UniqueConstraint("user_id", "digest", name=op.f("uq_saved_searches_search_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "saved_searches_told",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("told_at", db.UtcDateTime(), nullable=False),
        _of("saved_searches_told", "user_id", "user_account"),
        _of("saved_searches_told", "item_id", "item"),
        sa.PrimaryKeyConstraint("user_id", "item_id", name=op.f("pk_saved_searches_told")),
    )
    op.create_index(op.f("ix_saved_searches_told_item_id"), "saved_searches_told", ["item_id"], unique=False)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    op.drop_table("saved_searches_told")
    op.drop_table("saved_searches_search")
