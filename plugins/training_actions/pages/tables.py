"""Staff's page that takes a table, as a file or pasted: first what it would do, then all of it or nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext, ngettext

from plugins.training_actions import actions, import_actions, import_people, importing, table_undo, wording
from plugins.training_actions.importing import NEW, Planned
from plugins.training_actions.models import Edition
from plugins.training_actions.pages.door import done, door, staff
from repository.api import (
    N_,
    XLSX,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    Table,
    Work,
    begin,
    offer_undo,
    services,
    status_of,
    words_of,
)

PAGE = "training_actions/import.html"
MOST_BYTES = 20 * 1024 * 1024
SHOWN = 200  # rows of the summary; the wrong ones come first
KEY_WORDS = {
    "actions": (
        ("reference", N_("A referência do centro (e o ano letivo)")),
        ("accreditation", N_("O registo de acreditação e a data de início")),
        ("title", N_("O título e a data de início")),
    ),
    "participants": (("email", N_("O endereço de correio")), ("name", N_("O nome"))),
}
MIMES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


@staff.route("/import", methods=["GET", "POST"])
def table() -> Any:
    """The form that takes a table of actions, or of an edition's people; what it would do; and the doing."""
    work = door()
    edition = _edition(work)
    known = _known(work, edition)
    if request.method == "GET":
        return render_template(PAGE, errors={}, **known)
    try:
        found, kind = _table(_names(edition))
        planned, columns = _plan(work, found, edition, known["key"])
    except DomainError as error:
        return render_template(PAGE, errors={error.field or "": words_of(error)}, **known), status_of(error)
    wrong = [row for row in planned if row.problems]
    if request.form.get("do") == "apply" and not wrong:
        return _apply(found, edition, known)
    known |= _summary(planned) | {"carried": importing.carry(found), "kind": kind, "unknown": columns.unknown}
    return render_template(PAGE, errors={}, **known), 422 if wrong else 200


def _edition(work: Work) -> Edition | None:
    text = request.values.get("edition", "")
    return actions.get_edition(work, int(text)) if text.isdecimal() and len(text) < 16 else None


def _names(edition: Edition | None) -> Mapping[str, Sequence[str]]:
    return import_people.NAMES if edition else import_actions.NAMES


def _known(work: Work, edition: Edition | None) -> dict[str, Any]:
    what = "participants" if edition else "actions"
    keys = [(code, gettext(words)) for code, words in KEY_WORDS[what]]
    chosen = request.form.get("key", keys[0][0])
    return {
        "edition": edition,
        "what": what,
        "keys": keys,
        "key": chosen if chosen in dict(keys) else keys[0][0],
        "names": {name: (words[0], words[1:6]) for name, words in _names(edition).items()},
        "typed": request.form.get("pasted", ""),
        "sheet": request.form.get("sheet", "").strip(),
        "before": _before(work, edition),
    }


def _before(work: Work, edition: Edition | None) -> dict[str, Any] | None:
    """Return the last import with what it did and what stands in the way of taking it back."""
    found = table_undo.last(work, edition)
    if found is None:
        return None
    new, changed = table_undo.counts(found)
    why = table_undo.hindrance(work, found)
    return {"id": found.id, "at": found.created_at, "new": new, "changed": changed, "why": words_of(why) if why else ""}


def _table(names: Mapping[str, Sequence[str]]) -> tuple[Table, str]:
    """Return the table that was sent, and the kind of file in which its errors go back. Raises Invalid for none."""
    if text := request.form.get("carried", ""):
        return importing.carried(text), "xlsx" if request.form.get("kind") == "xlsx" else "csv"
    sent, pasted = request.files.get("file"), request.form.get("pasted", "")
    data = sent.stream.read(MOST_BYTES + 1) if sent and sent.filename else pasted.encode()
    if not data.strip():
        raise Invalid(N_("Escolha um ficheiro, ou cole uma tabela."), field="file")
    kind = "xlsx" if data.startswith(b"PK") or not (sent and sent.filename) else "csv"
    return importing.read(data, names, request.form.get("sheet", "").strip()), kind


def _plan(work: Work, found: Table, edition: Edition | None, key: str) -> tuple[Sequence[Planned], importing.Columns]:
    if edition:
        return import_people.plan(work, edition, found, key, services().vocabularies)
    return import_actions.plan(work, found, key, services().vocabularies)


