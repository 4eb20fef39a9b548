"""The desk: what leaves and comes back is one loan, whoever scans it how often, and nobody gets less than was promised."""

from datetime import date

import pytest
from desk_acts import BACK, LATER, PICK_UP, Acts
from loans_samples import lesson
from sqlalchemy import select

from plugins.physical_loans import bookings, desk
from plugins.physical_loans.models import BookingState, Copy, CopyState, HoldState, Rule
from repository.errors import Conflict, Invalid, NotAllowed, NotFound
from repository.models import AuditEntry, Job

S = BookingState


@pytest.fixture
def acts(at, staff, desk):
    return Acts(at, staff, desk)


@pytest.fixture
def eva(make_person):
    return make_person("Eva")


def set_copy(at, copy_id, **values):
    with at() as work:
        for name, value in values.items():
            setattr(work.session.get_one(Copy, copy_id), name, value)


def ids(thing):
    return [copy.id for copy in thing.copies]


def part_ids(thing):
    return [part.id for part in thing.components]


def said(at, act):
    with at() as work:
        return list(work.session.scalars(select(AuditEntry).filter_by(action=f"loan.{act}")))


# Requests


def test_a_request_is_approved_by_the_desk_once(at, acts, ana, thing):
    with at() as work:
        work.session.add(Rule(approval=True))
    made = acts.book(ana, thing)
    acts.do("approve", made)
    assert acts.booking(made).state == S.APPROVED
    with pytest.raises(desk.AlreadyDone):
        acts.do("approve", made)
    assert len(said(at, "approve")) == 1


def test_a_declined_request_says_why_and_frees_what_was_kept(acts, ana, rui, thing):
    made = acts.book(ana, thing)
    with pytest.raises(Invalid, match="porquê"):
        acts.do("decline", made, "  ")
    acts.do("decline", made, "Vai para reparação nessa semana.")
    assert acts.booking(made).reason == "Vai para reparação nessa semana."
    acts.book(rui, thing)


def test_only_the_desk_hands_out_and_takes_back(at, acts, ana, thing):
    made = acts.book(ana, thing)
    with pytest.raises(NotAllowed), at(ana, PICK_UP) as work:
        desk.hand_out(work, bookings.get(work, made))
    acts.do("hand_out", made)
    with pytest.raises(NotAllowed), at(ana, BACK) as work:
        desk.take_back(work, bookings.get(work, made))


def test_what_is_packed_waits_and_can_be_unpacked(at, acts, ana, thing):
    made = acts.book(ana, thing)
    acts.do("prepare", made)
    with pytest.raises(desk.AlreadyDone):
        acts.do("prepare", made)
    acts.do("unprepare", made)
    assert acts.booking(made).state == S.APPROVED
    set_copy(at, ids(thing)[0], blocked="Falta: base (1)")
    with pytest.raises(Conflict, match="base"):
        acts.do("prepare", made)


# Handing out


def test_handed_out_twice_it_is_one_loan(at, acts, ana, thing):
    made = acts.out(ana, thing)
    with pytest.raises(desk.AlreadyDone, match="2027-03-08 às 16:00"):
        acts.do("hand_out", made)
    assert len(said(at, "hand_out")) == 1
    assert [hold.state for hold in acts.booking(made).holds] == [HoldState.OUT]


def test_a_colleague_may_collect_it_and_the_trail_keeps_no_name(at, acts, ana, thing):
    made = acts.book(ana, thing)
    acts.do("hand_out", made, "João, motorista do agrupamento")
    assert acts.booking(made).collector == "João, motorista do agrupamento"
    assert "João" not in str([entry.after for entry in said(at, "hand_out")])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"blocked": "Falta: base (1)"}, "não pode sair"),
        ({"state": CopyState.REPAIR}, "reparação"),
        ({"state": CopyState.WRITTEN_OFF}, "abatido"),
        ({"state": CopyState.LOST}, "perdido"),
        ({"state": CopyState.ON_SITE}, "só no local"),
    ],
)
def test_a_copy_that_may_not_leave_stays(at, acts, ana, thing, values, words):
    made = acts.book(ana, thing)
    set_copy(at, ids(thing)[0], **values)
    with pytest.raises(Conflict, match=words):
        acts.do("hand_out", made)
    assert acts.booking(made).state == S.APPROVED


