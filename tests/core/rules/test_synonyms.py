"""The centre's own synonyms: who may change them, and that the next search knows them."""

import threading

import pytest
from sqlalchemy import select

from repository import synonyms
from repository.errors import Conflict, Invalid, NotAllowed, NotFound
from repository.house import load_stored
from repository.models import AuditEntry
from repository.search import SearchRequest
from repository.search.analysis import stems

PUBLIC = frozenset({"public"})


def found(services, question):
    return services.search.search(SearchRequest(question), PUBLIC).total


@pytest.fixture
def group(services, work_as):
    with work_as() as work:
        made = synonyms.add_group(work, ["quadro interativo", "QIM"])
    load_stored(services)
    return made.id


def test_a_new_synonym_finds_at_once_what_is_in_the_index_already(services, work_as, ana, make_item, run_jobs):
    make_item(ana, "Um quadro interativo na sala")
    run_jobs()
    before = services.search.engine.generation()
    assert found(services, "QIM") == 0
    with work_as() as work:
        synonyms.add_group(work, ["quadros interativos", "QIM"])
    load_stored(services)
    assert found(services, "qim") == found(services, "QIM") == 1
    assert services.search.engine.generation() == before


def test_a_changed_or_removed_group_counts_for_the_next_search(services, work_as, ana, make_item, run_jobs, group):
    make_item(ana, "Um quadro interativo na sala")
    run_jobs()
    assert found(services, "QIM") == 1
    with work_as() as work:
        synonyms.change_group(work, group, ["quadro interativo", "QI"])
    load_stored(services)
    assert (found(services, "QIM"), found(services, "QI")) == (0, 1)
    for _ in range(2):
        with work_as() as work:
            synonyms.remove_group(work, group)
    load_stored(services)
    assert found(services, "QI") == 0
    with work_as() as work:
        told = work.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("synonyms."))).all()
    assert sorted(told) == ["synonyms.added", "synonyms.changed", "synonyms.removed"]


@pytest.mark.parametrize(
    "typed", ["", "uma só", "ação, Acções", "mar, ...", "a" * 81 + ", b", ", ".join(map(str, range(20)))]
)
def test_a_group_that_says_nothing_new_is_refused_beside_its_field(work_as, typed):
    with work_as() as work, pytest.raises(Invalid) as refusal:
        synonyms.add_group(work, synonyms.ways_of(typed))
    assert refusal.value.field == "ways"


def test_the_same_group_is_not_kept_twice(work_as, group):
    with work_as() as work, pytest.raises(Conflict):
        synonyms.add_group(work, ["qim", "Quadros interativos"])


def test_only_who_keeps_the_vocabularies_changes_synonyms(work_as, ana, group):
    with work_as(ana) as work:
        with pytest.raises(NotAllowed):
            synonyms.add_group(work, ["a", "b"])
        with pytest.raises(NotAllowed):
            synonyms.change_group(work, group, ["a", "b"])
        with pytest.raises(NotAllowed):
            synonyms.remove_group(work, group)
    with work_as() as work, pytest.raises(NotFound):
        synonyms.change_group(work, group + 1, ["a", "b"])


def test_a_subject_is_found_by_its_name_in_another_language_and_by_its_abbreviation(services):
    load_stored(services)
    others = services.search.synonyms.others
    assert synonyms.stems("matemática") in [list(way) for way in others(tuple(synonyms.stems("Mathematik")))]
    assert synonyms.stems("Ciências Físico-Químicas") in [list(way) for way in others(tuple(synonyms.stems("CFQ")))]


def test_the_page_adds_changes_and_removes_a_group(sign_in, admin, ana, services):
    browser = sign_in(admin)
    assert "Sinónimos da pesquisa" in browser.get("/admin/vocabularies").text
    assert browser.post("/admin/synonyms", data={"ways": "QIM"}).status_code == 422
    assert browser.post("/admin/synonyms", data={"ways": "QIM\nquadro <b>"}).status_code == 303
    assert "QIM · quadro &lt;b&gt;" in browser.get("/admin/synonyms").text
    assert "QIM\nquadro &lt;b&gt;" in browser.get("/admin/synonyms/1").text
    refused = browser.post("/admin/synonyms/1", data={"ways": "só isto"})
    assert (refused.status_code, "só isto" in refused.text) == (422, True)
    assert browser.post("/admin/synonyms/1", data={"ways": "QIM, quadro"}).status_code == 303
    assert services.search.synonyms.others(("qim",)) == [("quadr",)]
    assert browser.post("/admin/synonyms/1", data={"remove": "1"}).status_code == 303
    assert browser.get("/admin/synonyms/1").status_code == 404
    assert "ainda não juntou" in browser.get("/admin/synonyms").text
    assert sign_in(ana).get("/admin/synonyms").status_code == 403


def test_two_administrators_at_once_leave_the_later_word_in_force(services, work_as, monkeypatch):
    """The first has read what is stored when the second changes it; the first must not put the old back."""
    in_force, second = (
        synonyms.in_force,
        threading.Thread(target=lambda: (add("escola", "liceu"), load_stored(services))),
    )

    def add(*ways):
        with work_as() as work:
            synonyms.add_group(work, ways)

    def slow(vocabularies, own):
        if not second.ident:
            second.start()
            second.join(0.3)  # it is done, unless it waits for the first
        return in_force(vocabularies, own)

    used = []
    monkeypatch.setattr(synonyms, "in_force", slow)
    monkeypatch.setattr(services.search, "use", used.append)
    load_stored(services)
    second.join()
    assert used[-1].others(tuple(stems("liceu")))