def _apply(found: Table, edition: Edition | None, known: dict[str, Any]) -> Any:
    """Plan once more inside the transaction, for the house may have changed since the page was shown, and do it."""
    shown: set[int] = set()
    try:
        with begin() as work:
            if edition:
                people = actions.get_edition(work, edition.id)
                planned, _ = import_people.plan(work, people, found, known["key"], services().vocabularies)
                kept = table_undo.keep(work, people, import_people.carry_out(work, people, planned))
                counts = importing.counts(planned)
            else:
                rows, _ = import_actions.plan(work, found, known["key"], services().vocabularies)
                kept = table_undo.keep(work, None, import_actions.carry_out(work, rows))
                counts = importing.counts(rows)
                work.session.flush()
                shown = {row.edition.id for row in rows if row.edition is not None}
    except DomainError as error:
        return render_template(PAGE, errors={"file": words_of(error)}, **known), status_of(error)
    new = ngettext("Entrou %(num)s linha nova", "Entraram %(num)s linhas novas", counts["new"])
    changed = ngettext("mudou %(num)s", "mudaram %(num)s", counts["changed"])
    parts = [words for words, count in ((new, counts["new"]), (changed, counts["changed"])) if count]
    if counts["unchanged"]:
        parts.append(ngettext("%(num)s já cá estava", "%(num)s já cá estavam", counts["unchanged"]))
    words = f"{', '.join(parts)}." if parts else gettext("Não havia nada a mudar.")
    if kept is None:
        flash(words, "success")
    else:
        offer_undo(words, url_for("training_actions_manage.undo_table", import_id=kept.id))
    if edition:
        return done("training_actions_manage.edition", edition_id=edition.id, tab="people")
    if len(shown) == 1:  # what comes next is done there
        return done("training_actions_manage.edition", edition_id=shown.pop())
    return done("training_actions_manage.editions")


def _summary(planned: Sequence[Planned]) -> dict[str, Any]:
    order = {"error": 0, "changed": 1, "new": 2, "unchanged": 3}
    rows = sorted(planned, key=lambda row: (order[row.outcome], not row.notes, row.number))
    told = [
        {
            "number": row.number,
            "label": row.label,
            "outcome": row.outcome,
            "problems": [importing.said(problem, words_of) for problem in row.problems],
            "notes": [words_of(note) for note in row.notes],
            "changes": [
                (wording.field_name(name), wording.value_words(name, before), wording.value_words(name, after))
                for name, before, after in row.changes
            ],
        }
        for row in rows[:SHOWN]
    ]
    return {"rows": told, "hidden": max(0, len(rows) - SHOWN), "counts": importing.counts(planned), "new": NEW}


@staff.post("/import/<int:import_id>/undo")
def undo_table(import_id: int) -> Any:
    """Take an import back, and say what became of it; a refusal says what stands in the way."""
    with begin() as work:
        if not work.actor.may_anywhere(actions.MANAGE):
            raise NotAllowed(N_("Esta conta não pode fazer isto."))
        edition_id = table_undo.undo(work, import_id).edition_id
    flash(gettext("Importação anulada: o que entrou saiu, e o que mudou está como antes."), "success")
    if edition_id is None:
        return done("training_actions_manage.editions")
    return done("training_actions_manage.edition", edition_id=edition_id, tab="people")


@staff.post("/import/errors")
def table_errors() -> Response:
    """The wrong rows of a table as a file, each with what is wrong with it."""
    work = door()
    edition = _edition(work)
    found, kind = _table(_names(edition))
    planned, _ = _plan(work, found, edition, _known(work, edition)["key"])
    return _file(importing.error_rows(found, planned, words_of), kind, "erros")


@staff.get("/import/template/<any(actions, participants):what>.<any(csv, xlsx):kind>")
def table_template(what: str, kind: str) -> Response:
    """An empty table with the columns that are understood, and one row to show how they are filled in."""
    door()
    module = import_actions if what == "actions" else import_people
    names: Mapping[str, Sequence[str]] = module.NAMES
    example: Mapping[str, str] = module.EXAMPLE
    shown = [name for name in names if name in example]
    rows = [[names[name][0] for name in shown], [example[name] for name in shown]]
    return _file(rows, kind, "acoes" if what == "actions" else "formandos")


def _file(rows: Sequence[Sequence[str]], kind: str, name: str) -> Response:
    if kind not in MIMES:
        raise NotFound(N_("Não há nada neste endereço."))
    response = Response(importing.as_file(rows, kind), mimetype=MIMES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
