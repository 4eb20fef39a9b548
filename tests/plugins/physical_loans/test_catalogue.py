"""The catalogue: titles, copies and parts are added and changed by those who work at the desk, and by nobody else."""

from datetime import timedelta

import pytest
from loans_samples import lesson

from plugins.physical_loans import bookings, catalogue, copies, parts, rehoming
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, BookingState, Copy, CopyState, Shortage, Thing
from repository.api import Conflict, Invalid, NotAllowed, NotFound, State
from repository.models import AuditEntry, Item, User

SAID = {"title": "Barras Cuisenaire", "summary": "Para 26 alunos.", "level": ["1ceb"], "category": "maths"}


@pytest.fixture
def kit(at, desk, staff, centre):
    """A published thing of the centre with two copies, added by its staff."""
    with at(staff) as work:
        thing = catalogue.add_thing(work, SAID, centre.id)
        copies.add(work, thing, {"desk_id": desk.id}, 2)
        catalogue.show(work, thing)
    return thing


def booked(at, person, thing, desk, day=9, **more):
    with at(person) as work:
        user = work.session.get_one(User, person.id)
        return bookings.book(work, [Wish(thing.item_id, desk.id, lessons=(lesson(day),), **more)], user)[0].id


class TestThings:
    def test_a_thing_is_seen_by_nobody_before_it_is_shown_and_by_all_after(self, at, desk, staff, ana, centre):
        with at(staff) as work:
            thing = catalogue.add_thing(work, SAID, centre.id)
        with at(ana) as work, pytest.raises(NotFound):
            bookings.get_thing(work, thing.item_id)
        with at(staff) as work:
            catalogue.show(work, catalogue.get(work, thing.item_id))
        with at(ana) as work:
            assert bookings.get_thing(work, thing.item_id).item.title == "Barras Cuisenaire"

    def test_a_teacher_neither_adds_nor_changes_a_thing(self, at, kit, ana, centre):
        with at(ana) as work, pytest.raises(NotAllowed):
            catalogue.add_thing(work, SAID, centre.id)
        with at(ana) as work, pytest.raises(NotFound):
            catalogue.get(work, kit.item_id)
        with at(ana) as work, pytest.raises(NotAllowed):
            catalogue.change_thing(work, work.session.get_one(Thing, kit.item_id), {"title": "Outro"})

    def test_what_everybody_reads_changes_as_a_new_version_of_the_same_item(self, at, kit, staff):
        with at(staff) as work:
            thing = catalogue.get(work, kit.item_id)
            assert catalogue.change_thing(work, thing, {"title": "Barras de cor", "weight": 4200})
            assert not catalogue.change_thing(work, thing, {"title": "Barras de cor", "weight": 4200})
        with at() as work:
            item = work.session.get_one(Item, kit.item_id)
            assert (item.title, item.version, item.state) == ("Barras de cor", 2, State.PUBLISHED)
            assert work.session.get_one(Thing, kit.item_id).weight == 4200

    @pytest.mark.parametrize(
        ("field", "value"),
        [("category", "nothing"), ("needs", ["magic"]), ("weight", -1), ("title", " "), ("training", "x" * 301)],
    )
    def test_what_makes_no_sense_is_refused_beside_its_field(self, at, kit, staff, field, value):
        with at(staff) as work, pytest.raises(Invalid) as refusal:
            catalogue.change_thing(work, catalogue.get(work, kit.item_id), {field: value})
        assert refusal.value.field == field

    def test_a_thing_taken_out_of_sight_gives_up_what_was_promised(self, at, kit, desk, staff, ana):
        booking_id = booked(at, ana, kit, desk)
        with at(staff) as work:
            catalogue.hide(work, catalogue.get(work, kit.item_id))
        with at() as work:
            booking = work.session.get_one(Booking, booking_id)
            assert booking.state == BookingState.DECLINED
            assert booking.reason
            assert {hold.state for hold in booking.holds} == {"freed"}
        with at(staff) as work:
            catalogue.show(work, catalogue.get(work, kit.item_id))
        with at(ana) as work:
            assert bookings.get_thing(work, kit.item_id).item.state == State.PUBLISHED


