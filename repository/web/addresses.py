"""The rules by which addresses are matched and built."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule that compiles its way back when somebody first builds an address by it.

    That takes longer than all else about a rule, there are hundreds, and a server would wait for it at each start.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Build:
        compiled = super()._compile_builder
        made: list[Build] = []

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(compiled(append_unknown))
            return made[0](rule, **values)

        return build
