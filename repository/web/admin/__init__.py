"""The administration: accounts, organisations, words, settings, and how the house is doing."""

from repository.web.admin import (
    account_changes,
    accounts,
    audit,
    health,
    jobs,
    organisations,
    overview,
    plugins,
    reports,
    settings,
    synonyms,
    vocabularies,
)
from repository.web.admin.door import pages

__all__ = [
    "account_changes",
    "accounts",
    "audit",
    "health",
    "jobs",
    "organisations",
    "overview",
    "pages",
    "plugins",
    "reports",
    "settings",
    "synonyms",
    "vocabularies",
]
