"""The database's schema: one labelled line of Alembic migrations for the core and one for each plugin."""

from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from repository.errors import Unavailable
from repository.registry import plugin_folder
from repository.words import N_
from repository.work import Services

HERE = Path(__file__).parent
PLUGINS = HERE.parent / "plugins"


def alembic_config(services: Services) -> Config:
    """Return Alembic's configuration: the application's own engine, and a folder of migrations per plugin.

    The lines of plugins that are switched off are known too, since their tables and revisions stay in the database.
    """
    bundled = sorted(PLUGINS.glob("*/migrations"))
    elsewhere = [
        folder for name in services.settings["plugins"] if (folder := plugin_folder(name) / "migrations").is_dir()
    ]
    folders = dict.fromkeys([HERE / "migrations" / "versions", *bundled, *elsewhere])
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.set_main_option("version_locations", "\n".join(map(str, folders)))
    config.set_main_option("path_separator", "newline")
    config.attributes["engine"] = services.sessions.engine
    return config


def lines(services: Services) -> list[str]:
    """Return the labels of the lines this instance needs: the core's, then one for each plugin with migrations."""
    plugins = [name for name in services.settings["plugins"] if any((plugin_folder(name) / "migrations").glob("*.py"))]
    return ["core", *(name.rpartition(".")[2] for name in plugins)]


def upgrade(services: Services, revision: str = "") -> None:
    """Bring every line to its head, or the schema to `revision`; a step that fails leaves no trace of itself.

    Raises Unavailable for the database of a newer version: this one cannot know what it would break.
    """
    config = alembic_config(services)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if present(services) - known:
        raise Unavailable(N_("A base de dados é de uma versão mais recente do programa. Atualize o programa."))
    for target in [revision] if revision else [f"{line}@head" for line in lines(services)]:
        command.upgrade(config, target)


def downgrade(services: Services, revision: str) -> None:
    """Take the schema back, for example to `materials@base`."""
    command.downgrade(alembic_config(services), revision)


def new_revision(services: Services, line: str, message: str) -> Path:
    """Write the next step of a line from what its models have and the database lacks; return the file, to be read and tried.

    The database must be at the heads. `line` is "core" or the name of a plugin that is switched on.
    """
    names = {name.rpartition(".")[2]: name for name in services.settings["plugins"]}
    folder = HERE / "migrations" / "versions" if line == "core" else plugin_folder(names[line]) / "migrations"
    folder.mkdir(exist_ok=True)
    config = alembic_config(services)
    known = config.get_main_option("version_locations") or ""
    config.set_main_option("version_locations", "\n".join(dict.fromkeys([*known.split("\n"), str(folder)])))
    config.attributes["include_object"] = lambda *about: _belongs(line, list(names), about[0], about[2])
    begun = line in lines(services)
    number = len(list(folder.glob("*.py"))) + 1
    script = command.revision(
        config,
        message,
        autogenerate=True,
        head=f"{line}@head" if begun else "base",
        branch_label=None if begun else line,
        version_path=str(folder),
        rev_id=f"{line}_{number:04}",
    )
    return Path(script.path)  # type: ignore[union-attr]


def _belongs(line: str, plugins: list[str], part: Any, kind: str) -> bool:
    table = str(part.name if kind == "table" else getattr(getattr(part, "table", None), "name", ""))
    owner = next((name for name in plugins if table.startswith(f"{name}_")), "core")
    return owner == line


def present(services: Services) -> set[str]:
    """Return the newest step of each line that the database has."""
    # A look must not wait for those who write: whoever watches the house asks this every few seconds.
    with services.sessions.engine.connect().execution_options(read_only=True) as connection:
        return set(MigrationContext.configure(connection).get_current_heads())


def wanted(services: Services) -> set[str]:
    """Return the newest step of each line that this version has."""
    config = alembic_config(services)
    return set(_heads(config.get_main_option("version_locations") or "", tuple(lines(services))))


@cache
def _heads(locations: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the newest step of each line; the folders, one in each row, are read once in the life of a process."""
    script = ScriptDirectory(str(HERE / "migrations"), version_locations=locations.split("\n"))
    return tuple(script.get_revision(f"{line}@head").revision for line in lines)


def is_current(services: Services) -> None:
    """Raise Unavailable unless the database has this version's schema. Plugins switched off do not count."""
    if not wanted(services) <= present(services):
        raise Unavailable(N_("A base de dados não está preparada para esta versão. Corra «repository init»."))
