"""What was made quick says the same as the plain way, and who comes too late is told the truth."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from plugins.physical_loans.api_recent import Recent
from plugins.physical_loans.availability import _Sheet
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.calendars import Calendar
from plugins.physical_loans.holding import Shelf
from plugins.physical_loans.rush import TRIES, look_first
from repository.errors import Unavailable
from repository.words import N_

OPEN = {weekday: [(time(9), time(13)), (time(15), time(18))] for weekday in range(5)}
FIRST = date(2027, 3, 20)


def some_shelf(chance: random.Random) -> Shelf:
    shelf = Shelf([(copy, 1) for copy in range(chance.randint(1, 4))])
    for unit in shelf.units:
        moment = datetime.combine(FIRST, time(), UTC) - timedelta(days=2)
        for _ in range(chance.randint(0, 9)):
            starts = moment + timedelta(hours=chance.choice((0, 0, 3, 9, 30, 60)))
            moment = starts + timedelta(hours=chance.choice((1, 4, 15, 24, 50, 90)))
            shelf.take(unit, [(starts, moment)])
    return shelf


def test_a_month_counts_what_is_free_as_looking_at_each_day_does():
    calendar = Calendar(ZoneInfo("Europe/Lisbon"), OPEN)
    days = [FIRST + timedelta(days=n) for n in range(21)]  # the clock changes among them
    chance = random.Random(11)
    for _ in range(60):
        shelf = some_shelf(chance)
        for told in _Sheet.of(calendar, days).days_of(shelf):
            windows = calendar.windows(told.day)
            free = len(shelf.free([(windows[0][0], windows[-1][1])])) if windows else 0
            assert (told.open, told.free, told.of) == (bool(windows), free, len(shelf.units)), told


def test_there_is_room_whenever_enough_units_are_free_and_never_when_all_are_taken():
    chance = random.Random(12)
    span = (datetime(2027, 3, 22, 9, tzinfo=UTC), datetime(2027, 3, 23, 18, tzinfo=UTC))
    seen = set()
    for _ in range(200):
        shelf = some_shelf(chance)
        free, room = len(shelf.free([span])), shelf.has_room([span], 1)
        assert room or not free
        seen.add((free > 0, room))
        shelf.units = [unit for unit in shelf.units if not shelf.is_free(unit, [span])]
        for unit in shelf.units:
            shelf.taken[unit] = [span]
        assert not shelf.has_room([span], 1)
    assert seen == {(True, True), (False, True), (False, False)}


def test_an_answer_is_shared_for_a_moment_by_those_who_ask_the_same():
    answers = iter(("free", "taken", "free again", 1, 2))
    old, young = Recent(fresh_s=0), Recent(fresh_s=3600)
    assert [old.get("kit", lambda: next(answers)) for _ in range(2)] == ["free", "taken"]
    assert [young.get("kit", lambda: next(answers)) for _ in range(2)] == ["free again", "free again"]
    assert young.get("another kit", lambda: "free") == "free"
    assert [young.get("kit", lambda: next(answers), state) for state in (1, 1, 2)] == [1, 1, 2]


def test_who_does_not_get_a_turn_to_write_looks_again_and_learns_that_it_is_taken():
    looks, tries = [], []

    def refuse():
        looks.append(1)
        if len(looks) == 3:
            raise Taken(Wish(1, 1), "Robôs")

    def act():
        tries.append(1)
        raise Unavailable(N_("Há muitas alterações ao mesmo tempo e esta não foi guardada. Tente daqui a um minuto."))

    with pytest.raises(Taken):
        look_first(refuse, act)
    assert len(tries) == 2
    with pytest.raises(Unavailable):
        look_first(lambda: None, act)
    assert len(tries) == 2 + TRIES
    assert look_first(lambda: None, lambda: "done") == "done"
