"""One rule decides what a person may see, for items and for their files."""

from datetime import date

import pytest

from repository import items, permissions
from repository.errors import NotFound
from repository.models import File, Item, Membership, Organisation
from repository.permissions import decide
from repository.work import ANONYMOUS, open_look


@pytest.mark.parametrize(
    ("opinions", "answer"),
    [([], False), ([None], False), ([True], True), ([True, None], True), ([True, False], False), ([False], False)],
)
def test_silence_denies_and_one_veto_wins(opinions, answer):
    assert decide(opinions) is answer


@pytest.fixture
def schools(work_as, centre):
    with work_as() as work:
        cluster = Organisation(kind="cluster", name="Agrupamento", parent_id=centre.id)
        other = Organisation(kind="cluster", name="Outro", parent_id=centre.id)
        work.session.add_all([cluster, other])
    return cluster, other


@pytest.mark.parametrize(
    ("audience", "seen"),
    [
        ("public", {"anonymous", "owner", "inside", "outside", "staff"}),
        ("members", {"owner", "inside", "outside", "staff"}),
        ("organisation", {"owner", "inside", "staff"}),
    ],
)
def test_the_audience_of_an_item_decides_who_sees_it(
    services, work_as, schools, make_person, actor_for, make_item, staff, audience, seen
):
    cluster, other = schools
    owner, inside = make_person("Olga", organisation=cluster), make_person("Ines", organisation=cluster)
    outside = make_person("Otto", organisation=other)
    item = make_item(owner, audience=audience)
    people = {"owner": owner, "inside": inside, "outside": outside, "staff": staff}
    actors = {name: actor_for(user) for name, user in people.items()} | {"anonymous": ANONYMOUS}
    found = set()
    for name, actor in actors.items():
        with open_look(services, actor) as work:
            if permissions.may_see(work, work.session.get_one(Item, item.id)):
                found.add(name)
    assert found == seen


def test_a_file_for_verified_teachers_is_closed_to_others_and_open_to_its_author(
    services, work_as, ana, rui, make_person, actor_for, make_item
):
    item = make_item(ana, publish=False)
    verified = make_person("Vera", verified=True)
    with work_as(ana) as work:
        draft = work.session.get_one(Item, item.id)
        draft.files[0].audience = "verified"
        items.submit(work, draft)
        file_id = draft.files[0].id
    answers = {}
    for name, actor in (
        ("anonymous", ANONYMOUS),
        ("rui", actor_for(rui)),
        ("vera", actor_for(verified)),
        ("ana", actor_for(ana)),
    ):
        with open_look(services, actor) as work:
            answers[name] = permissions.may_fetch(work, work.session.get_one(File, file_id))
    assert answers == {"anonymous": False, "rui": False, "vera": True, "ana": True}


def test_a_role_counts_only_while_the_membership_is_valid(work_as, ana, rui, actor_for, centre):
    with work_as() as work:
        work.session.add(
            Membership(
                user_id=rui.id,
                organisation_id=centre.id,
                role="administrator",
                valid_from=date(2020, 1, 1),
                valid_to=date(2021, 1, 1),
            )
        )
    assert not actor_for(rui).may("accounts.manage", centre.id)


def test_a_role_covers_the_organisation_and_all_below_it_but_nothing_above(schools, make_person, actor_for, centre):
    cluster, other = schools
    actor = actor_for(make_person("Tina", "administrator", organisation=cluster))
    assert actor.may("accounts.manage", cluster.id)
    assert not actor.may("accounts.manage", other.id)
    assert not actor.may("accounts.manage", centre.id)
    assert not actor.may("accounts.manage")


def test_a_person_without_role_cannot_begin_a_draft(work_as, make_person):
    nobody = make_person("Nuno", None)
    with work_as(nobody) as work, pytest.raises(Exception, match="não pode"):
        items.create_draft(work)


def test_an_unknown_item_and_a_hidden_one_are_refused_with_the_same_words(work_as, ana, rui, make_item):
    hidden = make_item(ana, publish=False)
    said = []
    for item_id in (hidden.id, 999_999):
        with work_as(rui) as work, pytest.raises(NotFound) as refusal:
            items.get(work, item_id)
        said.append(str(refusal.value))
    assert said[0] == said[1]


def test_staff_see_what_is_hidden_in_their_own_part_of_the_house_only(
    services, work_as, schools, make_person, actor_for, make_item, staff
):
    cluster, other = schools
    item = make_item(make_person("Olga", organisation=cluster), audience="organisation")
    with work_as() as work:
        items.withdraw(work, work.session.get_one(Item, item.id))
    people = {
        "centre": staff,
        "own": make_person("Sofia", "staff", organisation=cluster),
        "other": make_person("Tomé", "staff", organisation=other),
    }
    found = set()
    for name, person in people.items():
        with open_look(services, actor_for(person)) as work:
            if permissions.may_see(work, work.session.get_one(Item, item.id)):
                found.add(name)
    assert found == {"centre", "own"}
