"""What the database itself refuses, on a table made for these tests."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from repository import guards

TABLE = "CREATE TABLE guarded (id INTEGER PRIMARY KEY, box INTEGER, starts TIMESTAMP, ends TIMESTAMP, state TEXT)"
ROW = text("INSERT INTO guarded VALUES (:id, :box, :starts, :ends, :state)")


@pytest.fixture
def session(services):
    with services.sessions.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql(TABLE)
        guards.refuse_overlaps(
            connection,
            "one_at_a_time",
            "guarded",
            same=("box",),
            times=("starts", "ends"),
            live=("state", ("kept", "out")),
        )
        guards.refuse(
            connection, "ten_boxes", "guarded", when="NEW.state = 'kept'", if_exists="SELECT 1 WHERE NEW.box > 10"
        )
        yield session


def put(session, number, start, end, box=1, state="kept"):
    day = "2027-03-{:02} 10:00:00"
    said = {"id": number, "box": box, "starts": day.format(start), "ends": day.format(end), "state": state}
    with session.begin_nested():
        session.execute(ROW, said)


def test_two_that_touch_are_no_overlap(session):
    put(session, 1, 1, 5)
    put(session, 2, 5, 9)


@pytest.mark.parametrize(("start", "end"), [(1, 5), (2, 4), (4, 9), (1, 2), (1, 9)])
def test_two_that_overlap_are_refused_by_name(session, start, end):
    put(session, 1, 1, 5)
    with pytest.raises(IntegrityError) as refused:
        put(session, 2, start, end)
    assert guards.refused_by(refused.value, "one_at_a_time")


def test_another_box_or_one_that_is_not_live_is_in_nobodys_way(session):
    put(session, 1, 1, 5)
    put(session, 2, 1, 5, box=2)
    put(session, 3, 1, 5, state="gone")


def test_a_change_is_refused_as_a_new_row_is(session):
    put(session, 1, 1, 5)
    put(session, 2, 2, 4, state="gone")
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("UPDATE guarded SET state = 'out' WHERE id = 2"))
    session.execute(text("UPDATE guarded SET ends = '2027-03-09 10:00:00' WHERE id = 1"))


def test_any_condition_can_be_refused_until_it_is_allowed(session):
    with pytest.raises(DBAPIError) as refused:
        put(session, 1, 1, 5, box=11)
    assert guards.refused_by(refused.value, "ten_boxes")
    put(session, 1, 1, 5, box=11, state="gone")
    guards.allow(session.connection(), "ten_boxes", "guarded")
    put(session, 2, 1, 5, box=11)
