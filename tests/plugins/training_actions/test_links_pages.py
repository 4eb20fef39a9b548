"""Personal links: whose they are, what they open, and how they end."""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from plugins.training_actions import links
from plugins.training_actions.models import Author, Contribution, Edition, Participant
from repository.models import AuditEntry, File, Item, Mail, State, User
from repository.work import SYSTEM, Services, now, open_work

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def joana(edition: Edition, join: Callable[..., Participant]) -> Participant:
    """A participant with an address, of recruitment group 110."""
    return join(edition, "Joana Teles", "joana@escola.invalid", group_code="110")


@pytest.fixture
def path_of(services: Services) -> Callable[[Participant], str]:
    """Return the path of somebody's page, as their link has it now."""

    def path(who: Participant) -> str:
        with open_work(services, SYSTEM) as work:
            return f"/u/{links.token_of(services, work.session.get_one(Participant, who.id))}"

    return path


@pytest.fixture
def change(services: Services) -> Callable[..., None]:
    """Set fields of a row."""

    def changed(row: Any, **values: Any) -> None:
        with open_work(services, SYSTEM) as work:
            found = work.session.get_one(type(row), row.id)
            for name, value in values.items():
                setattr(found, name, value)

    return changed


def begin_with(client: FlaskClient, path: str, *names: str) -> int:
    """Begin a contribution with text files; return the item's id."""
    files = [(BytesIO(f"Frações com barras\n{name}".encode()), name) for name in names]
    answer = client.post(path, data={"files": files}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def metadata_for(item_id: int) -> str:
    return "filename ZmljaGEudHh0,item " + b64encode(str(item_id).encode()).decode()


def read(services: Services, kind: Any, key: Any) -> Any:
    with services.sessions.reading() as session:
        return session.get(kind, key)


def test_a_link_greets_its_person_and_shows_what_is_asked(
    client: FlaskClient, joana: Participant, path_of: Any
) -> None:
    page = client.get(path_of(joana))
    assert page.status_code == 200
    assert "Olá, Joana" in page.text
    assert "Não é Joana Teles?" in page.text
    assert "Matemática com as mãos" in page.text


def test_a_page_behind_a_link_is_kept_out_of_caches_searches_and_referrers(
    client: FlaskClient, joana: Participant, path_of: Any
) -> None:
    path = path_of(joana)
    page = client.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "no-store" in page.headers["Cache-Control"]
    assert "canonical" not in page.text
    assert "og:url" not in page.text


def test_opening_a_link_is_noted_once(
    client: FlaskClient, services: Services, joana: Participant, path_of: Any
) -> None:
    client.get(path_of(joana))
    first = read(services, Participant, joana.id).link_opened_at
    client.get(path_of(joana))
    assert first is not None
    assert read(services, Participant, joana.id).link_opened_at == first


@pytest.mark.parametrize("bad", ["x", "1-" + "A" * 32, "999999-" + "A" * 32, "1-", "0-" + "A" * 32, "1-" + "é" * 32])
def test_a_forged_link_opens_nothing(client: FlaskClient, joana: Participant, bad: str) -> None:
    page = client.get(f"/u/{bad}")
    assert page.status_code == 404
    assert "Pedir a minha ligação" in page.text
    assert "Joana" not in page.text


def test_the_seal_of_one_person_does_not_open_another(
    client: FlaskClient, edition: Edition, join: Any, joana: Participant, path_of: Any
) -> None:
    rita = join(edition, "Rita Alves")
    mixed = f"/u/{rita.id}-{path_of(joana).partition('-')[2]}"
    assert client.get(mixed).status_code == 404


def test_a_revoked_link_ends_at_once(client: FlaskClient, services: Services, joana: Participant, path_of: Any) -> None:
    path = path_of(joana)
    with open_work(services, SYSTEM) as work:
        links.revoke(work, work.session.get_one(Participant, joana.id))
    assert client.get(path).status_code == 404
    assert client.get(path_of(joana)).status_code == 404, "the next turn is closed too, until staff open another"


def test_a_link_ends_some_time_after_the_closing_date(
    client: FlaskClient, edition: Edition, joana: Participant, path_of: Any, change: Any
) -> None:
    path = path_of(joana)
    change(edition, closes_at=now() - timedelta(days=89))
    assert client.get(path).status_code == 200
    change(edition, closes_at=now() - timedelta(days=91))
    page = client.get(path)
    assert page.status_code == 410
    assert "terminou" in page.text


def test_guessing_links_is_held_back_and_a_good_link_opens_all_the_same(
    client: FlaskClient, joana: Participant, path_of: Any
) -> None:
    answers = [client.get(f"/u/{joana.id}-{'A' * 31}{n}").status_code for n in range(8)]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert client.get(path_of(joana)).status_code == 200


def test_files_become_a_draft_with_what_is_known(
    client: FlaskClient, services: Services, edition: Edition, joana: Participant, path_of: Any
) -> None:
    item_id = begin_with(client, path_of(joana), "ficha.txt", "guiao.txt")
    with services.sessions.reading() as session:
        item = session.get_one(Item, item_id)
        assert item.state == State.DRAFT
        assert item.owner_id is None
        assert [file.name for file in item.files] == ["ficha.txt", "guiao.txt"]
        assert item.codes("level") == ["1ceb"]
        assert item.codes("group") == ["110"]
        assert item.licence == "CC-BY-SA-4.0"
        assert [credit.name for credit in item.credits] == ["Joana Teles"]
        assert session.get_one(Contribution, item_id).edition_id == edition.id
        assert session.get(Author, (item_id, joana.id)) is not None


def test_handing_in_leads_to_a_receipt_and_remembers_the_licence(
    client: FlaskClient, services: Services, joana: Participant, path_of: Any
) -> None:
    item_id = begin_with(client, path_of(joana), "ficha.txt")
    said = {"act": "submit", "title": "Frações com barras", "licence": "CC-BY-4.0"}
    answer = client.post(f"{path_of(joana)}/items/{item_id}", data=said)
    assert answer.status_code == 303, answer.text
    receipt = client.get(answer.location)
    assert "Obrigado, Joana. Está entregue." in receipt.text
    assert "Frações com barras" in receipt.text
    assert read(services, Participant, joana.id).licence == "CC-BY-4.0"
    again = begin_with(client, path_of(joana), "outra.txt")
    assert read(services, Item, again).licence == "CC-BY-4.0"


def test_handing_in_twice_hands_in_once(
    client: FlaskClient, services: Services, joana: Participant, path_of: Any
) -> None:
    item_id = begin_with(client, path_of(joana), "ficha.txt")
    said = {"act": "submit", "title": "Frações"}
    assert client.post(f"{path_of(joana)}/items/{item_id}", data=said).status_code == 303
    second = client.post(f"{path_of(joana)}/items/{item_id}", data=said)
    assert second.status_code == 409
    assert "já foi entregue" in second.text
    with services.sessions.reading() as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == item_id)).all()
    assert acts.count("item.submit") == 1


