"""What the core's own doors do when the materials are on: commands, imports, migrations, the demonstration centre."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner, Result
from sqlalchemy import func, inspect, select

from plugins.materials.models import Adaptation, MaterialDetail
from repository import schema
from repository.app import create_app
from repository.cli import make_group
from repository.console import Console
from repository.db import Base
from repository.demo import load
from repository.demo.material import demo_materials
from repository.errors import Unavailable
from repository.models import Item, User
from repository.work import Services

Run = Callable[..., Result]


@pytest.fixture
def run(services: Services) -> Run:
    """Run a command on the test's instance."""
    return lambda *words: CliRunner().invoke(make_group(services.hook), words, obj=Console(lambda: services))


def tables(services: Services) -> set[str]:
    """Return the names of the plugin's tables that the database has."""
    return {name for name in inspect(services.sessions.engine).get_table_names() if name.startswith("materials")}


def count(services: Services, column: Any) -> int:
    """Return how many rows have something in a column."""
    with services.sessions.reading() as session:
        return session.scalar(select(func.count(column))) or 0


def test_its_command_gets_the_services_and_its_refusals_are_sentences(run: Run, ana: User, make_item: Any) -> None:
    item = make_item(ana)
    done = run("materials", "re-examine", "--item", str(item.id))
    assert (done.exit_code, done.stdout.split()[0]) == (0, "1")
    assert run("materials", "re-examine", "--item", "999").exit_code == 1


def test_it_is_shown_among_the_plugins_that_are_on(run: Run, sign_in: Any, admin: User) -> None:
    rows = json.loads(run("plugins", "--json").stdout)
    assert "register_blueprints" in next(row["hooks"] for row in rows if row["name"] == "materials")
    assert "materials" in sign_in(admin).get("/admin/plugins").text


def test_an_adaptation_names_its_original_by_number_or_title(
    run: Run, ana: User, make_item: Any, tmp_path: Path
) -> None:
    original = make_item(ana, "O original")
    folder = tmp_path / "source"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.txt").write_text(f"Texto do ficheiro {name} com barras. " * 5, "utf-8")

    def told(rows: str) -> list[dict[str, Any]]:
        (tmp_path / "tabela.csv").write_text(f"ficheiro;título;licença;nível;adapta\n{rows}", "utf-8")
        words = ("import", str(folder), "--owner", str(ana.email), "--csv", str(tmp_path / "tabela.csv"), "--json")
        return [line for line in json.loads(run(*words).stdout)["files"] if line["item_id"]]

    kept = told(f"a.txt;Um;CC BY;pré;{original.id}\nb.txt;Dois;CC BY;pré;O original\n")
    assert [line["words"] for line in kept if line["outcome"] == "added"] == ["", ""]
    assert "The original it names was not found" in told("c.txt;Três;CC BY;pré;Nada que haja\n")[0]["words"]


def test_the_demonstration_centre_keeps_lineage_and_details(
    run: Run, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {material.slug: material for material in demo_materials()}
    adapted = next(material for material in known.values() if material.adapts)
    detailed = next(material for material in known.values() if material.minutes and material.materials_needed)
    few = {material.slug: material for material in (adapted, known[adapted.adapts], detailed)}.values()
    monkeypatch.setattr(load, "demo_materials", lambda: list(few))
    assert run("demo").exit_code == 0
    assert count(services, Adaptation.item_id) == sum(bool(material.adapts) for material in few)
    assert count(services, MaterialDetail.minutes) > 0


def test_switching_it_off_loses_no_item(services: Services, client: Any, ana: User, make_item: Any) -> None:
    item = make_item(ana)
    without = create_app(services.instance, plugins=[])
    assert without.test_client().get(f"/items/{item.id}").status_code == 200
    without.extensions["repository"].close()
    assert client.get(f"/items/{item.id}").status_code == 200


def test_the_migrations_of_the_plugins_that_are_on_make_exactly_the_tables_of_their_models(services: Services) -> None:
    shipped = {path.parent.name for path in schema.PLUGINS.glob("*/plugin.py")}
    off = [f"{name}_" for name in shipped.difference(services.settings["plugins"])]

    def ours(_part: Any, name: Any, kind: str, *_known: Any) -> bool:
        return not (kind == "table" and str(name).startswith((*off, "bookshelf")))

    with services.sessions.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, Base.metadata) == []


def test_its_line_goes_down_and_up_while_the_items_stay(services: Services, ana: User, make_item: Any) -> None:
    item = make_item(ana)
    before = tables(services)
    schema.downgrade(services, "materials@base")
    assert (len(before) > 0, tables(services)) == (True, set())
    with pytest.raises(Unavailable, match="repository init"):
        schema.is_current(services)
    schema.upgrade(services)
    assert tables(services) == before
    with services.sessions.reading() as session:
        assert session.get_one(Item, item.id).title == item.title


def test_who_asks_for_an_account_reads_what_it_is_good_for(client: Any) -> None:
    assert "Com conta pode entregar materiais. A palavra-passe" in client.get("/register").text


def test_its_files_may_be_kept_for_ever_too(sign_in: Any, ana: User) -> None:
    page = sign_in(ana).get("/deposit", buffered=True).text
    assert re.search(r'"/materials/static/v-[0-9a-f]{10}/materials\.css"', page)
