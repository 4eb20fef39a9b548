"""The desk's pages: a scan leads to what is to be done, one press does it, and nobody else gets in."""

import re
from io import BytesIO

import pypdfium2
import pytest
from desk_acts import BACK, LATER, PICK_UP, Acts
from PIL import Image
from sqlalchemy import select

from plugins.physical_loans import photos, today
from plugins.physical_loans.models import Booking, BookingState, ClosedDays, Copy, Desk, Rule
from repository.models import File, Organisation, User

S = BookingState
DESK = "/loans/desk"


@pytest.fixture
def acts(at, staff, desk):
    return Acts(at, staff, desk)


@pytest.fixture
def clock(monkeypatch):
    """Let pages see a moment."""

    def set_to(moment):
        for place in ("repository.http.now", "repository.work.now", "repository.jobs.now"):
            monkeypatch.setattr(place, lambda: moment)

    set_to(PICK_UP)
    return set_to


@pytest.fixture
def browser(clock, sign_in, staff):
    return sign_in(staff)


def only(thing):
    return thing.copies[0]


def text_of(answer):
    return answer.get_data(as_text=True)


def test_what_the_desk_has_to_do_stands_on_the_own_page_of_who_works_there(
    acts, browser, sign_in, clock, ana, rui, make_thing
):
    assert "No balcão" not in text_of(browser.get("/me"))
    acts.book(ana, make_thing("Robôs Bee-Bot"))
    acts.out(rui, make_thing("Sondas de pH"))
    clock(LATER)
    page = text_of(browser.get("/me"))
    assert "No balcão: 1 em atraso" in page
    assert "Balcão de teste" in page
    assert f'href="{DESK}?desk=' in page
    assert "No balcão" not in text_of(sign_in(ana).get("/me"))


def test_the_first_page_of_the_administration_says_of_a_desk_only_what_there_is(acts, browser, ana, make_thing):
    assert "nada para hoje" in text_of(browser.get("/admin/"))
    acts.book(ana, make_thing("Robôs Bee-Bot"))
    page = text_of(browser.get("/admin/"))
    assert "1 por entregar" in page
    assert "por receber" not in page
    assert "nada para hoje" not in page


# The day


def test_the_day_shows_what_leaves_what_comes_back_and_what_is_late(acts, browser, clock, ana, rui, make_thing):
    robots, probes = make_thing("Robôs Bee-Bot"), make_thing("Sondas de pH")
    acts.book(ana, robots)
    page = text_of(browser.get(DESK))
    assert "Robôs Bee-Bot" in page
    assert "Ana" in page
    assert "Nada volta neste dia." in page
    acts.out(rui, probes)
    clock(BACK)
    assert "volta até" in text_of(browser.get(DESK))
    clock(LATER)
    assert "Em atraso há 5 dias" in text_of(browser.get(DESK))


def test_the_same_queries_show_any_number_of_loans(acts, browser, make_person, make_thing, count_queries):
    asked = []
    for n in range(2):
        for each in range(3 if n else 1):
            acts.book(make_person(f"P{n}{each}"), make_thing(f"Kit {n} {each}"))
        with count_queries() as statements:
            assert browser.get(DESK).status_code == 200
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 30, asked


def test_other_days_and_a_list_to_print(acts, browser, ana, thing):
    acts.book(ana, thing, day=16)
    assert "Robôs de chão" in text_of(browser.get(f"{DESK}?day=2027-03-15"))
    assert "Robôs de chão" in text_of(browser.get(f"{DESK}/list?day=2027-03-15"))
    assert "Nada sai neste dia." in text_of(browser.get(f"{DESK}?day=2027-03-12"))
    assert browser.get(f"{DESK}?day=never").status_code == 200


def test_without_a_desk_the_page_says_what_to_do(browser):
    assert "Criar o balcão" in text_of(browser.get(DESK))


@pytest.mark.parametrize("path", [DESK, f"{DESK}/list", f"{DESK}/scan?code=x", "/admin/loans", "/admin/loans/rules"])
def test_pages_of_the_desk_are_the_desks(clock, client, sign_in, ana, desk, path):
    assert client.get(path).status_code in (302, 401, 403)
    assert sign_in(ana).get(path).status_code == 403