def test_what_is_lacking_is_said_beside_its_field(client: FlaskClient, joana: Participant, path_of: Any) -> None:
    item_id = begin_with(client, path_of(joana))
    page = client.post(f"{path_of(joana)}/items/{item_id}", data={"act": "submit", "title": ""})
    assert page.status_code == 422
    assert "Dê um título ao material." in page.text
    assert "Junte pelo menos um ficheiro" in page.text


def test_the_licence_agreed_for_the_edition_cannot_be_changed(
    client: FlaskClient, services: Services, edition: Edition, joana: Participant, path_of: Any, change: Any
) -> None:
    change(edition, licence="CC-BY-NC-SA-4.0")
    item_id = begin_with(client, path_of(joana), "ficha.txt")
    page = client.get(f"{path_of(joana)}/items/{item_id}")
    assert 'name="licence"' not in page.text
    client.post(f"{path_of(joana)}/items/{item_id}", data={"act": "save", "licence": "CC-BY-4.0"})
    assert read(services, Item, item_id).licence == "CC-BY-NC-SA-4.0"


def test_a_link_reaches_nothing_of_another_person(
    client: FlaskClient, edition: Edition, join: Any, joana: Participant, path_of: Any
) -> None:
    rita = join(edition, "Rita Alves")
    hers = begin_with(client, path_of(rita), "dela.txt")
    mine = path_of(joana)
    assert client.get(f"{mine}/items/{hers}").status_code == 404
    assert client.get(f"{mine}/items/{hers}/files").status_code == 404
    for act in ("", "/correct", "/take-away", "/bring-back"):
        assert client.post(f"{mine}/items/{hers}{act}", data={"act": "submit", "title": "x"}).status_code == 404
    assert client.get(f"{mine}/items/999999").status_code == 404
    assert "dela" not in client.get(mine).text


