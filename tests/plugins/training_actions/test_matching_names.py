"""Whose file is this: names in every shape that teachers give them, and nobody wrong where there is a doubt."""

import pytest

from bench.intake import generator
from plugins.training_actions import names
from plugins.training_actions.bundles import bundled, whose
from plugins.training_actions.first_page import Page, decided, read_page
from plugins.training_actions.matching import Match, match_paths
from plugins.training_actions.roster import Person, Roster

PEOPLE = (
    Person(1, "Joana Teles", "joana.teles@escola.invalid", number=1, group="3"),
    Person(2, "José Tavares", "jtavares72@escola.invalid", number=2),
    Person(3, "Maria João Silva Santos", "mjsantos@escola.invalid", number=3, group="Grupo 03"),
    Person(4, "Álvaro Pimentel", number=4),
    Person(5, "Inês Vaz", number=5),
    Person(6, "Ana Costa", number=6),
    Person(7, "Rui Lopes", number=7),
    Person(8, "Luís Batista de Sousa", number=8),
    Person(9, "Helena Prates", trainer=True),
)
ROSTER = Roster.of(PEOPLE)


def who(*paths: str, people: tuple[Person, ...] = PEOPLE) -> list[tuple[int, ...]]:
    found = match_paths(paths, Roster.of(people))
    return [found[path].people for path in paths]


def one(path: str, people: tuple[Person, ...] = PEOPLE) -> tuple[int, ...]:
    return who(path, people=people)[0]


@pytest.mark.parametrize(
    ("path", "people"),
    [
        ("Álvaro Pimentel.docx", (4,)),
        ("alvaro_pimentel_ficha.pdf", (4,)),
        ("PIMENTEL, Álvaro - ficha.pdf", (4,)),
        ("ficha Pimentel Alvaro.pdf", (4,)),
        ("AnaCosta_ficha.pdf", (6,)),
        ("anacosta.pdf", (6,)),
        ("Cópia de plano - Rui Lopes (2).docx", (7,)),
        ("Copy of Rui Lopes.docx", (7,)),
        ("Maria João Santos/ficha.docx", (3,)),
        ("Santos, Maria João Silva/ficha.docx", (3,)),
        ("Inês Vaz_123456_assignsubmission_file_/plano.docx", (5,)),
        ("Inês Vaz_123456_assignsubmission_file_plano.docx", (5,)),
        ("jtavares72_tarefa.docx", (2,)),
        ("joana.teles@escola.invalid/x.pdf", (1,)),
        ("mjsantos/rios.pdf", (3,)),
        ("GRUPO 3/azulejos.pptx", (1, 3)),
        ("G3 - azulejos.pptx", (1, 3)),
        ("Ana Costa e Rui Lopes - plano.docx", (6, 7)),
        ("Ana Costa, Rui Lopes/plano.docx", (6, 7)),
        ("Grupo 3/Joana Teles - reflexão.docx", (1,)),
        ("Luiz Baptista de Souza.docx", (8,)),
        ("Álvaro Pimental - ficha.doc", (4,)),
        ("A. Costa relatorio.docx", (6,)),
        ("ficha R L.docx", (7,)),
        ("Joana - ficha.docx", (1,)),
        ("Maria JoÆo Silva Santos.docx", (3,)),
        ("In├¬s Vaz.docx", (5,)),
        ("JosÃ© Tavares.docx", (2,)),
    ],
)
def test_a_name_is_known_in_this_shape(path: str, people: tuple[int, ...]) -> None:
    assert one(path) == people


@pytest.mark.parametrize(
    "path",
    [
        "Os rios de Portugal.docx",
        "ficha J T (2).docx",  # Joana Teles, José Tavares
        "Ana Costa Pereira.docx",  # the name goes on with a surname that she does not have
        "Maria Ana Costa.docx",
        "Ana Costa/Rui Lopes.docx",  # folder and file disagree
        "Pimentel.odt",
        "A Joana vai à escola.docx",
        "Vitamina A C.docx",
        "TIC JT.docx",
        "Mariana Costa.docx",
        "Formadora Helena Prates/apoio.pdf",
        "05 - ficha.docx",
        "",
        "💥🎉.docx",
        "A" * 3000 + ".docx",
    ],
)
def test_a_doubt_is_nobody(path: str) -> None:
    assert one(path) == ()


def test_two_of_one_name_are_told_apart_by_school_or_a_list_that_is_borne_out_only() -> None:
    twins = (
        Person(1, "Maria Silva", school="EB1 da Ponte", number=8),
        Person(2, "Maria Silva", school="AE da Várzea", number=9),
        *(Person(n + 10, name, number=n) for n, name in enumerate(("Rui Lopes", "Ana Costa", "Inês Vaz"), 1)),
    )
    assert one("Maria Silva.docx", twins) == ()
    assert one("08 - Maria Silva.docx", twins) == ()
    assert one("Maria Silva (EB1 da Ponte).docx", twins) == (1,)
    listed = ("01 - Rui Lopes.docx", "02 - Ana Costa.docx", "03 - Inês Vaz.docx", "08 - Maria Silva.docx")
    assert who(*listed, people=twins) == [(11,), (12,), (13,), (1,)]
    contradicted = ("02 - Rui Lopes.docx", *listed[1:])
    assert who(*contradicted, people=twins)[3] == ()


def test_numbers_alone_count_when_the_others_bear_the_list_out() -> None:
    paths = ("01 - Joana Teles/a", "02 - José Tavares/a", "04 - Álvaro Pimentel/a", "05/a")
    assert who(*paths)[3] == (5,)
    assert who("05/a", "06/b") == [(), ()]


