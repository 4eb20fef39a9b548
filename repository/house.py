"""Puts the house together without any page: settings, plugins, database, files, search and words."""

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pluggy
from sqlalchemy import select

from repository import defaults, indexing, mail, synonyms
from repository.counting import Counts
from repository.db import SQLITE_FILE, Sessions, database_url, make_engine
from repository.errors import Unavailable
from repository.files.blobs import BlobStore
from repository.files.examine import Examiner
from repository.files.partial import PartialUploads
from repository.hookspecs import Setting
from repository.models import Job, JobState, StoredSetting, StoredTerm
from repository.registry import by_name, collect, load_plugins
from repository.search.engine import SearchError, SearchService
from repository.search.scan_engine import ScanEngine
from repository.search.whoosh_engine import WhooshEngine
from repository.settings import instance_folder, read_plugin_names, read_settings
from repository.vocabularies import Term, Vocabularies
from repository.words import N_
from repository.work import Services, now

SCAN_PATIENCE_S = 1.0  # of a processor, for a search without an index to read all there is: a thousand materials or two
CLOSED = N_("Não se consegue escrever na pasta da instância, «%(path)s»: falta permissão, ou o disco só se deixa ler.")
NO_INSTANCE = N_("Não há nenhuma instância em «%(path)s». Veja se o nome está certo, ou corra «repository init».")
_loading = threading.Lock()


def require_instance(instance: Path) -> None:
    """Raise Unavailable where nobody has made an instance: who looks at a mistyped name must not leave one there."""
    if not any((instance / sign).exists() for sign in ("blobs", SQLITE_FILE)):
        raise Unavailable(NO_INSTANCE, path=str(instance))


def build_services(
    instance: Path | None = None, *, plugins: Sequence[str] | None = None, overrides: Mapping[str, Any] | None = None
) -> Services:
    """Return the services of an instance. Raises PluginError and Invalid; nothing is served then.

    `plugins` and `overrides` stand over what settings and environment say, for tests and embedding.
    """
    instance = instance or instance_folder()
    names = read_plugin_names(instance) if plugins is None else plugins
    return services_with(load_plugins(names, defaults), instance, dict(overrides or {}) | {"plugins": list(names)})


def services_with(manager: pluggy.PluginManager, instance: Path, overrides: Mapping[str, Any]) -> Services:
    """Return the services of an instance with plugins that are already loaded."""
    hook = manager.hook
    declared: dict[str, Setting] = by_name(collect(hook.register_settings, strict=True), "setting")
    settings = read_settings(instance, declared.values(), overrides=overrides)
    instance.mkdir(parents=True, exist_ok=True, mode=0o750)
    if not os.access(instance, os.W_OK | os.X_OK):  # else the first to say so is the database, without saying why
        raise Unavailable(CLOSED, path=str(instance))
    sessions = Sessions(make_engine(database_url(instance, settings["database_url"])))
    fields = tuple(by_name(collect(hook.register_search_fields, strict=True), "search field").values())
    mail.kinds(hook)  # two of one name stop the start
    blobs = BlobStore(instance)
    search = SearchService(
        WhooshEngine(instance / "index", fields),
        ScanEngine(
            lambda: indexing.light_documents(services), fields, state=sessions.state, patience_s=SCAN_PATIENCE_S
        ),
        lambda error: ask_for_rebuild(services, error),
    )
    services = Services(
        instance=instance,
        settings=settings,
        sessions=sessions,
        hook=hook,
        blobs=blobs,
        examiner=Examiner(),
        uploads=PartialUploads(blobs),
        vocabularies=Vocabularies.load(),
        search=search,
        counts=Counts(),
    )
    return services


def ask_for_rebuild(services: Services, _error: SearchError | None = None) -> None:
    """Put one job for a new index into the queue, unless one waits already."""
    with services.sessions.writing() as session:
        waiting = select(Job.id).where(Job.name == "search.rebuild", Job.state != JobState.PARKED).limit(1)
        if session.scalar(waiting) is None:
            session.add(Job(name="search.rebuild", priority=5, run_after=now(), created_at=now()))


def load_stored(services: Services) -> None:
    """Bring into force what administrators chose in the browser: settings, and the centre's own terms.

    One after the other: of two at once, the one that read first could put the old back after the new.
    """
    with _loading:
        _load_stored(services)


def _load_stored(services: Services) -> None:
    shipped = Vocabularies.load()
    with services.sessions.reading() as session:
        chosen = {row.name: row.value for row in session.scalars(select(StoredSetting))}
        for name, value in chosen.items():
            if name in services.settings.declared and services.settings.may_be_chosen(name):
                services.settings.change(name, value)
        extra: dict[str, list[Term]] = {}
        for order, term in enumerate(session.scalars(select(StoredTerm))):
            if term.vocabulary in shipped.names():
                extra.setdefault(term.vocabulary, []).append(_term(shipped, term, 1000 + order))
        own = [tuple(group.ways) for group in synonyms.groups(session)]
    stored = (chosen, extra, own)
    if stored == services.stored:
        return  # new words would let go of what is made of them, pages in memory included
    services.vocabularies = shipped.with_terms(extra)
    services.search.use(synonyms.in_force(services.vocabularies, own))
    services.stored = stored


def _term(shipped: Vocabularies, row: StoredTerm, order: int) -> Term:
    """Return a stored term; of one that ships with the program, only the days it is valid are the centre's."""
    known = shipped[row.vocabulary].get(row.code)
    if known is not None:
        return replace(known, valid_from=row.valid_from, valid_to=row.valid_to)
    return Term(
        code=row.code,
        labels=row.labels,
        parent=row.parent or None,
        order=order,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