def test_what_was_taken_out_says_so_at_its_address_and_how_to_put_it_back(
    client: FlaskClient, joana: Participant, path_of: Any
) -> None:
    item_id = begin_with(client, path_of(joana), "ficha.txt")
    here = f"{path_of(joana)}/items/{item_id}"
    client.post(f"{here}/take-away")
    client.get(path_of(joana))  # the note of the moment is gone
    page = client.get(here, follow_redirects=True).text
    assert "está retirado." in page
    assert f'{item_id}/bring-back"' in page


def test_nothing_can_be_downloaded_through_a_link(
    client: FlaskClient, services: Services, joana: Participant, path_of: Any
) -> None:
    item_id = begin_with(client, path_of(joana), "ficha.txt")
    with services.sessions.reading() as session:
        file_id = session.scalar(select(File.id).where(File.item_id == item_id))
    proof = {"Upload-Link": path_of(joana)[3:]}
    for address in (f"/files/{file_id}", f"/files/{file_id}/view", f"/items/{item_id}", f"/items/{item_id}/download"):
        assert client.get(address, headers=proof).status_code in (404, 405), address
    assert f"/files/{file_id}" not in client.get(f"{path_of(joana)}/items/{item_id}").text


def test_forms_of_a_link_want_their_token(app: Flask, client: FlaskClient, joana: Participant, path_of: Any) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(path_of(joana)).status_code == 400
    assert client.post("/u/lost", data={"email": "joana@escola.invalid"}).status_code == 400


def test_an_upload_that_resumes_is_known_by_its_link(client: FlaskClient, joana: Participant, path_of: Any) -> None:
    item_id = begin_with(client, path_of(joana))
    known = {"Tus-Resumable": "1.0.0", "Upload-Link": path_of(joana)[3:]}
    metadata = metadata_for(item_id)
    begun = client.post("/uploads", headers=known | {"Upload-Length": "5", "Upload-Metadata": metadata})
    assert begun.status_code == 201, begun.text
    part = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert client.patch(begun.location, data=b"Texto", headers=known | part).status_code == 204
    stranger = {"Tus-Resumable": "1.0.0", "Upload-Link": f"{joana.id}-{'A' * 32}"}
    assert client.head(begun.location, headers=stranger).status_code == 401
    assert "ficha.txt" in client.get(f"{path_of(joana)}/items/{item_id}").text


def test_a_forged_link_announces_no_upload(client: FlaskClient, joana: Participant) -> None:
    known = {"Tus-Resumable": "1.0.0", "Upload-Link": f"{joana.id}-{'A' * 32}", "Upload-Length": "5"}
    assert client.post("/uploads", headers=known).status_code == 401


def test_a_link_uploads_into_nothing_of_another_person(
    client: FlaskClient, edition: Edition, join: Any, joana: Participant, path_of: Any, make_item: Any, ana: User
) -> None:
    rita = join(edition, "Rita Alves")
    hers, foreign = begin_with(client, path_of(rita), "dela.txt"), make_item(ana, publish=False).id
    public = make_item(ana, "Publicado").id
    known = {"Tus-Resumable": "1.0.0", "Upload-Link": path_of(joana)[3:], "Upload-Length": "5"}
    answers = [
        client.post("/uploads", headers=known | {"Upload-Metadata": metadata_for(item_id)}).status_code
        for item_id in (hers, foreign, public)
    ]
    assert answers == [404, 404, 403]


