"""The queue, deciding from it, whole collections in two steps, answers by a link, and what the item's page says."""

import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from plugins.moderation import queue
from plugins.moderation.acts import ASKED, WAITING
from plugins.moderation.models import Moderator, Policy, Question, Review
from repository import attachments, items
from repository.models import File, Item, Mail, State


def seen_in(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found, "the page offers nothing to decide"
    return found[1]


def test_the_queue_shows_the_first_item_with_its_checks_and_the_way_to_the_next(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, run_jobs: Any
) -> None:
    first, second = handed_in(ana, "Barras stop @7"), handed_in(ana, "Pêndulo @7")
    run_jobs()
    page = sign_in(staff).get("/moderation").text
    assert "2 por decidir" in page
    assert "Course 7" in page
    assert "Says “stop”" in page
    assert f'data-key="j" href="/moderation/{second.id}"' in page
    assert seen_in(page)
    assert "O texto de «" in page, first.id


def test_approving_leads_to_the_next_and_can_be_taken_back_from_the_foot(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, state_of: Any
) -> None:
    first, second = handed_in(ana, "Uma"), handed_in(ana, "Outra")
    browser = sign_in(staff)
    page = browser.get(f"/moderation/{first.id}").text
    form = {"decision": "approve", "seen": seen_in(page)}
    answer = browser.post(f"/moderation/{first.id}/decide", data=form)
    assert (answer.status_code, answer.location) == (303, f"/moderation/{second.id}")
    page = browser.get(answer.location).text
    undo = re.search(r'action="(/moderation/decisions/\d+/undo)"', page)
    assert undo
    assert "Aprovado: «Uma», agora mesmo." in page
    assert browser.post(undo[1]).location == f"/moderation/{first.id}"
    assert state_of(first.id) == (State.IN_REVIEW, WAITING)


def test_a_ready_text_is_the_note_when_nothing_else_is_written(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, work_as: Any
) -> None:
    item = handed_in(ana)
    browser = sign_in(staff)
    form = {"decision": "return", "seen": seen_in(browser.get("/moderation").text), "note": "", "reason": "1"}
    assert browser.post(f"/moderation/{item.id}/decide", data=form).status_code == 303
    assert "Falta dizer de onde vêm" in sign_in(ana).get(f"/items/{item.id}").text


def test_a_decision_without_its_reason_keeps_what_was_typed_and_says_so(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, state_of: Any
) -> None:
    item = handed_in(ana)
    browser = sign_in(staff)
    seen = seen_in(browser.get("/moderation").text)
    answer = browser.post(f"/moderation/{item.id}/decide", data={"decision": "decline", "seen": seen, "note": " "})
    assert answer.status_code == 422
    assert "Escreva porquê" in answer.text
    assert '<a href="#n-decline">' in answer.text
    assert 'id="n-decline"' in answer.text
    changed = browser.post(f"/moderation/{item.id}/decide", data={"decision": "decline", "seen": "0", "note": "Porque"})
    assert changed.status_code == 409
    assert "mudou entretanto" in changed.text
    assert "Porque</textarea>" in changed.text
    assert state_of(item.id) == (State.SUBMITTED, WAITING)


def test_the_description_is_corrected_in_place_and_nothing_needed_goes_missing(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, work_as: Any
) -> None:
    item = handed_in(ana)
    browser = sign_in(staff)
    form = {"title": "Frações com barras, 3.º ano", "year": ["", "3"], "keywords": "frações, barras"}
    assert browser.post(f"/moderation/{item.id}/edit", data=form).status_code == 303
    assert browser.post(f"/moderation/{item.id}/edit", data={"title": ""}).status_code == 422
    with work_as() as work:
        row = work.session.get_one(Item, item.id)
        assert (row.title, row.codes("year"), row.keywords) == (form["title"], ["3"], ["frações", "barras"])


def test_a_collection_is_approved_in_two_steps_and_the_exceptions_stay(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, state_of: Any, run_jobs: Any, work_as: Any
) -> None:
    clear = [handed_in(ana, f"Ficha {n} @7") for n in range(3)]
    warned, other = handed_in(ana, "Com stop @7"), handed_in(ana, "De outra @8")
    run_jobs()
    browser = sign_in(staff)
    assert "3 sem avisos." in browser.get("/moderation").text
    page = browser.get("/moderation/collections/edition:7").text
    fields = dict(re.findall(r'name="(seen-\d+|batch)" value="(\w+)"', page))
    assert len(fields) == 4
    with work_as(ana) as work:  # one goes back to its author between the two steps
        items.recall(work, work.session.get_one(Item, clear[0].id))
    for _twice in range(2):
        assert browser.post("/moderation/collections/edition:7", data=fields).status_code == 303
    states = [state_of(item.id)[0] for item in (*clear, warned, other)]
    assert states == [State.DRAFT, State.PUBLISHED, State.PUBLISHED, State.SUBMITTED, State.SUBMITTED]
    page = browser.get("/moderation").text
    undo = re.search(r'action="(/moderation/batches/\w+/undo)"', page)
    assert undo
    assert browser.post(undo[1]).status_code == 303
    assert [state_of(item.id)[0] for item in clear[1:]] == [State.IN_REVIEW, State.IN_REVIEW]


def test_nobody_without_a_part_in_it_gets_into_the_moderation(
    client: Any, ana: Any, rui: Any, handed_in: Any, sign_in: Any
) -> None:
    item = handed_in(ana)
    for browser, status in ((sign_in(rui), 403), (sign_in(ana), 403)):
        assert browser.get("/moderation").status_code == status
        assert browser.get(f"/moderation/{item.id}").status_code == status
        assert browser.post(f"/moderation/{item.id}/decide", data={"decision": "approve"}).status_code == status
        assert browser.get("/admin/moderation").status_code == status
    assert client.get("/moderation").status_code in (302, 401, 403)


def test_the_queue_of_a_thousand_is_read_in_a_few_queries(
    ana: Any, staff: Any, work_as: Any, actor_for: Any, sign_in: Any, services: Any, count_queries: Any
) -> None:
    fill(work_as, ana, 1_000)
    browser = sign_in(staff)
    counts = []
    for path in ("/moderation?warnings=with", "/moderation", "/moderation?page=9"):
        with count_queries() as asked:
            page = browser.get(path)
        counts.append(len(asked))
        assert page.status_code == 200
    assert max(counts) <= 60
    assert abs(counts[1] - counts[2]) <= 3
    assert "1 000 por decidir" in page.text.replace("\u00a0", " ") or "1000 por decidir" in page.text


def test_reading_the_queue_asks_as_many_queries_for_ten_as_for_a_thousand(
    ana: Any, staff: Any, work_as: Any, count_queries: Any
) -> None:
    def asked(n: int) -> int:
        fill(work_as, ana, n)
        with work_as(staff) as work, count_queries() as statements:
            rows = queue.waiting_for(work)
            queue.groups_of(work, rows, rows[: queue.PER_PAGE])
        return len(statements)

    assert asked(10) == asked(300) <= 6


def fill(work_as: Any, owner: Any, n: int) -> None:
    """Hand many items in at once, six courses, a third of them with a warning."""
    with work_as() as work:
        for number in range(n):
            item = Item(
                kind="digital", state=State.SUBMITTED, title=f"Material {number}", owner_id=owner.id, licence="CC-BY-4.0",
                created_at=work.now, updated_at=work.now, submitted_at=work.now, keywords=[], proposed=[],
            )  # fmt: skip
            work.session.add(item)
            work.session.flush()
            work.session.add(
                Review(
                    item_id=item.id,
                    state=WAITING,
                    collection_key=f"edition:{number % 6}",
                    collection_label="Course",
                    warnings=number % 3 == 0,
                    checked_at=work.now,
                    submitted_at=work.now,
                )
            )


def test_the_filters_narrow_the_queue(
    ana: Any, staff: Any, handed_in: Any, work_as: Any, run_jobs: Any, centre: Any
) -> None:
    warned, plain = handed_in(ana, "Com stop @7"), handed_in(ana, "Sem nada @8", group=["500"])
    run_jobs()
    with work_as(staff) as work:
        work.session.get_one(Review, plain.id).assigned_id = staff.id

        def found(**known: Any) -> list[int]:
            return [row.item_id for row in queue.waiting_for(work, queue.Filters(**known))]

        assert found(collection="edition:7") == [warned.id] == found(warnings="with") == found(group="110")
        assert found(collection="edition:8") == [plain.id] == found(warnings="without") == found(mine=True)
        assert found(organisation=centre.id) == [warned.id, plain.id]
        assert found(organisation=99) == found(asked=True) == found(age=3) == found(collection="none") == []


def test_a_question_is_answered_by_its_link_without_an_account_once(
    client: Any,
    services: Any,
    ana: Any,
    staff: Any,
    handed_in: Any,
    sign_in: Any,
    run_jobs: Any,
    work_as: Any,
    state_of: Any,
) -> None:
    services.settings.change("moderation_mail_minutes", 0)
    item = handed_in(ana)
    browser = sign_in(staff)
    assert browser.post(f"/moderation/{item.id}/ask", data={"note": "De onde vem a imagem?"}).status_code == 303
    assert state_of(item.id) == (State.IN_REVIEW, ASKED)
    run_jobs()
    link = question_link(work_as)
    page = client.get(link)
    assert page.status_code == 200
    assert "De onde vem a imagem?" in page.text
    assert "Frações com barras" in page.text
    assert "O texto de «" not in page.text
    assert client.post(link, data={"answer": " "}).status_code == 422
    for _twice in range(2):
        assert client.post(link, data={"answer": "Fiz eu."}).status_code == 303
    assert client.post(link, data={"answer": "Outra"}).status_code == 409
    assert state_of(item.id) == (State.IN_REVIEW, WAITING)
    assert "Fiz eu." in browser.get(f"/moderation/{item.id}").text
    assert "Fiz eu." not in client.get(link).text


def question_link(work_as: Any) -> str:
    with work_as() as work:
        bodies = list(work.session.scalars(select(Mail.body).where(Mail.kind == "moderation.question")))
    found = re.search(r"(/moderation/answers/\S+)", bodies[-1])
    assert found
    return found[1]


def test_the_link_of_a_question_is_dead_after_a_decision(
    client: Any,
    services: Any,
    ana: Any,
    staff: Any,
    handed_in: Any,
    sign_in: Any,
    run_jobs: Any,
    work_as: Any,
    decide: Any,
) -> None:
    services.settings.change("moderation_mail_minutes", 0)
    item = handed_in(ana)
    sign_in(staff).post(f"/moderation/{item.id}/ask", data={"note": "De onde vem?"})
    run_jobs()
    link = question_link(work_as)
    decide(staff, item.id, "approve")
    assert client.get(link).status_code == 410
    assert client.post(link, data={"answer": "Tarde"}).status_code == 409


@pytest.mark.parametrize("token", ["1", "1-", "1-abc", "x-abc", "99999999999999999999-abc", "-", "1-ç"])
def test_a_link_that_was_not_made_here_leads_nowhere(
    token: str, client: Any, ana: Any, staff: Any, handed_in: Any, work_as: Any
) -> None:
    item = handed_in(ana)
    with work_as() as work:
        work.session.add(Question(item_id=item.id, text="?", asked_by=staff.id, asked_at=work.now))
    assert client.get(f"/moderation/answers/{token}").status_code == 404


def test_a_question_is_taken_back_from_the_foot_of_the_page(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, state_of: Any
) -> None:
    item = handed_in(ana)
    browser = sign_in(staff)
    browser.post(f"/moderation/{item.id}/ask", data={"note": "De onde vem?"})
    page = browser.get("/moderation").text
    undo = re.search(r'action="(/moderation/questions/\d+/undo)', page)
    assert undo
    assert "Pergunta feita" in page
    browser.post(undo[1])
    assert state_of(item.id) == (State.IN_REVIEW, WAITING)


def test_taking_and_giving_an_item(
    ana: Any, rui: Any, staff: Any, vera: Any, handed_in: Any, sign_in: Any, work_as: Any
) -> None:
    item = handed_in(ana)
    browser = sign_in(staff)

    def holder() -> Any:
        with work_as() as work:
            return work.session.get_one(Review, item.id).assigned_id

    browser.post(f"/moderation/{item.id}/claim")
    assert holder() == staff.id
    browser.post(f"/moderation/{item.id}/claim", data={"user": vera.id})
    assert holder() == vera.id
    assert browser.post(f"/moderation/{item.id}/claim", data={"user": rui.id}).status_code == 422
    assert browser.post(f"/moderation/{item.id}/claim", data={"user": ana.id}).status_code == 422
    browser.post(f"/moderation/{item.id}/release")
    assert holder() is None


def test_as_many_warnings_are_listed_as_the_queue_counts_and_notes_stand_apart(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, run_jobs: Any, work_as: Any
) -> None:
    item = handed_in(ana, "stop and note")
    run_jobs()
    browser = sign_in(staff)
    with work_as() as work:
        review = work.session.get_one(Review, item.id)
        counted, stop = review.warnings, next(row.id for row in review.findings if row.weight == "stop")
    for left in (counted, counted - 1):
        page = browser.get(f"/moderation/{item.id}").text
        checks = page.partition('id="h-verif"')[2].partition("</section>")[0]
        warnings, _, others = checks.partition("Não contam como avisos")
        assert warnings.count("Não é problema") == left
        assert (f"{left} aviso" in warnings) is (left > 0)
        assert ("Says “stop”" in others) is (left < counted)
        assert "Says a note" in others
        assert (f"{left} aviso" in page.partition('id="h-fila"')[2].partition('id="h-item"')[0]) is (left > 0)
        browser.post(f"/moderation/{item.id}/findings/{stop}", data={"on": "1"})


def test_a_warning_set_aside_stays_so_when_the_checks_run_again(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, run_jobs: Any, work_as: Any
) -> None:
    item = handed_in(ana, "Com stop")
    run_jobs()
    browser = sign_in(staff)
    with work_as() as work:
        finding = work.session.get_one(Review, item.id).findings[0].id
    browser.post(f"/moderation/{item.id}/findings/{finding}", data={"on": "1"})
    browser.post(f"/moderation/{item.id}/edit", data={"summary": "Agora com resumo"})
    run_jobs()
    with work_as() as work:
        review = work.session.get_one(Review, item.id)
        assert (review.warnings, review.findings[0].dismissed_by) == (0, staff.id)
        finding = review.findings[0].id
    browser.post(f"/moderation/{item.id}/findings/{finding}", data={})
    with work_as() as work:
        assert work.session.get_one(Review, item.id).warnings == 1


def test_staff_take_an_old_decision_back_from_the_items_history(
    ana: Any, staff: Any, handed_in: Any, decide: Any, sign_in: Any, state_of: Any
) -> None:
    item = handed_in(ana)
    number = decide(staff, item.id, "approve", "Muito claro.")
    browser = sign_in(staff)
    page = browser.get(f"/items/{item.id}").text
    assert "Muito claro." in page
    assert f"/moderation/decisions/{number}/undo" in page
    answer = browser.post(f"/moderation/decisions/{number}/undo", data={"back": "1"})
    assert answer.location == f"/items/{item.id}"
    assert state_of(item.id) == (State.IN_REVIEW, WAITING)
    assert browser.post("/moderation/decisions/999/undo").status_code == 404


def test_the_authors_see_the_question_on_the_items_page_and_not_who_decides(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any
) -> None:
    item = handed_in(ana)
    sign_in(staff).post(f"/moderation/{item.id}/ask", data={"note": "De onde vem?"})
    page = sign_in(ana).get(f"/items/{item.id}").text
    assert "De onde vem?" in page
    assert "/moderation/answers/" in page
    assert "Sara" not in page


def test_administrators_set_policies_and_moderators(
    admin: Any, ana: Any, centre: Any, sign_in: Any, work_as: Any
) -> None:
    browser = sign_in(admin)
    assert browser.get("/admin/moderation").status_code == 200
    browser.post("/admin/moderation/policies", data={"person": ana.email, "mode": "after"})
    browser.post("/admin/moderation/policies", data={"organisation": str(centre.id), "mode": "after"})
    browser.post("/admin/moderation/policies", data={"mode": "before"})
    browser.post("/admin/moderation/policies", data={"scope": f"org:{centre.id}", "mode": ""})
    browser.post("/admin/moderation/moderators", data={"email": ana.email, "part": str(centre.id), "group": "110"})
    with work_as() as work:
        assert dict(work.session.execute(select(Policy.scope, Policy.mode)).all()) == {
            f"user:{ana.id}": "after",
            "house": "before",
        }
        row = work.session.scalars(select(Moderator)).one()
        assert (row.user_id, row.organisation_id, row.group_code) == (ana.id, centre.id, "110")
    page = browser.get("/admin/moderation").text
    assert "Ana" in page
    browser.post(f"/admin/moderation/moderators/{row.id}/remove")
    for form in (
        {"person": "ninguem@teste.invalid", "mode": "after"},
        {"mode": "never"},
        {"scope": "org:77", "mode": "after"},
    ):
        assert browser.post("/admin/moderation/policies", data=form).status_code == 422
    assert browser.post("/admin/moderation/moderators", data={"email": "x"}).status_code == 422


def test_what_was_decided_says_so_where_it_is_looked_at_again(
    ana: Any, staff: Any, handed_in: Any, decide: Any, sign_in: Any
) -> None:
    item = handed_in(ana)
    decide(staff, item.id, "approve")
    page = sign_in(staff).get(f"/moderation/{item.id}").text
    assert "Já não espera por uma decisão." in page
    assert 'name="seen"' not in page


def test_a_photograph_is_cleaned_while_it_is_under_review_and_checked_again(
    services: Any, ana: Any, staff: Any, handed_in: Any, sign_in: Any, run_jobs: Any, work_as: Any
) -> None:
    item = handed_in(ana, publish=False)
    picture, exif, out = Image.new("RGB", (40, 30), "orange"), Image.Exif(), BytesIO()
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (40.0, 12.0, 0.0)
    picture.save(out, "JPEG", exif=exif)
    with work_as(ana) as work:
        row = work.session.get_one(Item, item.id)
        file = attachments.attach(work, row, services.blobs.receive(BytesIO(out.getvalue()), limit=None), "rua.jpg")
        items.submit(work, row)
        number = file.id
    run_jobs()
    browser = sign_in(staff)
    seen = seen_in(browser.get(f"/moderation/{item.id}").text)
    assert browser.post(f"/moderation/{item.id}/clean/{number}").status_code == 303
    waiting = browser.post(f"/moderation/{item.id}/decide", data={"decision": "approve", "seen": seen})
    assert waiting.status_code == 409
    run_jobs()
    with work_as() as work:
        assert work.session.get_one(File, number).hidden == []
        assert work.session.get_one(Review, item.id).checked_at is not None
    stale = browser.post(f"/moderation/{item.id}/decide", data={"decision": "approve", "seen": seen})
    assert "mudou entretanto" in stale.text
    seen = seen_in(browser.get(f"/moderation/{item.id}").text)
    assert browser.post(f"/moderation/{item.id}/decide", data={"decision": "approve", "seen": seen}).status_code == 303
    assert browser.post(f"/moderation/{item.id}/clean/999").status_code in (404, 409)


def test_a_new_version_that_brings_only_a_note_is_not_said_to_say_the_same(
    sign_in: Any, ana: Any, staff: Any, handed_in: Any, decide: Any, work_as: Any, run_jobs: Any
) -> None:
    item = handed_in(ana)
    run_jobs()
    decide(staff, item.id, "approve")
    with work_as(ana) as work:
        draft = items.begin_version(work, work.session.get_one(Item, item.id))
        items.describe(work, draft, {"changes": "Corrigi a data."})
        items.submit(work, draft)
        number = draft.id
    run_jobs()
    page = sign_in(staff).get(f"/moderation/{number}").text
    assert "Diz o mesmo que está publicado" not in page
    assert "traz de novo só a nota da versão" in page
    assert "«Corrigi a data.»" in page


def test_the_administration_s_first_page_says_what_waits_for_staff(
    ana: Any, rui: Any, staff: Any, handed_in: Any, sign_in: Any
) -> None:
    browser = sign_in(staff)
    assert "Nada espera por si." in browser.get("/admin/").text
    handed_in(ana)
    page = browser.get("/admin/").text
    assert "1 material por decidir." in page
    assert 'href="/moderation"' in page
    assert "0 avisos por tratar" in page
    assert "2 pessoas por confirmar como docentes" in page, rui.name
    assert "trabalhos na fila" not in page, "the machine is the administrator's"
