"""Where the files of an intake lie."""

import sqlalchemy as sa
from alembic import op

revision = "training_actions_0002"
down_revision = "training_actions_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("training_actions_intake", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("training_actions_intake", schema=None) as batch_op:
        batch_op.drop_column("source")
