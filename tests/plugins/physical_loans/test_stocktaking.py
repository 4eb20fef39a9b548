"""Stocktaking: what was seen, what was not, and nothing is given up for lost by itself."""

import re

import pytest
from loans_samples import lesson

from plugins.physical_loans import bookings, copies, stocktaking
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, Copy, CopyState, Desk
from repository.api import Conflict, NotAllowed, NotFound
from repository.models import User


@pytest.fixture
def kit(make_thing):
    """A thing with three copies."""
    return make_thing(copies=3)


@pytest.fixture
def begun(at, staff, desk, kit):
    """A stocktake of the desk."""
    with at(staff) as work:
        stocktake = stocktaking.start(work, desk.id)
    return stocktake.id


def tally(at, staff, begun):
    with at(staff) as work:
        found = stocktaking.tally(work, stocktaking.get(work, begun))
        return {
            name: [getattr(each, "inventory", None) or each[0].inventory for each in getattr(found, name)]
            for name in ("seen", "left", "short", "elsewhere", "gone", "out")
        }


def see(at, staff, begun, text, counted=None):
    with at(staff) as work:
        return stocktaking.see(work, stocktaking.get(work, begun), text, counted).outcome


def test_what_is_begun_at_a_desk_goes_on_and_is_the_desks(at, staff, ana, desk, begun):
    with at(staff) as work:
        assert stocktaking.start(work, desk.id).id == begun
    with at(ana) as work, pytest.raises(NotAllowed):
        stocktaking.start(work, desk.id)
    with at(ana) as work, pytest.raises(NotFound):
        stocktaking.get(work, begun)


def test_each_code_is_answered_for_what_it_is(at, staff, desk, centre, begun, make_thing):
    with at(staff) as work:
        copies.set_state(work, work.session.query(Copy).filter_by(inventory="T1-03").one(), "lose")
    make_thing("Globos")
    with at() as work:
        other = Desk(organisation_id=centre.id, name="Outro", hours={})
        work.session.add(other)
        work.session.flush()
        work.session.query(Copy).filter_by(inventory="T2-01").one().desk_id = other.id
    answers = [see(at, staff, begun, code) for code in ("T1-01", "t1-01", "T1-03", "T2-01", "XXXX", "")]
    assert answers == ["seen", "again", "gone", "elsewhere", "unknown", "unknown"]
    found = tally(at, staff, begun)
    assert (found["seen"], found["left"]) == (["T1-01"], ["T1-02"])
    assert (found["gone"], found["elsewhere"]) == (["T1-03"], ["T2-01"])


def test_what_is_lent_is_not_looked_for(at, staff, ana, desk, kit, begun):
    with at(ana) as work:
        user = work.session.get_one(User, ana.id)
        booking_id = bookings.book(work, [Wish(kit.item_id, desk.id, lessons=(lesson(9),))], user)[0].id
    with at(staff) as work:
        hold = work.session.get_one(Booking, booking_id).holds[0]
        hold.state, hold.out_at = "out", work.now
        lent = hold.copy.inventory
    found = tally(at, staff, begun)
    assert found["out"] == [lent]
    assert lent not in found["left"]


def test_what_is_seen_though_it_is_lent_is_told_with_the_way_to_take_it_back(at, staff, ana, desk, kit, begun, sign_in):
    with at(ana) as work:
        user = work.session.get_one(User, ana.id)
        booking_id = bookings.book(work, [Wish(kit.item_id, desk.id, lessons=(lesson(9),))], user)[0].id
    with at(staff) as work:
        booking = work.session.get_one(Booking, booking_id)
        booking.state = "out"
        booking.holds[0].state, booking.holds[0].out_at = "out", work.now
        lent = booking.holds[0].copy.inventory
    page = sign_in(staff).post(f"/loans/things/stocktakes/{begun}/see", data={"code": lent}, follow_redirects=True).text
    assert f"{lent}: visto, mas está emprestado" in page
    assert f"emprestado a {ana.name}" in page
    assert f"/loans/desk/{booking_id}/return" in page
    assert "<span>1 visto</span>" in page


def test_fewer_units_than_there_should_be_are_told(at, staff, make_thing, desk):
    make_thing("Robôs", stock=12)
    with at(staff) as work:
        begun = stocktaking.start(work, desk.id).id or 0
        work.session.flush()
        begun = stocktaking.open_at(work, desk.id).id
    see(at, staff, begun, "T1-01", 11)
    assert tally(at, staff, begun)["short"] == ["T1-01"]
    see(at, staff, begun, "T1-01", 12)
    assert tally(at, staff, begun)["short"] == []


def test_the_end_dates_what_was_seen_and_gives_up_only_what_somebody_chose(at, staff, begun):
    see(at, staff, begun, "T1-01")
    with at(staff) as work:
        stocktake = stocktaking.get(work, begun)
        unseen = {copy.inventory: copy.id for copy in stocktaking.tally(work, stocktake).left}
        with pytest.raises(Conflict):
            stocktaking.mark_lost(work, stocktake, unseen.values())
        stocktaking.close(work, stocktake)
        stocktaking.close(work, stocktake)
    with at(staff) as work:
        stocktake = stocktaking.get(work, begun)
        assert work.session.query(Copy).filter_by(inventory="T1-01").one().checked_on == work.now.date()
        assert {copy.state for copy in work.session.query(Copy)} == {CopyState.AVAILABLE}
        assert stocktaking.mark_lost(work, stocktake, [unseen["T1-02"], 9999]) == 1
        assert work.session.query(Copy).filter_by(inventory="T1-02").one().state == CopyState.LOST
        assert work.session.query(Copy).filter_by(inventory="T1-03").one().state == CopyState.AVAILABLE
        with pytest.raises(Conflict):
            stocktaking.see(work, stocktake, "T1-03")


def test_the_page_takes_what_a_scanner_types_and_gives_a_report(sign_in, staff, ana, begun, desk):
    browser = sign_in(staff)
    here = f"/loans/things/stocktakes/{begun}"
    page = browser.post(f"{here}/see", data={"code": "T1-01"}, follow_redirects=True)
    assert "Falta" in page.text
    page = browser.post(f"{here}/see", data={"code": "nada"}, follow_redirects=True)
    assert "Ninguém conhece o código «nada»" in page.text
    assert "T1-02" in browser.get(f"{here}/report.csv").text
    assert browser.get(f"{here}/report.xlsx").data[:2] == b"PK"
    asked = browser.post(f"{here}/close", follow_redirects=True)
    assert re.search(r"Falta[m]? ver [0-9]+ exempla[a-z]+\. Acabada", asked.text)
    with_undo = browser.post(f"{here}/see", data={"code": "T1-01"})
    assert with_undo.status_code == 303, "nothing has ended before somebody was sure"
    assert browser.post(f"{here}/close", data={"sure": "yes"}, follow_redirects=True).status_code == 200
    assert browser.post(f"{here}/see", data={"code": "T1-02"}).status_code == 409
    assert sign_in(ana).get(here).status_code == 403


def test_a_copy_opened_by_its_label_while_a_stocktake_goes_on_can_be_noted_there(sign_in, staff, begun, at):
    with at() as work:
        copy = work.session.query(Copy).filter_by(inventory="T1-01").one()
    page = sign_in(staff).get(f"/loans/things/copies/{copy.id}")
    assert "Está a decorrer uma conferência" in page.text