def test_what_all_paths_share_is_the_course() -> None:
    paths = ("Turma da Helena Prates/Ana Costa/a.doc", "Turma da Helena Prates/Rui Lopes/b.doc")
    assert who(*paths) == [(6,), (7,)]
    assert who("Helena Prates/a.doc", "Helena Prates/b.doc") == [(), ()]


def test_an_address_that_two_share_decides_nothing() -> None:
    people = (Person(1, "Ana Costa", "direcao.eb1@x.invalid"), Person(2, "Rita Nunes", "direcao.eb1@x.invalid"))
    assert one("direcao.eb1.docx", people) == ()


def test_a_person_has_several_spellings() -> None:
    people = (Person(1, "Inês Vaz", spellings=("Inês da Conceição Falcão",)), Person(2, "Rui Lopes"))
    assert one("Inês Falcão.docx", people) == (1,)


def test_guesses_are_at_most_three_with_their_reasons() -> None:
    match = match_paths(["ficha J T.docx"], ROSTER)["ficha J T.docx"]
    assert [guess.people for guess in match.guesses] == [(1,), (2,)]
    assert all(guess.why for guess in match.guesses)


NOBODY = Match()


def page(text: str, *properties: str) -> Page:
    return read_page(text, properties, ROSTER)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Rui Lopes\nAs frações", (7,)),
        ("As frações\nNome: Rui Lopes", (7,)),
        ("As frações\nAutores: Rui Lopes, Ana Costa", (6, 7)),
        ("Trabalho elaborado por: Ana Costa\nturma 2", (6,)),
        ("Formando(a): Santos, Maria João", (3,)),
        ("Formadora: Helena Prates\nAs frações", ()),
        ("Neste texto fala-se de Rui Lopes e do que ele disse na aula de ontem, que foi muito.", ()),
        ("Adaptado de: Rui Lopes", ()),
        ("\n".join(person.name for person in PEOPLE), ()),  # the list of the course
        ("", ()),
    ],
)
def test_the_top_of_the_first_page_decides_where_the_path_does_not(text: str, people: tuple[int, ...]) -> None:
    assert decided(NOBODY, page(text)).people == people


def test_properties_are_only_guessed_at() -> None:
    match = decided(NOBODY, page("As frações", "Rui Lopes"))
    assert (match.people, [guess.people for guess in match.guesses]) == ((), [(7,)])


def test_a_page_that_contradicts_a_weak_sign_leaves_a_doubt_and_a_strong_sign_stands() -> None:
    paths = match_paths(["Joana - ficha.docx", "Joana Teles - ficha.docx"], ROSTER)
    assert decided(paths["Joana - ficha.docx"], page("Nome: Rui Lopes")).people == ()
    assert decided(paths["Joana - ficha.docx"], page("Nome: Joana Teles")).people == (1,)
    assert decided(paths["Joana Teles - ficha.docx"], page("Nome: Rui Lopes")).people == (1,)


def test_files_of_one_bundle_that_disagree_leave_a_doubt() -> None:
    (bundle,) = bundled(match_paths(["a.docx", "a.pdf"], ROSTER))
    assert whose(bundle, [page("Nome: Rui Lopes"), page("")]).people == (7,)
    assert whose(bundle, [page("Nome: Rui Lopes"), page("Nome: Ana Costa")]).people == ()


@pytest.mark.parametrize("seed", range(12))
def test_no_file_of_a_generated_course_is_given_to_a_wrong_author(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pages: dict[bytes, tuple[list[str], str]] = {}

    def written(_ending: str, _title: str, told: list[str], owner: str, _chance: object) -> bytes:
        key = str(len(pages)).encode()
        pages[key] = ([f"Nome: {name}" for name in told], owner)
        return key

    monkeypatch.setattr(generator, "document", written)
    course = generator.make_course(seed)
    roster = Roster.of(
        Person(p.number, p.name, p.email, number=p.number, group=p.team, school=p.school) for p in course.people
    )
    right = 0
    for bundle in bundled(match_paths(list(course.authors), roster)):
        read = [pages[course.files[path]] for path in bundle.paths]
        match = whose(bundle, [read_page("\n".join(lines), [owner], roster) for lines, owner in read])
        given = {roster.people[each].name for each in match.people}
        for path in bundle.paths:
            assert given in (set(), set(course.authors[path])), path
            right += bool(given)
    assert right >= 0.9 * len(course.authors)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("JoÃ£o", "João"),
        ("JoÆo", "João"),
        ("Concei├º├úo", "Conceição"),
        ("João", "João"),
        ("日本", "日本"),
        ("плохо", "плохо"),
    ],
)
def test_names_that_lost_their_accents_are_repaired(wrong: str, right: str) -> None:
    assert names.repaired(wrong) == right


def test_what_a_list_notes_in_brackets_is_no_name():
    assert [word.key for word in names.name_words("Rita Vale (substituta)")] == ["rita", "vale"]
    assert [word.key for word in names.name_words("(Rita)")] == ["rita"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Joana Teles", "Joana"),
        ("Mª João Conceição", "Mª João"),
        ("M.ª João Conceição", "M.ª João"),
        ("Mª de Lurdes Pinto", "Mª de Lurdes"),
        ("J. Pedro Sá", "J. Pedro"),
        ("Maria João", "Maria"),
        ("Mª", "Mª"),
    ],
)
def test_nobody_is_called_by_half_a_name(name: str, said: str) -> None:
    assert names.called(name) == said
