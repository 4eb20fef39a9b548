"""Backups count only when they can be restored: whole ones are, others are refused, and nothing else comes along."""

import json
import os
import pickle
import threading
from io import BytesIO

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select

from repository import backup, housekeeping
from repository.backup import MANIFEST, back_up
from repository.checking import check
from repository.cli import make_group
from repository.cli.index import index_now
from repository.console import Console
from repository.errors import Conflict, Invalid, Unavailable
from repository.house import build_services
from repository.models import File, FileText, Item, Organisation
from repository.restoring import read_manifest, restore_files
from repository.work import SYSTEM, open_work
from tests import databases


@pytest.fixture
def filled(services, ana, make_item, run_jobs):
    """An instance with three published items."""
    for number in range(3):
        make_item(ana, f"Ficha {number}", text=f"Texto {number}")
    (services.instance / "settings.toml").write_text('centre_name = "Centro guardado"\n')
    (services.instance / "secret").write_text("um segredo")
    run_jobs()
    return services


@pytest.fixture
def room(make_services, monkeypatch):
    """Make room for restored rows: on PostgreSQL an empty database, which the environment names."""

    def make():
        if databases.SERVER is None:
            return
        other = make_services().sessions.engine
        with other.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        monkeypatch.setenv("REPOSITORY_DATABASE_URL", other.url.render_as_string(hide_password=False))

    return make


@pytest.fixture
def run(services):
    """Run a command on the test's instance."""

    def run(*words):
        return CliRunner().invoke(make_group(services.hook), words, obj=Console(lambda: services))

    return run


def blobs_of(folder):
    return {path.name: path.read_bytes() for path in (folder / "blobs").glob("??/*")}


