"""The schema goes up, down and up on a filled database, and a step that fails leaves no trace."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

import plugins
from repository import schema
from repository.db import Base
from repository.errors import Unavailable
from repository.models import Item

PLUGINS = [found.parent.name for found in Path(plugins.__path__[0]).glob("*/plugin.py")]
STRANGERS = (*(f"{name}_" for name in PLUGINS if name != "materials"), "bookshelf")
BROKEN = '''"""A step that fails half way."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "materials_0002", "materials_0001", None, None


def upgrade() -> None:
    op.create_table("materials_half", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("materials_detail", sa.Column("half", sa.Integer))
    raise RuntimeError("the power went")


def downgrade() -> None:
    op.drop_table("materials_half")
'''


def tables(services):
    return set(inspect(services.sessions.engine).get_table_names())


def test_the_migrations_make_exactly_the_tables_of_the_models(services):
    with services.sessions.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours})
        assert compare_metadata(context, Base.metadata) == []


def _ours(_part, name, kind, _reflected, _other):
    """Leave out the tables of plugins that another test of this process has loaded."""
    return not (kind == "table" and str(name).startswith(STRANGERS))


def test_the_plugins_line_goes_down_and_up_while_the_items_stay(services, ana, make_item, work_as):
    item = make_item(ana)
    schema.downgrade(services, "materials@base")
    assert not {name for name in tables(services) if name.startswith("materials")}
    schema.upgrade(services)
    with work_as() as work:
        assert work.session.get_one(Item, item.id).title == item.title


def test_the_core_goes_down_to_nothing_and_up_again(services, ana, make_item):
    make_item(ana)
    schema.downgrade(services, "materials@base")
    schema.downgrade(services, "core@base")
    assert tables(services) <= {"alembic_version", "sqlite_sequence"}
    schema.upgrade(services)
    schema.is_current(services)


def test_a_step_that_fails_half_way_leaves_the_database_as_it_was(services, tmp_path, monkeypatch):
    before = tables(services)
    steps = tmp_path / "steps"
    steps.mkdir()
    (steps / "0002_broken.py").write_text(BROKEN, "utf-8")
    config = schema.alembic_config(services)
    config.set_main_option("version_locations", f"{config.get_main_option('version_locations')}\n{steps}")
    monkeypatch.setattr(schema, "alembic_config", lambda _services: config)
    with pytest.raises(RuntimeError, match="power"):
        schema.upgrade(services)
    assert tables(services) == before
    with services.sessions.engine.connect() as connection:
        assert "half" not in {column["name"] for column in inspect(connection).get_columns("materials_detail")}
        assert "materials_0001" in set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def test_a_database_of_another_version_is_not_served(services):
    schema.downgrade(services, "materials@base")
    with pytest.raises(Unavailable, match="repository init"):
        schema.is_current(services)
