"""What an administrator changed about the views of levels, and what each person chose."""

import sqlalchemy as sa
from alembic import op

from repository import db

revision = "level_views_0001"
down_revision = None
branch_labels = ("level_views",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "level_views_view",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("changed_at", db.UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_views_view")),
        sa.UniqueConstraint("code", name=op.f("uq_level_views_view_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "level_views_person",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("mine_first", sa.Boolean(), nullable=False),
        sa.Column("changed_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_level_views_person_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_level_views_person")),
    )


def downgrade() -> None:
    op.drop_table("level_views_person")
    op.drop_table("level_views_view")
