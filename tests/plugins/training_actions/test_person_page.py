"""What a person brings: alone or in a group, corrected until the edition closes, seen by the trainers."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugins.training_actions import authorship, contributions, links, people
from plugins.training_actions.actions import set_deliverables
from plugins.training_actions.models import Author, Contribution, Edition, Participant
from plugins.training_actions.people import contacts_of, labels_of
from repository.errors import Conflict, Invalid, NotFound
from repository.models import Item, State, User
from repository.permissions import allowed, may_see
from repository.work import SYSTEM, Services, Work, now, open_look, open_work
from tests.conftest import attach_text


@pytest.fixture
def joana(edition: Edition, join: Callable[..., Participant]) -> Participant:
    """A participant."""
    return join(edition, "Joana Teles", "joana@escola.invalid", group_code="110")


@pytest.fixture
def rita(edition: Edition, join: Callable[..., Participant]) -> Participant:
    """Another participant of the same edition."""
    return join(edition, "Rita Alves", "rita@escola.invalid", group_code="230")


@pytest.fixture
def work_of(services: Services) -> Callable[[Participant], Any]:
    """Open work in the name of a link's holder."""

    def opened(who: Participant) -> Any:
        with open_look(services, SYSTEM) as work:
            token = links.token_of(services, work.session.get_one(Participant, who.id))
        actor = links.actor_of(services, token)
        assert actor is not None
        return open_work(services, actor)

    return opened


def me(work: Work, who: Participant) -> Participant:
    return work.session.get_one(Participant, who.id)


@pytest.fixture
def hand_in(services: Services, work_of: Any) -> Callable[..., int]:
    """Begin a contribution with one file, hand it in unless told otherwise, and return its id."""

    def handed(who: Participant, title: str = "Frações", *with_: Participant, submit: bool = True) -> int:
        with work_of(who) as work:
            item = contributions.begin(work, me(work, who))
            said = contributions.Said({"title": title, "level": ["1ceb"]}, authors=[one.id for one in with_])
            assert contributions.save(work, item, said, me(work, who)) == {}
            attach_text(work, services, item, title)
        if submit:
            with work_of(who) as work:
                item = work.session.get_one(Item, item.id)
                assert contributions.hand_in(work, item, me(work, who)) == {}
        return item.id

    return handed


def test_two_who_worked_together_are_both_named_and_either_may_correct(
    services: Services, joana: Participant, rita: Participant, hand_in: Any, work_of: Any
) -> None:
    item_id = hand_in(joana, "Em grupo", rita, submit=False)
    with work_of(rita) as work:
        item = contributions.own(work, me(work, rita), item_id)
        assert [credit.name for credit in item.credits] == ["Joana Teles", "Rita Alves"]
        assert allowed(work, "edit", item)
        contributions.save(work, item, contributions.Said({"title": "Em grupo, corrigido"}), me(work, rita))
        assert contributions.hand_in(work, item, me(work, rita)) == {}
    with services.sessions.reading() as session:
        assert session.get_one(Item, item_id).title == "Em grupo, corrigido"


def test_who_is_taken_off_the_authors_reaches_the_work_no_more(
    joana: Participant, rita: Participant, hand_in: Any, work_of: Any
) -> None:
    item_id = hand_in(joana, "Em grupo", rita, submit=False)
    with work_of(joana) as work:
        item = work.session.get_one(Item, item_id)
        contributions.save(work, item, contributions.Said(authors=[]), me(work, joana))
        assert [credit.name for credit in item.credits] == ["Joana Teles"]
    with work_of(rita) as work:
        assert not may_see(work, work.session.get_one(Item, item_id))
        with pytest.raises(NotFound):
            contributions.own(work, me(work, rita), item_id)


def test_nobody_takes_themselves_off_and_nobody_from_elsewhere_is_named(
    make_edition: Any, join: Any, joana: Participant, hand_in: Any, work_of: Any
) -> None:
    item_id = hand_in(joana, submit=False)
    stranger = join(make_edition("Outra ação"), "Vítor Estranho")
    with work_of(joana) as work:
        item = work.session.get_one(Item, item_id)
        errors = contributions.save(work, item, contributions.Said(authors=[stranger.id]), me(work, joana))
        assert isinstance(errors["authors"], Invalid)
        assert [row.participant_id for row in authorship.authors_of(work, item_id)] == [joana.id]


