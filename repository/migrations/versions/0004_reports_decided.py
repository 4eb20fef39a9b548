"""Reports that are decided with a reason, answered, and reopened once by an appeal."""

import sqlalchemy as sa
from alembic import op

from repository import db

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.add_column(sa.Column("reporter_id", sa.Integer(), nullable=True))
        report.add_column(sa.Column("locale", sa.String(length=10), server_default="pt_PT", nullable=False))
        report.add_column(sa.Column("form_token", sa.String(length=64), nullable=True))
        report.add_column(sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False))
        report.add_column(sa.Column("decision", sa.String(length=20), server_default="", nullable=False))
        report.add_column(sa.Column("decision_text", sa.Text(), server_default="", nullable=False))
        report.add_column(sa.Column("decided_by_id", sa.Integer(), nullable=True))
        report.add_column(sa.Column("appealed_at", db.UtcDateTime(), nullable=True))
        report.add_column(sa.Column("appealed_by", sa.String(length=10), server_default="", nullable=False))
        report.add_column(sa.Column("appeal_text", sa.Text(), server_default="", nullable=False))
        report.create_index(report.f("ix_report_form_token"), ["form_token"], unique=True)
        report.create_index(report.f("ix_report_reporter_id"), ["reporter_id"], unique=False)
        report.create_foreign_key(
            report.f("fk_report_reporter_id_user_account"), "user_account", ["reporter_id"], ["id"]
        )
        report.create_foreign_key(
            report.f("fk_report_decided_by_id_user_account"), "user_account", ["decided_by_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.drop_constraint(report.f("fk_report_decided_by_id_user_account"), type_="foreignkey")
        report.drop_constraint(report.f("fk_report_reporter_id_user_account"), type_="foreignkey")
        report.drop_index(report.f("ix_report_reporter_id"))
        report.drop_index(report.f("ix_report_form_token"))
        report.drop_column("appeal_text")
        report.drop_column("appealed_by")
        report.drop_column("appealed_at")
        report.drop_column("decided_by_id")
        report.drop_column("decision_text")
        report.drop_column("decision")
        report.drop_column("hidden")
        report.drop_column("form_token")
        report.drop_column("locale")
        report.drop_column("reporter_id")
