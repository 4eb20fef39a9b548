"""What all commands share: the instance they work on, refusals on standard error, reports as JSON."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import click
from flask import current_app, has_app_context
from sqlalchemy.exc import OperationalError

from repository.errors import DomainError
from repository.registry import plugin_folder
from repository.troubles import refusal_of
from repository.words import CATALOGUES, SECOND, YOUNG, in_language
from repository.work import Services

SPOKEN = frozenset({"pt", SECOND, *YOUNG})


class Console:
    """The instance a command works on; its services are built at first need, so that `--help` touches nothing."""

    def __init__(
        self,
        build: Callable[[], Services],
        prepare: Callable[[Services], None] | None = None,
        require: Callable[[], None] | None = None,
    ) -> None:
        """`require` raises DomainError where there is no instance; it is asked before anything is made."""
        self._build, self._prepare, self._require = build, prepare, require

    def require(self) -> None:
        """Raise DomainError where there is no instance to work on."""
        if self._require is not None:
            self._require()

    @cached_property
    def prepared(self) -> Services:
        """The services with what administrators chose in the browser; the database has to be there."""
        if self._prepare is not None:
            self._prepare(self.services)
        return self.services

    @cached_property
    def services(self) -> Services:
        """The services of the instance. Raises DomainError for wrong settings."""
        return self._build()

    def close(self) -> None:
        """Let go of the database, the index and the child processes, if they were used."""
        if "services" in self.__dict__:
            self.services.close()


class Refusal(click.ClickException):
    """A refusal in the user's words: one sentence on standard error, exit code 1."""

    def show(self, file: Any = None) -> None:
        """Print the sentence, without click's own "Error:" before it."""
        click.echo(self.message, file=file, err=True)


def pass_services(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the services as its first argument, and turn the refusals it raises into an exit code.

    Where there is no instance the command is refused, and leaves none there.
    """

    @wraps(command)
    def run(*args: Any, **known: Any) -> Any:
        with refusing():
            return command(_services(), *args, **known)

    return run


def pass_new_services(command: Callable[..., Any]) -> Callable[..., Any]:
    """Do as `pass_services`, for the few commands that make an instance where there is none."""

    @wraps(command)
    def run(*args: Any, **known: Any) -> Any:
        with refusing():
            return command(_services(new=True), *args, **known)

    return run


def pass_prepared_services(command: Callable[..., Any]) -> Callable[..., Any]:
    """Do as `pass_services`, for commands that need the settings and terms that administrators chose in the browser."""

    @wraps(command)
    def run(*args: Any, **known: Any) -> Any:
        with refusing():
            return command(_services(prepared=True), *args, **known)

    return run


@contextmanager
def refusing() -> Iterator[None]:
    """Turn a DomainError of the block into a `Refusal`, and so a disk or a database that does not let it go on."""
    try:
        yield
    except DomainError as error:
        raise Refusal(in_terminal(error)) from error
    except (OperationalError, OSError) as error:
        if (refusal := refusal_of(error)) is None:  # not the system's, or nobody reads on, which click knows about
            raise
        raise Refusal(in_terminal(refusal)) from error


def language(environ: Mapping[str, str] = os.environ) -> str:
    """Return the language of the terminal, by the first variable that is set; English where it is none of the house's."""
    named = next((said for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (said := environ.get(name))), "")
    code = named[:2].lower()
    return code if code in SPOKEN else SECOND


def in_terminal(error: DomainError) -> str:
    """Return a refusal in the language of the terminal, as the catalogues of the house and of its plugins say it.

    What it says of each row of a table follows, a line each.
    """
    known = (in_language(error.message, language(), folder) for folder in _catalogues())
    said = next((each for each in known if each != error.message), error.message)
    params = {name: in_terminal(each) if isinstance(each, DomainError) else each for name, each in error.params.items()}
    said = said % params if params else said
    return "\n".join([said, *map(in_terminal, getattr(error, "problems", ()))])


def _catalogues() -> Iterator[Path]:
    """Yield the folders of the catalogues; before the house is built, only its own rules can have refused."""
    yield CATALOGUES
    context = click.get_current_context(silent=True)
    console = context.find_object(Console) if context else None
    if console is not None and "services" in console.__dict__:
        yield from (plugin_folder(name) / "translations" for name in console.services.settings["plugins"])


def _services(*, prepared: bool = False, new: bool = False) -> Services:
    context = click.get_current_context()
    if (console := context.find_object(Console)) is not None:
        if not new:
            console.require()
        return console.prepared if prepared else console.services
    if has_app_context():  # as `flask --app wsgi …`
        services: Services = current_app.extensions["repository"]
        return services
    raise RuntimeError("a command needs the command line of the repository around it")


def report(data: Any, lines: Callable[[], Any], *, as_json: bool) -> None:
    """Print `data` as JSON, or else what `lines` returns, one line each."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
    else:
        for line in lines():
            click.echo(line)


def on_terminal() -> bool:
    """Return whether somebody is watching: progress bars are drawn for nobody else."""
    return sys.stderr.isatty()


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