def test_a_copy_that_is_not_back_yet_is_not_handed_out_again(acts, ana, rui, thing):
    acts.out(ana, thing)
    after = acts.book(rui, thing, day=16)
    with pytest.raises(Conflict, match="ainda não voltou"):
        acts.do("hand_out", after, moment=LATER)


def test_a_copy_that_is_reserved_for_another_is_refused_unless_theirs_can_change(acts, ana, rui, eva, make_thing):
    box = make_thing(copies=2)
    one, two = ids(box)
    acts.book(rui, box, copy_id=two)
    mine = acts.book(ana, box)
    assert acts.copies(mine) == [one]
    with pytest.raises(Conflict, match="reservado para outra pessoa"):
        acts.do("hand_out", mine, copies=[two])
    theirs, other = acts.book(rui, box, day=16), acts.book(eva, box, day=16)
    (before,) = acts.copies(theirs)
    (scanned,) = acts.copies(other)
    acts.do("hand_out", theirs, copies=[scanned], moment=LATER)
    assert acts.copies(theirs) == [scanned]
    assert acts.copies(other) == [before]


def test_handed_out_early_it_is_kept_from_then_on_if_it_is_free(acts, ana, rui, thing):
    first = acts.book(ana, thing, day=9)
    after = acts.book(rui, thing, day=16)
    with pytest.raises(Conflict, match="reservado para outra pessoa"):
        acts.do("hand_out", after, moment=PICK_UP.replace(day=5))
    acts.do("hand_out", first, moment=PICK_UP.replace(day=5))
    assert acts.booking(first).holds[0].starts == PICK_UP.replace(day=5)


def test_what_is_over_is_not_handed_out(acts, ana, thing):
    made = acts.book(ana, thing)
    with pytest.raises(Conflict, match="já passou"):
        acts.do("hand_out", made, moment=LATER)


def test_what_misses_before_it_leaves_is_nobodys_fault(acts, ana, make_thing):
    box = make_thing(parts={"cabo": 4})
    made = acts.book(ana, box)
    (copy_id,), (cable,) = ids(box), part_ids(box)
    acts.do("hand_out", made, checked={copy_id: {cable: 3}})
    assert acts.missing() == [(copy_id, "cabo", 1)]
    acts.back(made)
    assert acts.booking(made).state == S.RETURNED


def test_a_unit_of_what_is_lent_by_number_is_any_unit(acts, ana, rui, make_thing):
    robots = make_thing(stock=6)
    acts.out(ana, robots, quantity=4)
    after = acts.book(rui, robots, day=16, quantity=2)
    acts.do("hand_out", after, moment=LATER)
    assert acts.booking(after).state == S.OUT


# Another copy


def test_a_copy_is_swapped_before_and_after_it_left(acts, ana, make_thing):
    box, other = make_thing(copies=2), make_thing("Sondas")
    one, two = ids(box)
    made = acts.book(ana, box)
    acts.do("swap", made, one, two)
    acts.do("hand_out", made)
    acts.do("swap", made, two, one)
    assert acts.copies(made) == [one]
    with pytest.raises(desk.AlreadyDone):
        acts.do("swap", made, two, one)
    with pytest.raises(NotFound):
        acts.do("swap", made, one, ids(other)[0])


# Taking back


def test_all_that_is_there_comes_back_with_nothing_said(at, acts, ana, make_thing):
    box = make_thing(parts={f"peça {n}": n for n in range(1, 13)})
    made = acts.out(ana, box)
    acts.back(made)
    booking = acts.booking(made)
    assert (booking.state, booking.returned_at) == (S.RETURNED, BACK)
    with pytest.raises(desk.AlreadyDone, match="2027-03-10 às 11:00"):
        acts.back(made)
    assert len(said(at, "take_back")) == 1


def test_who_gave_a_kit_back_has_used_it(services, acts, ana, make_thing, monkeypatch):
    heard = []
    box = make_thing(parts={"peça": 1})
    made = acts.out(ana, box)
    monkeypatch.setattr(services.hook, "item_used", lambda work, item, user_id: heard.append((item.id, user_id)))
    acts.back(made)
    assert heard == [(box.item_id, ana.id)]


