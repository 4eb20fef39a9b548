"""The commands that make accounts, tokens and reports, without a terminal."""

import errno
import json
import os
import shutil
import sqlite3

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from repository import accounts
from repository.cli import CORE, make_group
from repository.console import Console, in_terminal, pass_services
from repository.errors import Unavailable
from repository.house import build_services
from repository.models import AccessToken, Membership, Organisation, User
from repository.passwords import matches
from repository.registry import PluginError


def test_a_first_account_gets_the_role_at_the_centre_which_is_made_for_it(run, services):
    done = run(
        "user", "add", "Zelia@Teste.invalid", "--role", "administrator", "--password-stdin", stdin="pedra azul 7 rios\n"
    )
    assert done.exit_code == 0, done.stderr
    with services.sessions.reading() as session:
        user = session.scalar(select(User))
        assert user.email == "zelia@teste.invalid"
        assert matches(user.password_hash, "pedra azul 7 rios")
        assert session.scalar(select(Membership.role)) == "administrator"
        assert session.scalar(select(Organisation.kind)) == "centre"


def test_adding_an_account_that_exists_gives_it_one_more_role_and_no_second_account(run, services, ana):
    for _ in range(2):
        assert run("user", "add", ana.email, "--role", "staff").exit_code == 0
    with services.sessions.reading() as session:
        roles = session.scalars(select(Membership.role).where(Membership.user_id == ana.id)).all()
    assert sorted(roles) == ["staff", "teacher"]


def test_a_weak_password_is_refused_in_a_sentence_and_no_account_is_left(run, services):
    done = run("user", "add", "rita@teste.invalid", "--role", "teacher", "--password-stdin", stdin="123\n")
    assert done.exit_code == 1
    assert "Use at least 10 characters" in done.stderr
    assert "Traceback" not in done.stderr
    with services.sessions.reading() as session:
        assert session.scalar(select(User)) is None


def test_an_unknown_organisation_is_named(run, ana):
    done = run("user", "add", "rita@teste.invalid", "--role", "teacher", "--organisation", "Escola de Nenhures")
    assert done.exit_code == 1
    assert done.stderr.strip() == "There is no organisation “Escola de Nenhures”."


def test_accounts_are_listed_as_json(run, ana, staff):
    rows = json.loads(run("user", "list", "--json").stdout)
    assert {row["email"]: row["roles"][0]["role"] for row in rows} == {ana.email: "teacher", staff.email: "staff"}


def test_a_token_is_shown_once_and_kept_as_a_digest_with_its_days(run, services, ana):
    said = json.loads(run("token", "create", ana.email, "--scope", "read", "--days", "3", "--json").stdout)
    with services.sessions.reading() as session:
        token = session.scalar(select(AccessToken))
        assert token.digest == accounts.digest_of(said["token"])
        assert (token.expires_at - token.created_at).days == 3
        assert token.scopes == ["read"]


def test_a_token_for_nobody_is_refused(run):
    done = run("token", "create", "ninguem@teste.invalid", "--scope", "read")
    assert (done.exit_code, "ninguem@teste.invalid" in done.stderr) == (1, True)


def test_every_route_says_who_may_use_it(run):
    rows = {(row["route"], *row["methods"]): row["who"] for row in json.loads(run("routes", "--json").stdout)}
    assert rows["/login", "GET"] == "anyone"
    assert rows["/admin/audit", "GET"] == "audit.read"
    assert rows["/me", "GET"] == "signed in"
    assert rows["/items/<int:item_id>", "GET"] == "who may see the item"
    assert all(
        who == "settings.manage" or "." in who for (route, *_), who in rows.items() if route.startswith("/admin")
    )


def test_plugins_are_listed_in_order_with_the_hooks_they_answer(make_services):
    services = make_services(plugins=["tests.core.cli.stopping"])
    done = CliRunner().invoke(make_group(services.hook), ["plugins", "--json"], obj=Console(lambda: services))
    rows = json.loads(done.stdout)
    assert [row["name"] for row in rows] == ["stopping", "core"]
    assert "register_jobs" in rows[0]["hooks"]


