"""The promises of the house, each proved by a small function: what is stored is there, and nothing waits unseen."""

import json
import logging
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import exists, func, select

from repository import indexing, jobs, schema
from repository.db import audit_is_guarded, integrity_problems
from repository.errors import Unavailable
from repository.hookspecs import Promise
from repository.housekeeping import ORPHAN_SECONDS
from repository.models import File, Job, JobState, User
from repository.registry import collect
from repository.search.engine import SearchError
from repository.work import SYSTEM, Services, now, open_look

log = logging.getLogger(__name__)
DAYS = 7  # each day another seventh of the files is read again
OVERDUE = timedelta(hours=1)
REPORT = "check.json"
SCHEMA = "the schema is that of this version"
SECRETS = ("secret", "setup-code", "demonstration.txt")
SHORTEST_KEY = 32
LOOPBACK = ("127.0.0.1", "::1", "localhost")
MOST_NAMED = 5
MB = 1024 * 1024
LEAST_FREE_MB = 100


@dataclass(frozen=True)
class Finding:
    """Whether a promise holds, how many things were looked at, and what is wrong, in a line."""

    promise: str
    ok: bool
    detail: str = ""
    count: int = 0


def finding(promise: str, wrong: list[str], count: int = 0) -> Finding:
    """Return the finding for a list of what is wrong; the first few are named."""
    more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
    return Finding(promise, not wrong, "; ".join(wrong[:MOST_NAMED]) + more, count)


def blobs_are_there(services: Services) -> Finding:
    """Every file row has its blob, in the size that the row says."""
    with services.sessions.reading() as session:
        rows = session.execute(select(File.sha256, func.max(File.size)).group_by(File.sha256)).all()
    wrong = [f"missing {digest}" for digest, _ in rows if not services.blobs.exists(digest)]
    whole = [(digest, size) for digest, size in rows if services.blobs.exists(digest)]
    wrong += [f"cut {digest}" for digest, size in whole if services.blobs.path(digest).stat().st_size != size]
    return finding("every file has its content", wrong, len(rows))


def blobs_are_themselves(services: Services, *, full: bool, day: date) -> Finding:
    """The bytes of every blob still have the digest that is its name: a seventh each day, or all."""
    share = day.toordinal() % DAYS
    mine = [d for d in services.blobs.digests() if full or int(d[:8], 16) % DAYS == share]
    wrong = [f"changed {digest}" for digest in mine if not services.blobs.verify(digest)]
    return finding("no content has changed", wrong, len(mine))


def blobs_have_rows(services: Services) -> Finding:
    """Every blob has a row, or is younger than the two days after which it has surely been collected."""
    old = [d for d in services.blobs.digests() if services.blobs.age(d) > 2 * ORPHAN_SECONDS]
    with services.sessions.reading() as session:
        known = set(session.scalars(select(File.sha256).distinct()))
    return finding("no content lies about unused", [f"unused {d}" for d in old if d not in known], len(old))


def database_is_sound(services: Services) -> Finding:
    """The database finds nothing wrong with itself."""
    with services.sessions.engine.connect().execution_options(read_only=True) as connection:
        return finding("the database is sound", integrity_problems(connection))


def schema_is_current(services: Services) -> Finding:
    """The database has the schema of this version."""
    try:
        schema.is_current(services)
    except Unavailable as error:
        return finding(SCHEMA, [str(error)])
    return finding(SCHEMA, [])


def audit_is_kept(services: Services) -> Finding:
    """The database refuses to change the audit trail."""
    with services.sessions.engine.connect().execution_options(read_only=True) as connection:
        wrong = [] if audit_is_guarded(connection) else ["the database would let it be changed"]
    return finding("the audit trail cannot be changed", wrong)


def jobs_are_done(services: Services) -> Finding:
    """No job is parked, and none has waited for an hour longer than it should."""
    late = now() - OVERDUE
    with services.sessions.reading() as session:
        parked = session.execute(select(Job.name, Job.last_error).filter_by(state=JobState.PARKED)).all()
        overdue = session.scalars(select(Job.name).where(Job.state == JobState.QUEUED, Job.run_after < late)).all()
        count = sum(jobs.waiting(session).values())
    wrong = [f"parked {name}: {error[:120]}" for name, error in parked] + [f"overdue {name}" for name in overdue]
    return finding("no job is stuck", wrong, count)


