"""Where the instances of tests keep their rows: each its own SQLite file, or its own database on a PostgreSQL server.

REPOSITORY_TEST_DATABASE names the server, for example postgresql://user@127.0.0.1:5432/postgres; the person must be
allowed to create databases. Everything made there is dropped again.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

FILE = "partilha.sqlite"
SERVER = make_url(told) if (told := os.environ.get("REPOSITORY_TEST_DATABASE", "")) else None
_names: dict[Path, str] = {}  # of the databases on the server, by instance folder


@contextmanager
def template(folder: Path) -> Iterator[None]:
    """Give an instance folder an empty database within the block."""
    if SERVER is not None:
        _make(folder, "template0")
    yield
    drop(folder)


def copy(source: Path, folder: Path) -> None:
    """Give the instance in `folder` a copy of the database of the one in `source`, which nobody uses meanwhile."""
    if SERVER is None:
        (folder / FILE).write_bytes((source / FILE).read_bytes())
    else:
        _make(folder, _names[source])


def drop(folder: Path) -> None:
    """Remove what the server keeps of an instance; an SQLite file goes with its folder."""
    if name := _names.pop(folder, None):
        _say(f"DROP DATABASE {name} WITH (FORCE)")


def _make(folder: Path, model: str) -> None:
    assert SERVER is not None
    name = _names[folder] = f"partilha_test_{secrets.token_hex(6)}"
    _say(f"CREATE DATABASE {name} TEMPLATE {model}")
    address = SERVER.set(database=name).render_as_string(hide_password=False)
    (folder / "settings.toml").write_text(f'database_url = "{address}"\n', "utf-8")


def _say(statement: str) -> None:
    assert SERVER is not None
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
