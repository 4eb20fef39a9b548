"""A whole course taken in: the right authors, nothing twice, nothing lost, and all of it taken back."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from plugins.training_actions import intake, intake_drafts, intake_job, intake_rehearsal, tray
from plugins.training_actions.actions import get_edition, remove_edition
from plugins.training_actions.models import Contribution, Edition, IntakeState, Participant
from plugins.training_actions.participants import remove_participant
from repository import items
from repository.errors import DomainError, Invalid, NotAllowed, NotFound
from repository.models import Item, Job, JobState, Organisation, State, User
from repository.permissions import may_see
from repository.work import SYSTEM, Actor, Services, open_look, open_work
from tests.plugins.training_actions.intake_house import LICENCE, Course, make_course

TEXT = "As frações são partes de um todo e comparam-se com barras. " * 3


@pytest.fixture
def services(make_services: Callable[..., Services]) -> Services:
    return make_services(plugins=["materials", "training_actions"])


@pytest.fixture
def course(services: Services, centre: Organisation, staff: User, actor_for: Callable[[User], Actor]) -> Course:
    return make_course(services, centre, actor_for(staff), ["Joana Teles", "José Tavares", "Rui Lopes"])


def text(*lines: str) -> bytes:
    return "\n".join([*lines, TEXT]).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


FILES = {
    "Turma/Joana Teles/ficha.txt": text("a"),
    "Turma/Joana Teles/plano.txt": text("b"),
    "Turma/José Tavares - rios.txt": text("c"),
    "Turma/sem nome.txt": text("Autor: Rui Lopes"),
    "Turma/ninguém sabe.txt": text("d"),
    "Turma/Thumbs.db": b"x",
}


def test_files_become_drafts_of_their_authors_and_the_rest_waits_in_the_tray(course: Course, run_jobs: Any) -> None:
    number = course.send({}, zipped=zipped(FILES))
    run_jobs()
    assert course.authors(number) == {
        "Turma/Joana Teles/ficha.txt": ("Joana Teles",),
        "Turma/Joana Teles/plano.txt": ("Joana Teles",),
        "Turma/José Tavares - rios.txt": ("José Tavares",),
        "Turma/ninguém sabe.txt": (),
        "Turma/sem nome.txt": ("Rui Lopes",),
    }
    assert course.states(number)["Turma/Thumbs.db"] == "skipped"
    told = course.intake(number)
    assert (told.state, told.done, told.total) == (IntakeState.DONE, 5, 5)
    assert {item.state for item in course.items()} == {State.DRAFT}


def test_a_draft_says_all_that_the_course_and_the_person_tell(
    course: Course, run_jobs: Any, services: Services
) -> None:
    with open_work(services, SYSTEM) as work:
        work.session.get_one(Edition, course.edition_id).audience = "members"
        who = work.session.scalars(select(Participant).filter_by(name="Joana Teles")).one()
        who.group_code = "110"
    course.send({"Joana Teles - frações com barras.txt": text("a")})
    run_jobs()
    (item,) = course.items()
    assert (item.licence, item.audience, item.codes("level"), item.codes("group")) == (
        LICENCE,
        "members",
        ["1ceb"],
        ["110"],
    )
    assert [credit.name for credit in item.credits] == ["Joana Teles"]
    with open_look(services, SYSTEM) as work:
        labels = {grant.label for grant in work.session.get_one(Item, item.id).grants}
    assert labels == {f"participant:{who.id}", f"trainers:{course.edition_id}", f"staff:{item.organisation_id}"}


def test_the_title_leaves_out_the_author_and_the_marks_of_copies(course: Course, run_jobs: Any) -> None:
    course.send({"Cópia de 01 - Joana_Teles - Azulejos (2).png": PNG})
    run_jobs()
    assert [item.title for item in course.items()] == ["Azulejos"]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Trabalho final - Joana Teles.pdf", "Trabalho final"),
        ("Joana_Teles_Relatório_final_v2.pdf", "Relatório final"),
        ("Azulejos versão final.pdf", "Azulejos"),
        ("Azulejos_final.pdf", "Azulejos"),
    ],
)
def test_final_is_part_of_what_a_work_is_called_and_of_no_copy(name: str, title: str) -> None:
    assert intake_drafts.title_from(name, [Participant(name="Joana Teles")]) == title


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f00030101"
    "00c9fe92ef0000000049454e44ae426082"
)


def test_files_of_one_folder_or_one_stem_are_one_material(course: Course, run_jobs: Any) -> None:
    course.send({}, zipped=zipped({"T/" + name: text(name) for name in (
        "Joana Teles/a.txt", "Joana Teles/b.md", "Rui Lopes - guia.txt", "Rui Lopes - guia.md", "Rui Lopes - outra.txt",
    )}))  # fmt: skip
    run_jobs()
    assert sorted([file.name for file in item.files] for item in course.items()) == [
        ["Rui Lopes - guia.md", "Rui Lopes - guia.txt"],
        ["Rui Lopes - outra.txt"],
        ["a.txt", "b.md"],
    ]


def test_a_second_run_of_the_same_archive_adds_nothing(course: Course, run_jobs: Any) -> None:
    course.send({}, zipped=zipped(FILES))
    run_jobs()
    before = len(course.items())
    again = course.send({}, zipped=zipped(FILES))
    run_jobs()
    assert len(course.items()) == before
    assert set(course.states(again).values()) == {"known", "skipped"}


def test_a_second_run_after_the_tray_was_emptied_adds_nothing(
    course: Course, run_jobs: Any, services: Services
) -> None:
    course.send({}, zipped=zipped(FILES))
    run_jobs()
    with open_work(services, course.staff) as work:
        edition = get_edition(work, course.edition_id)
        (parcel,) = tray.in_tray(work, edition)
        tray.give(work, services.vocabularies, edition, {parcel.item.id: [edition.participants[0].id]})
    before = len(course.items())
    course.send({}, zipped=zipped(FILES))
    run_jobs()
    assert len(course.items()) == before


def test_one_template_handed_in_by_two_people_is_the_work_of_each(course: Course, run_jobs: Any) -> None:
    number = course.send({"Joana Teles.txt": text("igual"), "Rui Lopes.txt": text("igual")})
    run_jobs()
    assert course.authors(number) == {"Joana Teles.txt": ("Joana Teles",), "Rui Lopes.txt": ("Rui Lopes",)}


def test_a_job_that_dies_between_bundles_goes_on_where_it_stopped(
    course: Course, run_jobs: Any, monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    number = course.send({}, zipped=zipped(FILES))
    take, taken = intake_job._take, []

    def dies(*known: Any) -> bool:
        if len(taken) == 2:
            raise KeyboardInterrupt
        taken.append(known[2].paths)
        return take(*known)

    monkeypatch.setattr(intake_job, "_take", dies)
    with pytest.raises(KeyboardInterrupt):
        intake_job.run(services, [{"intake_id": number}])
    assert course.intake(number).state == IntakeState.RUNNING
    monkeypatch.setattr(intake_job, "_take", take)
    intake_job.run(services, [{"intake_id": number}])
    intake_job.run(services, [{"intake_id": number}])
    assert course.intake(number).state == IntakeState.DONE
    assert len(course.items()) == 4


def test_a_bundle_that_dies_before_its_commit_leaves_nothing_half_done(
    course: Course, monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    number = course.send({"Joana Teles/a.txt": text("a"), "Joana Teles/b.txt": text("b")})
    make = intake_job.make_draft

    def dies(*known: Any) -> Any:
        make(*known)
        raise KeyboardInterrupt

    monkeypatch.setattr(intake_job, "make_draft", dies)
    with pytest.raises(KeyboardInterrupt):
        intake_job.run(services, [{"intake_id": number}])
    assert course.items() == []
    monkeypatch.setattr(intake_job, "make_draft", make)
    intake_job.run(services, [{"intake_id": number}])
    assert [len(item.files) for item in course.items()] == [2]


def test_a_long_intake_is_cut_into_jobs(course: Course, run_jobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_job, "SLICE_S", -1.0)
    number = course.send({}, zipped=zipped(FILES))
    monkeypatch.setattr(intake_job.time, "monotonic", iter(range(10_000)).__next__)
    monkeypatch.setattr(intake_job, "SLICE_S", 2.0)
    assert run_jobs() > 1
    assert course.intake(number).state == IntakeState.DONE


def test_undo_takes_everything_back_but_what_its_authors_changed(
    course: Course, run_jobs: Any, services: Services
) -> None:
    number = course.send({}, zipped=zipped(FILES))
    run_jobs()
    mine = course.items()[0]
    with open_work(services, SYSTEM) as work:
        items.describe(work, work.session.get_one(Item, mine.id), {"title": "O meu título"})
    with open_work(services, course.staff) as work:
        told = tray.undo(work, number)
    assert (told.gone, [item.id for item in told.stay]) == (3, [mine.id])
    assert [item.state for item in course.items()].count(State.DISCARDED) == 3
    with open_work(services, course.staff) as work:
        assert tray.undo(work, number).gone == 0
        assert tray.redo(work, number) == 3
    assert {item.state for item in course.items()} == {State.DRAFT}
    with open_work(services, course.staff) as work:
        assert tray.undo(work, number).gone == 3


def test_an_intake_can_be_repeated_after_it_was_undone(course: Course, run_jobs: Any, services: Services) -> None:
    number = course.send({}, zipped=zipped(FILES))
    run_jobs()
    with open_work(services, course.staff) as work:
        tray.undo(work, number)
    again = course.send({}, zipped=zipped(FILES))
    run_jobs()
    assert "known" not in course.states(again).values()


def test_an_undone_intake_stops(course: Course, services: Services) -> None:
    number = course.send({}, zipped=zipped(FILES))
    with open_work(services, course.staff) as work:
        tray.undo(work, number)
    intake_job.run(services, [{"intake_id": number}])
    assert course.items() == []


def test_an_intake_undone_before_it_ended_goes_on_when_it_is_redone(
    course: Course, run_jobs: Any, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = course.send({}, zipped=zipped(FILES))
    take = intake_job._take

    def one_and_undone(*known: Any) -> bool:
        went = take(*known)
        with open_work(services, course.staff) as work:
            tray.undo(work, number)
        return went

    monkeypatch.setattr(intake_job, "_take", one_and_undone)
    run_jobs()
    monkeypatch.undo()
    assert (course.intake(number).state, list(course.states(number).values()).count("waiting") > 0) == ("undone", True)
    with open_work(services, course.staff) as work:
        assert tray.redo(work, number) == 1
    run_jobs()
    assert (course.intake(number).state, "waiting" in course.states(number).values()) == (IntakeState.DONE, False)
    assert len(course.items()) == 4


def test_an_intake_undone_when_its_time_is_over_asks_for_no_more(
    course: Course, run_jobs: Any, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = course.send({}, zipped=zipped(FILES))
    listing_of = intake.listing_of

    def undone(*known: Any) -> Any:
        with open_work(services, course.staff) as work:
            tray.undo(work, number)
        return listing_of(*known)

    monkeypatch.setattr(intake_job, "listing_of", undone)
    monkeypatch.setattr(intake_job, "SLICE_S", -1.0)
    assert run_jobs() == 1


def test_an_intake_that_waits_for_a_yes_still_waits_when_it_is_redone(
    course: Course, run_jobs: Any, services: Services
) -> None:
    number = course.send({"a.txt": text("a")}, LIST, sure=False)
    with open_work(services, course.staff) as work:
        tray.undo(work, number)
        tray.redo(work, number)
    assert run_jobs() == 0
    assert intake.waits_for_yes(course.intake(number))


def test_an_open_intake_that_lost_its_job_is_found_and_goes_on(
    course: Course, run_jobs: Any, services: Services
) -> None:
    number = course.send({}, zipped=zipped(FILES))
    asks = course.send({"a.txt": text("a")}, LIST, sure=False)
    with open_work(services, SYSTEM) as work:
        work.session.execute(delete(Job))
    intake_job.find_left(services, [{}])
    intake_job.find_left(services, [{}])
    assert run_jobs() == 1
    assert course.intake(number).state == IntakeState.DONE
    assert intake.waits_for_yes(course.intake(asks))


def test_an_intake_whose_job_is_parked_is_left_to_staff(course: Course, run_jobs: Any, services: Services) -> None:
    course.send({}, zipped=zipped(FILES))
    with open_work(services, SYSTEM) as work:
        work.session.execute(update(Job).values(state=JobState.PARKED))
    intake_job.find_left(services, [{}])
    assert run_jobs() == 0


def test_what_is_ready_is_handed_in_and_the_tray_is_not(course: Course, run_jobs: Any, services: Services) -> None:
    course.send({}, zipped=zipped(FILES))
    run_jobs()
    with open_work(services, course.staff) as work:
        told = tray.hand_in(work, get_edition(work, course.edition_id))
    assert (told.done, told.left) == (3, [])
    assert sorted(item.state for item in course.items()) == [State.DRAFT, *[State.PUBLISHED] * 3]


def test_a_draft_that_its_author_changed_since_is_left_to_them(
    course: Course, run_jobs: Any, services: Services
) -> None:
    course.send({}, zipped=zipped(FILES))
    run_jobs()
    mine = course.items()[0]
    with open_work(services, SYSTEM) as work:
        items.describe(work, work.session.get_one(Item, mine.id), {"title": "Ainda a meio"})
    with open_work(services, course.staff) as work:
        told = tray.hand_in(work, get_edition(work, course.edition_id), LICENCE)
    assert (told.done, told.left, told.theirs) == (2, [], 1)
    assert next(item.state for item in course.items() if item.id == mine.id) == State.DRAFT


def test_a_licence_chosen_at_the_end_fills_those_without(
    services: Services, centre: Organisation, course: Course, run_jobs: Any
) -> None:
    with open_work(services, SYSTEM) as work:
        work.session.get_one(Edition, course.edition_id).licence = ""
    course.send({"Joana Teles - a.txt": text("a")})
    run_jobs()
    with open_work(services, course.staff) as work:
        edition = get_edition(work, course.edition_id)
        assert [error.field for _, error in tray.hand_in(work, edition).left] == ["licence"]
        assert tray.hand_in(work, edition, "CC-BY-4.0").done == 1
    assert [item.licence for item in course.items()] == ["CC-BY-4.0"]


def test_the_tray_is_given_discarded_and_fetched_back(course: Course, run_jobs: Any, services: Services) -> None:
    number = course.send({"um.txt": text("1"), "dois.txt": text("2")})
    run_jobs()
    with open_work(services, course.staff) as work:
        edition = get_edition(work, course.edition_id)
        first, second = tray.in_tray(work, edition)
        ids = [who.id for who in edition.participants[:2]]
        assert tray.give(work, services.vocabularies, edition, {first.item.id: ids}) == 1
        tray.throw_away(work, edition, second.item.id)
        tray.throw_away(work, edition, second.item.id)
        assert tray.in_tray(work, edition) == []
        tray.fetch_back(work, edition, second.item.id)
        assert [parcel.item.id for parcel in tray.in_tray(work, edition)] == [second.item.id]
    assert sorted(course.authors(number).values()) == [(), ("Joana Teles", "José Tavares")]


def test_a_wrong_author_is_taken_off_without_a_trace_of_a_right(
    course: Course, run_jobs: Any, services: Services
) -> None:
    course.send({"Joana Teles - a.txt": text("a")})
    run_jobs()
    (item,) = course.items()
    with open_work(services, course.staff) as work:
        edition = get_edition(work, course.edition_id)
        label = f"participant:{edition.participants[0].id}"
        tray.put_into_tray(work, edition, item.id)
    with open_look(services, Actor(labels=frozenset({label, "public"}))) as work:
        assert not may_see(work, work.session.get_one(Item, item.id))


def test_nothing_is_given_to_a_stranger_to_the_edition(course: Course, run_jobs: Any, services: Services) -> None:
    course.send({"um.txt": text("1")})
    run_jobs()
    with open_work(services, course.staff) as work:
        edition = get_edition(work, course.edition_id)
        wanted = {tray.in_tray(work, edition)[0].item.id: [999]}
        with pytest.raises(Invalid):
            tray.give(work, services.vocabularies, edition, wanted)


def test_two_people_of_one_name_leave_the_file_in_the_tray(course: Course, run_jobs: Any) -> None:
    course.person("Joana Teles", school="EB1 da Ponte")
    number = course.send({"Joana Teles - a.txt": text("a"), "Joana Teles (EB1 da Ponte).txt": text("b")})
    run_jobs()
    assert course.states(number) == {"Joana Teles - a.txt": "unmatched", "Joana Teles (EB1 da Ponte).txt": "matched"}
    guesses = course.entries(number)["Joana Teles - a.txt"].guesses
    assert len({tuple(people) for people, _ in guesses}) == 2


def test_an_address_shared_by_two_decides_nothing(course: Course, run_jobs: Any) -> None:
    course.person("Ana Costa", email="secretaria.eb1@escola.invalid")
    course.person("Rita Nunes", email="secretaria.eb1@escola.invalid")
    number = course.send({"secretaria.eb1/a.txt": text("a"), "secretaria.eb1 Rita Nunes.txt": text("b")})
    run_jobs()
    assert course.authors(number)["secretaria.eb1/a.txt"] == ()
    assert course.authors(number)["secretaria.eb1 Rita Nunes.txt"] in ((), ("Rita Nunes",))


def test_a_person_who_left_is_guessed_at_and_no_namesake_gets_the_file(
    course: Course, run_jobs: Any, services: Services
) -> None:
    with open_work(services, course.staff) as work:
        edition = get_edition(work, course.edition_id)
        remove_participant(work, next(who for who in edition.participants if who.name == "Rui Lopes"))
    course.person("Rui Lopes Pinto")
    number = course.send({"Rui Lopes - a.txt": text("a")})
    run_jobs()
    assert course.authors(number) == {"Rui Lopes - a.txt": ()}


def test_what_was_handed_in_stays_when_the_edition_is_removed(
    course: Course, run_jobs: Any, services: Services
) -> None:
    number = course.send({"Joana Teles - a.txt": text("a")})
    run_jobs()
    with open_work(services, course.staff) as work:
        remove_edition(work, get_edition(work, course.edition_id))
    with open_work(services, course.staff) as work:
        assert work.session.scalar(select(func.count()).select_from(Contribution)) == 1
        with pytest.raises(NotFound):
            tray.undo(work, number)
    with pytest.raises(NotFound):
        course.send({"b.txt": text("b")})


def test_only_those_who_look_after_the_course_may_hand_files_over(
    course: Course, ana: User, actor_for: Callable[[User], Actor], services: Services
) -> None:
    with pytest.raises(NotAllowed):
        Course(services, course.edition_id, actor_for(ana)).send({"a.txt": text("a")})


def test_nothing_at_all_is_refused_in_a_sentence(course: Course) -> None:
    with pytest.raises(DomainError):
        course.send({})


LIST = (
    "N.º;Nome;E-mail;Grupo\r\n1;Joana Teles;joana@escola.invalid;3\r\n2;José Tavares;;3\r\n3;Rui Lopes;;\r\n"
    "4;Inês Vaz;ines@escola.invalid;\r\n4;Inês da Conceição Vaz;ines@escola.invalid;\r\n"
).encode("windows-1252")


def test_the_list_adds_whom_the_course_does_not_know_and_tells_groups(course: Course, run_jobs: Any) -> None:
    files = {"T/Grupo 3/azulejos.txt": text("g"), "T/Inês da Conceição Vaz - a.txt": text("i")}
    number = course.send({}, LIST, zipped=zipped(files))
    run_jobs()
    assert course.authors(number) == {
        "T/Grupo 3/azulejos.txt": ("Joana Teles", "José Tavares"),
        "T/Inês da Conceição Vaz - a.txt": ("Inês Vaz",),
    }


def test_new_people_wait_for_a_yes(course: Course, run_jobs: Any, services: Services) -> None:
    number = course.send({"Inês Vaz - a.txt": text("a")}, LIST, sure=False)
    run_jobs()
    assert course.states(number) == {"Inês Vaz - a.txt": "waiting"}
    intake.confirm(services, course.staff, number)
    intake.confirm(services, course.staff, number)
    run_jobs()
    assert course.authors(number) == {"Inês Vaz - a.txt": ("Inês Vaz",)}
    with open_look(services, SYSTEM) as work:
        assert work.session.scalar(select(func.count()).select_from(Participant)) == 4


def test_a_list_is_read_again_without_adding_anybody(course: Course, run_jobs: Any, services: Services) -> None:
    for _ in range(2):
        course.send({"Inês Vaz - a.txt": text("a")}, LIST)
        run_jobs()
    with open_look(services, SYSTEM) as work:
        assert work.session.scalar(select(func.count()).select_from(Participant)) == 4


def test_a_rehearsal_says_what_would_be_done_and_does_nothing(
    course: Course, services: Services, tmp_path: Any
) -> None:
    (tmp_path / "turma.zip").write_bytes(zipped(FILES))
    told = intake_rehearsal.rehearse(services, course.staff, course.edition_id, tmp_path / "turma.zip", LIST)
    assert {each.path: each.people for each in told.files if each.people} == {
        "Turma/Joana Teles/ficha.txt": ("Joana Teles",),
        "Turma/Joana Teles/plano.txt": ("Joana Teles",),
        "Turma/José Tavares - rios.txt": ("José Tavares",),
        "Turma/sem nome.txt": ("Rui Lopes",),
    }
    assert told.new_people == ("Inês Vaz",)
    assert course.items() == []
    assert list(services.blobs.digests()) == []