def test_who_left_the_edition_stays_an_author(
    services: Services, joana: Participant, rita: Participant, hand_in: Any, work_of: Any
) -> None:
    item_id = hand_in(joana, "Em grupo", rita, submit=False)
    with open_work(services, SYSTEM) as work:
        me(work, rita).removed_at = work.now
    with work_of(joana) as work:
        item = work.session.get_one(Item, item_id)
        contributions.save(work, item, contributions.Said(authors=[]), me(work, joana))
        assert [credit.name for credit in item.credits] == ["Joana Teles", "Rita Alves"]


def test_what_is_published_is_corrected_by_a_new_version_that_stays_the_same_contribution(
    services: Services, joana: Participant, hand_in: Any, work_of: Any
) -> None:
    item_id = hand_in(joana)
    with work_of(joana) as work:
        draft = contributions.correct(work, contributions.own(work, me(work, joana), item_id))
        assert draft.id != item_id
        contributions.save(work, draft, contributions.Said({"title": "Frações, melhor"}), me(work, joana))
    with work_of(joana) as work:
        found = contributions.own(work, me(work, joana), draft.id)
        assert contributions.hand_in(work, found, me(work, joana)) == {}
    with services.sessions.reading() as session:
        item = session.get_one(Item, item_id)
        assert (item.title, item.version) == ("Frações, melhor", 2)
        assert session.query(Contribution).count() == 1


def test_after_the_closing_date_what_is_published_stays_but_one_s_own_may_be_withdrawn(
    services: Services, edition: Edition, joana: Participant, hand_in: Any, work_of: Any
) -> None:
    item_id = hand_in(joana)
    with open_work(services, SYSTEM) as work:
        work.session.get_one(Edition, edition.id).closes_at = now() - timedelta(hours=1)
    with work_of(joana) as work:
        item = contributions.own(work, me(work, joana), item_id)
        assert not allowed(work, "edit", item)
        contributions.take_away(work, item)
        assert item.state == State.WITHDRAWN
        contributions.bring_back(work, item)
        assert item.state == State.PUBLISHED


def test_what_the_centre_sent_back_may_be_corrected_after_the_closing_date(
    services: Services, edition: Edition, joana: Participant, hand_in: Any, work_of: Any
) -> None:
    item_id = hand_in(joana, submit=False)
    with open_work(services, SYSTEM) as work:
        work.session.get_one(Edition, edition.id).closes_at = now() - timedelta(days=10)
        work.session.get_one(Item, item_id).state = State.CHANGES_REQUESTED
    with work_of(joana) as work:
        item = contributions.own(work, me(work, joana), item_id)
        assert contributions.hand_in(work, item, me(work, joana)) == {}


def test_a_draft_that_is_thrown_away_comes_back_whole(joana: Participant, hand_in: Any, work_of: Any) -> None:
    item_id = hand_in(joana, submit=False)
    with work_of(joana) as work:
        item = contributions.own(work, me(work, joana), item_id)
        contributions.take_away(work, item)
        assert contributions.lines_of(work, me(work, joana)) == []
        contributions.bring_back(work, item)
        assert [line.item.id for line in contributions.lines_of(work, me(work, joana))] == [item_id]
        assert len(item.files) == 1


def test_a_link_opens_no_more_drafts_than_a_person_needs(joana: Participant, work_of: Any) -> None:
    with work_of(joana) as work:
        for _ in range(contributions.MOST_OPEN):
            contributions.begin(work, me(work, joana))
        with pytest.raises(Conflict):
            contributions.begin(work, me(work, joana))


def test_level_and_discipline_are_what_person_and_action_have_in_common(
    services: Services, make_edition: Any, join: Any
) -> None:
    wide = make_edition("Matemática", levels=["1ceb", "2ceb"], disciplines=["matematica"])
    primary, second = join(wide, "A", group_code="110"), join(wide, "B", group_code="230")
    unknown = join(wide, "C")
    with open_look(services, SYSTEM) as work:
        vocabularies = services.vocabularies
        levels = [contributions.guesses(me(work, who), vocabularies)["level"] for who in (primary, second, unknown)]
    assert levels == [["1ceb"], ["2ceb"], ["1ceb", "2ceb"]]


