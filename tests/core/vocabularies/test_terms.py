"""The data files are whole, and the loader understands what teachers type."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from repository.errors import Invalid
from repository.vocabularies import LOCALES, Term, Vocabularies, spelling_key

NAMES = Vocabularies.names()
REFERENCES = [
    ("groups", "levels", "levels"),
    ("groups", "disciplines", "disciplines"),
    ("disciplines", "levels", "levels"),
    ("levels", "years", "years"),
    ("offers", "levels", "levels"),
]


@pytest.fixture(scope="module")
def vocabularies():
    return Vocabularies.load()


@pytest.mark.parametrize("name", NAMES)
def test_codes_are_unique_and_orders_rise(vocabularies, name):
    codes = [term.code for term in vocabularies[name]]
    assert len(codes) == len(set(codes)) > 0
    orders = [term.order for term in vocabularies[name]]
    assert orders == sorted(set(orders))


@pytest.mark.parametrize("name", NAMES)
def test_every_term_has_a_label_in_all_four_languages(vocabularies, name):
    for term in vocabularies[name]:
        assert [language for language in LOCALES if not term.labels.get(language, "").strip()] == [], term.code
        for text in ("short", "sentence"):
            given = term.data.get(text)
            assert given is None or set(given) == set(LOCALES), (term.code, text)


@pytest.mark.parametrize("name", NAMES)
def test_no_spelling_means_two_terms(vocabularies, name):
    owner: dict[str, str] = {}
    for term in vocabularies[name]:
        for text in {term.code, *term.labels.values(), *term.synonyms}:
            assert owner.setdefault(spelling_key(text), term.code) == term.code, text


@pytest.mark.parametrize("name", NAMES)
def test_every_parent_is_a_term_and_no_parent_is_itself_a_child(vocabularies, name):
    for term in vocabularies[name]:
        if term.parent:
            parent = vocabularies[name].get(term.parent)
            assert parent is not None, term.code
            assert parent.parent is None


@pytest.mark.parametrize(("name", "key", "target"), REFERENCES)
def test_every_reference_resolves(vocabularies, name, key, target):
    for term in vocabularies[name]:
        assert [code for code in term.codes(key) if code not in vocabularies[target]] == [], term.code
        if name in {"groups", "disciplines", "offers"}:
            assert term.codes(key), term.code


def test_years_and_levels_tell_the_same_story(vocabularies):
    for year in vocabularies.years:
        assert year.code in vocabularies.years_of(vocabularies.level_of_year(year.code))
    assert [year for level in vocabularies.levels for year in vocabularies.years_of(level.code)] == [
        str(number) for number in range(1, 13)
    ]


def test_a_group_suggests_disciplines_taught_at_its_levels(vocabularies):
    for group in vocabularies.groups:
        levels = set(group.codes("levels"))
        for code in group.codes("disciplines"):
            assert levels & set(vocabularies.disciplines.get(code).codes("levels")), (group.code, code)


OF_FREE_SOFTWARE = {
    "GPL-3.0": ("GPL", "GPLv3", "gpl-3.0-or-later", "GNU General Public License"),
    "GPL-2.0": ("GPLv2", "GPL-2.0-only", "GPL 2"),
    "GFDL-1.3": ("GFDL", "GNU FDL", "GFDL-1.3-or-later", "GNU Free Documentation License"),
    "MPL-2.0": ("MPL", "MPL 2.0", "Mozilla Public License", "Mozilla Public License 2.0"),
}


@pytest.mark.parametrize("code", OF_FREE_SOFTWARE)
def test_licences_of_free_software_are_known_by_the_names_that_its_documents_write(vocabularies, code):
    for words in (code, *OF_FREE_SOFTWARE[code]):
        assert vocabularies.licences.find(words) == code, words
    term = vocabularies.licences.get(code)
    assert term.data["uri"].startswith("https://www.")
    assert len({term.text("sentence", locale) for locale in ("pt", "en", "sv", "de")}) == 4


def test_licences_say_what_the_rules_ask(vocabularies):
    for licence in vocabularies.licences:
        flags = [licence.data[name] for name in ("may_adapt", "may_sell", "share_alike", "public")]
        assert all(isinstance(flag, bool) for flag in flags)
        assert licence.text("sentence", "pt").endswith(".")
        assert ("ND" in licence.code.split("-")) <= (not licence.data["may_adapt"])
        assert ("NC" in licence.code.split("-")) <= (not licence.data["may_sell"])
        assert ("SA" in licence.code.split("-") or licence.code in OF_FREE_SOFTWARE) == licence.data["share_alike"]
        if licence.code.startswith("CC"):
            assert re.match(
                r"https://creativecommons\.org/(licenses|publicdomain)/[a-z-]+/\d\.\d/", licence.data["uri"]
            )
    assert vocabularies.licences.get("INT").data["public"] is False


def test_resource_types_carry_the_address_of_hcrt_or_of_their_parent(vocabularies):
    for kind in vocabularies.types:
        if kind.code != "kit":
            assert kind.data["uri"] == f"https://w3id.org/kim/hcrt/{kind.parent or kind.code}"
    assert [term.code for term in vocabularies.types.children("lesson_plan")] == ["learning_scenario"]


SPELLINGS = tomllib.loads(Path(__file__).with_name("spellings.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [(name, text, code) for name, cases in SPELLINGS.items() for code, texts in cases.items() for text in texts],
)
def test_a_usual_spelling_is_understood(vocabularies, name, text, code):
    assert vocabularies[name].find(text) == code


@pytest.mark.parametrize("text", ["", "   ", "—", "quadrivium", "13.º ano", "999", "\x00", "é" * 10_000])
@pytest.mark.parametrize("name", NAMES)
def test_what_means_nothing_is_not_guessed(vocabularies, name, text):
    assert vocabularies[name].find(text) is None


def test_every_code_and_label_finds_its_own_term(vocabularies):
    for name in NAMES:
        for term in vocabularies[name]:
            for text in (term.code, term.code.lower(), *term.labels.values()):
                assert vocabularies[name].find(text) == term.code


def test_a_label_falls_back_to_portuguese_and_then_to_the_code(vocabularies):
    assert vocabularies.levels.label("3ceb", "pt-PT") == "3.º ciclo do ensino básico"
    assert vocabularies.levels.label("sec", "sv") == "gymnasium"
    assert vocabularies.levels.label("sec", "fr") == "ensino secundário"
    assert vocabularies.levels.label("unknown", "pt") == "unknown"
    assert vocabularies.levels.short("3ceb", "pt_PT") == "3.º ciclo"
    assert vocabularies.groups.short("500") == "Matemática"
    assert Term("X", {}).label("pt") == "X"


def test_a_centre_may_add_and_replace_terms_without_changing_ours(vocabularies):
    dance = Term("D01", {"pt": "Dança Clássica"}, order=10_000)
    renamed = Term("540", {"pt": "Eletrotecnia e Eletrónica"}, order=vocabularies.groups.get("540").order)
    extended = vocabularies.with_terms({"groups": [dance, renamed]})
    assert extended.groups.find("dança classica") == "D01"
    assert extended.groups.terms[-1].code == "D01"
    assert extended.groups.label("540") == "Eletrotecnia e Eletrónica"
    assert len(extended.groups) == len(vocabularies.groups) + 1
    assert "D01" not in vocabularies.groups


def test_an_added_term_takes_the_place_its_order_tells(vocabularies):
    between = Term("105", {"pt": "Entre dois"}, order=vocabularies.groups.get("100").order + 1)
    assert [term.code for term in vocabularies.groups.with_terms([between])][:3] == ["100", "105", "110"]


@pytest.mark.parametrize("code", ["", "1000", "X01", "M1", "23", "230\n", "te"])
def test_a_group_code_of_the_wrong_shape_is_refused(vocabularies, code):
    with pytest.raises(Invalid):
        vocabularies.groups.with_terms([Term(code, {"pt": "?"})])


@pytest.mark.parametrize("code", ["999", "M01", "D14", "TE"])
def test_a_group_code_of_the_right_shape_is_taken(vocabularies, code):
    assert code in vocabularies.groups.with_terms([Term(code, {"pt": "Grupo novo"})])


def test_a_term_is_in_force_between_its_dates_and_on_both(vocabularies):
    term = Term("x", {"pt": "x"}, valid_from=date(2025, 9, 1), valid_to=date(2026, 8, 31))
    assert [
        term.is_valid(day) for day in (date(2025, 8, 31), date(2025, 9, 1), date(2026, 8, 31), date(2026, 9, 1))
    ] == [
        False,
        True,
        True,
        False,
    ]
    assert vocabularies.citizenship.valid(date(2024, 10, 1)) == ()
    assert len(vocabularies.citizenship.valid(date(2026, 10, 1))) == 8
    assert vocabularies.levels.valid(date(2026, 1, 1)) == vocabularies.levels.terms


def test_a_year_belongs_to_a_level_however_it_is_written(vocabularies):
    assert [vocabularies.level_of_year(year) for year in ("8", "4.º ano", "décimo ano", "13")] == [
        "3ceb",
        "1ceb",
        "sec",
        None,
    ]
    assert vocabularies.years_of("2ceb") == ("5", "6")
    assert vocabularies.years_of("pre") == ()


def test_a_group_suggests_levels_and_disciplines(vocabularies):
    assert vocabularies.suggest_from_group("230") == (("2ceb",), ("MAT", "CN"))
    assert vocabularies.suggest_from_group("510").levels == ("3ceb", "sec")
    assert vocabularies.suggest_from_group("xyz") == ((), ())


def test_an_unknown_vocabulary_is_a_key_error(vocabularies):
    with pytest.raises(KeyError):
        vocabularies["with_terms"]
