"""What every engine does, in sentences; each runs for every engine of conftest.ENGINES."""

from datetime import UTC, datetime, timedelta
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_samples import MEMBERS, NASTY, PUBLIC, ask, document

from repository.search import FacetCount, SearchEngine, SearchRequest
from repository.search.meaning import Names
from repository.search.synonyms import Synonyms


def found(engine: SearchEngine, q: str, **filters: object) -> set[int]:
    page = engine.search(ask(q, per_page=100, **filters), PUBLIC)
    assert page.total == len(page.ids)
    return set(page.ids)


def test_an_empty_index_answers_with_nothing(engine: SearchEngine) -> None:
    page = engine.search(ask("frações"), PUBLIC)
    assert (page.total, page.ids, page.suggestion, page.degraded) == (0, (), None, False)
    assert (engine.ids(), engine.count(), engine.suggest("fr", PUBLIC)) == (set(), 0, [])


def test_an_empty_question_lists_everything_newest_first(engine: SearchEngine) -> None:
    day = datetime(2026, 5, 1, tzinfo=UTC)
    engine.update([document(n, f"título {n}", date=day + timedelta(days=n)) for n in range(1, 6)])
    assert engine.search(ask(), PUBLIC).ids == (5, 4, 3, 2, 1)
    assert engine.search(ask("   "), PUBLIC).total == 5


def test_a_question_without_a_word_finds_nothing(engine: SearchEngine) -> None:
    engine.update([document(1, "O rio")])
    assert engine.search(ask("!!! ()"), PUBLIC).total == 0


def test_all_words_are_wanted_and_each_may_be_in_another_field(engine: SearchEngine) -> None:
    engine.update([
        document(1, "Rios", keywords="Portugal", summary="do norte", text="e afluentes"),
        document(2, "Rios", keywords="Espanha"),
    ])  # fmt: skip
    assert found(engine, "rios portugal norte afluentes") == {1}
    assert found(engine, "rios") == {1, 2}


def test_where_nothing_has_all_words_those_that_have_half_are_found_and_said_to_be(engine: SearchEngine) -> None:
    engine.update([
        document(1, "Rios de Portugal"),
        document(2, "Rios de Portugal", text="afluentes", level="sec"),
        document(3, "Rios", text="secreto", labels=frozenset({"staff"})),
        document(4, "Portugal"),
    ])  # fmt: skip
    page = engine.search(ask("rios portugal afluentes barragens"), PUBLIC)
    assert (page.ids, page.total, page.relaxed) == ((2, 1), 2, True)
    assert page.facets["level"] == (FacetCount("sec", 1),)
    assert engine.search(ask("rios portugal castelos"), PUBLIC).ids == (2, 1, 4)  # of three, one, and two before it
    assert engine.search(ask("rios portugal castelos -afluentes"), PUBLIC).ids == (1, 4)
    hidden = engine.search(ask("barragens secreto castelos"), PUBLIC)
    assert (hidden.total, hidden.relaxed) == (0, False)


def test_one_word_is_enough_only_where_nothing_has_more_of_them(engine: SearchEngine) -> None:
    engine.update([document(1, "Rios de Portugal"), document(2, "Castelos"), document(3, "Rios", level="sec")])
    page = engine.search(ask("rios castelos"), PUBLIC)
    assert (set(page.ids), page.exact, page.relaxed) == ({1, 2, 3}, 0, True)
    assert page.ids[0] == 2, "what has the rarer word comes first"
    assert engine.search(ask("rios portugal"), PUBLIC).ids == (1,)
    assert engine.search(ask("rios castelos", whole=True), PUBLIC).total == 0
    assert engine.search(ask("rios diques -portugal"), PUBLIC).ids == (3,)
    assert engine.search(ask("castelos diques barragens pontes"), PUBLIC).ids == (2,)
    assert engine.search(ask("barragens diques"), PUBLIC).total == 0


