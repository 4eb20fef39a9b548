"""All that the plugin of moderation touches."""

from collections.abc import Iterable

from plugins.moderation import checks, models
from repository.api import Check, hookimpl

__all__ = ["models"]


@hookimpl
def register_checks() -> Iterable[Check]:
    return checks.CHECKS
