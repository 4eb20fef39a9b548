"""What the last imports of tables did, so that they can be taken back."""

import sqlalchemy as sa
from alembic import op

from repository import db

revision = "training_actions_0004"
down_revision = "training_actions_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "training_actions_table_import",
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("undone_at", db.UtcDateTime(), nullable=True),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["training_actions_edition.id"],
            name=op.f("fk_training_actions_table_import_edition_id_training_actions_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_training_actions_table_import_actor_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_actions_table_import")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("training_actions_table_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_actions_table_import_edition_id"), ["edition_id"], unique=False)


def downgrade() -> None:
    op.drop_table("training_actions_table_import")
