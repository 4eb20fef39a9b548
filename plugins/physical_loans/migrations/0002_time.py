"""Desks that send no reminders."""

import sqlalchemy as sa
from alembic import op

revision = "physical_loans_0002_time"
down_revision = "physical_loans_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("physical_loans_desk") as desk:
        desk.add_column(sa.Column("reminds", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("physical_loans_desk") as desk:
        desk.drop_column("reminds")
