"""The first tables of physical_loans."""

import sqlalchemy as sa
from alembic import op

from repository import db, guards

revision = "physical_loans_0001"
down_revision = None
branch_labels = ("physical_loans",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "physical_loans_desk",
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("municipal_days", sa.JSON(), nullable=False),
        sa.Column("transport_days", sa.Integer(), nullable=False),
        sa.Column("answer_hours", sa.Integer(), nullable=False),
        sa.Column("reminds", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("closed_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_physical_loans_desk_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_desk")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("physical_loans_desk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_desk_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "physical_loans_closed_days",
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_id"],
            ["physical_loans_desk.id"],
            name=op.f("fk_physical_loans_closed_days_desk_id_physical_loans_desk"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_closed_days")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("physical_loans_closed_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_closed_days_desk_id"), ["desk_id"], unique=False)

    op.create_table(
        "physical_loans_stocktake",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("started_at", db.UtcDateTime(), nullable=False),
        sa.Column("closed_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_physical_loans_stocktake_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"],
            ["physical_loans_desk.id"],
            name=op.f("fk_physical_loans_stocktake_desk_id_physical_loans_desk"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_stocktake")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("physical_loans_stocktake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_stocktake_desk_id"), ["desk_id"], unique=False)

    op.create_table(
        "physical_loans_thing",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("unit_name", sa.String(length=60), nullable=False),
        sa.Column("preparation_days", sa.Integer(), nullable=False),
        sa.Column("preparation_minutes", sa.Integer(), nullable=True),
        sa.Column("turnaround_days", sa.Integer(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("training", sa.String(length=300), nullable=False),
        sa.Column("equivalent", sa.String(length=80), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("isbn", sa.String(length=20), nullable=False),
        sa.Column("shelf_mark", sa.String(length=60), nullable=False),
        sa.Column("care", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_physical_loans_thing_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_physical_loans_thing")),
    )
    with op.batch_alter_table("physical_loans_thing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_thing_category"), ["category"], unique=False)
        batch_op.create_index(batch_op.f("ix_physical_loans_thing_equivalent"), ["equivalent"], unique=False)

    op.create_table(
        "physical_loans_basket_line",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("added_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thing_id"],
            ["physical_loans_thing.item_id"],
            name=op.f("fk_physical_loans_basket_line_thing_id_physical_loans_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_physical_loans_basket_line_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "thing_id", name=op.f("pk_physical_loans_basket_line")),
    )
    op.create_table(
        "physical_loans_copy",
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("inventory", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("blocked", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("custodian_id", sa.Integer(), nullable=True),
        sa.Column("condition", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("photos_item_id", sa.Integer(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("stock >= 1", name=op.f("ck_physical_loans_copy_stock")),
        sa.ForeignKeyConstraint(
            ["custodian_id"], ["user_account.id"], name=op.f("fk_physical_loans_copy_custodian_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["physical_loans_desk.id"], name=op.f("fk_physical_loans_copy_desk_id_physical_loans_desk")
        ),
        sa.ForeignKeyConstraint(
            ["photos_item_id"],
            ["item.id"],
            name=op.f("fk_physical_loans_copy_photos_item_id_item"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["thing_id"],
            ["physical_loans_thing.item_id"],
            name=op.f("fk_physical_loans_copy_thing_id_physical_loans_thing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_copy")),
        sa.UniqueConstraint("inventory", name=op.f("uq_physical_loans_copy_inventory")),
        sa.UniqueConstraint("label", name=op.f("uq_physical_loans_copy_label")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("physical_loans_copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_copy_desk_id"), ["desk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_physical_loans_copy_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_physical_loans_copy_thing_id"), ["thing_id"], unique=False)

    op.create_table(
        "physical_loans_feed",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("thing_id", sa.Integer(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["physical_loans_desk.id"], name=op.f("fk_physical_loans_feed_desk_id_physical_loans_desk")
        ),
        sa.ForeignKeyConstraint(
            ["thing_id"],
            ["physical_loans_thing.item_id"],
            name=op.f("fk_physical_loans_feed_thing_id_physical_loans_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_physical_loans_feed_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_physical_loans_feed_digest")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("physical_loans_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_feed_user_id"), ["user_id"], unique=False)

    op.create_table(
        "physical_loans_need",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_physical_loans_need_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thing_id"],
            ["physical_loans_thing.item_id"],
            name=op.f("fk_physical_loans_need_thing_id_physical_loans_thing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_need")),
        sa.UniqueConstraint("item_id", "thing_id", name=op.f("uq_physical_loans_need_item_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("physical_loans_need", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_need_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_physical_loans_need_thing_id"), ["thing_id"], unique=False)

    op.create_table(
        "physical_loans_rule",
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=True),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("most_days", sa.Integer(), nullable=True),
        sa.Column("most_open", sa.Integer(), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("horizon_days", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(length=20), nullable=True),
        sa.Column("approval", sa.Boolean(), nullable=True),
        sa.Column("renewals", sa.Integer(), nullable=True),
        sa.Column("renewal_days", sa.Integer(), nullable=True),
        sa.Column("back_before", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["physical_loans_desk.id"], name=op.f("fk_physical_loans_rule_desk_id_physical_loans_desk")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_physical_loans_rule_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["thing_id"],
            ["physical_loans_thing.item_id"],
            name=op.f("fk_physical_loans_rule_thing_id_physical_loans_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_physical_loans_rule_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_rule")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "physical_loans_booking",
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=True),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("borrower_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", db.UtcDateTime(), nullable=False),
        sa.Column("ends_at", db.UtcDateTime(), nullable=False),
        sa.Column("held_from", db.UtcDateTime(), nullable=False),
        sa.Column("held_until", db.UtcDateTime(), nullable=False),
        sa.Column("lessons", sa.JSON(), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("year", sa.String(length=20), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=True),
        sa.Column("collector", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("basket", sa.String(length=40), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=True),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("queued_at", db.UtcDateTime(), nullable=True),
        sa.Column("answer_by", db.UtcDateTime(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("approved_at", db.UtcDateTime(), nullable=True),
        sa.Column("handed_out_at", db.UtcDateTime(), nullable=True),
        sa.Column("returned_at", db.UtcDateTime(), nullable=True),
        sa.Column("closed_at", db.UtcDateTime(), nullable=True),
        sa.Column("anonymised_at", db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "held_from <= starts_at AND ends_at <= held_until", name=op.f("ck_physical_loans_booking_held_around_it")
        ),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_physical_loans_booking_quantity")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_physical_loans_booking_starts_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["user_account.id"], name=op.f("fk_physical_loans_booking_borrower_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["physical_loans_copy.id"], name=op.f("fk_physical_loans_booking_copy_id_physical_loans_copy")
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["physical_loans_desk.id"], name=op.f("fk_physical_loans_booking_desk_id_physical_loans_desk")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_physical_loans_booking_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["thing_id"],
            ["physical_loans_thing.item_id"],
            name=op.f("fk_physical_loans_booking_thing_id_physical_loans_thing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_booking")),
        sa.UniqueConstraint("key", name=op.f("uq_physical_loans_booking_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("physical_loans_booking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_booking_basket"), ["basket"], unique=False)
        batch_op.create_index(batch_op.f("ix_physical_loans_booking_borrower_id"), ["borrower_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_physical_loans_booking_desk_id"), ["desk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_physical_loans_booking_series"), ["series"], unique=False)
        batch_op.create_index(batch_op.f("ix_physical_loans_booking_state"), ["state"], unique=False)
        batch_op.create_index("ix_physical_loans_booking_state_ends_at", ["state", "ends_at"], unique=False)
        batch_op.create_index("ix_physical_loans_booking_thing_id_state", ["thing_id", "state"], unique=False)

    op.create_table(
        "physical_loans_component",
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("essential", sa.Boolean(), nullable=False),
        sa.Column("consumable", sa.Boolean(), nullable=False),
        sa.Column("removed_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["copy_id"],
            ["physical_loans_copy.id"],
            name=op.f("fk_physical_loans_component_copy_id_physical_loans_copy"),
        ),
        sa.ForeignKeyConstraint(
            ["thing_id"],
            ["physical_loans_thing.item_id"],
            name=op.f("fk_physical_loans_component_thing_id_physical_loans_thing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_component")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("physical_loans_component", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_component_copy_id"), ["copy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_physical_loans_component_thing_id"), ["thing_id"], unique=False)

    op.create_table(
        "physical_loans_copy_event",
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", db.UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_physical_loans_copy_event_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["copy_id"],
            ["physical_loans_copy.id"],
            name=op.f("fk_physical_loans_copy_event_copy_id_physical_loans_copy"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_copy_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("physical_loans_copy_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_copy_event_copy_id"), ["copy_id"], unique=False)

    op.create_table(
        "physical_loans_sighting",
        sa.Column("stocktake_id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["physical_loans_copy.id"], name=op.f("fk_physical_loans_sighting_copy_id_physical_loans_copy")
        ),
        sa.ForeignKeyConstraint(
            ["stocktake_id"],
            ["physical_loans_stocktake.id"],
            name=op.f("fk_physical_loans_sighting_stocktake_id_physical_loans_stocktake"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("stocktake_id", "copy_id", name=op.f("pk_physical_loans_sighting")),
    )
    op.create_table(
        "physical_loans_hold",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("starts", db.UtcDateTime(), nullable=False),
        sa.Column("ends", db.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("out_at", db.UtcDateTime(), nullable=True),
        sa.Column("back_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_physical_loans_hold_starts_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["physical_loans_booking.id"],
            name=op.f("fk_physical_loans_hold_booking_id_physical_loans_booking"),
        ),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["physical_loans_copy.id"], name=op.f("fk_physical_loans_hold_copy_id_physical_loans_copy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_hold")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("physical_loans_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_hold_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index("ix_physical_loans_hold_copy_id_unit_ends", ["copy_id", "unit", "ends"], unique=False)
        batch_op.create_index(
            "one_loan_of_a_unit",
            ["copy_id", "unit"],
            unique=True,
            sqlite_where=sa.text("state = 'out'"),
            postgresql_where=sa.text("state = 'out'"),
        )

    op.create_table(
        "physical_loans_notice",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_at", db.UtcDateTime(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["physical_loans_booking.id"],
            name=op.f("fk_physical_loans_notice_booking_id_physical_loans_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("booking_id", "kind", "due_on", name=op.f("pk_physical_loans_notice")),
    )
    op.create_table(
        "physical_loans_shortage",
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("since", db.UtcDateTime(), nullable=False),
        sa.Column("resolved_at", db.UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["physical_loans_booking.id"],
            name=op.f("fk_physical_loans_shortage_booking_id_physical_loans_booking"),
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["physical_loans_component.id"],
            name=op.f("fk_physical_loans_shortage_component_id_physical_loans_component"),
        ),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["physical_loans_copy.id"], name=op.f("fk_physical_loans_shortage_copy_id_physical_loans_copy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physical_loans_shortage")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("physical_loans_shortage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_physical_loans_shortage_copy_id"), ["copy_id"], unique=False)
        batch_op.create_index(
            "one_open_shortage",
            ["copy_id", "component_id"],
            unique=True,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )

    connection = op.get_bind()
    guards.refuse_overlaps(
        connection,
        "physical_loans_no_overlap",
        "physical_loans_hold",
        same=("copy_id", "unit"),
        times=("starts", "ends"),
        live=("state", ("reserved", "out")),
    )
    guards.refuse(
        connection,
        "physical_loans_within_stock",
        "physical_loans_hold",
        when="NEW.state IN ('reserved', 'out')",
        lock="SELECT id FROM physical_loans_copy WHERE id = NEW.copy_id FOR SHARE",
        if_exists="SELECT 1 FROM physical_loans_copy WHERE id = NEW.copy_id AND (NEW.unit < 1 OR NEW.unit > stock)",
    )
    guards.refuse(
        connection,
        "physical_loans_stock_is_promised",
        "physical_loans_copy",
        verbs=("UPDATE",),
        when="NEW.stock < OLD.stock",
        if_exists="SELECT 1 FROM physical_loans_hold WHERE copy_id = NEW.id AND unit > NEW.stock "
        "AND state IN ('reserved', 'out')",
    )


def downgrade() -> None:
    connection = op.get_bind()
    guards.allow(connection, "physical_loans_stock_is_promised", "physical_loans_copy")
    guards.allow(connection, "physical_loans_within_stock", "physical_loans_hold")
    with op.batch_alter_table("physical_loans_shortage", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_shortage",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_physical_loans_shortage_copy_id"))

    op.drop_table("physical_loans_shortage")
    op.drop_table("physical_loans_notice")
    with op.batch_alter_table("physical_loans_hold", schema=None) as batch_op:
        batch_op.drop_index(
            "one_loan_of_a_unit", sqlite_where=sa.text("state = 'out'"), postgresql_where=sa.text("state = 'out'")
        )
        batch_op.drop_index("ix_physical_loans_hold_copy_id_unit_ends")
        batch_op.drop_index(batch_op.f("ix_physical_loans_hold_booking_id"))

    op.drop_table("physical_loans_hold")
    op.drop_table("physical_loans_sighting")
    with op.batch_alter_table("physical_loans_copy_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_physical_loans_copy_event_copy_id"))

    op.drop_table("physical_loans_copy_event")
    with op.batch_alter_table("physical_loans_component", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_physical_loans_component_thing_id"))
        batch_op.drop_index(batch_op.f("ix_physical_loans_component_copy_id"))

    op.drop_table("physical_loans_component")
    with op.batch_alter_table("physical_loans_booking", schema=None) as batch_op:
        batch_op.drop_index("ix_physical_loans_booking_thing_id_state")
        batch_op.drop_index("ix_physical_loans_booking_state_ends_at")
        batch_op.drop_index(batch_op.f("ix_physical_loans_booking_state"))
        batch_op.drop_index(batch_op.f("ix_physical_loans_booking_series"))
        batch_op.drop_index(batch_op.f("ix_physical_loans_booking_desk_id"))
        batch_op.drop_index(batch_op.f("ix_physical_loans_booking_borrower_id"))
        batch_op.drop_index(batch_op.f("ix_physical_loans_booking_basket"))

    op.drop_table("physical_loans_booking")
    op.drop_table("physical_loans_rule")
    with op.batch_alter_table("physical_loans_need", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_physical_loans_need_thing_id"))
        batch_op.drop_index(batch_op.f("ix_physical_loans_need_item_id"))

    op.drop_table("physical_loans_need")
    with op.batch_alter_table("physical_loans_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_physical_loans_feed_user_id"))

    op.drop_table("physical_loans_feed")
    with op.batch_alter_table("physical_loans_copy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_physical_loans_copy_thing_id"))
        batch_op.drop_index(batch_op.f("ix_physical_loans_copy_state"))
        batch_op.drop_index(batch_op.f("ix_physical_loans_copy_desk_id"))

    op.drop_table("physical_loans_copy")
    op.drop_table("physical_loans_basket_line")
    with op.batch_alter_table("physical_loans_thing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_physical_loans_thing_equivalent"))
        batch_op.drop_index(batch_op.f("ix_physical_loans_thing_category"))

    op.drop_table("physical_loans_thing")
    with op.batch_alter_table("physical_loans_stocktake", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_physical_loans_stocktake_desk_id"))

    op.drop_table("physical_loans_stocktake")
    with op.batch_alter_table("physical_loans_closed_days", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_physical_loans_closed_days_desk_id"))

    op.drop_table("physical_loans_closed_days")
    with op.batch_alter_table("physical_loans_desk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_physical_loans_desk_organisation_id"))

    op.drop_table("physical_loans_desk")
