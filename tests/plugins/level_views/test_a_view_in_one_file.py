"""A new view is one file of a plugin of its own, and nothing else knows of it."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from repository.app import create_app
from repository.registry import PluginError
from tests.example_plugin.vocational import plugin as vocational

ROOT = Path(__file__).parents[3]
EXAMPLE = "tests.example_plugin.vocational"
FILE = ROOT / "tests/example_plugin/vocational/plugin.py"


@pytest.fixture
def plugins() -> list[str]:
    return ["level_views", EXAMPLE]


def test_the_view_is_one_file_of_at_most_a_hundred_lines_that_knows_the_door_alone():
    assert len(FILE.read_text("utf-8").splitlines()) <= 100
    assert sorted(path.name for path in FILE.parent.glob("*.py")) == ["__init__.py", "plugin.py"]
    for node in ast.walk(ast.parse(FILE.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.module in ("repository.api", "collections.abc")


def test_neither_the_core_nor_the_plugin_of_views_knows_of_it():
    sources = [*(ROOT / "repository").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    assert [path for path in sources if re.search(r"VOCATIONAL|Da sala à oficina", path.read_text("utf-8"))] == []


def test_it_has_its_page_its_door_its_results_and_its_place(page, publish, sign_in, admin):
    publish(
        ("Quadro elétrico", {"level": ["sec"], "discipline": ["TECN"], "year": ["10"], "keywords": ["eletricidade"]}),
        ("Sonetos", {"level": ["sec"], "discipline": ["POR"]}),
    )
    shown = page("/levels/prof")
    assert "Da sala à oficina" in shown
    assert "Quadro elétrico" in shown
    assert "Eletricidade e eletrónica" in shown
    assert "Sonetos" not in shown
    assert 'href="/levels/prof"' in page("/")
    assert "Cursos profissionais" in page("/levels")
    results = page("/search?level=sec&discipline=TECN&discipline=FCT&discipline=PAP")
    assert "pictures big" in results
    assert "Ir para a página «Cursos profissionais»" in results
    assert "Cursos profissionais" in sign_in(admin).get("/admin/levels").text


def test_switched_off_its_page_is_gone_and_the_rest_stays(make_services):
    app = create_app(services=make_services(plugins=["level_views"]))
    with app.test_client() as browser:
        assert browser.get("/levels/prof").status_code in (302, 404)
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert "/levels/<code>" in rules


def test_two_views_of_one_code_stop_the_start(services, monkeypatch):
    answer = services.hook.register_level_views.get_hookimpls()[0]
    monkeypatch.setattr(answer, "function", lambda: [vocational.VOCATIONAL, vocational.VOCATIONAL])
    with pytest.raises(PluginError, match="prof"):
        create_app(services=services)


@pytest.mark.parametrize("code", ["mine", "challenges", "tried"])
def test_a_code_that_is_the_address_of_another_page_is_refused_in_words(services, monkeypatch, code):
    answer = services.hook.register_level_views.get_hookimpls()[0]
    monkeypatch.setattr(answer, "function", lambda: [replace(vocational.VOCATIONAL, code=code)])
    with pytest.raises(PluginError, match=f"'{code}' needs another code"):
        create_app(services=services)
