"""What the checks of plugins say of an item: to whoever decides, and early to whoever is about to hand it in."""

import logging
from collections.abc import Iterable, Iterator

from repository.hookspecs import Check, Finding
from repository.models import FileState, Item
from repository.work import Services, Work

log = logging.getLogger(__name__)


def checks_of(services: Services) -> list[Check]:
    """Return every check that plugins declare, in their order."""
    return [check for answer in services.hook.register_checks() for check in answer or ()]


def run_checks(work: Work, item: Item, checks: Iterable[Check]) -> Iterator[tuple[str, Finding]]:
    """Yield what the checks say, each with its check's code; a check that fails is logged and the others go on."""
    for check in checks:
        try:
            found = list(check.run(work.services, work, item))
        except Exception:
            log.exception("the check %s failed on item %s", check.code, item.id)
            continue
        yield from ((check.code, finding) for finding in found)


def early_findings(work: Work, item: Item) -> list[Finding]:
    """Return what the people who hand the item in should know while they can still change it, the gravest first.

    While a file is being read there is nothing to say: a page that speaks of some of the files would be taken for all.
    """
    if not item.files or any(file.state == FileState.PENDING for file in item.files):
        return []
    early = [check for check in checks_of(work.services) if check.early]
    found = [finding for _, finding in run_checks(work, item, early)]
    return sorted(found, key=lambda finding: finding.weight != "stop")
