"""The demonstration centre is whole, uses our own codes, and is marked as invented everywhere."""

from pathlib import Path

import pytest

from repository.demo import demo_centre
from repository.vocabularies import Vocabularies


@pytest.fixture(scope="module")
def vocabularies():
    return Vocabularies.load()


def test_every_organisation_has_a_known_kind_and_an_earlier_parent(vocabularies):
    seen: set[str] = set()
    for organisation in demo_centre().organisations:
        assert organisation.kind in vocabularies.organisation_kinds
        assert organisation.key not in seen
        for reference in (organisation.parent, organisation.council):
            assert reference is None or reference in seen
        seen.add(organisation.key)


def test_there_are_three_councils_five_clusters_and_one_school_on_its_own():
    centre = demo_centre()
    kinds = [organisation.kind for organisation in centre.organisations]
    assert (kinds.count("centre"), kinds.count("council"), kinds.count("cluster")) == (1, 3, 6)
    for cluster in (each for each in centre.organisations if each.kind == "cluster"):
        schools = [each for each in centre.organisations if each.parent == cluster.key]
        assert 1 <= len(schools) <= 4


def test_every_organisation_and_person_is_marked_as_invented():
    centre = demo_centre()
    for organisation in centre.organisations:
        assert "demonstração" in organisation.name or "fictício" in organisation.name
    for person in centre.people:
        assert "demonstração" in person.name
        assert person.email.endswith(("@demo.invalid", "@exemplo.invalid"))


def test_people_have_known_roles_groups_and_organisations(vocabularies):
    centre = demo_centre()
    assert len({person.email for person in centre.people}) == len(centre.people)
    for person in centre.people:
        assert person.role in vocabularies.roles
        assert person.group is None or person.group in vocabularies.groups
        assert centre.organisation(person.organisation).kind in {"centre", "school"}


def test_every_teacher_stands_in_a_school_below_a_cluster_in_a_council_below_the_centre():
    centre = demo_centre()
    for person in centre.people:
        if person.role in ("teacher", "verified_teacher"):
            school = centre.organisation(person.organisation)
            cluster = centre.organisation(school.parent or "")
            above = centre.organisation(cluster.parent or "")
            steps = [school.kind, cluster.kind, centre.organisation(school.council or "").kind, above.kind]
            assert steps == ["school", "cluster", "council", "centre"]


def test_the_first_word_of_each_name_is_one_that_a_person_is_greeted_by():
    assert [person.name for person in demo_centre().people if person.name.split()[0].lower() == "conta"] == []


def test_there_is_a_featured_account_for_each_role_and_one_of_the_head_told_apart(vocabularies):
    shown = [person for person in demo_centre().people if person.featured]
    assert {person.role for person in shown} == {term.code for term in vocabularies.roles}
    told = [person.told for person in shown]
    assert len(set(told)) == len(told)
    assert "head of the centre" in told


def test_the_tour_and_its_translation_name_each_featured_account():
    for page in ("tour.md", "tour.pt.md"):
        text = (Path(__file__).parents[3] / "docs" / page).read_text("utf-8")
        assert [person.email for person in demo_centre().people if person.featured and person.email not in text] == []


def test_actions_have_known_modalities_trainers_and_groups(vocabularies):
    centre = demo_centre()
    for action in centre.actions:
        assert action.modality in vocabularies.modalities
        assert [centre.person(key) for key in action.trainers]
        assert all(group in vocabularies.groups for group in action.groups)
        assert "DEMO" in action.reference