class TestCopies:
    def test_numbers_are_proposed_one_after_the_other_and_labels_are_made_once(self, at, kit, staff):
        with at(staff) as work:
            thing = catalogue.get(work, kit.item_id)
            assert [copy.inventory for copy in thing.copies] == ["BAR-01", "BAR-02"]
            labels = {copy.label for copy in thing.copies}
            assert len(labels) == 2
            assert copies.propose_inventory(work, thing) == "BAR-03"
            more = copies.add(work, thing, copies.like(thing.copies[0]) | {"inventory": "CX-9"}, 2)
            assert [copy.inventory for copy in more] == ["CX-9", "CX-10"]

    def test_a_number_that_is_taken_is_refused(self, at, kit, desk, staff):
        with at(staff) as work, pytest.raises(Conflict) as refusal:
            copies.add(work, catalogue.get(work, kit.item_id), {"desk_id": desk.id, "inventory": "BAR-02"})
        assert refusal.value.field == "inventory"

    @pytest.mark.parametrize(
        ("field", "value", "wrong"),
        [
            ("stock", 0, "stock"),
            ("desk_id", 999, "desk"),
            ("condition", "sad", "condition"),
            ("inventory", "  ", "inventory"),
        ],
    )
    def test_what_makes_no_sense_of_a_copy_is_refused_beside_its_field(self, at, kit, staff, field, value, wrong):
        with at(staff) as work, pytest.raises(Invalid) as refusal:
            copies.change(work, _first(work, kit), {field: value})
        assert refusal.value.field == wrong

    def test_a_copy_changed_by_somebody_else_meanwhile_is_not_overwritten(self, at, kit, staff):
        with at(staff) as work:
            seen = _first(work, kit).version
            copies.change(work, _first(work, kit), {"place": "Armário 2"}, seen)
        with at(staff) as work, pytest.raises(Conflict):
            copies.change(work, _first(work, kit), {"place": "Armário 3"}, seen)

    def test_fewer_units_than_are_promised_are_refused(self, at, make_thing, desk, staff, ana):
        thing = make_thing(stock=8, unit_name="robôs")
        booked(at, ana, thing, desk, quantity=6)
        with at(staff) as work:
            copies.change(work, _first(work, thing), {"stock": 6})
        with at(staff) as work, pytest.raises(Conflict):
            copies.change(work, _first(work, thing), {"stock": 5})

    def test_a_teacher_does_not_know_of_copies(self, at, kit, ana):
        with at(ana) as work, pytest.raises(NotFound):
            copies.get(work, _first(work, kit).id)

    def test_a_code_is_understood_as_it_is_scanned_or_typed(self, at, kit):
        with at() as work:
            copy = _first(work, kit)
            for text in (copy.label, copy.label.lower(), copy.label.replace("-", ""), copy.inventory, "bar-01",
                         f"https://centro.invalid/loans/c/{copy.label}"):  # fmt: skip
                assert copies.by_label(work, text) is copy, text
            assert copies.by_label(work, "XXXX-XXXX") is None


def _first(work, thing):
    return work.session.query(Copy).filter_by(thing_id=thing.item_id).order_by(Copy.inventory).first()


class TestStates:
    def test_reservations_of_a_copy_sent_to_repair_move_to_a_free_one(self, at, kit, desk, staff, ana):
        booking_id = booked(at, ana, kit, desk)
        with at(staff) as work:
            held = work.session.get_one(Booking, booking_id).holds[0].copy
            replaced = copies.set_state(work, held, "repair", "motor partido", 4500)
            assert [booking.id for booking in replaced.moved] == [booking_id]
            assert replaced.affected == []
        with at() as work:
            kept = [hold for hold in work.session.get_one(Booking, booking_id).holds if hold.state == "reserved"]
            assert [hold.copy_id != held.id for hold in kept] == [True]

    def test_a_reservation_that_fits_nowhere_stays_and_its_borrower_and_the_desk_are_told(
        self, at, kit, desk, staff, ana, rui
    ):
        booked(at, ana, kit, desk)
        booked(at, rui, kit, desk)
        with at(staff) as work:
            replaced = copies.set_state(work, _first(work, kit), "lose")
            assert len(replaced.affected) == 1
            lost = replaced.affected[0].id
        with at(staff) as work:
            assert [booking.id for booking in rehoming.stranded(work, desk)] == [lost]
            told = work.session.query(AuditEntry).filter_by(action="loan.affected").one()
            assert told.subject_id == lost
            copies.set_state(work, _first(work, kit), "find")
            assert rehoming.stranded(work, desk) == []

    def test_a_certain_copy_that_was_asked_for_is_replaced_by_its_like(self, at, kit, desk, staff, ana):
        with at(staff) as work:
            first_id = _first(work, kit).id
        booking_id = booked(at, ana, kit, desk, copy_id=first_id)
        with at(staff) as work:
            copies.set_state(work, work.session.get_one(Copy, first_id), "write_off")
            assert work.session.get_one(Booking, booking_id).copy_id is None

    def test_a_copy_that_is_out_is_not_written_off(self, at, kit, desk, staff, ana):
        booking_id = booked(at, ana, kit, desk)
        with at(staff) as work:
            hold = work.session.get_one(Booking, booking_id).holds[0]
            hold.state, hold.out_at = "out", work.now
        with at(staff) as work, pytest.raises(Conflict):
            copies.set_state(work, work.session.get_one(Copy, hold.copy_id), "write_off")

    def test_the_same_act_sent_twice_is_done_once(self, at, kit, staff):
        with at(staff) as work:
            copies.set_state(work, _first(work, kit), "repair")
            copies.set_state(work, _first(work, kit), "repair")
            assert [event.kind for event in copies.log_of(work, _first(work, kit))].count("repair") == 1

    def test_what_is_used_on_site_is_never_lent_away_and_stays_booked_for_use_there(
        self, at, make_thing, desk, staff, ana
    ):
        thing = make_thing()
        here = booked(at, ana, thing, desk, use="on_site")
        with at(staff) as work:
            assert copies.set_state(work, _first(work, thing), "keep_on_site").affected == []
            assert work.session.get_one(Booking, here).holds[0].state == "reserved"
        with pytest.raises(Invalid):
            booked(at, ana, thing, desk, day=16)

    def test_every_state_leads_somewhere_and_the_log_says_who_and_why(self, at, kit, staff):
        with at(staff) as work:
            copy = _first(work, kit)
            for act in ("repair", "back", "keep_on_site", "let_leave", "lose", "find", "write_off", "take_up_again"):
                copies.set_state(work, copy, act, "porque sim")
            assert copy.state == CopyState.AVAILABLE
            last = copies.log_of(work, copy)[0]
            assert (last.kind, last.text, last.actor_id) == ("take_up_again", "porque sim", staff.id)

    def test_a_check_is_remembered_as_the_day_it_was_looked_at(self, at, kit, staff):
        with at(staff) as work:
            copies.note(work, _first(work, kit), "checked", "está tudo")
            assert _first(work, kit).checked_on == work.now.date()
            with pytest.raises(Invalid):
                copies.note(work, _first(work, kit), "note", "  ")