@pytest.mark.parametrize("act", ["hand-out", "return", "approve", "decline", "lose", "swap", "undo_hand_out"])
def test_acts_of_the_desk_are_the_desks(acts, clock, sign_in, client, ana, rui, thing, act):
    made = acts.book(ana, thing)
    for browser in (client, sign_in(ana), sign_in(rui)):
        assert browser.post(f"{DESK}/{made}/{act}").status_code in (302, 401, 403, 404)
    assert acts.booking(made).state == S.APPROVED


def test_the_menu_counts_what_needs_somebody_today(acts, browser, ana, thing):
    acts.book(ana, thing)
    assert re.search(r'Balcão <span class="n">1<', text_of(browser.get("/")))


# Scanning


@pytest.mark.parametrize("form", ["{}", " {} ", "https://partilha.teste/loans/c/{}", "http://x/loans/c/{}?a=1"])
def test_a_label_an_inventory_number_and_a_whole_address_lead_to_the_copy(browser, thing, form):
    code = form.format(only(thing).label.lower())
    answer = browser.get(f"{DESK}/scan", query_string={"code": code})
    assert answer.headers["Location"] == f"/loans/c/{only(thing).label}"


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("", 422, "Passe o leitor"),
        ("ZZZ-99", 404, "Nenhum exemplar"),
        ("https://exemplo.invalid/a", 404, "outro sítio"),
    ],
)
def test_no_code_an_unknown_or_a_foreign_one_is_said_so_beside_the_field(browser, desk, code, status, words):
    answer = browser.get(f"{DESK}/scan", query_string={"code": code})
    assert answer.status_code == status
    assert words in text_of(answer)


def test_a_scan_opens_the_hand_out_then_the_return(acts, browser, ana, thing):
    made = acts.book(ana, thing)
    label = only(thing).label
    assert browser.get(f"/loans/c/{label}").headers["Location"] == f"{DESK}/{made}/hand-out"
    acts.do("hand_out", made)
    assert browser.get(f"/loans/c/{label}").headers["Location"] == f"{DESK}/{made}/return"


def test_others_who_scan_a_label_see_the_thing_in_the_catalogue(clock, client, thing):
    answer = client.get(f"/loans/c/{only(thing).label}")
    assert answer.headers["Location"] == f"/items/{thing.item_id}"
    assert client.get("/loans/c/NADA").status_code == 404


# Hand-out and return


def test_one_press_hands_out_and_the_next_page_offers_to_undo(acts, browser, ana, thing):
    made = acts.book(ana, thing)
    page = text_of(browser.get(f"{DESK}/{made}/hand-out"))
    assert only(thing).inventory in page
    for _ in range(2):
        assert browser.post(f"{DESK}/{made}/hand-out").status_code == 303
    page = text_of(browser.get(DESK))
    assert "Já foi entregue" in page
    assert "Entregue: «Robôs de chão»" in page
    browser.post(f"{DESK}/{made}/undo_hand_out")
    assert acts.booking(made).state == S.APPROVED


def test_everything_is_ticked_and_one_press_takes_it_back(acts, browser, clock, ana, make_thing):
    box = make_thing(parts={f"peça {n}": n for n in range(1, 13)})
    made = acts.out(ana, box)
    clock(BACK)
    page = text_of(browser.get(f"{DESK}/{made}/return"))
    assert len(re.findall(r'type="checkbox"[^>]*checked', page)) == 12
    sent = dict(re.findall(r'name="((?:seen|ok)-[^"]+)" value="(1)"', page))
    for _ in range(2):
        assert browser.post(f"{DESK}/{made}/return", data=sent).status_code == 303
    assert acts.booking(made).state == S.RETURNED
    assert acts.missing() == []


