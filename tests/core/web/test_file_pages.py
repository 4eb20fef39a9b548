"""Files as they are served: the right bytes to the right people, and nothing that can act."""

import io
import zipfile
from io import BytesIO

import pytest

from repository import attachments, items
from repository.models import File, Item


@pytest.fixture
def deposit(services, work_as):
    """Publish an item of `owner` with the given files: pairs of a name and bytes."""

    def make(owner, *files, verified=()):
        with work_as(owner) as work:
            item = items.create_draft(work)
            items.describe(work, item, {"title": "Material", "licence": "CC-BY-4.0", "level": ["sec"]})
            for name, data in files:
                blob = services.blobs.receive(BytesIO(data), limit=None)
                file = attachments.attach(work, item, blob, name)
                attachments.restrict(work, file, "verified" if name in verified else "")
            items.submit(work, item)
            return item.id, [file.id for file in item.files]

    return make


def test_a_file_is_given_to_keep_with_its_name_and_cannot_act(client, ana, deposit):
    _, (file_id,) = deposit(ana, ("página.html", b"<script>alert(1)</script>"))
    answer = client.get(f"/files/{file_id}", buffered=True)
    assert answer.data == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "filename*=UTF-8''p%C3%A1gina.html" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["desenho.svg", "pagina.html", "texto.txt"])
def test_only_pictures_sound_film_and_pdf_are_ever_shown_in_the_page(client, ana, deposit, run_jobs, name):
    _, (file_id,) = deposit(ana, (name, b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'))
    run_jobs()
    assert client.get(f"/files/{file_id}/view", buffered=True).headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("ranged", "status", "data"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=5-", 206, b"56789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=99-", 416, None),
        ("bytes=10-", 416, None),
        *[
            (ranged, 200, b"0123456789")
            for ranged in (
                *("rubbish", "bytes=abc", "bytes=", "bytes=-", "bytes=5-2", "bytes=1-x", "bytes=--1", "bytes 0-3"),
                *("lines=0-3", "bytes=0-1,4-5", "bytes=" + ",".join(f"{n}-{n}" for n in range(1000))),
            )
        ],
    ],
)
def test_t30_a_range_gives_exactly_its_bytes_and_one_that_is_not_understood_the_whole(
    client, ana, deposit, ranged, status, data
):
    _, (file_id,) = deposit(ana, ("dez.txt", b"0123456789"))
    answer = client.get(f"/files/{file_id}", headers={"Range": ranged}, buffered=True)
    assert answer.status_code == status
    assert data is None or answer.data == data
    assert len(answer.data) < 10_000


def test_t30_the_same_file_is_not_sent_again_to_one_who_has_it(client, ana, deposit):
    _, (file_id,) = deposit(ana, ("dez.txt", b"0123456789"))
    tag = client.get(f"/files/{file_id}", buffered=True).headers["ETag"]
    again = client.get(f"/files/{file_id}", headers={"If-None-Match": tag}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(f"/files/{file_id}", buffered=True)
    assert (head.headers["Content-Length"], head.data) == ("10", b"")


def test_a_restricted_file_is_not_there_for_those_who_may_not_have_it(client, sign_in, ana, rui, make_person, deposit):
    verified = make_person("Vera", verified=True)
    item_id, (key, sheet) = deposit(ana, ("respostas.txt", b"42"), ("ficha.txt", b"?"), verified=["respostas.txt"])
    people = {"visitor": client, "teacher": sign_in(rui), "verified": sign_in(verified), "author": sign_in(ana)}
    for path in (f"/files/{key}", f"/files/{key}/view"):
        assert {name: browser.get(path, buffered=True).status_code for name, browser in people.items()} == {
            "visitor": 404,
            "teacher": 404,
            "verified": 200,
            "author": 200,
        }
    assert client.get(f"/files/{sheet}", buffered=True).status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/items/{item_id}/files.zip", buffered=True).data))
    assert archive.namelist() == ["ficha.txt"]


def test_a_closed_file_says_what_each_person_can_do_about_it(client, sign_in, ana, rui, make_person, deposit):
    item_id, _ = deposit(ana, ("respostas.txt", b"42"), verified=["respostas.txt"])
    people = {"visitor": client, "teacher": sign_in(rui), "verified": sign_in(make_person("Vera", verified=True))}
    pages = {name: browser.get(f"/items/{item_id}").text for name, browser in people.items()}
    assert [name for name, page in pages.items() if "peça ao centro que confirme a sua conta" in page] == ["teacher"]
    assert [name for name, page in pages.items() if f"/login?next=/items/{item_id}" in page] == ["visitor"]


def test_a_withdrawn_items_files_stop_at_once(client, work_as, ana, deposit):
    item_id, (file_id,) = deposit(ana, ("ficha.txt", b"x"))
    with work_as(ana) as work:
        items.withdraw(work, work.session.get_one(Item, item_id))
    assert [
        client.get(path, buffered=True).status_code for path in (f"/files/{file_id}", f"/items/{item_id}/files.zip")
    ] == [404, 404]


def test_all_files_come_as_one_archive_whose_names_differ_whatever_the_case(client, ana, deposit):
    item_id, _ = deposit(ana, ("ficha.txt", b"a"), ("FICHA.txt", b"b"), ("ficha.TXT", b"c"))
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/items/{item_id}/files.zip", buffered=True).data))
    assert archive.testzip() is None
    assert len({name.casefold() for name in archive.namelist()}) == 3
    assert sorted(archive.read(name) for name in archive.namelist()) == [b"a", b"b", b"c"]


def test_a_file_whose_bytes_are_gone_says_so_and_breaks_nothing(services, client, work_as, ana, deposit):
    item_id, (file_id,) = deposit(ana, ("ficha.txt", b"x"))
    with work_as() as work:
        services.blobs.path(work.session.get_one(File, file_id).sha256).unlink()
    assert client.get(f"/files/{file_id}", buffered=True).status_code == 404
    assert client.get(f"/items/{item_id}", buffered=True).status_code == 200


@pytest.mark.parametrize(
    "path", ["/files/0", "/files/99999999999999999999", "/files/1/pages/0", "/files/x", "/files/1/pages/../1"]
)
def test_addresses_of_files_that_do_not_exist_are_refused_plainly(client, path):
    assert client.get(path, buffered=True).status_code == 404
