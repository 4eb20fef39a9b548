"""Reports: told by anybody, decided with a reason, answered, appealed once; pupils' data are out of sight at once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from repository import housekeeping, items, reports
from repository.errors import NotAllowed
from repository.forgetting import forget
from repository.models import AuditEntry, Item, Mail, Report, State, User
from repository.own_data import own_data

REASON = "Confirmámos com os autores."


@pytest.fixture
def item(ana, make_item):
    return make_item(ana)


@pytest.fixture
def told(services):
    """Return the newest report."""

    def newest():
        with services.sessions.reading() as session:
            return session.scalars(select(Report).order_by(Report.id.desc())).first()

    return newest


def report_by(browser, item, reason="people", **more):
    said = {"item": item.id, "reason": reason, "text": "Vê-se uma lista de nomes."} | more
    answer = browser.post("/report", data=said)
    assert answer.status_code == 303, answer.text
    return answer.location


def decide_by(browser, report, decision, text=REASON):
    return browser.post(f"/admin/reports/{report.id}/decide", data={"decision": decision, "text": text})


def state_of(services, item):
    with services.sessions.reading() as session:
        return session.get_one(Item, item.id).state


def mails_to(services, address):
    with services.sessions.reading() as session:
        return session.scalars(select(Mail).where(Mail.address == address).order_by(Mail.id)).all()


def link_in(mail):
    return re.search(r"/report/\S+", mail.body).group()


# Telling


def test_a_members_report_of_pupils_data_hides_the_item_at_once(sign_in, client, services, ana, rui, staff, item, told):
    receipt = report_by(sign_in(rui), item)
    assert state_of(services, item) == State.WITHDRAWN
    gone = client.get(f"/items/{item.id}")
    assert gone.status_code == 404
    assert "até decidir um aviso: mostra alunos ou dados pessoais." in gone.text
    assert item.title not in gone.text
    assert told().hidden
    assert "deixou de estar à vista" in client.get(receipt).text
    (alert,) = mails_to(services, staff.email)
    assert alert.subject == "Aviso urgente: dados pessoais"
    assert "retirado de imediato" in alert.body
    (author,) = mails_to(services, ana.email)
    assert "está retirado" in author.subject
    assert "Rui" not in author.body


def test_the_author_cannot_bring_back_what_was_hidden_and_staff_can(sign_in, work_as, rui, ana, staff, item, services):
    report_by(sign_in(rui), item)
    with pytest.raises(NotAllowed), work_as(ana) as work:
        items.restore(work, work.session.get_one(Item, item.id))
    with work_as(staff) as work:
        items.restore(work, work.session.get_one(Item, item.id))
    assert state_of(services, item) == State.PUBLISHED


def test_an_anonymous_report_of_pupils_data_alerts_and_hides_nothing(client, services, staff, ana, item, told):
    report_by(client, item)
    assert state_of(services, item) == State.PUBLISHED
    assert not told().hidden
    assert "quem avisou não tem conta" in mails_to(services, staff.email)[0].body
    assert mails_to(services, ana.email) == []


@pytest.mark.parametrize("reason", ["rights", "wrong", "other"])
def test_other_reasons_hide_nothing(sign_in, services, rui, item, reason):
    report_by(sign_in(rui), item, reason)
    assert state_of(services, item) == State.PUBLISHED


def test_what_the_centre_kept_is_not_hidden_again_by_the_next_report(sign_in, services, rui, staff, item, told):
    report_by(sign_in(rui), item)
    decide_by(sign_in(staff), told(), "keep")
    report_by(sign_in(rui), item)
    assert state_of(services, item) == State.PUBLISHED
    assert told().handled_at is None


def test_one_member_cannot_empty_the_shelves(sign_in, services, ana, rui, make_item):
    made = [make_item(ana, f"Material {n}") for n in range(reports.MOST_HIDDEN_A_DAY + 1)]
    browser = sign_in(rui)
    for item in made:
        report_by(browser, item)
    states = [state_of(services, item) for item in made]
    assert states == [State.WITHDRAWN] * reports.MOST_HIDDEN_A_DAY + [State.PUBLISHED]


def test_a_form_that_is_sent_twice_is_one_report_with_one_receipt(client, services, staff, item):
    token = re.search(r'name="token" value="([^"]+)"', client.get(f"/report?item={item.id}").text)[1]
    first, again = (report_by(client, item, token=token) for _ in range(2))
    assert first == again
    with services.sessions.reading() as session:
        assert session.scalar(select(func.count(Report.id))) == 1
    assert len(mails_to(services, staff.email)) == 1
    assert report_by(client, item) != first


ANOTHER = {"reason": "wrong", "text": "Não abre."}


def test_an_address_that_sends_many_reports_waits_and_keeps_what_was_typed(client, item, monkeypatch):
    monkeypatch.setattr(reports, "ADDRESS_AT_ONCE", 2)
    for _ in range(2):
        report_by(client, item)
    answer = client.post("/report", data={"item": item.id} | ANOTHER)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 31
    assert "Não abre." in answer.text
    assert "muitos avisos de seguida" in answer.text
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.post("/report", data={"item": item.id} | ANOTHER, environ_base=elsewhere).status_code == 303


def test_strangers_who_send_too_many_reports_close_the_form_to_strangers_only(
    sign_in, client, services, rui, item, monkeypatch
):
    monkeypatch.setattr(reports, "STRANGERS_AN_HOUR", 2)
    for _ in range(2):
        report_by(client, item)
    answer = client.post("/report", data=ANOTHER, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == 429
    assert 3000 < int(answer.headers["Retry-After"]) <= 3601
    report_by(sign_in(rui), item)
    assert state_of(services, item) == State.WITHDRAWN


def test_sixty_reports_of_strangers_leave_the_form_open_to_all(sign_in, client, services, rui, item):
    for n in range(61):
        report_to = client.post("/report", data=ANOTHER, environ_base={"REMOTE_ADDR": f"192.0.2.{n}"})
        assert report_to.status_code == 303
    report_by(sign_in(rui), item)
    assert state_of(services, item) == State.WITHDRAWN


def test_each_member_has_an_allowance_of_their_own(sign_in, ana, rui, item, monkeypatch):
    monkeypatch.setattr(reports, "MEMBER_AN_HOUR", 2)
    browser = sign_in(rui)
    for _ in range(2):
        report_by(browser, item, "wrong")
    assert browser.post("/report", data={"item": item.id} | ANOTHER).status_code == 429
    report_by(sign_in(ana), item, "wrong")


def test_staff_get_few_alerts_of_strangers_and_each_of_members_and_every_report_is_kept(
    sign_in, client, services, rui, staff, item, monkeypatch
):
    monkeypatch.setattr(reports, "STRANGERS_MAILED_AN_HOUR", 1)
    for _ in range(4):
        report_by(client, item)
    told_of = len(mails_to(services, staff.email))
    assert told_of in (1, 2)  # two when the clock strikes in between
    report_by(sign_in(rui), item)
    assert len(mails_to(services, staff.email)) == told_of + 1
    with services.sessions.reading() as session:
        assert session.scalar(select(func.count(Report.id))) == 5


def test_who_leaves_an_address_gets_the_receipt_by_mail_in_the_language_of_the_page(client, services, item):
    client.get("/language/en")
    receipt = report_by(client, item, "wrong", email="Eva@teste.invalid")
    (mail,) = mails_to(services, "eva@teste.invalid")
    assert (mail.locale, link_in(mail)) == ("en", receipt)


def test_no_subject_names_anybody_or_anything(sign_in, services, rui, ana, staff, make_item, told):
    item = make_item(ana, "Turma da Beatriz Antunes")
    report_by(sign_in(rui), item)
    decide_by(sign_in(staff), told(), "keep")
    with services.sessions.reading() as session:
        subjects = session.scalars(select(Mail.subject)).all()
    assert len(subjects) >= 4
    assert not [subject for subject in subjects if re.search("Beatriz|Rui|Ana|Sara", subject)]


def test_what_the_reporter_may_not_see_cannot_be_reported(client, ana, make_item):
    draft = make_item(ana, publish=False)
    assert client.post("/report", data={"item": draft.id, "reason": "people", "text": "Nomes."}).status_code == 404


# Receipts


@pytest.mark.parametrize(
    "change", [lambda code: code[:-1] + "!", lambda code: code.replace("-r-", "-a-"), lambda _: "x"]
)
def test_a_receipt_that_was_not_given_out_opens_nothing(client, item, change):
    receipt = report_by(client, item)
    code = receipt.removeprefix("/report/")
    assert client.get(receipt).status_code == 200
    assert client.get(f"/report/{change(code)}").status_code == 404
    assert client.post(f"/report/{change(code)}/appeal", data={"text": "Não."}).status_code == 404


def test_the_number_of_another_report_does_not_fit_the_receipt(client, item):
    first, second = report_by(client, item), report_by(client, item)
    assert client.get(first.replace("/1-", "/2-")).status_code == 404
    assert client.get(second).status_code == 200


# Deciding


def test_keeping_brings_the_item_back_and_tells_both_sides_why(sign_in, client, services, ana, rui, staff, item, told):
    receipt = report_by(sign_in(rui), item)
    assert decide_by(sign_in(staff), told(), "keep").status_code == 303
    assert state_of(services, item) == State.PUBLISHED
    assert client.get(f"/items/{item.id}").status_code == 200
    for person in (rui, ana):
        assert REASON in mails_to(services, person.email)[-1].body
    page = client.get(receipt).text
    assert "manteve o material" in page
    assert REASON in page


def test_taking_down_withdraws_what_only_staff_bring_back(sign_in, client, services, work_as, ana, staff, item, told):
    report_by(client, item, "rights", email="eva@teste.invalid")
    decide_by(sign_in(staff), told(), "take_down")
    assert state_of(services, item) == State.WITHDRAWN
    assert "retirou o material" in mails_to(services, "eva@teste.invalid")[-1].body
    with pytest.raises(NotAllowed), work_as(ana) as work:
        items.restore(work, work.session.get_one(Item, item.id))


def test_what_the_author_withdrew_first_stays_down_after_the_decision(sign_in, client, work_as, ana, staff, item, told):
    report_by(client, item, "rights")
    with work_as(ana) as work:
        items.withdraw(work, work.session.get_one(Item, item.id))
    decide_by(sign_in(staff), told(), "take_down")
    with pytest.raises(NotAllowed), work_as(ana) as work:
        items.restore(work, work.session.get_one(Item, item.id))


def test_a_decision_asks_for_a_reason_and_keeps_the_form(sign_in, client, services, staff, item, told):
    report_by(client, item, "wrong")
    answer = decide_by(sign_in(staff), told(), "take_down", " ")
    assert answer.status_code == 422
    assert "Diga porquê" in answer.text
    assert decide_by(sign_in(staff), told(), "explode").status_code == 422
    assert state_of(services, item) == State.PUBLISHED


def test_a_report_is_decided_once(sign_in, client, services, staff, item, told):
    report_by(client, item, "wrong")
    browser = sign_in(staff)
    decide_by(browser, told(), "keep")
    decide_by(browser, told(), "take_down")
    assert told().decision == "keep"
    assert state_of(services, item) == State.PUBLISHED


def test_nobody_decides_about_their_own_item_and_others_see_who_does(sign_in, client, services, staff, make_item, told):
    own = make_item(staff)
    report_by(client, own, "rights")
    browser = sign_in(staff)
    assert decide_by(browser, told(), "keep").status_code == 403
    assert "Decide outra pessoa da equipa" in browser.get("/admin/reports").text
    assert mails_to(services, staff.email) == []


@pytest.mark.parametrize("who", ["nobody", "teacher"])
def test_only_staff_decide(who, sign_in, client, rui, item, told):
    report_by(client, item, "wrong")
    browser = client if who == "nobody" else sign_in(rui)
    assert decide_by(browser, told(), "keep").status_code in (302, 403)
    assert told().handled_at is None


def test_the_page_of_staff_shows_the_open_ones_first_and_says_when_there_are_none(sign_in, client, staff, item, told):
    browser = sign_in(staff)
    assert "Não há avisos" in browser.get("/admin/reports").text
    report_by(client, item, "wrong", text="Primeiro aviso")
    report_by(client, item, "wrong", text="Segundo aviso")
    decide_by(browser, told(), "keep")
    page = browser.get("/admin/reports").text
    assert page.index("Primeiro aviso") < page.index("Segundo aviso")
    assert page.count("A razão da decisão") == 1


# Appeals


def appeal_by(browser, receipt, text="Não concordo."):
    return browser.post(f"{receipt}/appeal", data={"text": text})


def test_the_reporter_appeals_what_was_kept_once_and_somebody_else_decides(
    sign_in, client, services, rui, staff, admin, item, told
):
    receipt = report_by(sign_in(rui), item)
    assert appeal_by(client, receipt).status_code == 303, "too early: nothing happens"
    assert told().appealed_at is None
    decide_by(sign_in(staff), told(), "keep")
    assert appeal_by(client, receipt, " ").status_code == 422
    assert appeal_by(client, receipt).status_code == 303
    assert told().handled_at is None
    assert mails_to(services, admin.email)[-1].subject == "Há um recurso por decidir"
    assert mails_to(services, staff.email)[-1].subject != "Há um recurso por decidir"
    assert decide_by(sign_in(staff), told(), "keep").status_code == 403
    assert decide_by(sign_in(admin), told(), "take_down").status_code == 303
    assert state_of(services, item) == State.WITHDRAWN
    appeal_by(client, receipt)
    assert told().handled_at is not None


def test_the_author_appeals_through_the_link_of_the_mail_and_gets_the_item_back(
    sign_in, client, services, ana, staff, admin, item, told
):
    report_by(client, item, "rights")
    decide_by(sign_in(staff), told(), "take_down")
    link = link_in(mails_to(services, ana.email)[-1])
    assert "Não concorda?" in client.get(link).text
    appeal_by(client, link, "Fui eu que escrevi tudo.")
    assert "Fui eu que escrevi tudo." in sign_in(admin).get("/admin/reports").text
    decide_by(sign_in(admin), told(), "keep")
    assert state_of(services, item) == State.PUBLISHED


def test_the_side_that_was_heard_has_nothing_to_appeal(sign_in, client, services, ana, staff, item, told):
    receipt = report_by(client, item, "rights")
    decide_by(sign_in(staff), told(), "take_down")
    assert "Não concorda?" not in client.get(receipt).text
    appeal_by(client, receipt)
    assert told().appealed_at is None


def test_where_there_is_nobody_else_the_same_person_decides_again(
    sign_in, client, services, work_as, admin, item, told
):
    report_by(client, item, "rights", email="eva@teste.invalid")
    browser = sign_in(admin)
    decide_by(browser, told(), "keep")
    appeal_by(client, link_in(mails_to(services, "eva@teste.invalid")[-1]))
    assert decide_by(browser, told(), "take_down").status_code == 303
    assert state_of(services, item) == State.WITHDRAWN


# Traces


def test_everything_is_in_the_trail_without_names(sign_in, client, services, rui, staff, item, told):
    receipt = report_by(sign_in(rui), item)
    decide_by(sign_in(staff), told(), "keep")
    appeal_by(client, receipt)
    with services.sessions.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "report")).all()
    acts = [entry.action for entry in entries]
    assert acts == ["report.received", "report.hid_item", "report.decided", "report.appealed"]
    assert "nomes" not in str([entry.after for entry in entries])


def test_who_told_is_forgotten_half_a_year_after_the_decision(sign_in, client, services, staff, item, told):
    report_by(client, item, "wrong", email="eva@teste.invalid")
    decide_by(sign_in(staff), told(), "keep")
    housekeeping.keep(services, [])
    assert told().email
    with services.sessions.writing() as session:
        session.get_one(Report, told().id).handled_at -= timedelta(days=181)
    housekeeping.keep(services, [])
    assert told().email == ""


def test_a_person_takes_along_what_they_told_and_leaves_no_trace_on_it(sign_in, services, work_as, rui, item, told):
    report_by(sign_in(rui), item, "wrong", email=rui.email)
    with work_as(rui) as work:
        person = work.session.get_one(User, rui.id)
        assert [row["text"] for row in own_data(work, person)["reports"]] == ["Vê-se uma lista de nomes."]
        forget(work, person, keep_name_on_materials=False)
    assert (told().reporter_id, told().email) == (None, "")


def test_a_withdrawn_item_says_when_and_by_whom_and_what_was_decided_to_those_who_see_it(
    sign_in, client, services, ana, rui, staff, item, told, work_as
):
    report_by(sign_in(rui), item)
    with work_as(staff) as work:
        reports.decide(work, services, reports.get(work, told().id), "take_down", "Vê-se uma aluna.")
    page = sign_in(ana).get(f"/items/{item.id}").text
    assert "O centro retirou este material a" in page
    assert "depois de um aviso: mostra alunos ou dados pessoais. «Vê-se uma aluna.»" in page
    stranger = client.get(f"/items/{item.id}")
    assert stranger.status_code == 404
    assert "depois de um aviso: mostra alunos" in stranger.text
    assert "Vê-se uma aluna" not in stranger.text


def test_what_its_authors_withdrew_says_so_and_what_was_never_public_says_nothing(client, ana, make_item, work_as):
    mine, hidden = make_item(ana, "Frações"), make_item(ana, "Só nossa", audience="members")
    with work_as(ana) as work:
        for one in (mine, hidden):
            items.withdraw(work, work.session.get_one(Item, one.id))
    page = client.get(f"/items/{mine.id}")
    assert (page.status_code, "Os autores retiraram este material a" in page.text) == (404, True)
    assert "retiraram" not in client.get(f"/items/{hidden.id}").text
    assert "retiraram" not in client.get("/items/99999").text