def test_a_filter_without_results_does_not_relax_the_words(engine: SearchEngine) -> None:
    engine.update([document(1, "Rios de Portugal", text="afluentes"), document(2, "Rios de Portugal", level="sec")])
    page = engine.search(ask("rios portugal afluentes", level="sec"), PUBLIC)
    assert (page.total, page.relaxed) == (0, False)


def test_an_abbreviation_in_capitals_is_not_met_by_the_plural_of_another_word(engine: SearchEngine) -> None:
    engine.update(
        [document(1, "Duas aulas"), document(2, "Planificar com DUA"), document(3, "Desenho universal (dua)")]
    )
    assert found(engine, "DUA") == {2, 3}
    assert found(engine, "planificar DUA") == {2}
    assert found(engine, "AULA") == {1}  # shouting, not abbreviating
    assert 1 in found(engine, "duas")


def test_no_word_too_common_to_matter_is_ever_meant(engine: SearchEngine) -> None:
    engine.update([document(n, f"Ler os mais belos {n}") for n in range(4)])
    page = engine.search(ask("os maias"), PUBLIC)
    assert (page.total, page.suggestion) == (0, None)


def test_did_you_mean_is_asked_where_the_words_were_relaxed(engine: SearchEngine) -> None:
    engine.update([document(1, "Frações e números racionais"), document(2, "Números racionais", text="mapa")])
    page = engine.search(ask("fraçoas números racionais"), PUBLIC)
    assert (page.relaxed, page.total, page.suggestion) == (True, 2, "frações números racionais")


def test_a_word_in_the_title_counts_more_than_in_keywords_summary_and_text(engine: SearchEngine) -> None:
    fields = ("text", "summary", "keywords")
    engine.update(
        [document(n, f"outro {n}", **{field: "vulcões"}) for n, field in enumerate(fields, 1)]
        + [document(4, "vulcões quatro"), *(document(n, f"resto {n}", text="mar") for n in range(5, 12))]
    )
    assert engine.search(ask("vulcões"), PUBLIC).ids == (4, 3, 2, 1)


def test_a_phrase_wants_its_words_side_by_side_in_one_field(engine: SearchEngine) -> None:
    engine.update([
        document(1, "Plano de aula"),
        document(2, "Aula de plano"),
        document(3, "Plano", keywords="de aula"),
        document(4, "x", text="um plano de aula e outro plano de aula"),
        document(5, "plano plano de aula"),
    ])  # fmt: skip
    for question in ('"plano de aula"', "«plano de aula»", "“plano de aula”", '"planos de aulas'):
        assert found(engine, question) == {1, 4, 5}, question
    assert found(engine, '"plano plano"') == {5}


def test_a_star_finds_words_that_begin_so(engine: SearchEngine) -> None:
    engine.update([document(1, "Frações"), document(2, "Fracionar"), document(3, "Infração"), document(4, "novembro")])
    assert found(engine, "frac*") == {1, 2}
    assert found(engine, "fraç*") == {1, 2}
    assert found(engine, "nova*") == set()
    assert found(engine, "nov* -zebra") == {4}


def test_a_minus_leaves_out_words_and_phrases(engine: SearchEngine) -> None:
    engine.update([document(1, "teste de frações"), document(2, "ficha de frações"), document(3, "ficha nova data")])
    assert found(engine, "frações -teste") == {2}
    assert found(engine, '-"de frações"') == {3}
    assert found(engine, "-frac*") == {3}
    assert found(engine, "ficha - nova") == {3}


def test_a_question_of_common_words_only_still_finds(engine: SearchEngine) -> None:
    engine.update([document(1, "O que é"), document(2, "Ser")])
    assert found(engine, "o que é") == {1}
    assert found(engine, "o ser") == {2}


@pytest.mark.parametrize(
    "question", ["fracao", "FRAÇÃO", "fracoes", "frações", normalize("NFD", "Fração"), "ﬁcha frações"]
)
def test_accents_case_number_and_composition_make_no_difference(engine: SearchEngine, question: str) -> None:
    engine.update([
        document(1, normalize("NFC", "Ficha: Frações")),
        document(2, normalize("NFD", "ficha: fração")),
        document(3, "ficha fraca"),
    ])  # fmt: skip
    assert found(engine, question) == {1, 2}


