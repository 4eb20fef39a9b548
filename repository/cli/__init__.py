"""The command line: `repository …`, and the same commands as `flask --app wsgi …`."""

import gc
import sys
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from repository import __version__, defaults
from repository.cli import check, copies, imports, index, people, serve, show, start
from repository.console import Console, in_terminal
from repository.errors import DomainError
from repository.house import load_stored, require_instance, services_with
from repository.registry import PluginError, by_name, collect, load_plugins
from repository.settings import instance_folder, read_plugin_names
from repository.troubles import refusal_of

CORE = (
    start.init,
    start.db,
    start.demo,
    serve.serve,
    serve.worker,
    people.user,
    people.token,
    imports.import_files,
    index.reindex,
    check.check,
    copies.backup,
    copies.restore,
    show.routes,
    show.plugins,
)


def run() -> None:
    """Run the command that was typed; a refusal is one sentence on standard error and exit code 1."""
    console = None
    try:
        names = read_plugin_names(instance_folder())
        manager = load_plugins(names, defaults)
        gc.freeze()
        gc.enable()
        console = Console(
            lambda: services_with(manager, instance_folder(), {"plugins": names}),
            load_stored,
            lambda: require_instance(instance_folder()),
        )
        make_group(manager.hook)(obj=console, prog_name="repository")
    except PluginError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except DomainError as error:
        click.echo(in_terminal(error), err=True)
        sys.exit(1)
    except (OSError, OperationalError) as error:  # a full or read-only disk, a database that is not there
        refusal = refusal_of(error)
        click.echo(in_terminal(refusal) if refusal else f"{type(error).__name__}: {error}", err=True)
        sys.exit(1)
    finally:
        if console is not None:
            console.close()


def make_group(hook: Any) -> click.Group:
    """Return the group of all commands, the core's and the plugins'. Raises PluginError for a name used twice."""
    words = "Stores, indexes and finds the materials of a training centre."
    group = click.Group("repository", all_commands(hook), help=words, no_args_is_help=True)
    return click.version_option(__version__, prog_name="repository")(group)


def all_commands(hook: Any) -> list[click.Command]:
    """Return the core's commands, then those of the plugins. Raises PluginError for a name used twice."""
    return list(by_name([*CORE, *collect(hook.register_commands, strict=True)], "command").values())


def register(app: Flask) -> None:
    """Let `flask --app wsgi …` know the commands; there, Flask's own `routes` stays before ours."""
    for command in all_commands(app.extensions["repository"].hook):
        app.cli.add_command(command)
