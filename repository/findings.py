"""What plugins notice in an item, for whoever decides and early for whoever hands it in, and in a short text."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping

from repository.errors import Doubtful
from repository.hookspecs import Check, Finding
from repository.models import FileState, Item
from repository.registry import collect
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


def ask_before_showing(work: Work, texts: Mapping[str, str], confirmed: str = "") -> None:
    """Ask about what plugins notice in short texts, by form field, that others are about to read. Raises Doubtful.

    `confirmed` is the token of an earlier Doubtful: what it stands for is asked no more, what came since is.
    """
    doubts = [(field, found) for field, text in texts.items() if text for found in _noticed(work, text)]
    known = set(confirmed.split("."))
    if any(_sign(found) not in known for _, found in doubts):
        token = ".".join(dict.fromkeys(_sign(found) for _, found in doubts))
        raise Doubtful([(field, found.reason, found.params) for field, found in doubts], token)


def _noticed(work: Work, text: str) -> list[Finding]:
    return collect(work.hook.text_doubts, work=work, text=text)


def _sign(found: Finding) -> str:
    """Return a few letters that stand for a finding, with its words, in a form."""
    return hashlib.sha256(repr((found.reason, sorted(found.params.items()))).encode()).hexdigest()[:12]
