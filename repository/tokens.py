"""Personal tokens at the door of the API: whose it is, when it was last used, and a brake on guessing."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from repository.accounts import digest_of
from repository.errors import Unavailable
from repository.models import AccessToken, LoginThrottle
from repository.signin import LONGEST_LOCK, Locked, bearer
from repository.work import ANONYMOUS, Actor, Services, Work, open_look, open_work

FREE_FAILURES = 20  # of one address, which a whole school may share
USED_EVERY = timedelta(hours=1)


def holder(services: Services, secret: str, address: str) -> Actor | Locked | None:
    """Return whose token this is; None for one that opens nothing, Locked after too many of those from `address`.

    A good token always opens, so that one broken script does not lock out its whole school.
    """
    with open_look(services, ANONYMOUS) as look:
        found = bearer(look, secret)
    if found is None:
        return _count_failure(services, address)
    actor, token = found
    if token.used_at is None or token.used_at <= look.now - USED_EVERY:
        # Reading goes on while the disk is full or the database is held: only the date is missing then.
        with suppress(OperationalError, Unavailable), open_work(services, actor) as work:
            work.session.get_one(AccessToken, token.id).used_at = work.now
    return actor


def _count_failure(services: Services, address: str) -> Locked | None:
    key = digest_of("token address " + address)
    with open_look(services, ANONYMOUS) as look:
        if locked := _locked(look, look.session.get(LoginThrottle, key)):
            return locked
    with open_work(services, ANONYMOUS) as work:
        row = work.session.get(LoginThrottle, key) or LoginThrottle(digest=key, failures=0, last_at=work.now)
        if row.last_at < work.now - LONGEST_LOCK:
            row.failures = 0
        row.failures, row.last_at = row.failures + 1, work.now
        if row.failures >= FREE_FAILURES:
            longer = 2 ** min(row.failures - FREE_FAILURES, 10)
            row.locked_until = work.now + min(LONGEST_LOCK, timedelta(seconds=30) * longer)
        work.session.add(row)
    return None


def _locked(work: Work, row: LoginThrottle | None) -> Locked | None:
    if row is None or row.locked_until is None or row.locked_until <= work.now:
        return None
    return Locked(int((row.locked_until - work.now).total_seconds()) + 1)