def test_a_contribution_answers_the_deliverable_that_was_chosen(
    services: Services, client: FlaskClient, edition: Edition, joana: Participant
) -> None:
    with open_work(services, SYSTEM) as work:
        found = work.session.get_one(Edition, edition.id)
        set_deliverables(work, found, [{"title": "Sequência"}, {"title": "Relato", "count": 1}])
        work.session.flush()
        wanted = [row.id for row in found.deliverables]
        path = f"/u/{links.token_of(services, me(work, joana))}"
    item_id = int(client.post(path, data={"deliverable": wanted[1]}).location.rpartition("/")[2])
    with services.sessions.reading() as session:
        assert session.get_one(Contribution, item_id).deliverable_id == wanted[1]
    client.post(f"{path}/items/{item_id}", data={"act": "save", "deliverable": wanted[0]})
    with services.sessions.reading() as session:
        assert session.get_one(Contribution, item_id).deliverable_id == wanted[0]
    files = [(BytesIO(b"Texto"), "a.txt")]
    said = {"act": "submit", "title": "Uma sequência", "level": "1ceb", "files": files}
    receipt = client.post(
        f"{path}/items/{item_id}", data=said, content_type="multipart/form-data", follow_redirects=True
    )
    assert "Falta: Relato." in receipt.text


@pytest.fixture
def asked(services: Services, edition: Edition, joana: Participant) -> tuple[str, list[int]]:
    """The path of Joana's page where her edition asks for two things, and their ids."""
    with open_work(services, SYSTEM) as work:
        found = work.session.get_one(Edition, edition.id)
        set_deliverables(
            work, found, [{"title": "Uma rubrica usada com uma turma"}, {"title": "Sequência", "count": 1}]
        )
        work.session.flush()
        return f"/u/{links.token_of(services, me(work, joana))}", [row.id for row in found.deliverables]


def marked(page: str) -> list[str]:
    return re.findall(r'name="deliverable" value="(\d+)" checked', page)


