"""What teachers tell of what they tried, thanks, and whom to ask once how it went."""

import sqlalchemy as sa
from alembic import op

from repository import db

revision = "level_views_0003"
down_revision = "level_views_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "level_views_tried",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("class_type", sa.String(length=120), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("worked", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("suggestion", sa.Text(), nullable=False),
        sa.Column("told_at", db.UtcDateTime(), nullable=False),
        sa.Column("taken_at", db.UtcDateTime(), nullable=True),
        sa.Column("hidden_at", db.UtcDateTime(), nullable=True),
        sa.Column("hidden_why", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _of_item("level_views_tried"),
        _of_user("level_views_tried", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_views_tried")),
        sa.UniqueConstraint("item_id", "user_id", name=op.f("uq_level_views_tried_item_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_level_views_tried_user_id"), "level_views_tried", ["user_id"], unique=False)
    op.create_table(
        "level_views_thanks",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("thanked_at", db.UtcDateTime(), nullable=False),
        _of_item("level_views_thanks"),
        _of_user("level_views_thanks", "CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "user_id", name=op.f("pk_level_views_thanks")),
    )
    op.create_index(op.f("ix_level_views_thanks_user_id"), "level_views_thanks", ["user_id"], unique=False)
    op.create_table(
        "level_views_asking",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("used_at", db.UtcDateTime(), nullable=False),
        sa.Column("away_at", db.UtcDateTime(), nullable=True),
        _of_item("level_views_asking"),
        _of_user("level_views_asking", "CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "item_id", name=op.f("pk_level_views_asking")),
    )
    op.create_index(op.f("ix_level_views_asking_item_id"), "level_views_asking", ["item_id"], unique=False)


def _of_item(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_item_id_item")
    return sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=name, ondelete="CASCADE")


def _of_user(table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_user_id_user_account")
    return sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    op.drop_table("level_views_asking")
    op.drop_table("level_views_thanks")
    op.drop_table("level_views_tried")