@pytest.mark.parametrize(
    "question", ["8.º ano", "8º ano", "8o ano", "8.ª ano", "8 ano", "oitavo ano", "8.º", "8º", "oitavo", "8"]
)
def test_ordinals_meet_in_all_their_spellings(engine: SearchEngine, question: str) -> None:
    engine.update([document(1, "Ficha do 8.º ano"), document(2, "oitavo ano"), document(3, "7.º ano, 18 páginas")])
    assert found(engine, question) == {1, 2}


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("FQ", "Físico-Química"),
        ("físico-química", "Caderno de FQ"),
        ("FQ 10.º ano", "Física e Química A, 10.º ano"),
        ("físico-química", "Física e Química A"),
        ("ed visual", "Educação visual e plástica"),
        ("fis quim 10", "Física e química, 10.º ano"),
        ("est. meio", "O estudo do meio"),
        ("ficha de trabalho", "Ficha 3"),
        ("ficha", "Worksheet three"),
        ("plano de aula", "Planificação"),
        ("planificação", "Plano de aula"),
        ("kit", "Maleta de robótica"),
        ("caixa", "Kit de robótica"),
        ("3CEB", "Materiais do 3.º ciclo"),
        ("terceiro ciclo", "Materiais 3CEB"),
        ("3.º ciclo", "2.º e 3.º ciclos"),
        ("NEE", "Educação inclusiva"),
        ("teste", "Exame final"),
        ("RED", "Recursos educativos digitais"),
        ("TIC", "Tecnologias de Informação e Comunicação"),
        ("projecto", "Projeto"),
        ("projeto", "Projectos"),
        ("accao", "Ações"),
        ("electrotecnia", "Eletrotecnia"),
        ("óptica", "Ótica"),
        ("auto-avaliação", "Autoavaliações"),
        ("EVT", "Manual de E.V.T."),
        ("worksheets", "A worksheet"),
        ("Strasse", "Straße"),
        ("Sao", "São"),
        ("Angstrom", "Ångström"),
    ],
)
def test_other_ways_to_say_or_spell_it_find_it(engine: SearchEngine, question: str, title: str) -> None:
    engine.update([document(1, title), document(2, "Outro assunto")])
    assert found(engine, question, whole=True) == {1}


def test_values_within_a_facet_widen_and_facets_narrow_one_another(engine: SearchEngine) -> None:
    engine.update([
        document(1, "a1", level="1ceb", type="worksheet"),
        document(2, "a2", level=("1ceb", "2ceb"), type="slide"),
        document(3, "a3", level="3ceb", type="worksheet"),
    ])  # fmt: skip
    assert found(engine, "", level=("1ceb", "3ceb")) == {1, 2, 3}
    assert found(engine, "", level=("1ceb", "3ceb"), type="worksheet") == {1, 3}
    assert found(engine, "", level="pre") == set()
    assert found(engine, "", nonsense="1ceb") == set()


def test_a_facet_counts_what_its_other_values_would_give(engine: SearchEngine) -> None:
    engine.update([
        document(1, "mapa", level="1ceb", type="worksheet"),
        document(2, "mapa", level=("1ceb", "2ceb"), type="slide"),
        document(3, "mapa", level="3ceb", type="worksheet"),
        document(4, "outro", level="3ceb", type="worksheet"),
    ])  # fmt: skip
    page = engine.search(ask("mapa", level="1ceb"), PUBLIC)
    assert page.total == 2
    assert page.facets["level"] == (FacetCount("1ceb", 2), FacetCount("2ceb", 1), FacetCount("3ceb", 1))
    assert page.facets["type"] == (FacetCount("slide", 1), FacetCount("worksheet", 1))
    both = engine.search(ask("mapa", level="1ceb", type="worksheet"), PUBLIC)
    assert both.facets["level"] == (FacetCount("1ceb", 1), FacetCount("3ceb", 1))
    assert both.facets["type"] == (FacetCount("slide", 1), FacetCount("worksheet", 1))
    assert both.facets["org"] == ()