def test_what_is_not_ticked_is_missing_by_one_or_as_many_as_said(acts, browser, clock, ana, make_thing):
    box = make_thing(parts={"cabo": 4, "cartão": 40, "guia": 1})
    made = acts.out(ana, box)
    clock(BACK)
    cable, card, guide = (f"{only(box).id}-{part.id}" for part in box.components)
    sent = {f"seen-{name}": "1" for name in (cable, card, guide)} | {f"ok-{guide}": "1", f"n-{card}": "33"}
    assert browser.post(f"{DESK}/{made}/return", data=sent).status_code == 303
    assert sorted(line[1:] for line in acts.missing()) == [("cabo", 1), ("cartão", 7)]
    page = text_of(browser.get(DESK))
    assert "cabo: falta 1" in page
    assert "Recebido com faltas" in page
    browser.post(f"{DESK}/{made}/complete")
    assert acts.booking(made).state == S.RETURNED


def test_a_wrong_count_is_refused_and_nothing_is_lost(acts, browser, clock, ana, make_thing):
    box = make_thing(parts={"cabo": 4})
    made = acts.out(ana, box)
    clock(BACK)
    name = f"{only(box).id}-{box.components[0].id}"
    answer = browser.post(f"{DESK}/{made}/return", data={f"seen-{name}": "1", f"n-{name}": "9"})
    assert answer.status_code == 422
    assert acts.booking(made).state == S.OUT


def test_a_card_with_pupils_images_does_not_leave_before_it_is_wiped(acts, browser, clock, ana, make_thing):
    camera = make_thing("Câmara", category="audio_video")
    made = acts.out(ana, camera)
    clock(BACK)
    assert "Cartões de memória apagados" in text_of(browser.get(f"{DESK}/{made}/return"))
    browser.post(f"{DESK}/{made}/return")
    assert acts.copy(only(camera).id).blocked.startswith("Por apagar")
    browser.post(f"/loans/c/{only(camera).label}/unblock")
    assert acts.copy(only(camera).id).blocked == ""
    after = acts.out(ana, camera, day=16)
    browser.post(f"{DESK}/{after}/return", data={"settled": "1"})
    assert acts.copy(only(camera).id).blocked == ""


def photo(colour="red"):
    stream, exif = BytesIO(), Image.Exif()
    exif[0x013B] = "Somebody"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (40.0, 12.0, 5.0)
    Image.new("RGB", (300, 200), colour).save(stream, "JPEG", exif=exif)
    return BytesIO(stream.getvalue())


def test_photos_of_a_return_are_the_desks_alone_and_lose_their_hidden_data(
    acts, at, browser, clock, ana, thing, run_jobs, services, sign_in
):
    made = acts.out(ana, thing)
    clock(BACK)
    answer = browser.post(f"{DESK}/{made}/return", data={"photos": (photo(), "IMG_1.jpg")})
    assert answer.status_code == 303, text_of(answer)
    run_jobs()
    with at() as work:
        (kept,) = photos.of_booking(work, work.session.get_one(Booking, made))
        assert b"Somebody" not in services.blobs.path(kept.sha256).read_bytes()
    with browser.get(f"/files/{kept.id}/view") as answer:
        assert answer.status_code == 200
    assert sign_in(ana).get(f"/files/{kept.id}/view").status_code == 404
    with at() as work:
        assert photos.forget(work, work.session.get_one(Booking, made)) == 1
        assert photos.of_booking(work, work.session.get_one(Booking, made)) == []
        assert work.session.get(File, kept.id) is None


def test_what_is_no_photo_is_refused_and_the_loan_stays_out(acts, browser, clock, ana, thing):
    made = acts.out(ana, thing)
    answer = browser.post(f"{DESK}/{made}/return", data={"photos": (BytesIO(b"x"), "nota.txt")})
    assert answer.status_code == 422
    assert acts.booking(made).state == S.OUT


def test_declining_asks_for_words_and_keeps_what_was_typed(at, acts, browser, ana, thing):
    with at() as work:
        work.session.add(Rule(approval=True))
    made = acts.book(ana, thing)
    refused = browser.post(f"{DESK}/{made}/decline", data={"reason": ""})
    assert refused.status_code == 422
    assert "data-focus autofocus" in refused.text
    assert 'href="#f-reason"' in refused.text
    assert 'aria-describedby="f-reason-e' in refused.text
    browser.post(f"{DESK}/{made}/decline", data={"reason": "Vai para reparação."})
    assert acts.booking(made).reason == "Vai para reparação."


