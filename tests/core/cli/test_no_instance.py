"""A mistyped name of the instance: commands say that there is none, and leave none there."""

from collections.abc import Iterator

import click
import pytest

from repository import defaults
from repository.app import create_app
from repository.cli import all_commands
from repository.console import Console, Refusal
from repository.errors import Unavailable
from repository.house import require_instance, services_with
from repository.registry import load_plugins

START_S = 60
MAKERS = {"init", "db upgrade", "restore"}  # restore has the folder's name from its own option


def each_command(commands: Iterator[click.Command], above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with its whole name."""
    for command in commands:
        name = f"{above} {command.name}".strip()
        if isinstance(command, click.Group):
            yield from each_command(command.commands.values(), name)
        else:
            yield name, command


def test_only_commands_that_set_up_make_an_instance_and_all_others_say_that_there_is_none(tmp_path):
    place = tmp_path / "mistyped"
    manager = load_plugins([], defaults)
    known = dict(each_command(all_commands(manager.hook)))
    assert known.keys() > MAKERS
    for name, command in known.items():
        if name in MAKERS:
            continue
        console = Console(lambda: services_with(manager, place, {}), require=lambda: require_instance(place))
        with click.Context(command, obj=console), pytest.raises(Refusal) as said:
            command.callback(**{each.name: None for each in command.params})
        assert said.value.message.startswith(f"There is no instance in “{place}”"), name
        assert not place.exists(), name


def test_a_look_at_an_empty_folder_leaves_it_empty(start, tmp_path):
    place = tmp_path / "empty"
    place.mkdir()
    process = start("check", "--json", REPOSITORY_INSTANCE=str(place))
    assert process.wait(START_S) == 1
    assert process.stderr.read().startswith(f"There is no instance in “{place}”")
    assert (process.stdout.read(), list(place.iterdir())) == ("", [])


def test_an_application_is_not_made_of_an_instance_that_is_not_there(tmp_path):
    with pytest.raises(Unavailable):
        create_app(tmp_path / "mistyped", plugins=[])
    assert list(tmp_path.iterdir()) == []


def test_init_makes_what_the_others_then_find(start, tmp_path):
    place = tmp_path / "new"
    assert start("init", REPOSITORY_INSTANCE=str(place)).wait(START_S) == 0
    assert start("user", "list", REPOSITORY_INSTANCE=str(place)).wait(START_S) == 0