@pytest.mark.sqlite
def test_a_backup_restored_into_an_empty_place_passes_the_check(filled, run, tmp_path):
    assert run("backup", str(tmp_path / "copy")).exit_code == 0
    done = run("restore", str(tmp_path / "copy"), "--instance", str(tmp_path / "new"), "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
    again = build_services(tmp_path / "new", plugins=[])
    try:
        with again.sessions.reading() as session:
            assert session.scalar(select(func.count(Item.id))) == 3
        assert blobs_of(tmp_path / "new") == blobs_of(filled.instance)
        assert (tmp_path / "new" / "secret").read_text() == "um segredo"
        assert (tmp_path / "new" / "secret").stat().st_mode & 0o077 == 0
        assert again.settings["centre_name"] == "Centro guardado"
    finally:
        again.close()


def test_the_index_and_the_pictures_are_no_part_of_a_backup(filled, tmp_path):
    (filled.instance / "derived" / "aa").mkdir(parents=True, exist_ok=True)
    back_up(filled, tmp_path / "copy")
    names = {path.name.partition("-")[0] for path in (tmp_path / "copy").iterdir()}
    assert names == {"blobs", "manifest.json", "database"}
    assert (tmp_path / "copy" / "manifest.json").stat().st_mode & 0o077 == 0  # it holds the secret


class Canary:
    """Runs code when it is unpickled, as an index from a stranger could."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (self.path,))


@pytest.mark.sqlite
def test_an_index_slipped_into_a_backup_is_neither_copied_nor_opened(filled, run, tmp_path):
    back_up(filled, tmp_path / "copy")
    (tmp_path / "copy" / "index").mkdir()
    (tmp_path / "copy" / "index" / "_MAIN_1.toc").write_bytes(pickle.dumps(Canary(str(tmp_path / "sung"))))
    assert run("restore", str(tmp_path / "copy"), "--instance", str(tmp_path / "new")).exit_code == 0
    assert not (tmp_path / "new" / "index").exists()
    assert not (tmp_path / "sung").exists()


def test_a_second_backup_copies_only_what_is_new_and_drops_what_is_gone(filled, tmp_path, ana, make_item):
    back_up(filled, tmp_path / "copy")
    kept = {path: path.stat().st_ino for path in (tmp_path / "copy" / "blobs").glob("??/*")}
    make_item(ana, "Mais uma", text="Mais um texto")
    (tmp_path / "copy" / "blobs" / "00").mkdir(exist_ok=True)
    stale = tmp_path / "copy" / "blobs" / "00" / ("00" + "a" * 62)
    stale.write_bytes(b"x")
    manifest = back_up(filled, tmp_path / "copy")
    assert {path: path.stat().st_ino for path in kept} == kept
    assert len(manifest.blobs) == len(kept) + 1
    assert not stale.exists()
    assert len(list((tmp_path / "copy").glob("database-*"))) == 1


@pytest.mark.sqlite
def test_a_backup_made_while_others_write_is_one_moment(filled, tmp_path):
    stop, written = threading.Event(), []

    def write():
        while not stop.is_set():
            with open_work(filled, SYSTEM) as work:  # two rows or none
                for part in ("a", "b"):
                    work.session.add(Organisation(kind="school", name=f"Escola {len(written)}{part}"))
            written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 3:
            stop.wait(0.01)
        back_up(filled, tmp_path / "copy")
    finally:
        stop.set()
        writer.join()
    restore_files(tmp_path / "copy", tmp_path / "new")
    copy = build_services(tmp_path / "new", plugins=[])
    try:
        with copy.sessions.reading() as session:
            schools = session.scalar(select(func.count()).select_from(Organisation).filter_by(kind="school"))
    finally:
        copy.close()
    assert schools >= 6
    assert schools % 2 == 0


def drop_and_collect(services, item):
    """Delete the item's files for good and have the collector at work at once, as after thirty days in the bin."""
    with open_work(services, SYSTEM) as work:
        digests = [file.sha256 for file in work.session.get_one(Item, item.id).all_files]
        mine = select(File.id).filter_by(item_id=item.id)
        work.session.execute(delete(FileText).where(FileText.file_id.in_(mine)))
        work.session.execute(delete(File).where(File.item_id == item.id))
    for digest in digests:
        os.utime(services.blobs.path(digest), (0, 0))
    housekeeping.collect_blobs(services)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_is_deleted_while_a_backup_is_made_is_missing_from_none(
    filled, run, room, tmp_path, ana, make_item, monkeypatch, moment
):
    item = make_item(ana, "Apagada a meio", text="Só aqui", publish=False)
    real = backup.copy_database

    def copy_beside_a_deletion(engine, target):
        if moment == "before":
            drop_and_collect(filled, item)
        real(engine, target)
        if moment == "after":
            drop_and_collect(filled, item)

    monkeypatch.setattr(backup, "copy_database", copy_beside_a_deletion)
    manifest = back_up(filled, tmp_path / "copy")
    room()
    done = run("restore", str(tmp_path / "copy"), "--instance", str(tmp_path / "new"))
    assert done.exit_code == 0, done.stderr
    copy = build_services(tmp_path / "new", plugins=[])
    try:
        with copy.sessions.reading() as session:
            named = set(session.scalars(select(File.sha256)))
    finally:
        copy.close()
    assert len(named) == (3 if moment == "before" else 4)
    assert named <= set(manifest.blobs)
    assert manifest.damaged == []
    assert housekeeping.collect_blobs(filled) == 1  # held back for as long as the backup took


def cut_a_blob(copy):
    path = next((copy / "blobs").glob("??/*"))
    path.write_bytes(path.read_bytes()[:-1])


def lose_a_blob(copy):
    next((copy / "blobs").glob("??/*")).unlink()


def cut_the_database(copy):
    path = next(copy.glob("database-*"))
    path.write_bytes(path.read_bytes()[:-4096])


def cut_the_manifest(copy):
    path = copy / MANIFEST
    path.write_text(path.read_text()[:-20])


def lose_the_manifest(copy):
    (copy / MANIFEST).unlink()


def lead_elsewhere(copy):
    told = json.loads((copy / MANIFEST).read_text())
    told["texts"]["../../fora"] = "x"
    (copy / MANIFEST).write_text(json.dumps(told))


def lead_a_blob_elsewhere(copy):
    told = json.loads((copy / MANIFEST).read_text())
    told["blobs"]["../../../fora"] = 1
    (copy / MANIFEST).write_text(json.dumps(told))


def link_the_database(copy):
    path = next(copy.glob("database-*"))
    path.rename(copy.parent / "elsewhere")
    path.symlink_to(copy.parent / "elsewhere")


@pytest.mark.parametrize(
    "harm",
    [
        cut_a_blob, lose_a_blob, cut_the_database, cut_the_manifest, lose_the_manifest, lead_elsewhere,
        lead_a_blob_elsewhere, link_the_database,
    ],
)  # fmt: skip
def test_a_backup_that_is_not_whole_is_refused_and_leaves_the_place_empty(filled, tmp_path, harm):
    back_up(filled, tmp_path / "copy")
    harm(tmp_path / "copy")
    with pytest.raises(Invalid):
        restore_files(tmp_path / "copy", tmp_path / "new")
    assert not (tmp_path / "new").exists() or list((tmp_path / "new").iterdir()) == []


def test_a_backup_is_not_restored_over_an_instance(filled, tmp_path):
    back_up(filled, tmp_path / "copy")
    with pytest.raises(Conflict):
        restore_files(tmp_path / "copy", filled.instance)
    with filled.sessions.reading() as session:
        assert session.scalar(select(func.count(Item.id))) == 3


@pytest.mark.sqlite
def test_the_folder_of_a_fresh_checkout_counts_as_empty(filled, tmp_path):
    back_up(filled, tmp_path / "copy")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "README.md").write_text("x")
    assert restore_files(tmp_path / "copy", tmp_path / "new").name == "partilha.sqlite"


