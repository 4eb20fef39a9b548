"""The demonstration materials are complete, in our own codes, and cover the whole school."""

import pytest

from repository.demo import demo_centre, demo_materials
from repository.demo.blocks import Table, words
from repository.demo.material import FORMATS
from repository.vocabularies import Vocabularies

MATERIALS = demo_materials()
SLUGS = {material.slug: material for material in MATERIALS}
BRAZILIAN = ("arquivo", "usuário", "você ", "tela ", "time ", "esporte", "registro", "equipe", "ônibus")


@pytest.fixture(scope="module")
def vocabularies():
    return Vocabularies.load()


@pytest.mark.parametrize("slug", SLUGS)
def test_a_material_is_complete_and_in_our_codes(vocabularies, slug):
    material = SLUGS[slug]
    assert material.title
    assert 40 <= len(material.summary) <= 260
    assert len(material.keywords) >= 3
    for name in ("levels", "years", "groups", "disciplines"):
        assert all(code in vocabularies[name] for code in getattr(material, name)), name
    assert material.levels
    assert material.groups
    assert material.disciplines or material.levels[0] == "doc"
    assert material.type in vocabularies.types
    assert material.licence in vocabularies.licences
    assert material.language in vocabularies.languages
    assert material.grouping in vocabularies.groupings


@pytest.mark.parametrize("slug", SLUGS)
def test_years_belong_to_one_of_the_levels(vocabularies, slug):
    material = SLUGS[slug]
    assert {vocabularies.level_of_year(year) for year in material.years} <= set(material.levels)


@pytest.mark.parametrize("slug", SLUGS)
def test_files_have_plain_names_known_formats_and_real_text(slug):
    material = SLUGS[slug]
    names = [file.name for file in material.files]
    assert len(names) == len(set(names)) > 0
    for file in material.files:
        assert file.format in FORMATS
        assert file.name == file.name.lower()
        assert file.title
        for block in file.blocks:
            assert not isinstance(block, Table) or len({len(row) for row in block.rows}) == 1
    assert not material.files[0].restricted
    assert words(material.files[0].blocks) >= 150
    assert sum(words(file.blocks) for file in material.files) >= 200


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if SLUGS[slug].language == "pt-PT"])
def test_the_portuguese_is_that_of_portugal(slug):
    text = " ".join(str(file.blocks) for file in SLUGS[slug].files).lower()
    assert [word for word in BRAZILIAN if f" {word}" in text] == []


def test_titles_tell_materials_apart():
    assert len({material.title for material in MATERIALS}) == len(MATERIALS)


def test_authors_actions_and_adaptations_exist():
    centre = demo_centre()
    emails = {person.email for person in centre.people}
    keys = {action.key for action in centre.actions}
    for material in MATERIALS:
        assert material.authors
        assert set(material.authors) <= emails
        assert material.action is None or material.action in keys
        assert material.adapts is None or material.adapts in SLUGS


def test_adaptations_keep_to_the_licence_of_the_original(vocabularies):
    adaptations = [material for material in MATERIALS if material.adapts]
    assert len(adaptations) >= 3
    for material in adaptations:
        original = vocabularies.licences.get(SLUGS[str(material.adapts)].licence)
        assert original.data["may_adapt"]
        assert not original.data["share_alike"] or material.licence == original.code


def test_the_whole_school_is_covered(vocabularies):
    levels = {code for material in MATERIALS for code in material.levels}
    assert {"pre", "1ceb", "2ceb", "3ceb", "sec", "adu", "inc", "doc"} <= levels
    assert {code for material in MATERIALS for code in material.years} == {term.code for term in vocabularies.years}
    assert len({code for material in MATERIALS for code in material.groups}) >= 25
    assert len({code for material in MATERIALS for code in material.disciplines}) >= 40
    assert len(MATERIALS) >= 80


def test_the_hard_cases_are_there():
    assert {file.format for material in MATERIALS for file in material.files} == set(FORMATS)
    assert sum(material.licence == "INT" for material in MATERIALS) in (2, 3)
    assert len({material.licence for material in MATERIALS}) >= 6
    assert len({material.language for material in MATERIALS}) >= 4
    assert any(file.restricted for material in MATERIALS for file in material.files if material.type == "assessment")
