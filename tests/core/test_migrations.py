"""The schema goes up, down and up on a filled database, and a step that fails leaves no trace."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select

from repository import accounts, schema
from repository.db import Base
from repository.errors import Unavailable
from repository.models import AccessToken, User
from tests.core.conftest import SHIPPED

STRANGERS = (*(f"{name}_" for name in SHIPPED), "bookshelf")
BROKEN = '''"""A step that fails half way."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "core_broken", "{head}", None, None


def upgrade() -> None:
    op.create_table("half_made", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("item", sa.Column("half", sa.Integer))
    raise RuntimeError("the power went")


def downgrade() -> None:
    op.drop_table("half_made")
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


def test_the_core_goes_down_to_nothing_and_up_again(services, ana, make_item):
    make_item(ana)
    schema.downgrade(services, "core@base")
    assert tables(services) <= {"alembic_version", "sqlite_sequence"}
    schema.upgrade(services)
    schema.is_current(services)


def test_a_step_that_fails_half_way_leaves_the_database_as_it_was(services, tmp_path, monkeypatch):
    before = tables(services)
    steps = tmp_path / "steps"
    steps.mkdir()
    config = schema.alembic_config(services)
    (head,) = schema.present(services)
    (steps / "broken.py").write_text(BROKEN.format(head=head), "utf-8")
    config.set_main_option("version_locations", f"{config.get_main_option('version_locations')}\n{steps}")
    monkeypatch.setattr(schema, "alembic_config", lambda _services: config)
    with pytest.raises(RuntimeError, match="power"):
        schema.upgrade(services)
    assert (tables(services), schema.present(services)) == (before, {head})
    with services.sessions.engine.connect() as connection:
        assert "half" not in {column["name"] for column in inspect(connection).get_columns("item")}


def test_a_database_of_another_version_is_not_served(services):
    schema.downgrade(services, "core@-1")
    with pytest.raises(Unavailable, match="repository init"):
        schema.is_current(services)


def test_tokens_that_could_decide_before_the_scope_was_there_go_on_deciding(services, ana, work_as):
    with work_as(ana) as work:
        for name, scopes in (("old", ["read", "deposit"]), ("reader", ["read"])):
            accounts.issue_token(work, work.session.get_one(User, ana.id), name, scopes)
    schema.downgrade(services, "core_0004")
    schema.upgrade(services)
    with services.sessions.reading() as session:
        known = {token.name: token.scopes for token in session.scalars(select(AccessToken))}
    assert known == {"old": ["read", "deposit", "review"], "reader": ["read"]}