def test_a_backup_does_not_write_into_a_folder_with_other_things(filled, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "tese.odt").write_text("x")
    with pytest.raises(Conflict):
        back_up(filled, tmp_path / "home")


def test_a_file_that_is_damaged_already_is_told_and_does_not_spoil_the_rest(filled, run, tmp_path):
    with filled.sessions.reading() as session:
        digest = session.scalar(select(File.sha256).limit(1))
    path = filled.blobs.path(digest)
    path.write_bytes(bytes(path.stat().st_size))
    done = run("backup", str(tmp_path / "copy"))
    assert done.exit_code == 1
    assert digest in done.stderr
    assert read_manifest(tmp_path / "copy").damaged == [digest]
    restore_files(tmp_path / "copy", tmp_path / "new")
    assert len(blobs_of(tmp_path / "new")) == 2


def test_a_full_disk_leaves_the_earlier_backup_whole(filled, tmp_path, monkeypatch, ana, make_item):
    back_up(filled, tmp_path / "copy")
    before = read_manifest(tmp_path / "copy")
    make_item(ana, "Mais uma", text="Mais um texto")

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("repository.backup.place", full)
    with pytest.raises(Unavailable):
        back_up(filled, tmp_path / "copy")
    monkeypatch.undo()
    assert read_manifest(tmp_path / "copy") == before
    restore_files(tmp_path / "copy", tmp_path / "new")


def test_what_a_killed_backup_left_does_not_stop_the_next_one(filled, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "database.new").write_bytes(b"half")
    (tmp_path / "copy" / "database-0123456789ab.sqlite").write_bytes(b"whole, but no manifest names it")
    back_up(filled, tmp_path / "copy")
    assert len(list((tmp_path / "copy").glob("database*"))) == 1


def test_the_instance_remembers_when_it_was_last_copied(filled, tmp_path):
    manifest = back_up(filled, tmp_path / "copy")
    assert json.loads((filled.instance / "backup.json").read_text())["at"] == manifest.made_at


@pytest.mark.sqlite
def test_a_restored_house_builds_its_index_by_a_job(filled, run, tmp_path):
    run("backup", str(tmp_path / "copy"))
    run("restore", str(tmp_path / "copy"), "--instance", str(tmp_path / "new"))
    again = build_services(tmp_path / "new", plugins=[])
    try:
        assert index_now(again)
        assert again.search.engine.count() == 3
        assert check(again, full=True)["ok"]
        again.blobs.receive(BytesIO(b"e continua a receber"), limit=None)
    finally:
        again.close()


@pytest.mark.sqlite
def test_rows_of_postgresql_are_not_left_out_of_a_house_that_does_not_say_where_they_go(filled, run, tmp_path):
    made = back_up(filled, tmp_path / "copy")
    name = made.database.replace(".sqlite", ".pgdump")
    (tmp_path / "copy" / made.database).rename(tmp_path / "copy" / name)
    manifest = tmp_path / "copy" / MANIFEST
    manifest.write_text(manifest.read_text().replace(made.database, name))
    done = run("restore", str(tmp_path / "copy"), "--instance", str(tmp_path / "new"))
    assert done.exit_code == 1
    assert "REPOSITORY_DATABASE_URL" in done.stderr
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.sqlite
def test_rows_of_sqlite_are_not_left_out_of_a_house_that_keeps_its_own_elsewhere(filled, run, tmp_path, monkeypatch):
    back_up(filled, tmp_path / "copy")
    monkeypatch.setenv("REPOSITORY_DATABASE_URL", f"sqlite:///{tmp_path}/elsewhere.sqlite")
    done = run("restore", str(tmp_path / "copy"), "--instance", str(tmp_path / "new"))
    assert done.exit_code == 1
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.postgresql
def test_a_backup_of_postgresql_goes_into_an_empty_database_only(filled, make_services, run, tmp_path, monkeypatch):
    back_up(filled, tmp_path / "copy")
    other = make_services().sessions.engine
    monkeypatch.setenv("REPOSITORY_DATABASE_URL", other.url.render_as_string(hide_password=False))
    words = ("restore", str(tmp_path / "copy"), "--instance", str(tmp_path / "new"), "--json")
    refused = run(*words)
    assert (refused.exit_code, list((tmp_path / "new").iterdir())) == (1, [])
    with other.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    done = run(*words)
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
    again = build_services(tmp_path / "new", plugins=[])
    try:
        with again.sessions.reading() as session:
            assert session.scalar(select(func.count(Item.id))) == 3
        assert blobs_of(tmp_path / "new") == blobs_of(filled.instance)
    finally:
        again.close()
