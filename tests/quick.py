"""What one test leaves for the next, so that thousands of fresh houses do not each pay for the same preparation.

Nothing here changes what is tested: a template, a statement or an address is compiled once, a password is hashed by the
same algorithm at the lowest cost, and nothing waits for the disk, which matters only where the power goes.
"""

import gc
import os
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, event
from sqlalchemy.engine import URL
from werkzeug.routing import Rule

from repository import house, passwords

STATEMENTS = 2_000  # an engine of the house itself keeps 500


class _Compiled(BytecodeCache):
    """Keeps compiled templates in memory; each is looked up by the hash of its source."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.known.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.code


COMPILED = _Compiled()


def share_templates(app: Flask) -> None:
    """Let an application take the templates that another has compiled."""
    app.jinja_env.bytecode_cache = COMPILED


def share_addresses() -> None:
    """Let the rules of an application be those that another has compiled."""
    compile_it = Rule.compile
    known: dict[Any, dict[str, Any]] = {}

    def shared(self: Rule) -> None:
        assert self.map is not None
        if self.defaults or self.map.host_matching or self.subdomain:
            return compile_it(self)
        key = (self.rule, self.merge_slashes, tuple(self.map.converters.items()))
        if key not in known:
            compile_it(self)
            names = ("_parts", "_trace", "_converters", "arguments")
            known[key] = {name: getattr(self, name) for name in names} | {"ways": (self._build, self._build_unknown)}
        mine = known[key]
        self._parts, self._trace, self._converters = mine["_parts"], mine["_trace"], mine["_converters"]
        self.arguments = set(mine["arguments"])
        self._build, self._build_unknown = (way.__func__.__get__(self) for way in mine["ways"])
        return None

    Rule.compile = shared  # type: ignore[method-assign]


def share_statements() -> None:
    """Let the engines on SQLite files use one dialect, and so one cache of statements; and never wait for the disk."""
    make_engine = house.make_engine
    first: list[Engine] = []

    def make(url: URL) -> Engine:
        engine = make_engine(url)
        if engine.dialect.name != "sqlite":
            return engine
        if not first:
            engine._compiled_cache.capacity = STATEMENTS  # type: ignore[union-attr]
            first.append(engine)
        engine.dialect = engine.pool._dialect = first[0].dialect
        engine._compiled_cache = first[0]._compiled_cache
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
        return engine

    house.make_engine = make  # type: ignore[assignment]


def never_wait_for_the_disk() -> None:
    """Let what is written reach the disk when the system likes; a wrong descriptor is still an error."""

    def sync(file: Any) -> None:
        os.fstat(file if isinstance(file, int) else file.fileno())

    os.fsync = sync


def collect_seldom() -> None:
    """Leave what is imported out of the search for garbage, and look for it less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def hash_cheaply() -> None:
    """Take next to no time for a password."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
