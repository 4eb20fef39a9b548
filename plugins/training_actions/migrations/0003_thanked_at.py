"""When the authors of a contribution were thanked."""

import sqlalchemy as sa
from alembic import op

from repository import db

revision = "training_actions_0003"
down_revision = "training_actions_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("training_actions_contribution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("thanked_at", db.UtcDateTime(), nullable=True))
    # Until now the thanks went out together with the code.
    op.execute("UPDATE training_actions_contribution SET thanked_at = created_at WHERE receipt_code <> ''")


def downgrade() -> None:
    with op.batch_alter_table("training_actions_contribution", schema=None) as batch_op:
        batch_op.drop_column("thanked_at")
