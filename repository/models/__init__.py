"""The core's tables."""

from repository.models.items import Credit, File, FileState, FileText, Item, ItemTerm, ItemVersion, State
from repository.models.operations import (
    AuditEntry,
    Job,
    JobState,
    Mail,
    PeriodicRun,
    Report,
    StoredSetting,
    StoredTerm,
)
from repository.models.people import (
    AccessToken,
    IdempotentAnswer,
    LoginSession,
    LoginThrottle,
    Membership,
    OneTimeLink,
    Organisation,
    User,
)

__all__ = [
    "AccessToken",
    "AuditEntry",
    "Credit",
    "File",
    "FileState",
    "FileText",
    "IdempotentAnswer",
    "Item",
    "ItemTerm",
    "ItemVersion",
    "Job",
    "JobState",
    "LoginSession",
    "LoginThrottle",
    "Mail",
    "Membership",
    "OneTimeLink",
    "Organisation",
    "PeriodicRun",
    "Report",
    "State",
    "StoredSetting",
    "StoredTerm",
    "User",
]