class TestParts:
    def test_a_list_is_kept_in_order_and_parts_not_named_go(self, at, kit, staff):
        rows = [{"name": "Barra", "expected": 74, "essential": True}, {"name": "Saco", "expected": 1}]
        with at(staff) as work:
            thing = catalogue.get(work, kit.item_id)
            parts.set_parts(work, thing, rows)
            first = parts.of_thing(work, kit.item_id)
            turned = [{"id": first[1].id, "name": "Saco", "expected": 2}, {"name": "Guião", "expected": 1}]
            parts.set_parts(work, thing, turned)
        with at() as work:
            now = parts.of_thing(work, kit.item_id)
            assert [(part.name, part.expected) for part in now] == [("Saco", 2), ("Guião", 1)]
            assert now[0].id == first[1].id

    @pytest.mark.parametrize("row", [{"name": "", "expected": 1}, {"name": "Barra", "expected": 0}, {"name": "Barra"}])
    def test_a_row_that_cannot_be_is_refused_with_its_number(self, at, kit, staff, row):
        with at(staff) as work, pytest.raises(Invalid) as refusal:
            parts.set_parts(work, catalogue.get(work, kit.item_id), [{"name": "Boa", "expected": 1}, row])
        assert refusal.value.params["row"] == 2

    def test_what_only_one_copy_has_is_its_own(self, at, kit, staff):
        with at(staff) as work:
            thing, copy = catalogue.get(work, kit.item_id), _first(work, kit)
            parts.set_parts(work, thing, [{"name": "Barra", "expected": 74}])
            parts.set_parts(work, thing, [{"name": "Tapete", "expected": 1}], copy)
            assert [part.name for part in parts.of_copy(work, copy)] == ["Barra", "Tapete"]
            assert [part.name for part in parts.of_thing(work, kit.item_id)] == ["Barra"]

    def test_a_part_that_is_no_longer_counted_is_not_missed_and_blocks_nothing(self, at, kit, staff):
        with at(staff) as work:
            thing, copy = catalogue.get(work, kit.item_id), _first(work, kit)
            parts.set_parts(work, thing, [{"name": "Cabo", "expected": 1, "essential": True}])
            part = parts.of_thing(work, kit.item_id)[0]
            short = Shortage(copy_id=copy.id, component_id=part.id, missing=1, since=work.now - timedelta(days=2))
            work.session.add(short)
            copy.blocked = "Falta: Cabo"
            work.session.flush()
            assert [missing.name for missing in parts.missing_of(work, [copy.id])] == ["Cabo"]
            parts.set_parts(work, thing, [])
            assert (copy.blocked, parts.missing_of(work, [copy.id])) == ("", [])

    def test_the_usual_parts_of_each_kind_make_a_list(self, at, kit, staff):
        with at(staff) as work:
            thing = catalogue.get(work, kit.item_id)
            for code in catalogue.categories():
                parts.set_parts(work, thing, parts.proposed(code))
