"""Grants, counts, stopped mail, and people without an account in the audit trail."""

import sqlalchemy as sa
from alembic import op

from repository import db

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_stop",
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address_digest", "kind", name=op.f("pk_mail_stop")),
    )
    op.create_table(
        "item_count",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_count_item_id_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "month", "what", name=op.f("pk_item_count")),
    )
    op.create_table(
        "item_grant",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_grant_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", "label", name=op.f("pk_item_grant")),
    )
    # Columns are added and dropped in place: a table that is made anew would lose the triggers that guard it.
    op.add_column("audit_entry", sa.Column("acting", sa.String(length=40), server_default="", nullable=False))
    op.add_column("mail", sa.Column("kind", sa.String(length=40), server_default="", nullable=False))
    op.add_column("mail", sa.Column("locale", sa.String(length=10), server_default="pt_PT", nullable=False))


def downgrade() -> None:
    op.drop_column("mail", "locale")
    op.drop_column("mail", "kind")
    op.drop_column("audit_entry", "acting")
    op.drop_table("item_grant")
    op.drop_table("item_count")
    op.drop_table("mail_stop")
