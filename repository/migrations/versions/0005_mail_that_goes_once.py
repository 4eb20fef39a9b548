"""Mail that is told once, by its key, and that brings files of text along."""

import sqlalchemy as sa
from alembic import op

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mail") as mail:
        mail.add_column(sa.Column("key", sa.String(length=120), nullable=True))
        mail.add_column(sa.Column("enclosed", sa.JSON(), server_default="[]", nullable=False))
        mail.create_unique_constraint(mail.f("uq_mail_key"), ["key"])


def downgrade() -> None:
    with op.batch_alter_table("mail") as mail:
        mail.drop_constraint(mail.f("uq_mail_key"), type_="unique")
        mail.drop_column("enclosed")
        mail.drop_column("key")