def test_back_early_it_can_be_lent_the_same_day(acts, ana, rui, thing):
    made = acts.out(ana, thing)
    with pytest.raises(bookings.Taken):
        acts.book(rui, thing, day=10)
    acts.back(made, moment=PICK_UP.replace(hour=17))
    after = acts.book(rui, thing, day=9)
    acts.do("hand_out", after, moment=PICK_UP.replace(hour=17, minute=30))


def test_back_late_is_history(acts, ana, thing):
    made = acts.out(ana, thing)
    acts.back(made, moment=LATER)
    booking = acts.booking(made)
    assert booking.state == S.RETURNED
    assert booking.returned_at > booking.ends_at


def test_one_short_is_a_task_and_warns_whoever_has_it_next(at, acts, ana, rui, make_thing):
    box = make_thing(parts={"robô": 8, "cabo": 4})
    made, after = acts.out(ana, box), acts.book(rui, box, day=16)
    (copy_id,), (_, cable) = ids(box), part_ids(box)
    acts.back(made, counts={copy_id: {cable: 3}})
    booking = acts.booking(made)
    assert (booking.state, booking.reason) == (S.INCOMPLETE, "cabo (1)")
    assert acts.missing() == [(copy_id, "cabo", 1)]
    assert acts.copy(copy_id).blocked == ""
    (warned,) = said(at, "warn")
    assert (warned.subject_id, warned.after["copy"]) == (after, copy_id)
    with at() as work:
        asked = [job.payload for job in work.session.scalars(select(Job)) if job.name == "physical_loans.after"]
        assert (after, "warn") in [(payload["booking_id"], payload["act"]) for payload in asked]


def test_without_an_essential_part_the_next_gets_another_copy_or_is_warned(at, acts, ana, rui, eva, make_thing):
    box = make_thing(copies=2, parts={"base": 1})
    one, two = ids(box)
    (base,) = part_ids(box)
    with at() as work:
        work.session.merge(box.components[0]).essential = True
    made = acts.out(ana, box, copy_id=one)
    moved, asked = acts.book(rui, box, day=16), acts.book(eva, box, day=23, copy_id=one)
    with at(acts.staff) as work:
        if acts.copies(moved) == [two]:
            desk.swap(work, bookings.get(work, moved), two, one)
    acts.back(made, counts={one: {base: 0}})
    assert acts.copy(one).blocked == "Falta: base (1)"
    assert acts.copies(moved) == [two]
    assert [entry.subject_id for entry in said(at, "warn")] == [asked]
    with pytest.raises(Conflict, match="base"):
        acts.do("hand_out", asked, moment=PICK_UP.replace(day=22))


def test_a_part_that_comes_later_completes_the_loan_and_frees_the_copy(at, acts, ana, make_thing):
    box = make_thing(parts={"base": 1})
    with at() as work:
        work.session.merge(box.components[0]).essential = True
    made = acts.out(ana, box)
    (copy_id,), (base,) = ids(box), part_ids(box)
    acts.back(made, counts={copy_id: {base: 0}})
    acts.do("complete", made)
    assert (acts.booking(made).state, acts.copy(copy_id).blocked, acts.missing()) == (S.RETURNED, "", [])
    with pytest.raises(desk.AlreadyDone):
        acts.do("complete", made)


def test_what_is_there_to_be_used_up_is_a_task_and_no_fault(at, acts, ana, make_thing):
    box = make_thing(parts={"filamento": 3})
    with at() as work:
        work.session.merge(box.components[0]).consumable = True
    made = acts.out(ana, box)
    (copy_id,), (spool,) = ids(box), part_ids(box)
    acts.back(made, counts={copy_id: {spool: 1}})
    assert (acts.booking(made).state, acts.missing()) == (S.RETURNED, [(copy_id, "filamento", 2)])


