"""What an administrator changed about the views of levels."""

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


def downgrade() -> None:
    op.drop_table("level_views_view")
