"""The first tables of moderation."""

import sqlalchemy as sa
from alembic import op

from repository import db

revision = "moderation_0001"
down_revision = None
branch_labels = ("moderation",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moderation_policy",
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("changed_at", db.UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_policy")),
        sa.UniqueConstraint("scope", name=op.f("uq_moderation_policy_scope")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "moderation_moderator",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("group_code", sa.String(length=10), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_moderation_moderator_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_moderation_moderator_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_moderator")),
        sa.UniqueConstraint("user_id", "organisation_id", "group_code", name=op.f("uq_moderation_moderator_user_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("moderation_moderator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_moderator_user_id"), ["user_id"], unique=False)

    op.create_table(
        "moderation_decision",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("undone_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_moderation_decision_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["item.id"], name=op.f("fk_moderation_decision_draft_id_item"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_moderation_decision_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_decision")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("moderation_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_decision_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_moderation_decision_item_id"), ["item_id"], unique=False)

    op.create_table(
        "moderation_question",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", db.UtcDateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=120), nullable=False),
        sa.Column("answered_at", db.UtcDateTime(), nullable=True),
        sa.Column("reminded_at", db.UtcDateTime(), nullable=True),
        sa.Column("closed_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user_account.id"], name=op.f("fk_moderation_question_asked_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_moderation_question_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_question")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("moderation_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_question_item_id"), ["item_id"], unique=False)

    op.create_table(
        "moderation_review",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("collection_key", sa.String(length=60), nullable=False),
        sa.Column("collection_label", sa.String(length=300), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("checked_at", db.UtcDateTime(), nullable=True),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("assigned_id", sa.Integer(), nullable=True),
        sa.Column("assigned_at", db.UtcDateTime(), nullable=True),
        sa.Column("submitted_at", db.UtcDateTime(), nullable=False),
        sa.Column("decided_at", db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assigned_id"], ["user_account.id"], name=op.f("fk_moderation_review_assigned_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_moderation_review_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_moderation_review")),
    )
    with op.batch_alter_table("moderation_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_review_assigned_id"), ["assigned_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_moderation_review_collection_key"), ["collection_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_moderation_review_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index("ix_moderation_review_state_submitted_at", ["state", "submitted_at"], unique=False)

    op.create_table(
        "moderation_finding",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("weight", sa.String(length=10), nullable=False),
        sa.Column("fix", sa.String(length=20), nullable=False),
        sa.Column("dismissed_by", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dismissed_by"], ["user_account.id"], name=op.f("fk_moderation_finding_dismissed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["file.id"], name=op.f("fk_moderation_finding_file_id_file"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["moderation_review.item_id"],
            name=op.f("fk_moderation_finding_item_id_moderation_review"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_finding")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("moderation_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_finding_item_id"), ["item_id"], unique=False)

    op.create_table(
        "moderation_print",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["file.id"], name=op.f("fk_moderation_print_file_id_file"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_moderation_print_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", "kind", name=op.f("pk_moderation_print")),
    )
    with op.batch_alter_table("moderation_print", schema=None) as batch_op:
        batch_op.create_index("ix_moderation_print_kind_value", ["kind", "value", "file_id", "item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_moderation_print_item_id"), ["item_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("moderation_print", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_print_item_id"))
        batch_op.drop_index("ix_moderation_print_kind_value")

    op.drop_table("moderation_print")
    with op.batch_alter_table("moderation_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_finding_item_id"))

    op.drop_table("moderation_finding")
    with op.batch_alter_table("moderation_review", schema=None) as batch_op:
        batch_op.drop_index("ix_moderation_review_state_submitted_at")
        batch_op.drop_index(batch_op.f("ix_moderation_review_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_moderation_review_collection_key"))
        batch_op.drop_index(batch_op.f("ix_moderation_review_assigned_id"))

    op.drop_table("moderation_review")
    with op.batch_alter_table("moderation_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_question_item_id"))

    op.drop_table("moderation_question")
    with op.batch_alter_table("moderation_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_decision_item_id"))
        batch_op.drop_index(batch_op.f("ix_moderation_decision_batch"))

    op.drop_table("moderation_decision")
    with op.batch_alter_table("moderation_moderator", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_moderator_user_id"))

    op.drop_table("moderation_moderator")
    op.drop_table("moderation_policy")