def test_what_a_request_leaves_out_is_not_found_nor_counted(engine: SearchEngine) -> None:
    engine.update([document(n, f"Robô {n}", level="1ceb") for n in range(1, 6)])
    for q in ("", "robô"):
        page = engine.search(ask(q, without=frozenset({2, 4, 99})), PUBLIC)
        assert (page.total, set(page.ids)) == (3, {1, 3, 5})
        assert page.facets["level"] == (FacetCount("1ceb", 3),)
    assert engine.search(ask("robô", without=frozenset(range(1, 6))), PUBLIC).total == 0


def test_a_chosen_value_stays_listed_without_results(engine: SearchEngine) -> None:
    engine.update([document(1, "mapa", level="1ceb")])
    page = engine.search(ask("mapa", level="pre"), PUBLIC)
    assert page.total == 0
    assert page.facets["level"] == (FacetCount("1ceb", 1), FacetCount("pre", 0))


def test_only_documents_that_share_a_label_are_found_counted_or_hinted_at(engine: SearchEngine) -> None:
    engine.update([
        document(1, "Vulcões dos Açores", level="1ceb"),
        document(2, "Vulcanologia secreta", level="sec", labels=frozenset({"user:7", "staff"})),
        document(3, "Vulcões internos", level="3ceb", labels=frozenset({"members"})),
        document(4, "Vulcões sem público", labels=frozenset()),
    ])  # fmt: skip
    page = engine.search(ask("vulc*"), PUBLIC)
    assert (page.ids, page.facets["level"]) == ((1,), (FacetCount("1ceb", 1),))
    assert set(engine.search(ask("vulc*"), MEMBERS).ids) == {1, 3}
    assert engine.search(ask("vulc*"), frozenset({"staff"})).ids == (2,)
    for nobody in (frozenset[str](), frozenset({"user:8"}), frozenset({""})):
        nothing = engine.search(ask("vulc*", level="1ceb"), nobody)
        assert (nothing.total, nothing.ids, nothing.suggestion) == (0, (), None)
        assert all(count.count == 0 for counts in nothing.facets.values() for count in counts)
        assert engine.suggest("vulc", nobody) == []
    assert engine.suggest("vulc", PUBLIC) == ["Vulcões dos Açores"]
    assert engine.suggest("vulc", MEMBERS) == ["Vulcões internos", "Vulcões dos Açores"]


def test_did_you_mean_offers_an_accented_word_that_has_results(engine: SearchEngine) -> None:
    engine.update([document(n, f"Frações {n}", text="números racionais") for n in range(1, 5)])
    assert engine.search(ask("fraçoas racionais"), PUBLIC).suggestion == "frações racionais"
    assert engine.search(ask("número racional"), PUBLIC).suggestion is None
    assert (
        engine.search(ask("fraçoas racionais", per_page=0), PUBLIC).suggestion is None
    )  # who only counts asks nothing else


def test_did_you_mean_speaks_where_only_the_stem_of_a_slip_is_found_by_chance(engine: SearchEngine) -> None:
    by_chance = [document(n, "Animação de leitura", text="animar a turma") for n in range(1, 5)]
    engine.update([*by_chance, *(document(n, "Os animais da quinta") for n in range(5, 11))])
    page = engine.search(ask("animias"), PUBLIC)
    assert (page.total, page.suggestion) == (4, "animais")
    for right in ("animais", "animal", "animações", "animar", "leituras"):
        assert engine.search(ask(right), PUBLIC).suggestion is None, right


def test_did_you_mean_knows_what_sounds_the_same(engine: SearchEngine) -> None:
    sheets = [document(n, "Ficha de leitura", text="fichas") for n in range(1, 8)]
    engine.update([*sheets, document(8, "Taxa fixa"), document(9, "História do lugar", text="história")])
    assert engine.search(ask("fixas"), PUBLIC).suggestion == "fichas"
    assert engine.search(ask("fixa"), PUBLIC).suggestion == "ficha"
    assert engine.search(ask("taxa fixa"), PUBLIC).suggestion is None
    assert engine.search(ask("istoria"), PUBLIC).suggestion == "história"


