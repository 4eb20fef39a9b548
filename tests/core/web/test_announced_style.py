"""A page names the house style in its head, so that a phone on a slow line asks for it before it has read the page."""

from flask.testing import FlaskClient


def test_a_page_announces_the_very_style_sheet_that_it_names(client: FlaskClient) -> None:
    page = client.get("/")
    address = page.headers["Link"].partition("<")[2].partition(">")[0]
    assert f'<link rel="stylesheet" href="{address}">' in page.text
    assert page.headers["Link"].endswith("; rel=preload; as=style")
    assert client.get(address).mimetype == "text/css"


def test_what_is_no_page_announces_nothing(client: FlaskClient) -> None:
    assert "Link" not in client.get("/healthz").headers
    assert "Link" not in client.get("/not-there").headers
