"""What tests share: an instance of their own, people in it, and doors that stay shut (no mail, no other host)."""

import os
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from repository import accounts, attachments, items, jobs, schema
from repository.app import create_app
from repository.files.examine import Examiner
from repository.house import build_services
from repository.models import File, Item, Membership, Organisation, User
from repository.permissions import actor_of
from repository.settings import ALL_PLUGINS
from repository.work import SYSTEM, Actor, Services, Work, now, open_work
from tests import databases, quick

quick.share_addresses()
quick.share_statements()
quick.never_wait_for_the_disk()
quick.hash_cheaply()
PASSWORD = "correct horse battery"
os.environ["LC_ALL"] = "C.UTF-8"  # commands speak the language of the system, whatever that of this machine is


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what is about the own ways of the database that the tests do not run on."""
    other = "sqlite" if databases.SERVER is not None else "postgresql"
    if item.get_closest_marker(other):
        pytest.skip(f"about the own ways of {other}")


def pytest_collection_finish() -> None:
    """Every test and all that it tests is imported by now."""
    quick.collect_seldom()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: a journey that comes last keeps one worker busy while the others have nothing left."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any test that reaches for another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test reached for {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that hands a message to a server."""

    def refuse(*_args: Any, **_known: Any) -> None:
        raise AssertionError("a test tried to send mail")

    monkeypatch.setattr(smtplib.SMTP, "send_message", refuse)


@pytest.fixture
def post_office() -> Iterator["PostOffice"]:
    """A mail server on loopback that keeps what it is given; its address is what the setting `smtp_url` takes."""
    office = PostOffice()
    controller = AnyPort(office, hostname="127.0.0.1", port=0, server_hostname="correio.teste.invalid")
    controller.start()
    office.url = f"smtp://127.0.0.1:{controller.port}"
    yield office
    controller.stop()


class AnyPort(Controller):
    """Takes the port that the system gives, so that tests can run side by side."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


class PostOffice:
    """Keeps the messages of a test, in the order in which they came."""

    def __init__(self) -> None:
        self.url = ""
        self.letters: list[EmailMessage] = []
        self.arrived = threading.Condition()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        with self.arrived:
            self.letters.append(message_from_bytes(envelope.content, EmailMessage, policy=policy.default))
            self.arrived.notify_all()
        return "250 Kept"

    def wait_for(self, address: str, words: str) -> EmailMessage:
        """Return the first letter to an address whose subject has some words, as soon as it is there."""

        def found() -> EmailMessage | None:
            those = (letter for letter in self.letters if letter["To"] == address and words in letter["Subject"])
            return next(those, None)

        with self.arrived:
            letter = self.arrived.wait_for(found, timeout=60)
            assert letter is not None, [(letter["To"], letter["Subject"]) for letter in self.letters]
            return letter


@pytest.fixture(scope="session")
def empty_instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[tuple[str, ...]], Path]]:
    """Return a migrated, empty instance of a set of plugins, which tests copy instead of migrating again."""
    with ExitStack() as stack:

        @cache
        def migrated(plugins: tuple[str, ...]) -> Path:
            folder = tmp_path_factory.mktemp("template")
            stack.enter_context(databases.template(folder))
            services = build_services(folder, plugins=plugins)
            schema.upgrade(services)
            services.sessions.engine.dispose()
            return folder

        yield migrated


@pytest.fixture
def plugins() -> list[str]:
    """The plugins of a test that names none: every one that ships, and in tests/core none at all."""
    return list(ALL_PLUGINS)


@pytest.fixture(scope="session")
def examiner() -> Iterator[Examiner]:
    """The reader of files, whose child goes on from one house to the next as it does within one."""
    reader = Examiner()
    yield reader
    reader.close()


@pytest.fixture
def make_services(
    tmp_path: Path, empty_instance: Callable[[tuple[str, ...]], Path], plugins: list[str], examiner: Examiner
) -> Iterator[Callable[..., Services]]:
    """Make the services of a fresh instance; `plugins` and settings may be given."""
    made: list[Services] = []
    usual = plugins

    def make(plugins: list[str] | None = None, **overrides: Any) -> Services:
        names = usual if plugins is None else plugins
        folder = tmp_path / f"instance{len(made)}"
        folder.mkdir()
        databases.copy(empty_instance(tuple(names)), folder)
        services = build_services(folder, plugins=names, overrides=overrides)
        services.examiner = examiner
        made.append(services)
        return services

    yield make
    for services in made:
        services.search.engine.close()
        services.sessions.engine.dispose()
        databases.drop(services.instance)


@pytest.fixture
def services(make_services: Callable[..., Services]) -> Services:
    """The services of a fresh instance with the usual plugins."""
    return make_services()


@pytest.fixture
def centre(services: Services) -> Organisation:
    """The training centre of the instance."""
    with open_work(services, SYSTEM) as work:
        organisation = Organisation(kind="centre", name="Centro de teste", short_name="CT")
        work.session.add(organisation)
    return organisation


@pytest.fixture
def make_person(services: Services, centre: Organisation) -> Callable[..., User]:
    """Make an account with a role at the centre; its password is PASSWORD."""

    def make(
        name: str, role: str | None = "teacher", *, verified: bool = False, organisation: Organisation | None = None
    ) -> User:
        with open_work(services, SYSTEM) as work:
            user = accounts.create_user(work, f"{name.lower()}@teste.invalid", name, PASSWORD)
            user.verified_at = work.now if verified else None
            if role:
                place = (organisation or centre).id
                user.memberships.append(Membership(organisation_id=place, role=role, valid_from=date(2020, 9, 1)))
        return user

    return make


@pytest.fixture
def actor_for(services: Services) -> Callable[[User], Actor]:
    """Return a person as an actor."""

    def actor(user: User) -> Actor:
        with services.sessions.reading() as session:
            return actor_of(session, services.hook, session.get_one(User, user.id), now().date())

    return actor


@pytest.fixture
def ana(make_person: Callable[..., User]) -> User:
    """A teacher."""
    return make_person("Ana")


@pytest.fixture
def rui(make_person: Callable[..., User]) -> User:
    """Another teacher."""
    return make_person("Rui")


@pytest.fixture
def staff(make_person: Callable[..., User]) -> User:
    """A person of the centre's staff."""
    return make_person("Sara", "staff")


