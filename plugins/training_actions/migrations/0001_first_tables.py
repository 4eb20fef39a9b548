"""The first tables of training_actions."""

import sqlalchemy as sa
from alembic import op

from repository import db

revision = "training_actions_0001"
down_revision = None
branch_labels = ("training_actions",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "training_actions_action",
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("accreditation", sa.String(length=60), nullable=False),
        sa.Column("modality", sa.String(length=10), nullable=False),
        sa.Column("contact_quarters", sa.Integer(), nullable=True),
        sa.Column("own_work_quarters", sa.Integer(), nullable=True),
        sa.Column("regime", sa.String(length=20), nullable=False),
        sa.Column("area", sa.String(length=4), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("disciplines", sa.JSON(), nullable=False),
        sa.Column("aims", sa.Text(), nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.UtcDateTime(), nullable=False),
        sa.Column("removed_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_training_actions_action_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_actions_action")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("training_actions_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_actions_action_accreditation"), ["accreditation"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_training_actions_action_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "training_actions_edition",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("school_year", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("closes_at", db.UtcDateTime(), nullable=True),
        sa.Column("licence", sa.String(length=20), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("reminders", sa.JSON(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.UtcDateTime(), nullable=False),
        sa.Column("removed_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["training_actions_action.id"],
            name=op.f("fk_training_actions_edition_action_id_training_actions_action"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_actions_edition")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("training_actions_edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_actions_edition_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_actions_edition_reference"), ["reference"], unique=False)

    op.create_table(
        "training_actions_deliverable",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("by_group", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["training_actions_edition.id"],
            name=op.f("fk_training_actions_deliverable_edition_id_training_actions_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_actions_deliverable")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("training_actions_deliverable", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_actions_deliverable_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "training_actions_intake",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("problem_params", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("finished_at", db.UtcDateTime(), nullable=True),
        sa.Column("undone_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_training_actions_intake_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["training_actions_edition.id"],
            name=op.f("fk_training_actions_intake_edition_id_training_actions_edition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_actions_intake")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("training_actions_intake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_actions_intake_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "training_actions_participant",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("school", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("group_code", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("licence", sa.String(length=20), nullable=False),
        sa.Column("link_turn", sa.Integer(), nullable=False),
        sa.Column("link_expires_at", db.UtcDateTime(), nullable=True),
        sa.Column("link_revoked_at", db.UtcDateTime(), nullable=True),
        sa.Column("link_sent_at", db.UtcDateTime(), nullable=True),
        sa.Column("link_opened_at", db.UtcDateTime(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("removed_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["training_actions_edition.id"],
            name=op.f("fk_training_actions_participant_edition_id_training_actions_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_training_actions_participant_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_training_actions_participant_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_actions_participant")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("training_actions_participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_actions_participant_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_actions_participant_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_actions_participant_user_id"), ["user_id"], unique=False)

    op.create_table(
        "training_actions_contribution",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("deliverable_id", sa.Integer(), nullable=True),
        sa.Column("intake_id", sa.Integer(), nullable=True),
        sa.Column("receipt_code", sa.String(length=20), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliverable_id"],
            ["training_actions_deliverable.id"],
            name=op.f("fk_training_actions_contribution_deliverable_id_training_actions_deliverable"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["training_actions_edition.id"],
            name=op.f("fk_training_actions_contribution_edition_id_training_actions_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["intake_id"],
            ["training_actions_intake.id"],
            name=op.f("fk_training_actions_contribution_intake_id_training_actions_intake"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_training_actions_contribution_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_training_actions_contribution")),
    )
    with op.batch_alter_table("training_actions_contribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_actions_contribution_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_actions_contribution_intake_id"), ["intake_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_training_actions_contribution_receipt_code"), ["receipt_code"], unique=False
        )

    op.create_table(
        "training_actions_entry",
        sa.Column("intake_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("guesses", sa.JSON(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"],
            ["training_actions_intake.id"],
            name=op.f("fk_training_actions_entry_intake_id_training_actions_intake"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_training_actions_entry_item_id_item"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_actions_entry")),
        sa.UniqueConstraint("intake_id", "path", name=op.f("uq_training_actions_entry_intake_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("training_actions_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_actions_entry_item_id"), ["item_id"], unique=False)
        batch_op.create_index("ix_training_actions_entry_sha256", ["sha256"], unique=False)

    op.create_table(
        "training_actions_reminder",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("closes_at", db.UtcDateTime(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("sent_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["training_actions_participant.id"],
            name=op.f("fk_training_actions_reminder_participant_id_training_actions_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("participant_id", "closes_at", "days", name=op.f("pk_training_actions_reminder")),
    )
    op.create_table(
        "training_actions_author",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["training_actions_contribution.item_id"],
            name=op.f("fk_training_actions_author_item_id_training_actions_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["training_actions_participant.id"],
            name=op.f("fk_training_actions_author_participant_id_training_actions_participant"),
        ),
        sa.PrimaryKeyConstraint("item_id", "participant_id", name=op.f("pk_training_actions_author")),
    )
    with op.batch_alter_table("training_actions_author", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_actions_author_participant_id"), ["participant_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("training_actions_author", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_actions_author_participant_id"))

    op.drop_table("training_actions_author")
    op.drop_table("training_actions_reminder")
    with op.batch_alter_table("training_actions_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_training_actions_entry_sha256")
        batch_op.drop_index(batch_op.f("ix_training_actions_entry_item_id"))

    op.drop_table("training_actions_entry")
    with op.batch_alter_table("training_actions_contribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_actions_contribution_receipt_code"))
        batch_op.drop_index(batch_op.f("ix_training_actions_contribution_intake_id"))
        batch_op.drop_index(batch_op.f("ix_training_actions_contribution_edition_id"))

    op.drop_table("training_actions_contribution")
    with op.batch_alter_table("training_actions_participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_actions_participant_user_id"))
        batch_op.drop_index(batch_op.f("ix_training_actions_participant_email"))
        batch_op.drop_index(batch_op.f("ix_training_actions_participant_edition_id"))

    op.drop_table("training_actions_participant")
    with op.batch_alter_table("training_actions_intake", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_actions_intake_edition_id"))

    op.drop_table("training_actions_intake")
    with op.batch_alter_table("training_actions_deliverable", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_actions_deliverable_edition_id"))

    op.drop_table("training_actions_deliverable")
    with op.batch_alter_table("training_actions_edition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_actions_edition_reference"))
        batch_op.drop_index(batch_op.f("ix_training_actions_edition_action_id"))

    op.drop_table("training_actions_edition")
    with op.batch_alter_table("training_actions_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_actions_action_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_training_actions_action_accreditation"))

    op.drop_table("training_actions_action")
