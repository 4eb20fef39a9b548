"""What an administrator changed about the views of levels, what people chose, and what groups adopted."""

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
    op.create_table(
        "level_views_adoption",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("adopted_at", db.UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_level_views_adoption_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_level_views_adoption_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_level_views_adoption_user_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_views_adoption")),
        sa.UniqueConstraint("item_id", "organisation_id", "group_code", name=op.f("uq_level_views_adoption_item_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("level_views_adoption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_level_views_adoption_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_level_views_adoption_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("level_views_adoption")
    op.drop_table("level_views_person")
    op.drop_table("level_views_view")
