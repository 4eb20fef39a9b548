"""Whether the centre's staff took a challenge off the board."""

import sqlalchemy as sa
from alembic import op

revision = "level_views_0005"
down_revision = "level_views_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "level_views_challenge", sa.Column("hidden_by_staff", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    # Nobody noted who took off what is off already: it stays the staff's to put back.
    challenge = sa.table("level_views_challenge", sa.column("hidden_at"), sa.column("hidden_by_staff", sa.Boolean()))
    op.execute(challenge.update().where(challenge.c.hidden_at.is_not(None)).values(hidden_by_staff=True))


def downgrade() -> None:
    op.drop_column("level_views_challenge", "hidden_by_staff")
