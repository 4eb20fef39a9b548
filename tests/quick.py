"""What one test leaves for the next, so that thousands of fresh houses do not each pay for the same preparation.

Nothing here changes what is tested: a template is compiled once, an address's way back when somebody asks for it, and a
password is hashed by the same algorithm at the lowest cost.
"""

from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from repository import passwords


class _Compiled(BytecodeCache):
    """Keeps compiled templates in memory; each is looked up by the hash of its source."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.bytecode_to_string()


COMPILED = _Compiled()


def share_templates(app: Flask) -> None:
    """Let an application take the templates that another has compiled."""
    app.jinja_env.bytecode_cache = COMPILED


def build_addresses_late() -> None:
    """Let the rules of an application compile their way back only when an address is built."""
    compiled: Callable[..., Any] = Rule._compile_builder

    def late(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(compiled(rule, append_unknown))
            return made[0](rule, **values)

        return build

    Rule._compile_builder = late  # type: ignore[method-assign]


def hash_cheaply() -> None:
    """Take next to no time for a password."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._NOBODY = passwords._HASHER.hash("nobody has this password")