def test_a_plugin_cannot_take_the_name_of_a_command(services, monkeypatch):
    again = click.Command("init")
    monkeypatch.setattr("repository.cli.CORE", (*CORE, again))
    with pytest.raises(PluginError, match="init"):
        make_group(services.hook)


def test_a_command_outside_of_any_instance_says_so():
    @click.command()
    @pass_services
    def alone(services):
        """Never gets here."""

    with pytest.raises(RuntimeError):
        alone.main([], standalone_mode=False)


def test_init_is_safe_to_run_again_and_keeps_the_secret(run, services):
    first = json.loads(run("init", "--json").stdout)
    secret = (services.instance / "secret").read_text()
    assert json.loads(run("init", "--json").stdout) == first
    assert (services.instance / "secret").read_text() == secret
    assert (services.instance / "secret").stat().st_mode & 0o777 == 0o600
    assert first["setup_code"]


def test_init_has_no_code_to_tell_once_somebody_administers_the_instance(run, admin):
    assert json.loads(run("init", "--json").stdout)["setup_code"] == ""


def test_init_refuses_the_database_of_a_newer_program(run, services):
    with services.sessions.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('core_9999')")
    done = run("init")
    assert done.exit_code == 1
    assert "newer version" in done.stderr


def test_a_disk_that_cannot_be_written_is_said_in_one_line(run, services, ana, tmp_path):
    (tmp_path / "source").mkdir()
    result = run("import", str(tmp_path / "source"), "--owner", ana.email, "--report", str(tmp_path / "no" / "x.csv"))
    assert result.exit_code == 1
    assert result.stderr.strip() == f"No such file or directory: {tmp_path / 'no' / 'x.csv'}"


@pytest.mark.parametrize("name", ["blobs", "partial"])
@pytest.mark.parametrize("command", ["init", "check", "serve"])
def test_no_command_begins_where_a_file_stands_in_the_place_of_a_folder(services, start, name, command):
    shutil.rmtree(services.instance / name)
    (services.instance / name).write_text("whoever put it here may want it")
    begun = start(command)
    assert begun.wait(60) == 1
    said = f"A file stands in the place of the folder “{services.instance / name}”.\n"
    assert (begun.stdout.read(), begun.stderr.read()) == ("", said)
    assert (services.instance / name).read_text() == "whoever put it here may want it"


def test_no_command_begins_in_an_instance_that_cannot_be_written(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(Unavailable) as caught:
        build_services(tmp_path, plugins=[])
    why = "cannot be written: a permission is missing, or the disk can only be read."
    assert in_terminal(caught.value) == f"The instance folder “{tmp_path}” {why}"
    assert list(tmp_path.iterdir()) == []


def test_a_new_index_is_built_where_a_file_stood_in_its_place(run, services, ana, make_item):
    make_item(ana)
    (services.instance / "index").write_text("whoever put it here may want it")
    assert run("reindex", "--wait").stdout == "The index holds 1 items.\n"
    assert len(list(services.instance.glob("index.aside-*"))) == 1


def test_an_index_that_cannot_be_built_is_said_in_one_line(run, services, monkeypatch, caplog):
    def refuse(_documents):
        raise PermissionError(errno.EACCES, "Permission denied", "/x/index")

    monkeypatch.setattr(services.search.engine, "rebuild", refuse)
    done = run("reindex", "--wait")
    assert done.exit_code == 1
    assert done.stderr == "The new index did not get ready: there is no index yet\n"
    assert [record.exc_info for record in caplog.records if "search.rebuild" in record.getMessage()] == [None]


@pytest.mark.sqlite
def test_a_database_that_cannot_be_written_is_said_in_one_line(run, services, ana):
    services.sessions.engine.dispose()
    with sqlite3.connect(services.instance / "partilha.sqlite") as database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON access_token BEGIN SELECT bad_function(); END")
    database.close()
    result = run("token", "create", ana.email, "--scope", "read")
    assert result.exit_code == 1
    assert result.stderr.strip() == "The database refuses: no such function: bad_function"
