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
    """Return Alembic's configuration: the application's own engine, and a folder of migrations per plugin."""
    folders = [HERE / "migrations" / "versions"]
    folders += [folder for name in services.settings["plugins"] if (folder := PLUGINS / name / "migrations").is_dir()]
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.set_main_option("version_locations", "\n".join(map(str, folders)))
    config.set_main_option("path_separator", "newline")
    config.attributes["engine"] = services.sessions.engine
    return config


def upgrade(services: Services, revision: str = "heads") -> None:
    """Bring the schema to `revision`; a step that fails leaves the database as it was before that step."""
    command.upgrade(alembic_config(services), revision)


def downgrade(services: Services, revision: str) -> None:
    """Take the schema back, for example to `core@base`."""
    command.downgrade(alembic_config(services), revision)


def heads(services: Services) -> tuple[set[str], set[str]]:
    """Return the revisions the database has and those this version wants."""
    wanted = set(ScriptDirectory.from_config(alembic_config(services)).get_heads())
    with services.sessions.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()), wanted


def is_current(services: Services) -> None:
    """Raise Unavailable unless the database has this version's schema. Lines of plugins that are switched off may stay."""
    present, wanted = heads(services)
    if not wanted <= present:
        raise Unavailable(N_("A base de dados não está preparada para esta versão. Corra «repository init»."))
