"""What the database itself refuses, whoever writes: the same words for SQLite's triggers and PostgreSQL's.

A migration installs them. SQLite drops a table's triggers when a later migration rebuilds the table: install them anew then.
"""

import sqlite3

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

VERBS = ("INSERT", "UPDATE")


def refuse(
    connection: Connection,
    name: str,
    table: str,
    *,
    when: str,
    if_exists: str,
    lock: str = "",
    verbs: tuple[str, ...] = VERBS,
) -> None:
    """Refuse to write a row of `table` that meets the condition `when` if the query `if_exists` finds anything.

    Both name the new row NEW. `lock` is a query whose rows PostgreSQL locks first, so that two writers who do not see
    each other yet cannot both pass; on SQLite there is one writer at a time anyway. Doing it twice does no harm.
    """
    if connection.dialect.name == "postgresql":
        _refuse_on_postgresql(connection, name, table, when, if_exists, lock, verbs)
        return
    for verb in verbs:
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS {name}_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{name}') WHERE EXISTS ({if_exists}); END"
        )


def _refuse_on_postgresql(
    connection: Connection, name: str, table: str, when: str, if_exists: str, lock: str, verbs: tuple[str, ...]
) -> None:
    first = f"PERFORM 1 FROM ({lock}) AS locked; " if lock else ""
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN {first}"
        f"IF EXISTS ({if_exists}) THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; END IF; RETURN NEW; END $$"
    )
    connection.exec_driver_sql(
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {' OR '.join(verbs)} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def refuse_overlaps(
    connection: Connection,
    name: str,
    table: str,
    *,
    same: tuple[str, ...],
    times: tuple[str, str],
    live: tuple[str, tuple[str, ...]],
) -> None:
    """Refuse two live rows of `table` that agree in the columns `same` and overlap in time.

    `times` names the columns of the start and of the end, which is not included; `live` a column and the values that
    make a row live.
    """
    (starts, ends), (state, values) = times, live
    is_live = f"{state} IN ({', '.join(map(repr, values))})"
    if connection.dialect.name == "postgresql":
        equal = ", ".join(f"{column} WITH =" for column in same)
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS btree_gist")
        connection.exec_driver_sql(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist "
            f"({equal}, tsrange({starts}, {ends}, '[)') WITH &&) WHERE ({is_live})"
        )
        return
    equal = " AND ".join(f"other.{column} = NEW.{column}" for column in same)
    refuse(
        connection,
        name,
        table,
        when=f"NEW.{is_live}",
        if_exists=f"SELECT 1 FROM {table} AS other WHERE {equal} AND other.{ends} > NEW.{starts} "  # noqa: S608
        f"AND other.{starts} < NEW.{ends} AND other.{is_live} AND other.id IS NOT NEW.id",
    )


def allow(connection: Connection, name: str, table: str) -> None:
    """Take a guard of `refuse` away; that there is none is as good."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")
        return
    for verb in VERBS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}_{verb.lower()}")


def refused_by(error: DBAPIError, name: str) -> bool:
    """Return whether the database refused a write because of the guard `name`."""
    return name in str(error.orig)


def refused(error: DBAPIError) -> bool:
    """Return whether it was any guard: what is written here does not go with what somebody else has written."""
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorname == "SQLITE_CONSTRAINT_TRIGGER"
    return getattr(error.orig, "sqlstate", None) in ("23000", "23P01")  # a trigger's refusal, and an overlap


def has_guard(connection: Connection, name: str, table: str, verbs: tuple[str, ...] = VERBS) -> bool:
    """Return whether the guard `name` is on the table, for all the verbs: by triggers, or by a constraint."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND name IN (?, ?)",
            (table, *(f"{name}_{verb.lower()}" for verb in VERBS)),
        )
        return int(found.scalar() or 0) >= len(verbs)
    on_table = "= to_regclass(:table)"
    trigger = text(f"SELECT 1 FROM pg_trigger WHERE tgname = :name AND tgenabled <> 'D' AND tgrelid {on_table}")  # noqa: S608
    constraint = text(f"SELECT 1 FROM pg_constraint WHERE conname = :name AND conrelid {on_table}")  # noqa: S608
    known = {"name": name, "table": table}
    return any(connection.execute(question, known).scalar() for question in (trigger, constraint))
