"""Static files are asked for once: their addresses change with their bytes."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

import repository
from repository.web.static_files import SHEETS, digest_of

FOREVER = "public, max-age=31536000, immutable"


def addresses(page: str) -> set[str]:
    return {address.partition("#")[0] for address in re.findall(r'(?:href|src)="(/[^"]*static/[^"]+)"', page)}


@pytest.mark.parametrize("path", ["/", "/search", "/deposit"])
def test_every_static_address_of_a_page_may_be_kept_for_ever(path, sign_in, ana):
    browser = sign_in(ana)
    asked = addresses(browser.get(path, buffered=True).text)
    assert len(asked) > 5
    for address in asked:
        answer = browser.get(address, buffered=True)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOREVER), address


def test_what_a_style_sheet_names_has_the_address_that_the_page_asks_for(client):
    asked = addresses(client.get("/", buffered=True).text)
    sheets = [address for address in asked if address.endswith(".css")]
    named = {
        urljoin(sheet, found)
        for sheet in sheets
        for found in re.findall(r'url\("?([^"):]+)"?\)', client.get(sheet, buffered=True).text)
    }
    assert {Path(address).name for address in named} == {"figtree-latin-wght-normal.woff2"}
    assert named <= asked


def test_every_page_has_the_house_style_as_one_sheet_with_pico_below_it(client):
    (address,) = [found for found in addresses(client.get("/", buffered=True).text) if found.endswith("/house.css")]
    answer = client.get(address, buffered=True)
    assert answer.content_type.startswith("text/css")
    assert answer.text.startswith("@layer pico {")
    folder = Path(repository.__path__[0]) / "static/css"
    places = [answer.text.index((folder / f"{name}.css").read_text("utf-8")) for name in SHEETS]
    assert places == sorted(places)
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}, buffered=True).status_code == 304


def test_a_plain_or_old_address_still_answers_but_is_asked_about_again(client):
    for address in ("/static/css/house.css", "/static/css/tokens.css", "/static/v-0123456789/css/tokens.css"):
        answer = client.get(address, buffered=True)
        assert answer.status_code == 200
        assert "immutable" not in answer.headers["Cache-Control"]
        assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}, buffered=True).status_code == 304
    assert client.get("/static/v-0123456789/../../app.py", buffered=True).status_code == 404


def test_the_digest_changes_with_bytes_and_names(tmp_path):
    def told(name: str, content: str) -> str:
        folder = tmp_path / f"{name}-{content}"
        folder.mkdir()
        (folder / name).write_text(content)
        return digest_of(folder)

    assert len({told("a.css", "x"), told("a.css", "y"), told("b.css", "x")}) == 3