def test_did_you_mean_never_betrays_a_hidden_word(engine: SearchEngine) -> None:
    hidden = document(1, "Despedimento", text="reestruturação", labels=frozenset({"staff"}))
    engine.update([hidden, document(2, "Matemática")])
    assert engine.search(ask("despedimentu"), PUBLIC).suggestion is None
    assert engine.search(ask("restruturação"), PUBLIC).suggestion is None
    assert engine.search(ask("despedimentu"), frozenset({"staff"})).suggestion == "despedimento"


def test_did_you_mean_leads_to_results_under_the_chosen_filters(engine: SearchEngine) -> None:
    engine.update([document(1, "Vulcões", level="1ceb"), document(2, "Sismos", level="sec")])
    assert engine.search(ask("volcões", level="1ceb"), PUBLIC).suggestion == "vulcões"
    assert engine.search(ask("volcões", level="sec"), PUBLIC).suggestion is None


def test_results_sort_by_date_and_by_title_as_a_reader_expects(engine: SearchEngine) -> None:
    day = datetime(2026, 5, 1, tzinfo=UTC)
    titles = ["Zebra", "água", "Árvore", "abelha", "«Bola»", "Ás", "10 jogos"]
    engine.update([document(n, title, date=day - timedelta(days=n)) for n, title in enumerate(titles)])
    engine.update([document(50, "sem data", date=None), document(51, "futuro", date=datetime(2030, 1, 1))])
    by_title = engine.search(ask(sort="title"), PUBLIC).ids
    assert by_title == (6, 3, 1, 2, 5, 4, 51, 50, 0)
    assert engine.search(ask(sort="date"), PUBLIC).ids == (51, 0, 1, 2, 3, 4, 5, 6, 50)
    assert engine.search(ask("água", sort="title"), PUBLIC).ids == (1,)


@pytest.mark.parametrize("sort", ["relevance", "date", "title"])
def test_pages_together_are_all_results_once(engine: SearchEngine, sort: str) -> None:
    engine.update([document(n, f"mapa {n % 3}") for n in range(25)])
    pages = [engine.search(ask("mapa", sort=sort, per_page=10).changed(page=n), PUBLIC) for n in (1, 2, 3, 4, 100_000)]
    assert [len(page.ids) for page in pages] == [10, 10, 5, 0, 0]
    assert {page.total for page in pages} == {25}
    assert len({identifier for page in pages for identifier in page.ids}) == 25


def test_a_batch_replaces_adds_and_deletes_and_may_be_repeated(engine: SearchEngine) -> None:
    engine.update([document(n, f"mapa {n}") for n in range(1, 5)])
    before = engine.generation()
    for _ in range(3):
        engine.update([document(1, "globo"), document(9, "mapa 9")], deleted=[2, 77])
        assert (engine.ids(), engine.count()) == ({1, 3, 4, 9}, 4)
        assert (found(engine, "mapa"), found(engine, "globo")) == ({3, 4, 9}, {1})
    assert engine.generation() != before


def test_the_last_of_two_versions_in_a_batch_counts_and_deletion_wins(engine: SearchEngine) -> None:
    engine.update([document(1, "velho"), document(1, "novo"), document(2, "adeus")], deleted=[2])
    assert (engine.ids(), found(engine, "novo"), found(engine, "velho")) == ({1}, {1}, set())


def test_a_batch_of_nothing_changes_nothing(engine: SearchEngine) -> None:
    engine.update([document(1, "mapa")])
    engine.update([], [])
    assert engine.ids() == {1}


def test_a_rebuild_holds_exactly_its_documents(engine: SearchEngine) -> None:
    engine.update([document(1, "mapa"), document(2, "globo")])
    before = engine.generation()
    engine.rebuild(iter([document(2, "globo novo"), document(3, "atlas")]))
    assert engine.ids() == {2, 3}
    assert engine.generation() != before
    assert found(engine, "mapa") == set()


