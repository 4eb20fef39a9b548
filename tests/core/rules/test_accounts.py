"""Accounts: who may change which, what ends when access ends, and what is left of a deleted one."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, select, text

from repository import accounts, items, mail, signin
from repository.errors import Conflict, Invalid, NotAllowed
from repository.forgetting import PSEUDONYM, forget
from repository.models import (
    AccessToken,
    Credit,
    Item,
    ItemVersion,
    LoginSession,
    Mail,
    Membership,
    Organisation,
    State,
    User,
)
from repository.own_data import own_data
from repository.work import SYSTEM, Work, now, open_work


@pytest.fixture
def cluster(work_as, centre):
    with work_as() as work:
        found = Organisation(kind="cluster", name="Agrupamento do Norte", parent_id=centre.id)
        work.session.add(found)
    return found


@pytest.fixture
def local(make_person, cluster):
    """An administrator of one cluster only."""
    return make_person("Lia", "administrator", organisation=cluster)


def load(work, user):
    return accounts.get_user(work, user.id)


def test_an_administrator_of_a_cluster_has_no_power_over_the_house(actor_for, local, admin, cluster, centre):
    assert actor_for(local).may("accounts.manage", cluster.id)
    assert not actor_for(local).may("accounts.manage", centre.id)
    for permission in ("settings.manage", "jobs.manage", "audit.read", "vocabularies.manage"):
        assert not actor_for(local).may_anywhere(permission)
        assert actor_for(admin).may(permission)


def test_giving_a_role_to_the_centres_administrator_gives_no_power_over_that_account(work_as, local, admin, cluster):
    with work_as(local) as work:
        accounts.grant(work, load(work, admin), "teacher", work.session.get(Organisation, cluster.id))
    with work_as(local) as work:
        assert accounts.may_view(work, load(work, admin))
        assert not accounts.may_manage(work, load(work, admin))
        for act in (
            lambda user: accounts.disable(work, user, True),
            lambda user: accounts.change_email(work, user, "outra@teste.invalid"),
            lambda user: accounts.describe(work, user, name="Outra", group_code=""),
            lambda user: forget(work, user, keep_name_on_materials=True),
            lambda user: accounts.issue_token(work, user, "x", ["read"]),
        ):
            with pytest.raises(NotAllowed):
                act(load(work, admin))


def test_an_account_of_no_organisation_is_looked_after_by_the_centre_alone(work_as, local, admin, make_person):
    nobody = make_person("Zita", None)
    with work_as(local) as work:
        assert not accounts.may_view(work, load(work, nobody))
    with work_as(admin) as work:
        assert accounts.may_manage(work, load(work, nobody))


def test_a_role_that_has_ended_counts_no_more(work_as, actor_for, ana, centre):
    with work_as() as work:
        load(work, ana).memberships[0].valid_to = date(2021, 1, 1)
    assert not actor_for(ana).may("items.deposit", centre.id)


LEAVING = {
    "revoke": lambda work, user: accounts.revoke(work, user.memberships[0]),
    "disable": lambda work, user: accounts.disable(work, user, True),
    "forget": lambda work, user: forget(work, user, keep_name_on_materials=False),
}


@pytest.mark.parametrize("how", LEAVING)
def test_the_last_administrator_of_the_centre_stays_even_beside_one_of_a_cluster(work_as, admin, local, how):
    with work_as() as work:
        user = load(work, admin)
        with pytest.raises(Conflict):
            LEAVING[how](work, user)


def test_an_administrator_leaves_once_there_is_another(work_as, admin, make_person):
    make_person("Eva", "administrator")
    with work_as() as work:
        accounts.revoke(work, load(work, admin).memberships[0])
    with work_as() as work:
        assert load(work, admin).memberships == []


@pytest.mark.parametrize("how", LEAVING)
def test_t14_closing_ending_a_role_and_deleting_end_sessions_tokens_and_links_at_once(services, work_as, ana, how):
    with open_work(services, SYSTEM) as work:
        user = load(work, ana)
        session = signin.open_session(work, user, 30)
        secret = accounts.issue_token(work, user, "programa", ["read"])
        link = signin.make_link(work, user, "password")
    with work_as() as work:
        assert signin.actor_of_session(work, session)
        assert signin.actor_of_token(work, secret)
        LEAVING[how](work, load(work, ana))
    with work_as() as work:
        if how == "disable":
            accounts.disable(work, load(work, ana), False)  # opened again, nothing old comes back to life
    with work_as() as work:
        assert signin.actor_of_session(work, session) is None
        assert signin.actor_of_token(work, secret) is None
        with pytest.raises(Invalid):
            signin.link_owner(work, link)


def test_a_new_password_ends_every_session_and_every_link_sent_before(work_as, ana):
    with work_as() as work:
        user = load(work, ana)
        session, link = signin.open_session(work, user, 30), signin.make_link(work, user, "password")
        accounts.set_password(work, user, "outra frase bem longa")
    with work_as() as work:
        assert signin.actor_of_session(work, session) is None
        with pytest.raises(Invalid):
            signin.use_link(work, link)


@pytest.mark.parametrize(
    ("scopes", "days", "wrong"),
    [([], 30, "scopes"), (["admin"], 30, "scopes"), (["read"], 0, "days"), (["read"], 366, "days")],
)
def test_a_token_asks_for_known_scopes_and_a_bounded_life(work_as, ana, scopes, days, wrong):
    with work_as(ana) as work, pytest.raises(Invalid) as refusal:
        accounts.issue_token(work, load(work, ana), "x", scopes, days)
    assert refusal.value.field == wrong


def test_t11_a_token_is_kept_as_a_digest_and_opens_nothing_once_expired_or_taken_back(work_as, ana):
    with work_as(ana) as work:
        secret = accounts.issue_token(work, load(work, ana), "cópia", ["read"], 30)
        token = accounts.live_tokens(work, load(work, ana))[0]
        assert secret not in str(vars(token))
        assert signin.actor_of_token(work, secret).scopes == {"read"}
        late = Work(work.session, work.hook, work.actor, now() + timedelta(days=31), work.services)
        assert signin.actor_of_token(late, secret) is None
        accounts.revoke_token(work, token)
        assert signin.actor_of_token(work, secret) is None


def test_two_tokens_in_use_never_share_a_name(work_as, ana):
    with work_as(ana) as work:
        accounts.issue_token(work, load(work, ana), "cópia", ["read"])
        with pytest.raises(Conflict):
            accounts.issue_token(work, load(work, ana), " cópia ", ["read"])


def dump(services) -> str:
    """Everything the database says, as one text."""
    with services.sessions.reading() as session:
        tables = inspect(session.connection()).get_table_names()
        return "\n".join(str(row) for table in tables for row in session.execute(text(f'SELECT * FROM "{table}"')))


def test_promise_9_a_deleted_account_leaves_its_works_and_no_name_anywhere(
    services, work_as, make_person, make_item, run_jobs
):
    user = make_person("Quiteria", "teacher")
    item = make_item(user, "Bingo da tabuada")
    with work_as(user) as work:
        items.set_credits(work, items.begin_version(work, work.session.get(Item, item.id)), [("Quiteria Paz", user.id)])
        version = work.session.scalar(select(Item).where(Item.revises_id == item.id))
        items.submit(work, version)
        draft = items.create_draft(work)
        mail.post(work, load(work, user), "Olá Quiteria", "Cara Quiteria")
    run_jobs()
    with work_as(user) as work:
        forget(work, load(work, user), keep_name_on_materials=False)
    run_jobs()
    assert "quiteria" not in dump(services).lower()
    with work_as() as work:
        assert work.session.get(Item, item.id).state == State.PUBLISHED
        assert [c.name for c in work.session.get(Item, item.id).credits] == [PSEUDONYM]
        assert work.session.get(Item, draft.id).state == State.DISCARDED
        assert work.session.scalars(select(Mail)).all() == []
        assert work.session.scalars(select(LoginSession)).all() == []
    assert not any(
        b"quit" in path.read_bytes().lower() for path in (services.instance / "index").rglob("*") if path.is_file()
    )


def test_a_deleted_account_may_leave_its_name_on_what_is_published(work_as, ana, make_item):
    item = make_item(ana)
    with work_as(ana) as work:
        draft = items.begin_version(work, work.session.get(Item, item.id))
        items.set_credits(work, draft, [("Ana Faria", ana.id)])
        items.submit(work, draft)
    with work_as(ana) as work:
        forget(work, load(work, ana), keep_name_on_materials=True)
    with work_as() as work:
        assert work.session.scalar(select(Credit.name).where(Credit.item_id == item.id)) == "Ana Faria"
        assert work.session.get(User, ana.id).name == PSEUDONYM
        names = [
            version.snapshot["authors"]
            for version in work.session.scalars(select(ItemVersion).order_by(ItemVersion.number))
        ]
        assert names[-1] == ["Ana Faria"]


def test_a_draft_shared_with_another_author_is_not_thrown_away(work_as, ana, rui):
    with work_as(ana) as work:
        draft = items.create_draft(work)
        items.set_credits(work, draft, [("Ana", ana.id), ("Rui", rui.id)])
    with work_as(ana) as work:
        forget(work, load(work, ana), keep_name_on_materials=False)
    with work_as(rui) as work:
        assert work.session.get(Item, draft.id).state == State.DRAFT


def test_ones_own_data_hold_everything_but_what_opens_a_door(work_as, ana, make_item):
    make_item(ana)
    with work_as(ana) as work:
        accounts.issue_token(work, load(work, ana), "cópia", ["read"])
    with work_as(ana) as work:
        told = json.dumps(own_data(work, load(work, ana)), ensure_ascii=False)
        digest = work.session.scalar(select(AccessToken.digest))
        assert load(work, ana).password_hash not in told
    assert digest not in told
    for part in ("Frações com barras", "ana@teste.invalid", "Centro de teste", "ficha.txt", "item.submit", "teacher"):
        assert part in told


def test_a_membership_begins_the_day_it_is_given(work_as, admin, ana, centre):
    with work_as(admin) as work:
        membership = accounts.grant(work, load(work, ana), "trainer", work.session.get(Organisation, centre.id))
        assert membership.valid_from == now().date()
        again = accounts.grant(work, load(work, ana), "trainer", work.session.get(Organisation, centre.id))
        assert again is membership
    with work_as() as work:
        assert len(work.session.scalars(select(Membership).filter_by(user_id=ana.id)).all()) == 2


@pytest.mark.parametrize("name", ["", "   ", "a" * 121, "nome\x00", "n\u202eome"])
def test_a_name_that_cannot_be_printed_is_refused(work_as, name):
    with work_as() as work, pytest.raises(Invalid) as refusal:
        accounts.create_user(work, "x@teste.invalid", name)
    assert refusal.value.field == "name"
