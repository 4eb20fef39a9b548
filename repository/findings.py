"""What plugins notice in an item, for whoever decides and early for whoever hands it in, and in a short text."""

import logging
from collections.abc import Iterable, Iterator, Mapping

from repository.errors import Doubtful
from repository.hookspecs import Check, Finding
from repository.models import FileState, Item
from repository.registry import collect
from repository.sealing import seal
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


def ask_before_showing(work: Work, texts: Mapping[str, str], confirmed: str = "", *, place: str) -> None:
    """Ask about what plugins notice in short texts, by form field, that others are about to read. Raises Doubtful.

    `confirmed` is the token of an earlier Doubtful: what it stands for is asked no more, what came since is. It counts
    for this person, this field and this `place`, which says what kind of text it is and where: "level_views.tried:7".
    """
    doubts = [(field, found) for field, text in texts.items() if text for found in _noticed(work, text)]
    signs = [_sign(work, place, field, found) for field, found in doubts]
    if not set(confirmed.split(".")).issuperset(signs):
        token = ".".join(dict.fromkeys(signs))
        raise Doubtful([(field, found.reason, found.params) for field, found in doubts], token)


def _noticed(work: Work, text: str) -> list[Finding]:
    return collect(work.hook.text_doubts, work=work, text=text)


def _sign(work: Work, place: str, field: str, found: Finding) -> str:
    """Return a few letters that stand for a finding in a form: with its words, where they stand, and who wrote them."""
    who = work.actor.user_id or work.actor.acting
    about = repr((who, place, field, found.reason, sorted(found.params.items())))
    return seal(work.services, "text_doubts", about)[:12]
