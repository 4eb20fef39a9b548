"""Every code that the audit trail keeps is said in words: the calls of `record` are walked in the sources."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import plugins
import repository
from plugins.moderation.acts import DECISIONS
from plugins.physical_loans import copies
from plugins.physical_loans import moves as loans
from repository.audit import ACTIONS, STATES, SUBJECTS
from repository.db import Base
from repository.items import MOVES
from repository.models import State
from repository.registry import collect

PLUGINS = Path(plugins.__path__[0])
ROOTS = [Path(repository.__path__[0]), PLUGINS]


def recorded() -> Iterator[tuple[str, str]]:
    """Yield where a code is recorded, and the code."""
    for path in (path for root in ROOTS for path in root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.record", "record"):
                where = f"{path.name}:{node.lineno}"
                yield from ((where, code) for code in codes(node.args[1], where))


def codes(argument: ast.expr, where: str) -> Iterator[str]:
    if isinstance(argument, ast.IfExp):
        yield from codes(argument.body, where)
        yield from codes(argument.orelse, where)
    elif isinstance(argument, ast.Constant):
        yield str(argument.value)
    elif ast.unparse(argument) == "f'item.{name}'":
        yield from (f"item.{name}" for _, name in MOVES)
    elif ast.unparse(argument) == "f'moderation.{name}'":
        yield from (f"moderation.{name}" for name in DECISIONS)
    elif ast.unparse(argument) == "f'training.{kind}_changed'":
        yield from (f"training.{kind}_changed" for kind in ("action", "edition", "participant"))
    elif ast.unparse(argument) == "f'loan.{act}'":
        yield from loans.AUDIT
    elif ast.unparse(argument) == "f'copy.{act}'":
        yield from (code for code in copies.AUDIT if code.startswith("copy."))
    else:
        pytest.fail(f"{where}: this test cannot read which codes are recorded")


def test_every_recorded_code_has_words_and_every_word_a_code(make_services):
    services = make_services(plugins=sorted(found.parent.name for found in PLUGINS.glob("*/plugin.py")))
    known = {code for _, code in recorded()}
    said = {action.code: action.label for action in collect(services.hook.register_audit_actions, strict=True)}
    assert len(known) > 40
    assert not (silent := sorted(known - set(said))), silent
    assert not (idle := sorted(set(said) - known)), idle
    assert all(said.values())


def kept() -> Iterator[str]:
    """Yield the names under which the calls of `record` keep something, as far as they are written there."""
    for path in (path for root in ROOTS for path in root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.record", "record"):
                said = [*node.args[3:], *(known.value for known in node.keywords)]
                dicts = [part for one in said for part in ast.walk(one) if isinstance(part, ast.Dict)]
                yield from (key.value for one in dicts for key in one.keys if isinstance(key, ast.Constant))


def test_every_name_that_is_kept_of_a_change_has_words(make_services):
    services = make_services(plugins=sorted(found.parent.name for found in PLUGINS.glob("*/plugin.py")))
    subjects = collect(services.hook.register_audit_subjects, strict=True)
    known = {name for subject in subjects for name in subject.fields}
    assert len(names := set(kept())) > 30
    assert not (silent := sorted(names - known)), silent


def test_every_state_of_an_item_has_words():
    assert {str(state) for state in State} == set(STATES)


def test_the_core_says_only_its_own_codes(make_services):
    alone = collect(make_services(plugins=[]).hook.register_audit_actions, strict=True)
    assert {action.code for action in alone} == set(ACTIONS)
    assert "item.adapted" not in ACTIONS


def test_the_kinds_of_subjects_in_words_are_tables_that_exist():
    assert set(SUBJECTS) <= {mapper.class_.__name__.lower() for mapper in Base.registry.mappers}


def test_the_rows_of_every_plugin_that_records_are_called_in_words(make_services):
    services = make_services(plugins=sorted(found.parent.name for found in PLUGINS.glob("*/plugin.py")))
    subjects = collect(services.hook.register_audit_subjects, strict=True)
    said = {subject.kind: subject.label for subject in subjects}
    assert {"item", "action", "edition", "intake", "participant", "decision", "question", "policy"} <= set(said)
    assert all(said.values())
    core = {subject.kind: subject.label for subject in subjects if subject.kind in SUBJECTS}
    assert core == SUBJECTS, "a plugin that says more of the core's rows calls them as the core does"
    tables = {mapper.class_.__name__.lower() for mapper in Base.registry.mappers}
    assert not (unknown := sorted(set(said) - tables)), unknown
    alone = collect(make_services(plugins=[]).hook.register_audit_subjects, strict=True)
    assert {subject.kind for subject in alone} == set(SUBJECTS)
