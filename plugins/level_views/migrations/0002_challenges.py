"""Challenges, what answers them, and how many have the same problem."""

import sqlalchemy as sa
from alembic import op

from repository import db

revision = "level_views_0002"
down_revision = "level_views_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "level_views_challenge",
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("hidden_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_level_views_challenge_author_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_views_challenge")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("level_views_challenge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_level_views_challenge_author_id"), ["author_id"], unique=False)
    op.create_table(
        "level_views_answer",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["level_views_challenge.id"],
            name=op.f("fk_level_views_answer_challenge_id_level_views_challenge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_level_views_answer_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_level_views_answer_user_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_views_answer")),
        sa.UniqueConstraint("challenge_id", "item_id", name=op.f("uq_level_views_answer_challenge_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("level_views_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_level_views_answer_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_level_views_answer_user_id"), ["user_id"], unique=False)
    op.create_table(
        "level_views_same",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["level_views_challenge.id"],
            name=op.f("fk_level_views_same_challenge_id_level_views_challenge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_level_views_same_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("challenge_id", "user_id", name=op.f("pk_level_views_same")),
    )


def downgrade() -> None:
    op.drop_table("level_views_same")
    op.drop_table("level_views_answer")
    op.drop_table("level_views_challenge")