def test_another_copy_is_chosen_or_scanned(acts, browser, ana, make_thing):
    box = make_thing(copies=2)
    made = acts.book(ana, box)
    one, two = box.copies
    assert two.inventory in text_of(browser.get(f"{DESK}/{made}/hand-out"))
    browser.post(f"{DESK}/{made}/swap", data={"old": one.id, "code": two.label})
    assert acts.copies(made) == [two.id]
    answer = browser.post(f"{DESK}/{made}/swap", data={"old": two.id, "code": "NADA"})
    assert answer.status_code == 404
    assert "Nenhum exemplar" in text_of(answer)


def test_another_copy_without_saying_which_is_asked_for_beside_the_field(acts, browser, ana, make_thing):
    box = make_thing(copies=2)
    made = acts.book(ana, box)
    answer = browser.post(f"{DESK}/{made}/swap", data={"old": box.copies[0].id, "code": " "})
    assert answer.status_code == 422
    assert 'aria-describedby="f-code-e' in answer.text
    assert acts.copies(made) == [box.copies[0].id]


def test_the_record_of_a_hand_out_has_its_number_and_each_date_once(acts, browser, ana, thing):
    made = acts.out(ana, thing)
    page = pypdfium2.PdfDocument(browser.get(f"{DESK}/{made}/out.pdf").data)[0]
    words = " ".join(page.get_textpage().get_text_range().split())
    assert f"Empréstimo n.º {made}" in words
    assert "devolvo-o até" in words
    assert "/2027" not in words
    assert "de março de 2027, às" in words