def test_of_several_things_none_is_marked_beforehand_and_it_is_asked_kindly_when_handed_in(
    services: Services, client: FlaskClient, asked: tuple[str, list[int]]
) -> None:
    path, wanted = asked
    draft = client.post(path).location
    assert marked(client.get(draft).text) == []
    said = {"act": "submit", "title": "Líquenes no recreio", "level": "1ceb", "files": [(BytesIO(b"Texto"), "a.txt")]}
    answer = client.post(draft, data=said, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert '<a href="#f-deliverable">Diga, por favor, o que está a entregar.</a>' in answer.text
    assert client.post(draft, data={"act": "submit", "deliverable": wanted[1]}).status_code == 303
    with services.sessions.reading() as session:
        assert session.query(Contribution).one().deliverable_id == wanted[1]


def test_what_is_none_of_the_things_asked_for_is_handed_in_as_such(
    services: Services, client: FlaskClient, asked: tuple[str, list[int]]
) -> None:
    path, _ = asked
    draft = client.post(path).location
    sent = {"files": [(BytesIO(b"Texto"), "a.txt")], "deliverable": "0", "act": "submit"}
    answer = client.post(draft, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422, "the level is missing"
    assert marked(answer.text) == ["0"]
    done = {"act": "submit", "title": "Líquenes", "level": "1ceb", "deliverable": "0"}
    assert client.post(draft, data=done).status_code == 303
    with services.sessions.reading() as session:
        assert session.query(Contribution).one().deliverable_id is None


def test_what_the_file_is_called_what_was_pressed_and_what_alone_is_left_mark_the_thing(
    client: FlaskClient, asked: tuple[str, list[int]]
) -> None:
    path, wanted = asked
    sent = {"files": [(BytesIO(b"Texto"), "rubrica final.txt")]}
    named = client.post(path, data=sent, content_type="multipart/form-data").location
    assert marked(client.get(named).text) == [str(wanted[0])]
    pressed = client.post(path, data={"deliverable": wanted[1]}).location
    assert marked(client.get(pressed).text) == [str(wanted[1])]
    done = {"act": "submit", "title": "Rubrica", "level": "1ceb", "deliverable": wanted[0]}
    assert client.post(named, data=done).status_code == 303
    assert marked(client.get(client.post(path).location).text) == [str(wanted[1])], "the only one left"


def test_trainers_bring_their_own_and_see_what_the_edition_handed_in(
    services: Services, client: FlaskClient, edition: Edition, join: Any, joana: Participant, hand_in: Any
) -> None:
    trainer = join(edition, "Teresa Nunes", role="trainer")
    hand_in(joana, "Frações da Joana")
    hand_in(joana, "Rascunho da Joana", submit=False)
    with open_look(services, SYSTEM) as work:
        path = f"/u/{links.token_of(services, me(work, trainer))}"
        hers = f"/u/{links.token_of(services, me(work, joana))}"
    page = client.get(path).text
    assert "Frações da Joana" in page
    assert "Rascunho da Joana" not in page
    assert "Escolher ficheiros" in page
    assert "O que a turma entregou" not in client.get(hers).text


def test_an_account_in_an_edition_holds_its_labels(
    services: Services, edition: Edition, join: Any, ana: User, rui: User
) -> None:
    trainer, left = join(edition, "Ana", role="trainer"), join(edition, "Rui", role="trainer")
    with open_work(services, SYSTEM) as work:
        me(work, trainer).user_id = ana.id
        me(work, left).user_id, me(work, left).removed_at = rui.id, work.now
    with services.sessions.reading() as session:
        assert set(labels_of(session, ana.id)) == {f"participant:{trainer.id}", f"trainers:{edition.id}"}
        assert set(labels_of(session, rui.id)) == {f"participant:{left.id}"}


def test_the_centre_writes_to_authors_without_an_account_at_their_own_page(
    services: Services, joana: Participant, rita: Participant, hand_in: Any
) -> None:
    item_id = hand_in(joana, "Em grupo", rita)
    with open_look(services, SYSTEM) as work:
        found = list(contacts_of(work, work.session.get_one(Item, item_id)))
        address = links.address_of(services, me(work, joana))
    assert [contact.address for contact in found] == ["joana@escola.invalid", "rita@escola.invalid"]
    assert found[0].url == f"{address}/items/{item_id}"


def test_an_author_without_an_account_holds_a_row_for_each_contribution(
    services: Services, joana: Participant, rita: Participant, hand_in: Any
) -> None:
    item_id = hand_in(joana, "Em grupo", rita)
    with services.sessions.reading() as session:
        rows = session.query(Author).filter_by(item_id=item_id).order_by(Author.position).all()
    assert [row.participant_id for row in rows] == [joana.id, rita.id]


def test_a_person_s_own_page_is_drawn_in_a_bounded_number_of_questions(
    services: Services, client: FlaskClient, joana: Participant, hand_in: Any, count_queries: Any
) -> None:
    with open_look(services, SYSTEM) as work:
        path = f"/u/{links.token_of(services, me(work, joana))}"
    hand_in(joana, "Um")
    client.get(path)
    with count_queries() as few:
        client.get(path)
    for n in range(6):
        hand_in(joana, f"Mais {n}")
    with count_queries() as many:
        client.get(path)
    assert len(many) <= len(few) + 2 * 6, "files and grants of each, nothing more"


def test_the_page_of_a_signed_in_person_leads_to_their_editions(
    services: Services, sign_in: Any, edition: Edition, join: Any, ana: User
) -> None:
    who = join(edition, "Ana", ana.email)
    with open_work(services, SYSTEM) as work:
        me(work, who).user_id = ana.id
        token = links.token_of(services, me(work, who))
    page = sign_in(ana).get("/me").text
    assert "As minhas formações" in page
    assert f"/u/{token}" in page


def test_the_audit_trail_says_what_came_by_a_personal_link_and_names_who_for_whoever_manages_the_action(
    client: FlaskClient, services: Services, joana: Participant, rita: Participant, sign_in: Any, admin: User,
    work_as: Any, ana: User, count_queries: Any,
) -> None:  # fmt: skip
    with open_look(services, SYSTEM) as work:
        paths = [f"/u/{links.token_of(services, me(work, who))}" for who in (joana, rita)]
    for path in paths:
        assert client.post(path).status_code == 303
    browser = sign_in(admin)
    page = browser.get("/admin/audit?action=item.created").text
    assert f'<span title="participant:{joana.id}">Joana Teles, por ligação pessoal</span>' in page
    assert "o sistema" not in page
    table = browser.get("/admin/audit.csv?action=item.created").get_data(as_text=True)
    assert ";Rita Alves, por ligação pessoal;" in table
    with work_as(ana) as work, count_queries() as asked:
        said = [person.label for person in people.acting(work, [f"participant:{joana.id}", "participant:999"])]
    assert said == ["por ligação pessoal"] * 2, "a reader who does not manage the action is told no name"
    assert len(asked) == 1