@pytest.fixture
def admin(make_person: Callable[..., User]) -> User:
    """An administrator."""
    return make_person("Dora", "administrator")


@pytest.fixture
def work_as(services: Services, actor_for: Callable[[User], Actor]) -> Callable[..., Any]:
    """Open work in a person's name, or in the house's own when no person is given."""

    def opened(user: User | None = None) -> Any:
        return open_work(services, SYSTEM if user is None else actor_for(user))

    return opened


@pytest.fixture
def make_item(services: Services, work_as: Callable[..., Any]) -> Callable[..., Item]:
    """Make an item of `owner` with one text file; published unless `publish` is False."""

    def make(
        owner: User,
        title: str = "Frações com barras",
        *,
        publish: bool = True,
        text: str = "Texto do ficheiro",
        **values: Any,
    ) -> Item:
        with work_as(owner) as work:
            item = items.create_draft(work)
            said = {
                "title": title,
                "licence": "CC-BY-4.0",
                "level": ["1ceb"],
                "type": "worksheet",
                "language": "pt-PT",
            } | values
            items.describe(work, item, said)
            attach_text(work, services, item, text)
            if publish:
                items.submit(work, item)
        return item

    return make


def attach_text(work: Work, services: Services, item: Item, text: str, name: str = "ficha.txt") -> File:
    """Join a small text file to a draft."""
    return attachments.attach(work, item, services.blobs.receive(BytesIO(text.encode()), limit=None), name)


@pytest.fixture
def run_jobs(services: Services) -> Callable[[], int]:
    """Run every job that can run now; return how many ran."""

    def run() -> int:
        kinds, ran = jobs.job_kinds(services.hook), 0
        while taken := jobs.run_next(services, kinds):
            ran += taken
        return ran

    return run


class Browser(FlaskClient):
    """A browser that lets go of what it sent: a large form lies in a temporary file."""

    def open(self, *args: Any, **known: Any) -> Any:
        answer = super().open(*args, **known)
        for each in (*answer.history, answer):
            each.request.environ["wsgi.input"].close()
        return answer


@pytest.fixture
def app(services: Services, admin: User) -> Flask:
    """The web application of an instance that has an administrator, in testing mode."""
    app = create_app(services=services)
    app.test_client_class = Browser
    quick.share_templates(app)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def count_queries(services: Services, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Collect the statements that the database is asked within a block, as a list.

    What is counted is a page being made; `made=False` counts whatever happens, of a page in memory too.
    """

    @contextmanager
    def counting(*, made: bool = True) -> Iterator[list[str]]:
        asked: list[str] = []
        with monkeypatch.context() as patched:
            if made:
                patched.setattr(services.sessions, "state", object)
            yield from listening(asked)

    def listening(asked: list[str]) -> Iterator[list[str]]:

        def note(_connection: Any, _cursor: Any, statement: str, *_known: Any) -> None:
            looks = "txid_current_snapshot" in statement  # whether anything has changed
            if not looks and not statement.startswith(("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK")):
                asked.append(statement)

        event.listen(services.sessions.engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(services.sessions.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An anonymous browser."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User], FlaskClient]:
    """Return a browser in which the person is signed in."""

    def signed_in(user: User) -> FlaskClient:
        browser = app.test_client()
        answer = browser.post("/login", data={"email": user.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return browser

    return signed_in
