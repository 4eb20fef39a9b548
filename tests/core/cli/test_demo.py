"""The demonstration centre comes in once, through the ordinary rules, and is marked as what it is."""

import json
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from repository.demo import load
from repository.demo.material import demo_materials
from repository.models import File, Item, Organisation, State, StoredSetting, User
from repository.passwords import matches
from tests.core.cli.conftest import ROOT


@pytest.fixture
def few(monkeypatch):
    """Five of the materials: an adaptation with its original, one with an answer key, one with details, and one more."""
    known = {material.slug: material for material in demo_materials()}
    adapted = next(material for material in known.values() if material.adapts)
    keyed = next(material for material in known.values() if any(file.restricted for file in material.files))
    detailed = next(material for material in known.values() if material.minutes and material.materials_needed)
    chosen = {material.slug: material for material in (adapted, known[adapted.adapts], keyed, detailed)}
    monkeypatch.setattr(load, "demo_materials", lambda: list(chosen.values()))
    return chosen


def count(services, table, *conditions):
    with services.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*conditions))


def test_it_comes_in_once_however_often_it_is_loaded(run, services, few):
    first = json.loads(run("demo", "--json").stdout)
    people, places = count(services, User), count(services, Organisation)
    second = json.loads(run("demo", "--json").stdout)
    assert first["accounts"] == second["accounts"]
    assert count(services, Item, Item.state == State.PUBLISHED) == len(few)
    assert (count(services, User), count(services, Organisation)) == (people, places)


def test_its_people_are_marked_and_the_password_is_the_one_that_is_printed(run, services, few):
    printed = json.loads(run("demo", "--json").stdout)["accounts"][-1].partition(": ")[2]
    with services.sessions.reading() as session:
        people = session.scalars(select(User)).all()
        assert all(person.demonstration for person in people)
        assert matches(people[0].password_hash, printed)
        assert session.get(StoredSetting, "demonstration").value is True
    assert services.settings["demonstration"] is True
    assert (services.instance / "demonstration.txt").stat().st_mode & 0o077 == 0


def test_a_password_may_be_given(run, services, few):
    assert run("demo", "--password", "sete pedras no rio").stdout.splitlines()[-1].endswith("sete pedras no rio")


def test_answer_keys_are_restricted(run, services, few):
    run("demo")
    restricted = sum(file.restricted for material in few.values() for file in material.files)
    assert count(services, File, File.audience == "verified") == restricted


def test_it_says_that_it_takes_a_while_before_it_does(run, services, few):
    assert "minutes" in run("demo").stderr
    assert not run("demo", "--if-empty").stderr


def test_it_is_not_loaded_over_a_centre_that_somebody_uses(run, services, few, ana):
    assert json.loads(run("demo", "--if-empty", "--json").stdout) == {"loaded": 0}
    assert count(services, Item) == 0


def test_a_load_that_was_killed_is_taken_up_where_it_stopped(run, services, few, monkeypatch):
    whole = load._load_material
    loaded = []

    def stop_after_two(*known):
        if len(loaded) == 2:
            raise KeyboardInterrupt
        loaded.append(1)
        return whole(*known)

    monkeypatch.setattr(load, "_load_material", stop_after_two)
    assert run("demo").exit_code == 1
    monkeypatch.setattr(load, "_load_material", whole)
    assert run("demo").exit_code == 0
    assert count(services, Item) == len(few)


def test_the_commands_are_there_for_flask_too(services, ana, tmp_path):
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "user", "list"]
    known = {"REPOSITORY_INSTANCE": str(services.instance), "REPOSITORY_PLUGINS": "", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ana.email in done.stdout
