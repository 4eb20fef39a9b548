"""The demonstration centre has actions in every state and a full queue, and each thing in it is there once."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from plugins.materials.adaptations import descendants
from plugins.moderation.models import Decision, Moderator, Question, Review, ReviewFinding
from plugins.training_actions.demonstration import hand_in
from plugins.training_actions.demonstration.told import MARK, handed_in
from plugins.training_actions.models import Author, Contribution, Edition, Participant
from plugins.training_actions.progress import state_of
from repository.demo import load
from repository.house import build_services
from repository.models import Item, ItemCount, State
from repository.work import SYSTEM, now, open_look
from tests.journeys.demonstration import ADAPTED, FEW, OWN, copy_of, only_few

FAULTS = {
    "FRAÇÕES COM PEÇAS DE LEGO": "words",
    "Um pluviómetro de garrafa para a escola": "words",
    "Dominó de frações, decimais e percentagens": "similar",
    "Derivadas com uma régua e um fio": "course",
    "Grelha de autoavaliação do trabalho de grupo": "class_list",
    "Bread mould diary": "language",
    "Torres de água coloridas: o que pesa mais?": "hidden",
}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Four of the centre's own materials are enough here."""
    only_few(monkeypatch)


@pytest.fixture
def services(make_services, plugins, examiner, tmp_path_factory, tmp_path):
    """The loaded house, in a copy that the test may change."""
    services = build_services(
        copy_of(tmp_path_factory.getbasetemp(), make_services, tmp_path / "loaded"), plugins=plugins
    )
    services.examiner = examiner
    yield services
    services.search.engine.close()
    services.sessions.engine.dispose()


def rows(services, query):
    with services.sessions.reading() as session:
        return session.execute(query).all()


def totals(services):
    tables = (Item, Edition, Participant, Contribution, Author, Review, Question, Decision, Moderator)
    return [rows(services, select(func.count()).select_from(table))[0][0] for table in tables]


def test_what_waits_is_what_people_handed_in_and_the_centres_own_is_published(services):
    reviewed = {title for (title,) in rows(services, select(Item.title).join(Review, Review.item_id == Item.id))}
    approved = select(Item.title).join(Decision, Decision.item_id == Item.id).where(Decision.kind == "approve")
    long_ago = {title for (title,) in rows(services, approved)}
    waiting = {told["title"] for told in handed_in()}
    assert (reviewed - long_ago, len(long_ago)) == (waiting, len(FEW))
    own = select(Item.title, Item.state).where(Item.title.not_in(waiting))
    assert {state for _, state in rows(services, own)} == {State.PUBLISHED}
    states = [state for (state,) in rows(services, select(Review.state))]
    assert [states.count(state) for state in ("waiting", "asked", "decided")] == [21, 2, 1 + len(FEW)]
    joined = {place for (place,) in rows(services, select(Contribution.edition_id).distinct())}
    assert len(joined) == 3  # of these few; each material is in the edition of its action


def test_the_editions_are_in_every_state(services):
    with services.sessions.reading() as session:
        editions = list(session.scalars(select(Edition)))
        assert {state_of(edition, now())[0] for edition in editions} == {"open", "soon", "closed", "coming"}
        assert {edition.action.modality for edition in editions} >= {"OF", "CF", "CE", "ACD", "JOR"}
        for edition in editions:
            assert edition.deliverables
            assert {who.role for who in edition.participants} == {"participant", "trainer"}
        people = list(session.scalars(select(Participant)))
        assert all(MARK in who.name and who.email.endswith(".invalid") and who.organisation_id for who in people)
        invented = [who for who in people if who.user_id is None]
        assert len({who.name for who in invented}) == len({who.email for who in invented}) == len(invented)


def test_an_original_stands_beside_its_adaptations_each_counted_on_the_day_it_was_published(services):
    with open_look(services, SYSTEM) as work:
        source = work.session.scalars(select(Item).filter_by(title="O mapa da nossa sala: ver de cima")).one()
        below = descendants(work, source)
        assert len(below) == ADAPTED
        assert all(one.note for one in below)
        days = [one.item.published_at for one in below]
        assert all(source.published_at <= day <= work.now for day in days)
        counted = select(ItemCount.month, ItemCount.count).filter_by(item_id=source.id, what="adapted")
        months = Counter(day.date().replace(day=1) for day in days)
        assert {month: times for month, times in work.session.execute(counted) if times} == months


def test_loading_it_again_adds_nothing_and_tells_the_same_accounts(services):
    before = totals(services)
    lines = load.load(services)
    assert totals(services) == before
    assert [line.split()[0].partition("@")[0] for line in lines[1:-1]] == [
        "administrador", "direcao", "equipa", "formadora", "docente.verificado", "docente",
    ]  # fmt: skip


def test_a_load_that_was_killed_while_people_handed_in_is_taken_up(make_services, monkeypatch):
    services, whole, done = make_services(), hand_in.hand_in, []

    def stop_after_twelve(*told):
        if len(done) == 12:
            raise KeyboardInterrupt
        done.append(1)
        whole(*told)

    monkeypatch.setattr(hand_in, "hand_in", stop_after_twelve)
    with pytest.raises(KeyboardInterrupt):
        load.load(services)
    monkeypatch.setattr(hand_in, "hand_in", whole)
    load.load(services)
    titles = [title for (title,) in rows(services, select(Item.title).where(Item.kind == "digital"))]
    assert len(titles) == len(set(titles)) == len(handed_in()) + OWN + ADAPTED


def test_the_checks_find_what_is_planted_and_warn_of_nothing_else(services):
    assert not rows(services, select(Review.item_id).where(Review.checked_at.is_(None)))
    found = select(Item.title, ReviewFinding.code).join(Item, Item.id == ReviewFinding.item_id)
    warned = {(title, code) for title, code in rows(services, found.where(ReviewFinding.weight != "note"))}
    assert warned == set(FAULTS.items())
    assert set(FAULTS) == {told["title"] for told in handed_in() if told.get("fault")}


def test_without_moderation_what_has_a_planted_fault_stays_a_draft(make_services):
    services = make_services(plugins=["materials", "training_actions"])
    load.load(services)
    drafts = {title for (title,) in rows(services, select(Item.title).where(Item.state == State.DRAFT))}
    assert drafts == set(FAULTS)
    published = select(func.count()).select_from(Item).where(Item.state == State.PUBLISHED)
    assert rows(services, published)[0][0] == len(handed_in()) - len(FAULTS) + OWN + ADAPTED


def test_without_training_actions_nothing_waits(make_services):
    services = make_services(plugins=["materials", "moderation"])
    load.load(services)
    assert rows(services, select(Review.item_id).where(Review.state != "decided")) == []
