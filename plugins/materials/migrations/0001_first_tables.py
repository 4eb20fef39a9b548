"""The first tables of materials."""

import sqlalchemy as sa
from alembic import op

revision = "materials_0001"
down_revision = None
branch_labels = ("materials",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "materials_adaptation",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_version", sa.Integer(), nullable=False),
        sa.Column("source_licence", sa.String(length=20), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("source_id < item_id", name=op.f("ck_materials_adaptation_source_is_older")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_materials_adaptation_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["item.id"], name=op.f("fk_materials_adaptation_source_id_item"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_materials_adaptation")),
    )
    with op.batch_alter_table("materials_adaptation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_materials_adaptation_source_id"), ["source_id"], unique=False)

    op.create_table(
        "materials_detail",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("grouping", sa.String(length=20), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("assessment", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_materials_detail_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_materials_detail")),
    )


def downgrade() -> None:
    op.drop_table("materials_detail")
    with op.batch_alter_table("materials_adaptation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_materials_adaptation_source_id"))

    op.drop_table("materials_adaptation")
