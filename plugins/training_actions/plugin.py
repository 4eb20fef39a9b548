"""All that the plugin of training actions touches."""

from collections.abc import Iterable

from plugins.training_actions import intake, models
from plugins.training_actions.actions import MANAGE
from repository.api import N_, JobKind, Permission, hookimpl

__all__ = ["models"]


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (Permission(MANAGE, N_("Gerir ações de formação"), ("staff", "administrator")),)


@hookimpl
def register_jobs() -> Iterable[JobKind]:
    return (JobKind(intake.JOB, intake.run, apart=True),)