def test_a_part_of_what_is_lent_by_number_comes_back_and_the_rest_stays_on_loan(acts, ana, make_thing):
    robots = make_thing(stock=12)
    made = acts.out(ana, robots, quantity=8)
    (copy_id,) = ids(robots)
    acts.back(made, units={copy_id: 5})
    assert acts.booking(made).state == S.OUT
    assert sum(hold.state == HoldState.OUT for hold in acts.booking(made).holds) == 3
    for wrong in ({copy_id: 4}, {copy_id: 0}, {copy_id + 99: 1}):
        with pytest.raises(Invalid):
            acts.back(made, units=wrong)
    acts.back(made, units={copy_id: 3})
    assert acts.booking(made).state == S.RETURNED


@pytest.mark.parametrize("count", [-1, 5])
def test_counts_that_cannot_be_change_nothing(acts, ana, make_thing, count):
    box = make_thing(parts={"cabo": 4})
    made = acts.out(ana, box)
    with pytest.raises(Invalid, match="cabo"):
        acts.back(made, counts={ids(box)[0]: {part_ids(box)[0]: count}})
    assert acts.booking(made).state == S.OUT


def test_what_came_back_damaged_waits_until_somebody_saw_to_it(at, acts, ana, staff, thing):
    made = acts.out(ana, thing)
    (copy_id,) = ids(thing)
    acts.back(made, conditions={copy_id: "damaged"}, note="Uma roda partida")
    assert acts.copy(copy_id).blocked
    with at(staff) as work:
        desk.unblock(work, work.session.get_one(Copy, copy_id))
    assert acts.copy(copy_id).blocked == ""


def test_a_copy_written_off_while_it_was_out_comes_back_and_stays_written_off(at, acts, ana, thing):
    made = acts.out(ana, thing)
    set_copy(at, ids(thing)[0], state=CopyState.WRITTEN_OFF)
    acts.back(made)
    assert acts.booking(made).state == S.RETURNED
    assert acts.copy(ids(thing)[0]).state == CopyState.WRITTEN_OFF


def test_a_closed_account_can_still_bring_things_back(at, acts, ana, thing):
    made = acts.out(ana, thing)
    with at() as work:
        work.session.merge(ana).disabled_at = work.now
    acts.back(made)
    assert acts.booking(made).state == S.RETURNED


def test_what_is_used_where_it_stands_comes_back_between_its_lessons(at, acts, ana, thing):
    set_copy(at, ids(thing)[0], state=CopyState.ON_SITE)
    made = acts.book(ana, thing, lessons=(lesson(9), lesson(11)), use="on_site")
    for day, state in ((9, S.APPROVED), (11, S.RETURNED)):
        acts.do("hand_out", made, moment=lesson(day)[0])
        acts.back(made, moment=lesson(day)[1])
        assert acts.booking(made).state == state


# Lost and found


def test_what_is_lost_is_lent_no_more_until_it_is_found(acts, ana, thing):
    made = acts.out(ana, thing)
    acts.do("lose", made, moment=LATER)
    assert (acts.booking(made).state, acts.copy(ids(thing)[0]).state) == (S.LOST, CopyState.LOST)
    with pytest.raises(Conflict, match="encontrado"):
        acts.back(made, moment=LATER)
    acts.do("find", made, moment=LATER)
    assert (acts.booking(made).state, acts.copy(ids(thing)[0]).state) == (S.RETURNED, CopyState.AVAILABLE)


def test_of_what_is_lent_by_number_there_is_less_when_some_are_lost(acts, ana, rui, make_thing):
    robots = make_thing(stock=6)
    after = acts.book(rui, robots, day=16, quantity=4)
    made = acts.out(ana, robots, quantity=5)
    (copy_id,) = ids(robots)
    acts.back(made, units={copy_id: 3})
    acts.do("lose", made, moment=BACK)
    assert acts.copy(copy_id).stock == 4
    acts.do("hand_out", after, moment=LATER)
    acts.do("find", made, moment=LATER)
    assert acts.copy(copy_id).stock == 6


# Undoing


def test_a_hand_out_is_undone_and_the_trail_says_so(at, acts, ana, thing):
    made = acts.out(ana, thing)
    acts.do("undo_hand_out", made, moment=PICK_UP)
    booking = acts.booking(made)
    assert (booking.state, booking.handed_out_at, booking.holds[0].state) == (S.APPROVED, None, HoldState.RESERVED)
    assert said(at, "undo_hand_out")[0].after["late"] is False
    with pytest.raises(desk.AlreadyDone):
        acts.do("undo_hand_out", made)


