"""The tree of organisations: each in a place it can have, never inside itself; tables are read whole or not at all."""

import pytest
from sqlalchemy import func, select

from repository import organisations, school_import
from repository.errors import Conflict, Invalid, NotAllowed
from repository.models import Job, Organisation
from repository.tables import read_rows


@pytest.fixture
def tree(work_as, centre):
    with work_as() as work:
        north = organisations.add(work, "cluster", "Agrupamento do Norte", parent_id=centre.id)
        south = organisations.add(work, "cluster", "Agrupamento do Sul", parent_id=centre.id)
        work.session.flush()
        school = organisations.add(work, "school", "Escola da Ponte", parent_id=north.id)
    return {"north": north.id, "south": south.id, "school": school.id, "centre": centre.id}


def get(work, number):
    return organisations.get(work, number)


def test_the_tree_is_read_in_order_with_its_depths(work_as, tree):
    with work_as() as work:
        found = [(branch.organisation.name, branch.depth) for branch in organisations.tree(work.session)]
    names = ["Centro de teste", "Agrupamento do Norte", "Escola da Ponte", "Agrupamento do Sul"]
    assert found == list(zip(names, [0, 1, 2, 1], strict=True))


@pytest.mark.parametrize(
    ("kind", "above"),
    [("centre", "north"), ("cluster", "north"), ("school", "school"), ("council", "centre"), ("school", None)],
)
def test_an_organisation_stands_only_where_its_kind_belongs(work_as, tree, kind, above):
    with work_as() as work, pytest.raises(Invalid) as refusal:
        organisations.add(work, kind, "Outra", parent_id=tree.get(above))
    assert refusal.value.field == "parent_id"


def test_an_unknown_kind_an_empty_name_and_a_council_that_is_none_are_refused(work_as, tree):
    with work_as() as work:
        for field, known in (
            ("kind", {"kind": "planet", "name": "X"}),
            ("name", {"kind": "school", "name": "  ", "parent_id": tree["north"]}),
            ("name", {"kind": "school", "name": "x" * 201, "parent_id": tree["north"]}),
            ("council_id", {"kind": "school", "name": "X", "parent_id": tree["north"], "council_id": tree["south"]}),
        ):
            with pytest.raises(Invalid) as refusal:
                organisations.add(work, **known)
            assert refusal.value.field == field


def test_the_same_school_twice_in_one_place_is_refused(work_as, tree):
    with work_as() as work, pytest.raises(Conflict):
        organisations.add(work, "school", "escola da ponte", parent_id=tree["north"])


def test_nothing_moves_into_itself(work_as, tree, monkeypatch):
    monkeypatch.setitem(organisations.ABOVE, "cluster", ("cluster", "school"))
    with work_as() as work:
        for target in (tree["north"], tree["school"]):
            with pytest.raises(Invalid):
                organisations.move(work, get(work, tree["north"]), target)


def test_moving_a_school_gives_its_works_a_new_place_in_the_index(
    work_as, tree, make_person, make_item, run_jobs, centre
):
    with work_as() as work:
        school = get(work, tree["school"])
    item = make_item(make_person("Nuno", "teacher", organisation=school))
    run_jobs()
    with work_as() as work:
        organisations.move(work, get(work, tree["school"]), tree["south"])
    with work_as() as work:
        jobs = work.session.scalars(select(Job).filter_by(name="search.index")).all()
        assert [job.payload["item_id"] for job in jobs] == [item.id]
        assert get(work, tree["school"]).parent_id == tree["south"]


def test_an_organisation_with_open_schools_is_not_closed_and_a_closed_one_takes_no_new_ones(work_as, tree):
    with work_as() as work:
        with pytest.raises(Conflict):
            organisations.close(work, get(work, tree["north"]))
        organisations.close(work, get(work, tree["school"]))
        organisations.close(work, get(work, tree["north"]))
        with pytest.raises(Invalid):
            organisations.add(work, "school", "Nova", parent_id=tree["north"])
        organisations.reopen(work, get(work, tree["north"]))
        organisations.add(work, "school", "Nova", parent_id=tree["north"])


def test_the_centre_itself_is_not_closed(work_as, centre):
    with work_as() as work, pytest.raises(Conflict):
        organisations.close(work, get(work, centre.id))


def test_an_administrator_of_one_cluster_changes_nothing_outside_it(work_as, tree, make_person):
    with work_as() as work:
        north = get(work, tree["north"])
    local = make_person("Lia", "administrator", organisation=north)
    with work_as(local) as work:
        organisations.add(work, "school", "Escola Nova", parent_id=tree["north"])
        for act in (
            lambda: organisations.add(work, "school", "Escola Nova", parent_id=tree["south"]),
            lambda: organisations.add(work, "council", "Concelho"),
            lambda: organisations.change(work, get(work, tree["south"]), None, name="Meu"),
            lambda: organisations.move(work, get(work, tree["school"]), tree["south"]),
            lambda: organisations.move(work, get(work, tree["south"]), tree["north"]),
            lambda: organisations.close(work, get(work, tree["centre"])),
        ):
            with pytest.raises(NotAllowed):
                act()


TABLE = """Tipo;Nome;Sigla;Agrupamento;Concelho
concelho;Vila Nova;;;
agrupamento;Agrupamento do Este;AE Este;;Vila Nova
escola;"Escola
do Este";EE;AE Este;Vila Nova
escola;Escola da Ponte;;Agrupamento do Norte;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ","])
def test_a_table_of_schools_is_read_in_every_usual_encoding(work_as, services, tree, encoding, separator):
    rows = read_rows(TABLE.replace(";", separator).replace("Vila Nova", "Mação").encode(encoding))
    with work_as() as work:
        plan = school_import.plan(work, rows, services.vocabularies.organisation_kinds)
        assert plan.faults == []
        assert plan.known == 1
        assert school_import.carry_out(work, plan) == 3
    with work_as() as work:
        school = work.session.scalar(select(Organisation).filter_by(name="Escola do Este"))
        cluster = work.session.get(Organisation, school.parent_id)
        council = work.session.get(Organisation, school.council_id)
        assert (cluster.short_name, council.name, cluster.parent_id) == ("AE Este", "Mação", tree["centre"])


def test_what_is_wrong_in_a_table_is_named_by_its_row(work_as, services, tree):
    rows = read_rows("nome;tipo;agrupamento\nBoa;;Agrupamento do Norte\n;;\nMá;;Lua\n;escola;\nX;planeta;\n".encode())
    with work_as() as work:
        plan = school_import.plan(work, rows, services.vocabularies.organisation_kinds)
    assert [fault.number for fault in plan.faults] == [4, 5, 6]
    assert "Lua" in str(plan.faults[0].error)


@pytest.mark.parametrize("data", [b"", b"nome", b"\x00\x01", b"a,b\n", b"nome\n" + b"x\n" * 5001, b"x" * 21_000_000])
def test_what_is_no_table_of_schools_is_refused_plainly(data):
    with pytest.raises(Invalid):
        read_rows(data)


def test_a_table_read_only_for_looking_adds_nothing(work_as, services, tree):
    with work_as() as work:
        school_import.plan(work, read_rows(TABLE.encode()), services.vocabularies.organisation_kinds)
    with work_as() as work:
        assert work.session.scalar(select(func.count(Organisation.id))) == 4