def test_suggestions_complete_titles_as_they_are_typed(engine: SearchEngine) -> None:
    engine.update([
        document(1, "Frações e decimais"),
        document(2, "Jogo das frações"),
        document(3, "Fracionar a unidade"),
        document(4, "Jogo das frações"),
        document(5, "Geometria", text="frações"),
    ])  # fmt: skip
    assert engine.suggest("frac", PUBLIC) == ["Fracionar a unidade", "Frações e decimais", "Jogo das frações"]
    assert engine.suggest("jogo das fraç", PUBLIC) == ["Jogo das frações"]
    assert engine.suggest("f", PUBLIC) == engine.suggest("", PUBLIC) == engine.suggest("(((", PUBLIC) == []


def test_the_word_being_typed_is_completed_by_words_of_what_the_person_may_find(engine: SearchEngine) -> None:
    engine.update([
        document(1, "Frações", text="jogo fracionado"),
        document(2, "Frações", text="fracionados"),
        document(3, "Geometria", text="frágil frações"),
        document(4, "Frascos secretos", text="geometria", labels=MEMBERS - PUBLIC),
    ])  # fmt: skip
    assert engine.complete("frac", PUBLIC) == ["frações", "fracionado"]
    assert engine.complete("Geometria fra", PUBLIC) == ["Geometria frações", "Geometria frágil"]
    assert engine.complete("frasc", MEMBERS) == ["frascos"]
    for typed in ("frasc", "fr", "frac ", "", "(((", "\ud800", "x" * 9_000):
        assert engine.complete(typed, PUBLIC) == []
    engine.update([], deleted=[1, 2])
    assert engine.complete("fracion", PUBLIC) == []


@pytest.mark.parametrize(
    ("written", "meant", "near"),
    [
        ("frassões", "frações", "frases"),
        ("caichas", "caixas", "caudas"),
        ("espasso", "espaço", "esboço"),
        ("familha", "família", "famílico"),
        ("análize", "análise", "analisa"),
        ("massã", "maçã", "mansa"),
    ],
)
def test_the_word_that_sounds_the_same_is_meant_before_one_that_is_more_frequent(
    engine: SearchEngine, written: str, meant: str, near: str
) -> None:
    engine.update([document(1, meant), *(document(n, near, text=near) for n in range(2, 9))])
    assert engine.search(ask(written), PUBLIC).suggestion == meant


@pytest.mark.parametrize("question", NASTY, ids=range(len(NASTY)))
def test_hostile_questions_get_an_answer(engine: SearchEngine, question: str) -> None:
    engine.update([document(n, "Ficha a b 1 º", text="plano de aula físico química e.v.t.") for n in range(3)])
    page = engine.search(ask(question, level=(question,)), PUBLIC)
    assert 0 <= page.total <= 3
    assert len(engine.suggest(question, PUBLIC)) <= 8


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_hostile_documents_can_be_indexed(engine: SearchEngine, text: str) -> None:
    fields = {"keywords": text, "summary": text, "text": text * 3, "labels": frozenset({"public", text[:5] or "x"})}
    engine.update([document(1, text, level=(text,), **fields), document(2, "mapa")])
    assert engine.ids() == {1, 2}
    assert found(engine, "mapa") == {2}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=300), value=st.text(max_size=90), page=st.integers(1, 10**6))
def test_any_text_is_a_valid_question(engine: SearchEngine, question: str, value: str, page: int) -> None:
    answer = engine.search(ask(question, level=(value,)).changed(page=page), PUBLIC)
    assert answer.total == 0