@pytest.mark.parametrize("kind", ["out", "back"])
def test_the_records_are_pdf_with_a_list_to_tick(acts, browser, ana, make_thing, kind):
    box = make_thing(parts={f"Peça número {n}": n for n in range(1, 60)})
    made = acts.out(ana, box)
    answer = browser.get(f"{DESK}/{made}/{kind}.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.data.count(b"/Type /Page\n") >= 2


def test_the_desk_says_that_it_is_shut_on_a_weekend(browser, desk):
    assert "fechado neste dia" in text_of(browser.get(f"{DESK}?day=2027-03-06"))
    assert "fechado" not in text_of(browser.get(f"{DESK}?day=2027-03-08"))


# Without a booking


def test_somebody_without_a_booking_is_lent_it_by_name_or_address(acts, at, browser, ana, thing):
    with at() as work:
        work.session.get_one(User, ana.id).name = "Ana Maria Sousa"
    lend = f"/loans/c/{only(thing).label}/lend"
    answer = browser.post(lend, data={"borrower": "Ana", "until": "2027-03-12", "key": "k1"})
    assert answer.status_code == 422, "one of several people called Ana, perhaps: nobody looked"
    assert "Emprestar a Ana Maria Sousa, " in text_of(answer)
    sure = re.search(r'name="sure" value="(\d+)"', answer.text).group(1)
    said = {"borrower": "Ana", "until": "2027-03-12", "key": "k1"}
    assert browser.post(lend, data=said | {"sure": "0"}).status_code == 422
    assert browser.post(lend, data=said | {"sure": sure}).status_code == 303
    assert "Emprestado a Ana Maria Sousa, " in text_of(browser.get("/loans/desk"))
    assert browser.post(lend, data={"borrower": ana.email, "until": "2027-03-12", "key": "k1"}).status_code == 303
    with at() as work:
        (booking,) = work.session.scalars(select(Booking))
        assert (booking.state, booking.borrower_id) == (S.OUT, ana.id)


def test_who_lends_what_cannot_leave_any_more_is_led_to_no_field_that_is_gone(browser, at, thing):
    with at() as work:
        work.session.get_one(Copy, only(thing).id).state = "repair"
    late = browser.post(f"/loans/c/{only(thing).label}/lend", data={"borrower": "", "until": "", "key": "k2"})
    assert late.status_code == 422
    assert 'role="alert"' in late.text
    assert 'href="#f-' not in late.text


def test_somebody_without_an_account_or_address_gets_one_at_the_desk(at, browser, thing):
    lend = f"/loans/c/{only(thing).label}/lend"
    answer = browser.post(lend, data={"borrower": "Zulmira Paz", "until": "2027-03-12"})
    assert answer.status_code == 422
    assert "Criar uma conta para «Zulmira Paz»" in text_of(answer)
    assert browser.post(lend, data={"borrower": "Zulmira Paz", "until": "2027-03-12", "new": "1"}).status_code == 303
    with at() as work:
        person = work.session.scalar(select(User).filter_by(name="Zulmira Paz"))
        assert person.email is None
        assert work.session.scalar(select(Booking.borrower_id)) == person.id


# Setting it up


def hours(**values):
    return {"name": "Balcão da Sé", "timezone": "Atlantic/Azores", "hours-0": "9:30–13:00, 15h30 às 18h"} | values


def test_a_desk_is_made_and_changed(at, browser, centre):
    said = hours(organisation=centre.id, municipal_days="24/10; 13-6")
    assert browser.post("/admin/loans/new", data=said).status_code == 303
    with at() as work:
        made = work.session.scalar(select(Desk))
        assert made.hours == {"0": [["09:30", "13:00"], ["15:30", "18:00"]]}
        assert made.municipal_days == ["06-13", "10-24"]
        assert made.timezone == "Atlantic/Azores"
    page = text_of(browser.get(f"/admin/loans/{made.id}"))
    assert "09:30-13:00, 15:30-18:00" in page
    assert "13/06; 24/10" in page
    browser.post(f"/admin/loans/{made.id}/close")
    assert "Reabrir" in text_of(browser.get("/admin/loans"))


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "},
        {"hours-0": ""},
        {"hours-0": "13:00-9:30"},
        {"hours-0": "manhã"},
        {"hours-0": "25:00-26:00"},
        {"hours-0": "9:00-13:00, 12:00-15:00"},
        {"timezone": "Mars"},
        {"municipal_days": "31/2"},
        {"transport_days": "-1"},
        {"answer_hours": "0"},
    ],
)
def test_a_desk_that_cannot_be_is_refused_with_what_was_typed(at, browser, centre, values):
    answer = browser.post("/admin/loans/new", data=hours(organisation=centre.id, **{"place": "Rua da Sé"} | values))
    assert answer.status_code == 422
    assert "Rua da Sé" in text_of(answer)
    with at() as work:
        assert work.session.scalar(select(Desk)) is None


def test_closed_days_are_pasted_as_a_list_and_twice_is_once(at, acts, browser, desk, ana, thing):
    acts.book(ana, thing)
    pasted = "22/12/2027 a 3/1/2028: Férias do Natal\n2027-03-08 Ponte\n\n"
    for _ in range(2):
        answer = browser.post("/admin/loans/days", data={"list": pasted, "kind": "both", "desk": desk.id})
        assert answer.status_code == 303
    page = text_of(browser.get("/admin/loans/days"))
    assert "Férias do Natal" in page
    assert "1 reserva levanta ou devolve" in page
    with at() as work:
        rows = list(work.session.scalars(select(ClosedDays).order_by(ClosedDays.starts_on)))
        assert [(f"{row.starts_on}", f"{row.ends_on}", row.label) for row in rows] == [
            ("2027-03-08", "2027-03-08", "Ponte"),
            ("2027-12-22", "2028-01-03", "Férias do Natal"),
        ]
    browser.post(f"/admin/loans/days/{rows[0].id}/remove")
    assert "Ponte" not in text_of(browser.get("/admin/loans/days"))


@pytest.mark.parametrize("pasted", ["amanhã", "31/02/2027", "5/1/2028 a 1/1/2028", "1/1/2027 2/1/2027 3/1/2027"])
def test_a_list_with_a_line_that_cannot_be_read_adds_nothing(at, browser, desk, pasted):
    answer = browser.post("/admin/loans/days", data={"list": f"1/12/2027 Feriado\n{pasted}", "kind": "closed"})
    assert answer.status_code == 422
    assert "linha 2" in text_of(answer)
    with at() as work:
        assert work.session.scalar(select(ClosedDays)) is None


