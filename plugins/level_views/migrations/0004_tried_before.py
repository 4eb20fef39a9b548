"""What a note said until its last change, so that the change can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "level_views_0004"
down_revision = "level_views_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("level_views_tried", sa.Column("before", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("level_views_tried") as batch_op:
        batch_op.drop_column("before")