def index_is_true(services: Services) -> Finding:
    """With no index job left, the index holds exactly what is published."""
    with services.sessions.reading() as session:
        if session.scalar(select(exists().where(Job.name.startswith("search.")))):
            return Finding(
                "the index holds what is published", True, "not compared: the index is being brought up to date"
            )
        published = indexing.published_ids(session)
    try:
        present = services.search.engine.ids()
    except SearchError as error:
        return finding("the index holds what is published", [f"{type(error).__name__}: {error}"], len(published))
    wrong = [f"lacks item {each}" for each in sorted(published - present)]
    wrong += [f"has item {each}, which is not published" for each in sorted(present - published)]
    return finding("the index holds what is published", wrong, len(published))


def instance_is_private(services: Services) -> Finding:
    """Nobody but the owner and the group can look into the instance, and only the owner into its secrets."""
    wrong = [f"{services.instance.name} is open to everybody"] if _mode(services.instance) & 0o007 else []
    secret = [path for name in SECRETS if (path := services.instance / name).exists()]
    wrong += [f"{path.name} is open to others" for path in secret if _mode(path) & 0o077]
    return finding("the instance is private", wrong, len(secret) + 1)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def disk_has_room(services: Services) -> Finding:
    """There is room for a day's deposits, and the reserve is there to be dropped when there is none."""
    free = shutil.disk_usage(services.instance).free // MB
    wrong = [f"{free} MB free"] if free < LEAST_FREE_MB else []
    if services.settings["reserve_mb"] and not services.blobs.reserve.exists():
        wrong.append("the reserve has been dropped: `repository init` makes it again")
    return finding("the disk has room", wrong, free)


def fit_for_the_network(services: Services) -> Finding:
    """Nothing is left over from trying out: asked for before other machines may reach the house."""
    settings = services.settings
    url = urlsplit(settings.public_url)
    wrong = []
    if url.scheme != "https" and url.hostname not in LOOPBACK:
        wrong.append("public_url is not https: passwords would cross the network in the open")
    if settings["host"] not in LOOPBACK and not settings["public_url"]:
        wrong.append("public_url is not set: links in mails would point nowhere")
    if not settings["smtp_url"]:
        wrong.append("smtp_url is not set: nobody can choose a new password")
    if settings["demonstration"]:
        wrong.append("this is a demonstration centre")
    if os.environ.get("FLASK_DEBUG"):
        wrong.append("FLASK_DEBUG is set")
    if 0 < len(settings["secret_key"]) < SHORTEST_KEY:
        wrong.append(f"secret_key is shorter than {SHORTEST_KEY} characters")
    with services.sessions.reading() as session:
        open_demo = select(func.count()).select_from(User).where(User.demonstration, User.disabled_at.is_(None))
        if count := session.scalar(open_demo):
            wrong.append(f"{count} demonstration accounts are open")
    return finding("ready for the network", wrong)


def kept(promise: Promise, services: Services) -> Finding:
    """What a plugin promises holds."""
    with open_look(services, SYSTEM) as look:
        count, wrong = promise.prove(look)
    return finding(promise.words, wrong, count)


def checks(services: Services, *, full: bool, deploy: bool) -> Iterator[Callable[[Services], Finding]]:
    """Yield every check; `full` reads all files again, `deploy` adds what matters on a network."""
    yield schema_is_current
    yield database_is_sound
    yield audit_is_kept
    yield blobs_are_there
    yield lambda services: blobs_are_themselves(services, full=full, day=now().date())
    yield blobs_have_rows
    yield jobs_are_done
    yield index_is_true
    for promise in collect(services.hook.register_promises, strict=True):
        yield partial(kept, promise)
    yield instance_is_private
    yield disk_has_room
    if deploy:
        yield fit_for_the_network


def check(services: Services, *, full: bool = False, deploy: bool = False) -> dict[str, Any]:
    """Prove every promise, keep the result as check.json in the instance, and return it: `ok`, `at` and `findings`."""
    findings = []
    for each in checks(services, full=full, deploy=deploy):
        findings.append(each(services))
        if findings[-1].promise == SCHEMA and not findings[-1].ok:
            break  # the other questions cannot be asked of tables that are not there
    result = {
        "ok": all(each.ok for each in findings),
        "at": now().isoformat(timespec="seconds"),
        "full": full,
        "findings": [asdict(each) for each in findings],
    }
    new = services.instance / f"{REPORT}.new"
    try:
        new.write_text(json.dumps(result, ensure_ascii=False, indent=1), "utf-8")
        new.rename(services.instance / REPORT)
    except OSError as error:  # what was found is said all the same
        log.error("the result of the check could not be kept: %s", error)
        new.unlink(missing_ok=True)
    return result


def check_daily(services: Services, _payloads: list[dict[str, Any]]) -> None:
    """The job: what is broken is written to the log and to check.json, where the administration shows it."""
    for each in check(services)["findings"]:
        if not each["ok"]:
            log.error("a promise is broken: %s: %s", each["promise"], each["detail"])
