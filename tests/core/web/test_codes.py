"""QR codes lead from paper back to our own pages, and nowhere else."""

import pytest


def test_an_item_on_paper_tells_its_address_and_draws_it(client, ana, make_item):
    item = make_item(ana)
    page = client.get(f"/items/{item.id}").text
    assert f'src="/qr.svg?page=/items/{item.id}"' in page
    assert f"<br>http://127.0.0.1:8000/items/{item.id}" in page
    drawn = client.get(f"/qr.svg?page=/items/{item.id}")
    assert drawn.mimetype == "image/svg+xml"
    assert b"<svg" in drawn.data
    assert drawn.data != client.get("/qr.svg?page=/items").data


@pytest.mark.parametrize(
    "page", ["", "items", "//example.org", "https://example.org/", "/" + "a" * 300, "/\\example.org"]
)
def test_no_code_leads_elsewhere(client, admin, page):
    assert client.get("/qr.svg", query_string={"page": page}).status_code == 404
