"""Rules of materials: licences of adaptations, lineage, versions, details, what a form keeps."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict

from plugins.materials import adaptations, details, drafts, versions
from plugins.materials.form import read_form
from plugins.materials.models import Adaptation, MaterialDetail
from repository import items
from repository.errors import Conflict, Invalid, NotAllowed, NotFound
from repository.models import Credit, File, Item, State, User
from repository.permissions import may_fetch, may_see
from repository.vocabularies import Vocabularies
from repository.work import Services
from tests.conftest import attach_text

CODES = [term.code for term in Vocabularies.load().licences]
TERMS = Vocabularies.load().licences


def again(work: Any, item: Item) -> Item:
    return work.session.get_one(Item, item.id)


@pytest.mark.parametrize("source", CODES)
@pytest.mark.parametrize("target", CODES)
def test_the_licences_that_may_follow_agree_with_what_the_licences_say(source: str, target: str) -> None:
    allowed = target in adaptations.FOLLOWS.get(source, ())
    one, other = TERMS.get(source), TERMS.get(target)
    assert one is not None
    assert other is not None
    if not one.data["may_adapt"] or target == "EXT":
        assert not allowed
    elif one.data["share_alike"] or not one.data["public"]:
        assert allowed == (source == target)
    elif not one.data["may_sell"] and other.data["may_sell"]:
        assert not allowed, "what may not be sold stays so"
    else:
        assert allowed == (target != "CC0-1.0" or source == "CC0-1.0"), "whoever must be named stays named"


@pytest.mark.parametrize("licence", ["CC-BY-ND-4.0", "CC-BY-NC-ND-4.0", "EXT"])
def test_what_may_not_be_adapted_is_refused(
    licence: str, ana: User, rui: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    source = make_item(ana, licence=licence)
    with work_as(rui) as work, pytest.raises(NotAllowed):
        adaptations.adapt(work, again(work, source))


def test_an_adaptation_names_its_source_and_belongs_to_who_adapts(
    ana: User, rui: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    source = make_item(ana, licence="CC-BY-SA-4.0")
    with work_as(ana) as work:
        work.session.add(Credit(item_id=source.id, name="Ana", user_id=ana.id))
    with work_as(rui) as work:
        draft = adaptations.adapt(work, again(work, source))
        assert draft.owner_id == rui.id
        assert [(credit.name, credit.user_id) for credit in draft.credits] == [("Rui", rui.id)]
        origin = work.session.get_one(Adaptation, draft.id)
        assert (origin.source_id, origin.source_version, origin.credit) == (source.id, 1, "Ana, «Frações com barras»")
        assert draft.licence == "CC-BY-SA-4.0"
    with work_as(ana) as work:
        assert not may_see(work, again(work, draft)), "the author of the source has no right over the adaptation"


def test_adapting_twice_continues_the_draft_already_begun(
    ana: User, rui: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    source = make_item(ana)
    with work_as(rui) as work:
        first = adaptations.adapt(work, again(work, source))
        assert adaptations.adapt(work, again(work, source)) is first


def test_an_adaptation_cannot_be_published_under_a_licence_its_source_forbids(
    ana: User, rui: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    source = make_item(ana, licence="CC-BY-NC-SA-4.0")
    with work_as(rui) as work:
        draft = adaptations.adapt(work, again(work, source))
    said = drafts.Said(item={"licence": "CC-BY-4.0"})
    with work_as(rui) as work:
        assert list(drafts.save(work, again(work, draft), said)) == ["licence"]
        assert again(work, draft).licence == "CC-BY-NC-SA-4.0"
    with work_as(rui) as work:  # by another door than the form
        items.describe(work, again(work, draft), {"licence": "CC-BY-4.0"})
    with work_as(rui) as work, pytest.raises(Invalid):
        items.submit(work, again(work, draft))


def test_the_new_version_of_an_adaptation_stays_bound_to_its_source(
    ana: User, rui: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    source = make_item(ana, licence="CC-BY-SA-4.0")
    with work_as(rui) as work:
        adapted = adaptations.adapt(work, again(work, source))
        assert not drafts.hand_in(work, adapted)
    with work_as(rui) as work:
        version = items.begin_version(work, again(work, adapted))
        assert adaptations.licences_allowed(work, version) == ("CC-BY-SA-4.0",)
        with pytest.raises(Invalid):
            adaptations.check_licence(work, version, "CC-BY-4.0")


def test_the_database_refuses_a_source_that_is_not_older(
    ana: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    first, second = make_item(ana), make_item(ana)
    for item_id, source_id in ((first.id, second.id), (first.id, first.id)):
        with pytest.raises(IntegrityError), work_as() as work:
            work.session.add(
                Adaptation(item_id=item_id, source_id=source_id, source_version=1, source_licence="", credit="")
            )


def test_the_family_shows_only_what_the_person_may_see(
    ana: User, rui: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    source = make_item(ana)
    with work_as(rui) as work:
        middle = adaptations.adapt(work, again(work, source))
        items.describe(work, middle, {"audience": "members", "title": "Do meio"})
        drafts.hand_in(work, middle)
    with work_as(ana) as work:
        last = adaptations.adapt(work, again(work, middle))
        items.describe(work, last, {"audience": "public", "title": "A última"})
        drafts.hand_in(work, last)
    with work_as(rui) as work:
        below = adaptations.descendants(work, again(work, source))
        assert [(relative.item.id, relative.depth) for relative in below] == [(middle.id, 0), (last.id, 1)]
        assert [r.item.id for r in adaptations.ancestors(work, again(work, last))] == [source.id, middle.id]
    with work_as(ana) as work:
        items.withdraw(work, again(work, source))
    with work_as(rui) as work:
        assert [r.item.id for r in adaptations.ancestors(work, again(work, last))] == [middle.id]


def test_details_go_from_version_to_version(
    ana: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana)
    with work_as(ana) as work:
        draft = items.begin_version(work, again(work, item))
        details.set_details(work, draft, {"minutes": 50, "needs": ["tesouras"]})
        items.submit(work, draft)
    with work_as(ana) as work:
        assert details.details_of(work, again(work, item)).minutes == 50
        draft = items.begin_version(work, again(work, item))
        assert details.details_of(work, draft).needs == ["tesouras"]
        details.set_details(work, draft, {"minutes": 90})
        assert details.details_of(work, again(work, item)).minutes == 50, "the published one waits for the publishing"


@pytest.mark.parametrize(
    "values",
    [{"minutes": 0}, {"minutes": 6001}, {"needs": ["x"] * 41}, {"needs": ["x" * 201]}, {"challenge": "x" * 2001}],
)
def test_details_out_of_bounds_are_refused(
    values: dict[str, Any], ana: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana, publish=False)
    with work_as(ana) as work, pytest.raises(Invalid):
        details.set_details(work, again(work, item), values)


def test_a_published_material_is_not_changed_in_place(
    ana: User, rui: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana)
    with work_as(ana) as work, pytest.raises(Conflict):
        details.set_details(work, again(work, item), {"minutes": 50})
    with work_as(rui) as work, pytest.raises(NotAllowed):
        details.set_details(work, again(work, item), {"minutes": 50})


def test_a_draft_that_is_deleted_for_good_takes_its_details_along(
    ana: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana, publish=False)
    with work_as(ana) as work:
        details.set_details(work, again(work, item), {"minutes": 50})
    with work_as() as work:
        for table in ("file", "item_term", "credit"):
            work.session.execute(text(f"DELETE FROM {table} WHERE item_id = :id"), {"id": item.id})
        work.session.execute(text("DELETE FROM item WHERE id = :id"), {"id": item.id})
    with work_as() as work:
        assert work.session.get(MaterialDetail, item.id) is None


def test_an_old_version_keeps_its_words_and_its_files(
    ana: User, services: Services, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana, title="Primeira", text="um")
    with work_as(ana) as work:
        draft = items.begin_version(work, again(work, item))
        items.describe(work, draft, {"title": "Segunda"})
        drafts.take_off(work, draft, draft.files[0].id)
        work.session.flush()
        attach_text(work, services, draft, "dois", "nova.txt")
        items.submit(work, draft)
    with work_as() as work:
        item = again(work, item)
        first, second = versions.get_version(work, item, 1), versions.get_version(work, item, 2)
        assert (first.said["title"], [old.file.name for old in first.files]) == ("Primeira", ["ficha.txt"])
        assert (second.said["title"], [old.file.name for old in second.files]) == ("Segunda", ["nova.txt"])
        with pytest.raises(NotFound):
            versions.get_version(work, item, 3)


def test_a_file_taken_off_before_publishing_is_open_to_nobody_else(
    ana: User, rui: User, services: Services, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana, publish=False)
    with work_as(ana) as work:
        slip = attach_text(work, services, again(work, item), "engano", "engano.txt")
        drafts.take_off(work, again(work, item), slip.id)
        work.session.flush()
        items.submit(work, again(work, item))
    with work_as(rui) as work:
        assert not may_fetch(work, work.session.get_one(File, slip.id))
    with work_as(ana) as work:
        assert may_fetch(work, work.session.get_one(File, slip.id))


def test_answers_closed_in_a_new_version_are_closed_in_the_old_one(
    ana: User, rui: User, services: Services, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana, text="as respostas")
    old_id = item.files[0].id
    with work_as(rui) as work:
        assert may_fetch(work, work.session.get_one(File, old_id))
    with work_as(ana) as work:
        draft = items.begin_version(work, again(work, item))
        drafts.set_restricted(work, draft, {draft.files[0].id})
        items.submit(work, draft)
    with work_as(rui) as work:
        assert not may_fetch(work, work.session.get_one(File, old_id))


def test_what_was_read_in_answers_is_forgotten_when_they_are_closed(
    ana: User, services: Services, work_as: Callable[..., Any], run_jobs: Callable[[], int]
) -> None:
    with work_as(ana) as work:
        draft = drafts.begin(work, drafts.Known())
        secret = attach_text(
            work, services, draft, "Respostas do teste\n\nA solução secreta é quarenta e dois.", "r.md"
        )
    run_jobs()
    with work_as(ana) as work:
        assert "Respostas" in again(work, draft).title
        drafts.set_restricted(work, again(work, draft), {secret.id})
        attach_text(work, services, again(work, draft), "# Teste de frações\n\nPerguntas para a turma.", "t.md")
    run_jobs()
    with work_as(ana) as work:
        said = again(work, draft)
        assert said.title == "Teste de frações"
        assert "secreta" not in said.summary


def test_what_an_open_file_says_too_stays_when_another_is_closed(
    ana: User, services: Services, work_as: Callable[..., Any], run_jobs: Callable[[], int]
) -> None:
    with work_as(ana) as work:
        draft = drafts.begin(work, drafts.Known())
        attach_text(work, services, draft, "# Teste de frações\n\nPerguntas para a turma pensar.", "t.md")
        answers = attach_text(work, services, draft, "um, dois, três", "r.txt")
    run_jobs()
    with work_as(ana) as work:
        drafts.set_restricted(work, again(work, draft), {answers.id})
        assert again(work, draft).title == "Teste de frações"


def test_what_a_person_wrote_stays_when_a_file_is_closed(
    ana: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana, title="O meu título", publish=False)
    with work_as(ana) as work:
        drafts.set_restricted(work, again(work, item), {item.files[0].id})
        assert again(work, item).title == "O meu título"


def test_a_draft_begins_with_what_the_house_knows(ana: User, work_as: Callable[..., Any]) -> None:
    known = drafts.Known("500", ("3ceb", "sec"), ("MAT",), "CC-BY-SA-4.0")
    with work_as(ana) as work:
        draft = drafts.begin(work, known)
        assert (draft.codes("group"), draft.codes("discipline"), draft.licence) == (["500"], ["MAT"], "CC-BY-SA-4.0")
        assert draft.codes("level") == [], "two levels to choose from: no guess"
        assert set(draft.proposed) == {"group", "discipline", "licence"}
        assert [credit.name for credit in draft.credits] == ["Ana"]


def test_what_is_valid_is_kept_beside_what_is_not(
    ana: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana, publish=False)
    said = drafts.Said(item={"title": "Novo", "link": "javascript:alert(1)"}, lesson={"minutes": 0, "challenge": "ler"})
    with work_as(ana) as work:
        errors = drafts.save(work, again(work, item), said)
        assert set(errors) == {"link", "minutes"}
        assert again(work, item).title == "Novo"
        assert details.details_of(work, again(work, item)).challenge == "ler"
        assert again(work, item).link == ""


def test_an_empty_field_does_not_wipe_a_proposal_that_was_not_shown_yet(ana: User, work_as: Callable[..., Any]) -> None:
    with work_as(ana) as work:
        draft = drafts.begin(work, drafts.Known())
        draft.title, draft.proposed = "Lido no ficheiro", ["title"]
        drafts.save(work, draft, drafts.Said(item={"title": ""}, shown=set()))
        assert draft.title == "Lido no ficheiro"
        drafts.save(work, draft, drafts.Said(item={"title": ""}, shown={"title"}))
        assert draft.title == ""


def test_internal_use_is_never_open_to_everybody(
    ana: User, client: Any, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana, publish=False)
    with work_as(ana) as work:
        drafts.save(work, again(work, item), drafts.Said(item={"licence": "INT", "audience": "public"}))
        assert again(work, item).audience == "members"
    outside = make_item(ana, licence="INT")
    assert client.get(f"/items/{outside.id}").status_code == 404


def test_a_colleague_named_by_address_may_edit_and_stays_one_when_saved_again(
    ana: User, rui: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana, publish=False)
    with work_as(ana) as work:
        drafts.set_authors(work, again(work, item), ["Ana", "rui@teste.invalid", ""])
    with work_as(ana) as work:
        drafts.set_authors(work, again(work, item), ["Rui", "Ana"])
        assert [(c.name, c.user_id) for c in again(work, item).credits] == [("Rui", rui.id), ("Ana", None)]
    with work_as(rui) as work:
        items.describe(work, again(work, item), {"title": "Do Rui também"})
    with work_as(ana) as work, pytest.raises(Invalid):
        drafts.set_authors(work, again(work, item), ["ninguem@teste.invalid"])


def test_files_move_up_and_down_and_stop_at_the_ends(
    ana: User, services: Services, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana, publish=False)
    with work_as(ana) as work:
        for name in ("b.txt", "c.txt"):
            attach_text(work, services, again(work, item), name, name)

    def names(file_id: int, by: int) -> list[str]:
        with work_as(ana) as work:
            drafts.step(work, again(work, item), file_id, by)
        with work_as(ana) as work:
            return [file.name[0] for file in again(work, item).files]

    first = item.files[0].id
    assert [names(first, by) for by in (-1, 1, 1, 1)] == [
        ["f", "b", "c"],
        ["b", "f", "c"],
        ["b", "c", "f"],
        ["b", "c", "f"],
    ]
    assert names(999_999, 1) == ["b", "c", "f"]


def test_the_form_keeps_only_what_was_sent_and_known() -> None:
    sent = MultiDict(
        [("title", " Um "), ("level", ""), ("level", "nada"), ("year", "3"), ("year", "99"), ("keywords", "a, b;a\nc"),
         ("owner_id", "7"), ("state", "published"), ("restricted", ""), ("restricted", "5"), ("name-5", "x.pdf"),
         ("minutes", "cinquenta"), ("needs", "uma\n\n duas "), ("type", "inventado")]
    )  # fmt: skip
    said = read_form(sent, Vocabularies.load())
    assert said.item == {"title": "Um", "level": ["1ceb"], "year": ["3"], "keywords": ["a", "b", "c"]}
    assert said.lesson == {"needs": ["uma", "duas"]}
    assert (said.restricted, said.names, list(said.errors)) == ({5}, {5: "x.pdf"}, ["minutes"])
    assert read_form(MultiDict(), Vocabularies.load()) == drafts.Said()


@pytest.mark.parametrize(
    ("guessed", "ticked", "year", "levels"),
    [
        (["1ceb"], ["1ceb"], ["7"], ["3ceb"]),
        (["1ceb"], ["1ceb"], ["3"], ["1ceb"]),
        (["1ceb"], ["1ceb", "sec"], ["7"], ["1ceb", "3ceb", "sec"]),
        ([], ["1ceb"], ["7"], ["1ceb", "3ceb"]),
        (["pre"], ["pre"], ["1"], ["pre", "1ceb"]),
        (["1ceb"], ["1ceb"], [], ["1ceb"]),
    ],
)
def test_a_guessed_level_gives_way_to_a_year_of_another_level(guessed, ticked, year, levels) -> None:
    pairs = [("level", code) for code in ticked] + [("year", code) for code in year]
    pairs += [("guessed_level", code) for code in guessed]
    said = read_form(MultiDict([("level", ""), ("year", ""), *pairs]), Vocabularies.load())
    assert said.item["level"] == levels


def test_a_handed_in_draft_needs_a_title_a_level_a_licence_and_something_to_hand_in(
    ana: User, work_as: Callable[..., Any]
) -> None:
    with work_as(ana) as work:
        draft = drafts.begin(work, drafts.Known())
        assert set(drafts.hand_in(work, draft)) == {"title", "level", "licence", "files"}
        assert draft.state == State.DRAFT


def test_words_of_the_lesson_are_searched(
    ana: User, make_item: Callable[..., Item], work_as: Callable[..., Any]
) -> None:
    item = make_item(ana, publish=False)
    with work_as(ana) as work:
        details.set_details(work, again(work, item), {"needs": ["espectroscópio"], "challenge": "turma mista"})
        assert "espectroscópio" in details.search_words(work, again(work, item))