def test_what_comes_first_stands_before_newer_ones_and_hides_nothing(engine: SearchEngine) -> None:
    day = datetime(2026, 5, 1, tzinfo=UTC)
    engine.update([
        document(1, "Um rio", date=day, level="1ceb", kind="physical"),
        document(2, "Outro rio", date=day + timedelta(days=1), level="1ceb", kind="digital"),
        document(3, "Mais um rio", date=day + timedelta(days=2), level="sec", kind="physical"),
        document(4, "Um rio ainda", date=day + timedelta(days=3), level="sec", kind="digital"),
    ])  # fmt: skip
    first = {"level": ("1ceb",), "kind": ("physical",)}
    page = engine.search(ask(first=first), PUBLIC)
    assert (page.ids, page.total) == ((1, 3, 2, 4), 4)
    assert page.facets == engine.search(ask(), PUBLIC).facets
    assert engine.search(ask(first=first, per_page=2, page=2), PUBLIC).ids == (2, 4)


def test_what_comes_first_gives_way_to_an_order_that_was_asked_for(engine: SearchEngine) -> None:
    day = datetime(2026, 5, 1, tzinfo=UTC)
    engine.update([document(1, "B", date=day, level="1ceb"), document(2, "A", date=day + timedelta(days=1))])
    for sort in ("date", "title"):
        assert engine.search(ask(first={"level": ("1ceb",)}, sort=sort), PUBLIC).ids == (2, 1)


def test_among_equals_the_first_wins_but_a_much_better_answer_stays_on_top(engine: SearchEngine) -> None:
    engine.update([
        document(1, "Ficha", text="frações", level="1ceb"),
        document(2, "Ficha", text="frações", level="sec"),
        document(3, "Frações", keywords="frações", text="frações frações", level="sec"),
        document(4, "Outra coisa"),
    ])  # fmt: skip
    assert engine.search(ask("frações", first={"level": ("1ceb",)}), PUBLIC).ids == (3, 1, 2)
    assert engine.search(ask("frações", first={"level": ("sec",)}), PUBLIC).ids == (3, 2, 1)


def test_a_count_alone_is_asked_for_with_no_results(engine: SearchEngine) -> None:
    engine.update([document(1, "Rio", level="1ceb"), document(2, "Mar", level="sec")])
    assert engine.search(ask("rio", per_page=0), PUBLIC).total == 1
    page = engine.search(ask(per_page=0), PUBLIC)
    assert (page.total, page.ids) == (2, ())
    assert {count.value: count.count for count in page.facets["level"]} == {"1ceb": 1, "sec": 1}


NAMES = Names([("3.º ano", ("year", "3")), ("ficha", ("type", "worksheet")), ("matemática", ("discipline", "MAT"))])


def meaning(question: str) -> SearchRequest:
    return ask(question, meant=NAMES.read(question))


def test_what_words_name_is_found_by_its_value_and_comes_before_what_only_says_it(engine: SearchEngine) -> None:
    engine.update([
        document(1, "Frações a dobrar papel", type="worksheet", year="3"),
        document(2, "Frações", text="ficha para o 3.º ano, e outra ficha", year="4"),
        document(3, "Frações", year="3"),
        document(4, "Rios"),
    ])  # fmt: skip
    page = engine.search(meaning("fichas de frações 3º ano"), PUBLIC)
    assert page.ids == (1, 2, 3)
    assert (page.exact, page.total, page.relaxed) == (2, 3, False)
    assert engine.search(meaning('"fichas" de frações'), PUBLIC).ids == (2,)


def test_a_longer_way_to_say_it_counts_beside_the_name_that_it_begins_with(engine: SearchEngine) -> None:
    engine.use(Synonyms([["ficha de aferição", "questão-aula"], ["ficha formativa de matemática", "minuto zero"]], {}))
    engine.update([
        document(1, "Questão-aula de frações"),
        document(2, "Aferição", type="worksheet"),
        document(3, "Ficha de aferição"),
        document(4, "Uma questão para a aula"),
        document(5, "Rios", type="worksheet"),
        document(6, "Minuto zero"),
    ])  # fmt: skip
    assert set(engine.search(meaning("ficha de aferição").changed(whole=True), PUBLIC).ids) == {1, 2, 3}
    assert set(engine.search(meaning("fichas de aferição de frações").changed(whole=True), PUBLIC).ids) == {1}
    assert set(engine.search(meaning("fichas formativas de matemática").changed(whole=True), PUBLIC).ids) == {6}


