"""What a version changed."""

import sqlalchemy as sa
from alembic import op

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: SQLite adds a column in place, and a table made anew would forget that its numbers only grow.
    op.add_column("item", sa.Column("changes", sa.String(length=500), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("item", "changes")