def test_what_breaks_behind_a_link_leaves_the_link_out_of_the_log(
    client: FlaskClient, joana: Participant, path_of: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(*_known: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("plugins.training_actions.pages.link.home_page", broken)
    path = path_of(joana)
    assert client.get(path).status_code == 500
    assert "/u/<token>" in caplog.text
    assert path[3:] not in caplog.text


def test_after_the_closing_date_nothing_new_is_taken_and_what_had_begun_may_be_finished(
    client: FlaskClient, services: Services, edition: Edition, joana: Participant, path_of: Any, change: Any
) -> None:
    item_id = begin_with(client, path_of(joana), "ficha.txt")
    with services.sessions.reading() as session:
        item = session.get_one(Item, item_id)
    change(item, created_at=now() - timedelta(hours=2))
    change(edition, closes_at=now() - timedelta(hours=1))
    refused = client.post(path_of(joana), data={})
    assert refused.status_code == 409
    assert "O prazo desta turma já passou" in refused.text
    assert "O que já tinha começado ainda pode acabar até" in client.get(path_of(joana)).text
    more = {"files": [(BytesIO(b"Mais uma"), "mais.txt")], "act": "upload"}
    client.post(f"{path_of(joana)}/items/{item_id}", data=more, content_type="multipart/form-data")
    answer = client.post(f"{path_of(joana)}/items/{item_id}", data={"act": "submit", "title": "A tempo"})
    assert answer.status_code == 303, answer.text
    with services.sessions.reading() as session:
        assert [file.name for file in session.get_one(Item, item_id).files] == ["ficha.txt", "mais.txt"]


def test_a_day_after_the_closing_date_a_draft_is_kept_and_says_why_it_cannot_go_on(
    client: FlaskClient, services: Services, edition: Edition, joana: Participant, path_of: Any, change: Any
) -> None:
    item_id = begin_with(client, path_of(joana), "ficha.txt")
    change(read(services, Item, item_id), created_at=now() - timedelta(days=3))
    change(edition, closes_at=now() - timedelta(days=2))
    answer = client.post(f"{path_of(joana)}/items/{item_id}", data={"act": "submit", "title": "Tarde"})
    assert answer.status_code == 409
    assert "prazo" in answer.text
    with services.sessions.reading() as session:
        item = session.get_one(Item, item_id)
        assert item.state == State.DRAFT
        assert [file.name for file in item.files] == ["ficha.txt"]


def test_somebody_who_left_keeps_what_they_brought_and_the_link_ends(
    client: FlaskClient, services: Services, joana: Participant, path_of: Any, change: Any
) -> None:
    item_id = begin_with(client, path_of(joana), "ficha.txt")
    path = path_of(joana)
    client.post(f"{path}/items/{item_id}", data={"act": "submit", "title": "Frações"})
    change(joana, removed_at=now())
    assert client.get(path).status_code == 404
    with services.sessions.reading() as session:
        item = session.get_one(Item, item_id)
        assert item.state == State.PUBLISHED
        assert [credit.name for credit in item.credits] == ["Joana Teles"]


def test_a_lost_link_goes_to_the_known_address_only(
    client: FlaskClient, services: Services, joana: Participant, run_jobs: Any
) -> None:
    known = client.post("/u/lost", data={"email": "Joana@Escola.invalid"})
    unknown = client.post("/u/lost", data={"email": "outra@escola.invalid"})
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location) == (303, "/u/lost/sent")
    run_jobs()
    with services.sessions.reading() as session:
        mails = session.scalars(select(Mail)).all()
    assert [mail.address for mail in mails] == ["joana@escola.invalid"]
    assert re.search(r"/u/\d+-[\w-]{32}", mails[0].body)


def test_a_revoked_link_is_not_sent_again_to_whoever_asks(
    client: FlaskClient, services: Services, joana: Participant, run_jobs: Any
) -> None:
    with open_work(services, SYSTEM) as work:
        links.revoke(work, work.session.get_one(Participant, joana.id))
    client.post("/u/lost", data={"email": "joana@escola.invalid"})
    run_jobs()
    with services.sessions.reading() as session:
        assert session.scalar(select(Mail)) is None


def test_asking_for_a_lost_link_again_and_again_is_held_back(client: FlaskClient) -> None:
    codes = [client.post("/u/lost", data={"email": "joana@escola.invalid"}).status_code for _ in range(8)]
    assert codes[0] == 303
    assert codes[-1] == 429


def test_a_forwarded_link_can_be_replaced_and_the_new_one_goes_to_the_known_address(
    client: FlaskClient, services: Services, joana: Participant, path_of: Any
) -> None:
    old = path_of(joana)
    assert client.post(f"{old}/replace").location == "/u/lost/sent"
    assert client.get(old).status_code == 404
    assert client.get(path_of(joana)).status_code == 200
    with services.sessions.reading() as session:
        mail = session.scalars(select(Mail)).one()
    assert mail.address == "joana@escola.invalid"
    assert path_of(joana) in mail.body
    assert old not in mail.body


def test_a_link_becomes_an_account_by_a_mail_to_the_known_address(
    client: FlaskClient, services: Services, joana: Participant, path_of: Any
) -> None:
    item_id = begin_with(client, path_of(joana), "ficha.txt")
    client.post(f"{path_of(joana)}/account")
    with services.sessions.reading() as session:
        mail = session.scalars(select(Mail)).one()
    assert mail.address == "joana@escola.invalid"
    secret = re.search(r"/u/confirm/\S+", mail.body)[0]  # type: ignore[index]
    assert client.get(secret).status_code == 200
    with services.sessions.reading() as session:
        assert session.scalar(select(User).filter_by(email="joana@escola.invalid")) is None, "looking makes nothing"
    answer = client.post(secret)
    assert "/password/" in answer.location
    with services.sessions.reading() as session:
        user = session.scalars(select(User).filter_by(email="joana@escola.invalid")).one()
        item = session.get_one(Item, item_id)
        assert session.get_one(Participant, joana.id).user_id == user.id
        assert item.owner_id == user.id
        assert [credit.user_id for credit in item.credits] == [user.id]
    assert client.post(secret).location.startswith("/login"), "the second touch makes no second account"


def test_an_account_that_is_there_is_joined_and_gets_no_new_password(
    client: FlaskClient, services: Services, edition: Edition, join: Any, ana: User, path_of: Any
) -> None:
    who = join(edition, "Ana", ana.email)
    client.post(f"{path_of(who)}/account")
    with services.sessions.reading() as session:
        secret = re.search(r"/u/confirm/\S+", session.scalars(select(Mail)).one().body)[0]  # type: ignore[index]
    assert client.post(secret).location.startswith("/login")
    assert read(services, Participant, who.id).user_id == ana.id


@pytest.mark.parametrize("bad", ["x", "1-1999999999-" + "A" * 32, "1-0000000001-" + "A" * 32])
def test_a_forged_confirmation_makes_no_account(client: FlaskClient, joana: Participant, bad: str) -> None:
    assert client.get(f"/u/confirm/{bad}").status_code == 422
    assert client.post(f"/u/confirm/{bad}").status_code == 422


def test_asking_for_an_account_again_and_again_is_held_back(
    client: FlaskClient, services: Services, joana: Participant, path_of: Any
) -> None:
    answers = [client.post(f"{path_of(joana)}/account") for _ in range(15)]
    with services.sessions.reading() as session:
        sent = len(session.scalars(select(Mail.id)).all())
    assert sent <= 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "espere um pouco" in answers[-1].text


def test_a_first_page_sent_twice_begins_one_draft(
    client: FlaskClient, services: Services, joana: Participant, path_of: Any, change: Any
) -> None:
    first = begin_with(client, path_of(joana), "ficha.txt", "guia.txt")
    assert begin_with(client, path_of(joana), "ficha.txt", "guia.txt") == first
    with services.sessions.reading() as session:
        assert len(session.scalars(select(File).where(File.item_id == first)).all()) == 2
        assert len(session.scalars(select(Contribution)).all()) == 1
        item = session.get_one(Item, first)
    assert begin_with(client, path_of(joana), "outra.txt") != first, "other files are another material"
    change(item, title="Frações", proposed=[])
    assert begin_with(client, path_of(joana), "ficha.txt", "guia.txt") != first, "what has a title is not begun again"


def test_the_files_of_somebody_without_an_account_have_a_limit_that_is_told(
    services: Services, client: FlaskClient, joana: Participant, edition: Edition, join: Any, path_of: Any
) -> None:
    services.settings.change("link_quota_mb", 1)
    item_id = begin_with(client, path_of(joana), "a.txt")
    sent = {"files": (BytesIO(b"Frac " * 210_000), "grande.txt"), "act": "save"}
    refused = client.post(f"{path_of(joana)}/items/{item_id}", data=sent, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "O espaço para o que entrega por esta ligação está cheio (1 MB)." in refused.text
    assert [file.name for file in files_of(services, item_id)] == ["a.txt"]
    other = join(edition, "Rui Sá", "rui@escola.invalid")
    begin_with(client, path_of(other), "b.txt")  # everybody has their own
    token = path_of(joana).removeprefix("/u/")
    known = {"Tus-Resumable": "1.0.0", "Upload-Link": token, "Upload-Metadata": metadata_for(item_id)}
    for size, status in (("1048576", 413), ("5", 201)):
        assert client.post("/uploads", headers=known | {"Upload-Length": size}).status_code == status


def files_of(services: Services, item_id: int) -> list[File]:
    with services.sessions.reading() as session:
        return list(session.scalars(select(File).where(File.item_id == item_id, File.removed_at.is_(None))))


def test_the_limit_of_links_is_not_that_of_accounts_nor_of_whole_course_intakes(
    services: Services, client: FlaskClient, joana: Participant, path_of: Any, ana: User, change: Any
) -> None:
    services.settings.change("link_quota_mb", 1)
    change(joana, user_id=ana.id)
    item_id = begin_with(client, path_of(joana), "a.txt")
    sent = {"files": (BytesIO(b"Frac " * 210_000), "grande.txt"), "act": "save"}
    client.post(f"{path_of(joana)}/items/{item_id}", data=sent, content_type="multipart/form-data")
    assert len(files_of(services, item_id)) == 2