def test_rules_are_told_in_words_and_what_comes_out_for_somebody(at, browser, ana, thing, desk):
    said = {"thing_id": thing.item_id, "most_days": "5", "approval": "yes", "who": "verified"}
    assert browser.post("/admin/loans/rules/new", data=said).status_code == 303
    page = text_of(browser.get("/admin/loans/rules"))
    assert "Até 5 dias de cada vez. Pode levar: docentes confirmados. Cada pedido espera" in page.replace("  ", " ")
    page = text_of(browser.get(f"/admin/loans/rules?thing={thing.item_id}&person={ana.email}"))
    assert "<p>Até 5 dias de cada vez.</p>" in page
    with at() as work:
        rule = work.session.scalar(select(Rule))
    browser.post(f"/admin/loans/rules/{rule.id}", data=said | {"most_days": "1", "person": ana.email})
    page = text_of(browser.get(f"/admin/loans/rules?thing={thing.item_id}&person={ana.email}"))
    assert "<p>Até 1 dia de cada vez.</p>" in page
    browser.post(f"/admin/loans/rules/{rule.id}/remove")
    with at() as work:
        assert work.session.scalar(select(Rule)) is None


def test_a_rule_for_a_kind_calls_it_by_its_name(browser, desk, make_thing):
    make_thing(category="three_d")
    assert browser.post("/admin/loans/rules/new", data={"category": "three_d", "approval": "yes"}).status_code == 303
    for address in ("/admin/loans/rules", "/admin/loans/rules/new"):
        page = text_of(browser.get(address))
        assert "3D" in page
        assert ">three_d<" not in page


def test_the_day_leads_to_what_the_desk_should_look_after_and_a_copy_to_its_repairs(browser, desk, thing):
    assert f'href="/loans/desks/{desk.id}/attention"' in text_of(browser.get(DESK))
    assert f'href="/loans/things/copies/{only(thing).id}"' in text_of(browser.get(f"/loans/c/{only(thing).label}"))
    assert f'href="/loans/c/{only(thing).label}"' in text_of(browser.get(f"/loans/things/copies/{only(thing).id}"))


def test_the_page_of_a_thing_leads_who_is_signed_in_to_its_calendar(browser, client, thing):
    here = f'href="/loans/calendars?thing={thing.item_id}"'
    assert here in text_of(browser.get(f"/items/{thing.item_id}"))


@pytest.mark.parametrize(
    "values", [{}, {"most_days": "0"}, {"most_days": "x"}, {"lead_days": "1", "person": "no@x.pt"}]
)
def test_a_rule_that_says_nothing_or_nonsense_is_refused(at, browser, desk, values):
    assert browser.post("/admin/loans/rules/new", data=values).status_code == 422
    with at() as work:
        assert work.session.scalar(select(Rule)) is None


def test_figures_of_the_day_are_on_the_administrations_first_page(acts, browser, clock, ana, thing):
    acts.book(ana, thing)
    with acts.at(acts.staff, PICK_UP) as work:
        found = today.figures(work, work.session.scalar(select(Desk)))
        assert (found.leaving, found.returning, found.late, found.asking, found.missing) == (1, 0, 0, 0, 0)
    assert "1 por entregar" in text_of(browser.get("/admin/"))


def test_a_copy_of_another_desk_is_told_by_its_name(at, browser, thing):
    with at() as work:
        far = Organisation(kind="centre", name="Outro centro", short_name="OC")
        work.session.add(far)
        work.session.flush()
        other = Desk(organisation_id=far.id, name="Balcão de longe", hours={})
        work.session.add(other)
        work.session.flush()
        work.session.get_one(Copy, only(thing).id).desk_id = other.id
    answer = browser.get(f"{DESK}/scan", query_string={"code": only(thing).label})
    assert answer.status_code == 403
    assert "Balcão de longe" in text_of(answer)