def test_those_that_have_most_follow_the_few_that_have_all_but_in_no_order_asked_for(engine: SearchEngine) -> None:
    engine.update([
        document(1, "Rios", text="Portugal afluentes", labels=MEMBERS),
        document(2, "Rios de Portugal"),
        document(3, "Castelos"),
    ])  # fmt: skip
    page = engine.search(ask("rios portugal afluentes"), MEMBERS)
    assert (page.ids, page.exact, page.relaxed) == ((1, 2), 1, False)
    assert engine.search(ask("rios portugal afluentes", sort="date"), MEMBERS).ids == (1,)


def test_who_asks_for_the_whole_gets_nothing_that_has_only_most(engine: SearchEngine) -> None:
    engine.update([document(1, "Rios", text="Portugal afluentes"), document(2, "Rios de Portugal", level="sec")])
    page = engine.search(ask("rios portugal afluentes", whole=True), PUBLIC)
    assert (page.ids, page.total, page.facets["level"]) == ((1,), 1, ())
    nothing = engine.search(ask("rios portugal castelos", whole=True), PUBLIC)
    assert (nothing.total, nothing.relaxed) == (0, False)


def test_words_may_be_asked_for_in_one_field(engine: SearchEngine) -> None:
    engine.update([document(1, "Rios"), document(2, "Mapa", text="rios"), document(3, "Rios", keywords="Rui Sá")])
    assert found(engine, "titulo:rios") == {1, 3}
    assert found(engine, "ficheiro:rios") == {2}
    assert found(engine, 'título:rios autor:"rui sá"') == {3}
    assert found(engine, "rios -title:rios") == {2}


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("microbit", "Placas micro:bit"),
        ("placas microbit sensores", "Sensores das placas micro:bit"),
        ("micro:bit", "Placas microbit"),
        ("online", "Segurança on-line"),
        ("on-line", "Segurança online"),
        ("arcoíris", "As cores do arco-íris"),
        ("arco-íris", "As cores do arcoíris"),
        ("guarda-roupa", "O guardaroupa da peça"),
    ],
)
def test_a_word_in_one_piece_finds_what_is_written_in_two_and_the_other_way_round(
    engine: SearchEngine, question: str, title: str
) -> None:
    engine.update([document(1, title), document(2, "Micróbios"), document(3, "Um bit na linha do arco")])
    page = engine.search(ask(question), PUBLIC)
    assert (page.ids[0], page.exact) == (1, 1)


def test_what_is_like_a_document_shares_its_words_and_may_be_seen(engine: SearchEngine) -> None:
    held = [
        document(1, "Frações equivalentes", keywords="dominó percentagem", discipline="MAT"),
        document(2, "Dominó de frações", discipline="MAT"),
        document(3, "Frações equivalentes em dominó", labels=frozenset({"staff"})),
        document(4, "Frações e músicas"),
        document(5, "Frações no dominó da música", discipline="EMUS"),
    ]
    engine.update(held)
    assert engine.like(held[0], PUBLIC, 4) == [2, 5]
    assert engine.like(held[0], frozenset(), 4) == []
    assert engine.like(document(9, "Xadrez"), PUBLIC, 4) == []


def test_what_is_much_less_like_a_document_than_the_first_is_left_out(engine: SearchEngine) -> None:
    papers = "frações unidade comparação dobragem tiras"
    engine.update(
        [
            document(1, "Frações a dobrar", keywords=papers, discipline="MAT"),
            document(2, "Frações em tiras", keywords=papers, discipline="MAT"),
            document(3, "Frações por dobragem", keywords="unidade comparação", discipline="MAT"),
            document(4, "Calculadoras", summary="À unidade, para comparação", discipline="MAT"),
        ]
    )
    asked = document(1, "Frações a dobrar", keywords=papers, discipline="MAT")
    assert engine.like(asked, PUBLIC, 4) == [2, 3]
    assert engine.like(document(8, "Calculadoras unidade comparação"), PUBLIC, 1) == [4]
