"""The database's schema: one labelled line of Alembic migrations for the core and one for each plugin."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from repository.errors import Unavailable
from repository.words import N_
from repository.work import Services

HERE = Path(__file__).parent
PLUGINS = HERE.parent / "plugins"


def alembic_config(services: Services) -> Config:
    """Return Alembic's configuration: the application's own engine, and a folder of migrations per plugin.

    The lines of plugins that are switched off are known too, since their tables and revisions stay in the database.
    """
    folders = [HERE / "migrations" / "versions", *sorted(PLUGINS.glob("*/migrations"))]
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.set_main_option("version_locations", "\n".join(map(str, folders)))
    config.set_main_option("path_separator", "newline")
    config.attributes["engine"] = services.sessions.engine
    return config


def lines(services: Services) -> list[str]:
    """Return the labels of the lines this instance needs: the core's, then one for each plugin with migrations."""
    plugins = [name for name in services.settings["plugins"] if (PLUGINS / name / "migrations").is_dir()]
    return ["core", *plugins]


def upgrade(services: Services, revision: str = "") -> None:
    """Bring every line to its head, or the schema to `revision`; a step that fails leaves no trace of itself."""
    config = alembic_config(services)
    for target in [revision] if revision else [f"{line}@head" for line in lines(services)]:
        command.upgrade(config, target)


def downgrade(services: Services, revision: str) -> None:
    """Take the schema back, for example to `materials@base`."""
    command.downgrade(alembic_config(services), revision)


def is_current(services: Services) -> None:
    """Raise Unavailable unless the database has this version's schema, no older and no newer one."""
    script = ScriptDirectory.from_config(alembic_config(services))
    wanted = {script.get_revision(f"{line}@head").revision for line in lines(services)}
    with services.sessions.engine.connect() as connection:
        present = set(MigrationContext.configure(connection).get_current_heads())
    if not wanted <= present:
        raise Unavailable(N_("A base de dados não está preparada para esta versão. Corra «repository init»."))
