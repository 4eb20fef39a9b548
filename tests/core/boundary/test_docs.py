"""The documentation says what the code says: hooks, settings, permissions, commands."""

import inspect
import re
from pathlib import Path

import click
import pytest

from repository import hookspecs
from repository.cli import make_group
from repository.permissions import all_permissions

DOCS = Path(__file__).parents[3] / "docs"
HOOKS = [name for name, member in vars(hookspecs.Hooks).items() if inspect.isfunction(member)]


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_documented_with_its_exact_arguments(name):
    arguments = [
        argument for argument in inspect.signature(getattr(hookspecs.Hooks, name)).parameters if argument != "self"
    ]
    assert f"### `{name}({', '.join(arguments)})`" in (DOCS / "hooks.md").read_text("utf-8")


def test_the_page_of_hooks_names_no_hook_that_does_not_exist():
    assert set(re.findall(r"^### `(\w+)\(", (DOCS / "hooks.md").read_text("utf-8"), re.MULTILINE)) == set(HOOKS)


def test_every_setting_is_documented_with_its_default(services):
    page = (DOCS / "settings.md").read_text("utf-8")
    missing = [name for name in services.settings.declared if f"`{name}`" not in page]
    assert missing == []


def test_every_permission_is_documented(services):
    page = (DOCS / "settings.md").read_text("utf-8")
    assert [name for name in all_permissions(services.hook) if f"`{name}`" not in page] == []


def test_every_link_between_documents_leads_somewhere():
    pages = [*DOCS.rglob("*.md"), DOCS.parent / "README.md", DOCS.parent / "CONTRIBUTING.md"]
    dead = [
        (page.name, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if not (page.parent / target).exists() and not target.startswith("/")
    ]
    assert dead == []


def test_every_command_is_documented_with_its_options(services):
    page = (DOCS / "commands.md").read_text("utf-8")
    missing = []
    for path, command in _commands(make_group(services.hook), "repository"):
        section = page.partition(f"## `{path}")[2].partition("\n## ")[0]
        options = [option for option in command.params if isinstance(option, click.Option)]
        missing += [path] if not section else []
        missing += [f"{path} {option.opts[0]}" for option in options if f"`{', '.join(option.opts)}`" not in section]
    assert missing == []


def _commands(command, path):
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _commands(inner, f"{path} {name}")
    else:
        yield path, command
