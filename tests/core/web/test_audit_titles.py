"""The audit trail names materials by their titles, as links where the reader may see them, and its table says words."""

import csv
import io
from html import unescape
from typing import Any

import pytest

from repository import items
from repository.audit import record
from repository.models import Item, User

TABLE = "/admin/audit.csv"


@pytest.fixture
def browser(sign_in: Any, admin: User) -> Any:
    """An administrator's browser."""
    return sign_in(admin)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))


def test_a_row_about_a_material_has_its_title_as_a_link(browser: Any, ana: User, make_item: Any) -> None:
    item = make_item(ana, "Barras <de> frações")
    page = browser.get("/admin/audit?subject=item").text
    assert f'material {item.id}<br><a href="/items/{item.id}">Barras &lt;de&gt; frações</a>' in page


def test_a_row_that_keeps_a_material_names_it_too(
    browser: Any, ana: User, admin: User, make_item: Any, work_as: Any
) -> None:
    item = make_item(ana, "Barras")
    with work_as() as work:
        record(work, "account.described", work.session.get_one(User, ana.id), after={"item": item.id})
        record(work, "account.described", work.session.get_one(User, ana.id), after={"item": 999, "key": "x"})
    page = browser.get("/admin/audit?subject=user&action=account.described").text
    assert f'Material: <a href="/items/{item.id}">Barras</a>' in page
    assert "Material: 999" in page
    assert "Material: Barras" in [row[8] for row in rows_of(browser.get(TABLE).text)]


def test_what_the_reader_may_not_see_keeps_its_title_to_itself(browser: Any, ana: User, work_as: Any) -> None:
    with work_as(ana) as work:
        draft = items.create_draft(work)
        items.describe(work, draft, {"title": "Ainda em segredo"})
        number = draft.id
    for address in ("/admin/audit", TABLE):
        text = browser.get(address).text
        assert "Ainda em segredo" not in text
    assert f"material {number}" in browser.get("/admin/audit").text


def test_the_table_says_words_where_the_page_does(browser: Any, ana: User, make_item: Any) -> None:
    item = make_item(ana, "Barras")
    heading, *rows = rows_of(browser.get(f"{TABLE}?subject=item&action=item.publish").text)
    assert heading == ["quando", "quem", "pessoa", "o que fez", "a que", "número", "título", "antes", "depois"]
    assert rows[0][3:7] == ["publicou um material", "material", str(item.id), "Barras"]
    assert "Estado: Publicado" in rows[0][8]
    assert not [cell for row in rows for cell in row if "{" in cell or "published" in cell]


def test_titles_cost_two_queries_however_many_materials_of_whatever_state(
    browser: Any, ana: User, make_item: Any, work_as: Any, count_queries: Any
) -> None:
    for address in ("/admin/audit", TABLE):
        browser.get(address)
        with count_queries() as none:
            assert browser.get(f"{address}?subject=user").text
        for n in range(3):
            made = make_item(ana, f"Mais {n}")
            with work_as(ana) as work:
                items.create_draft(work)
                if n:
                    items.withdraw(work, work.session.get_one(Item, made.id))
        with count_queries() as many:
            assert "Mais 2" in unescape(browser.get(address).text)
        assert len(many) <= len(none) + 2