def test_a_return_is_undone_with_all_that_was_counted(at, acts, ana, make_thing):
    box = make_thing(parts={"base": 1, "cabo": 4})
    with at() as work:
        work.session.merge(box.components[0]).essential = True
    made = acts.out(ana, box)
    (copy_id,), (base, cable) = ids(box), part_ids(box)
    acts.back(made, counts={copy_id: {base: 0, cable: 2}})
    acts.do("undo_take_back", made, moment=LATER)
    booking = acts.booking(made)
    assert (booking.state, booking.returned_at, booking.reason) == (S.OUT, None, "")
    assert acts.missing() == []
    assert acts.copy(copy_id).blocked == ""
    assert said(at, "undo_take_back")[0].after["late"] is True


def test_a_return_cannot_be_undone_once_somebody_else_has_it(acts, ana, rui, thing):
    made = acts.out(ana, thing)
    acts.back(made, moment=PICK_UP.replace(hour=17))
    acts.book(rui, thing, day=9)
    with pytest.raises(Conflict, match="Outra pessoa"):
        acts.do("undo_take_back", made, moment=PICK_UP.replace(hour=17))
    assert acts.booking(made).state == S.RETURNED


def test_a_loss_is_undone(acts, ana, thing):
    made = acts.out(ana, thing)
    acts.do("lose", made, moment=LATER)
    acts.do("undo_lose", made, moment=LATER)
    assert (acts.booking(made).state, acts.copy(ids(thing)[0]).state) == (S.OUT, CopyState.AVAILABLE)


def test_with_a_loss_undone_the_copy_goes_back_to_those_who_had_it_and_stays_with_who_chose_anew(
    at, acts, ana, rui, eva, make_thing
):
    box = make_thing(copies=2)
    one, two = ids(box)
    made = acts.out(ana, box, copy_id=one)
    asked, packed = acts.book(rui, box, day=16, copy_id=one), acts.book(eva, box, day=23, copy_id=one)
    acts.do("lose", made, moment=BACK)
    assert (acts.copies(asked), acts.copies(packed)) == ([two], [two])
    acts.do("prepare", packed, moment=PICK_UP.replace(day=22))
    acts.do("undo_lose", made, moment=BACK)
    assert (acts.copies(asked), acts.booking(asked).copy_id) == ([one], one)
    assert (acts.copies(packed), acts.booking(packed).copy_id) == ([two], None)


# Without a booking


def lend(at, staff, copy_id, person, until=date(2027, 3, 12), **values):
    with at(staff) as work:
        copy, borrower = work.session.get_one(Copy, copy_id), work.session.merge(person)
        return desk.lend(work, copy, borrower, until, **values).id


def test_somebody_at_the_desk_gets_it_at_once_and_once(at, acts, staff, ana, thing):
    (copy_id,) = ids(thing)
    made = lend(at, staff, copy_id, ana, key="k1", collector="Colega")
    assert lend(at, staff, copy_id, ana, key="k1") == made
    booking = acts.booking(made)
    assert (booking.state, booking.collector) == (S.OUT, "Colega")


def test_at_the_desk_too_a_reservation_comes_first(at, acts, staff, ana, rui, thing):
    (copy_id,) = ids(thing)
    acts.book(rui, thing)
    with pytest.raises(Conflict, match="não está livre"):
        lend(at, staff, copy_id, ana)
    lend(at, staff, copy_id, ana, until=date(2027, 3, 5))


@pytest.mark.parametrize("until", [date(2027, 3, 6), date(2027, 2, 26)])
def test_the_desk_lends_until_an_open_day_to_come(at, staff, ana, thing, until):
    with pytest.raises(Invalid):
        lend(at, staff, ids(thing)[0], ana, until=until)


def test_a_teacher_cannot_lend_to_themselves(at, ana, thing):
    with pytest.raises(NotAllowed):
        lend(at, ana, ids(thing)[0], ana)
