"""The centre's own synonyms for the search."""

import sqlalchemy as sa
from alembic import op

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "synonym_group",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ways", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("synonym_group")
