"""Staff's pages of a whole-course intake: handing files over, watching, the tray, handing in, taking back."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.exceptions import RequestEntityTooLarge

from plugins.training_actions import actions, intake, intake_uploads, names_out, tray
from plugins.training_actions.intake_files import Sent
from plugins.training_actions.models import Edition, Intake
from plugins.training_actions.pages.door import done, door, refused, staff
from plugins.training_actions.pages.intake_shown import going, latest, left_to_authors, page_context
from repository.api import (
    N_,
    Conflict,
    DomainError,
    Invalid,
    TooLarge,
    Work,
    actor,
    begin,
    offer_undo,
    services,
    words_of,
)

PAGE, PROGRESS = "training_actions/intake.html", "training_actions/_intake_progress.html"


def _edition(edition_id: int) -> tuple[Work, Edition]:
    work = door()
    return work, actions.get_edition(work, edition_id)


@staff.get("/editions/<int:edition_id>/intake")
def intake_form(edition_id: int) -> str:
    """The place to hand a whole course over, with the tray of those before."""
    work, edition = _edition(edition_id)
    return render_template(PAGE, errors={}, **page_context(work, edition, latest(work, edition)))


@staff.post("/editions/<int:edition_id>/intake")
def send_intake(edition_id: int) -> Any:
    """Keep what was sent and begin; a refusal comes back with its reason and nothing is half done."""
    try:
        found = begin_sent(edition_id)
    except DomainError as error:
        work, edition = _edition(edition_id)
        return refused(PAGE, error, **page_context(work, edition, latest(work, edition)))
    return done("training_actions_manage.intake_page", edition_id=edition_id, intake_id=found)


@staff.errorhandler(RequestEntityTooLarge)
def too_many_files(_error: RequestEntityTooLarge) -> Any:
    """Say that so many loose files belong into a ZIP: the form is refused while it is read, before any page sees it."""
    if request.endpoint != "training_actions_manage.send_intake":
        return current_app.handle_user_exception(TooLarge(N_("O que enviou é maior do que o permitido.")))
    why = TooLarge(
        N_("São muitos ficheiros soltos de uma vez. Junte-os num ZIP, que pode levar até %(most)s, e envie o ZIP."),
        field="files",
        most=intake.MOST_FILES,
    )
    try:
        work, edition = _edition((request.view_args or {})["edition_id"])
    except DomainError as error:  # nobody catches what is raised here
        return current_app.handle_user_exception(error)
    return refused(PAGE, why, **page_context(work, edition, latest(work, edition)))


def begin_sent(edition_id: int, *, sure: bool = False) -> int:
    """Begin an intake with the files of this request; return its number. Raises DomainError."""
    files = [Sent(sent.filename or "", sent.stream) for sent in request.files.getlist("files")]  # type: ignore[arg-type]
    table = request.files.get("table")
    data = table.stream.read(intake.LARGEST_LIST + 1) if table is not None and table.filename else b""
    kept = intake_uploads.shown_again(services(), actor(), edition_id, request.form.getlist("kept"))
    upload = intake.receive(services(), actor(), edition_id, files, data, kept)
    try:
        return intake.begin(services(), actor(), edition_id, upload, sure=sure)
    except TooLarge:
        raise
    except Invalid as error:
        field = error.field if error.field in ("files", "table") else "table" if data else "files"
        raise Invalid(error.message, field, **error.params) from error


@staff.get("/editions/<int:edition_id>/intake/<int:intake_id>")
def intake_page(edition_id: int, intake_id: int) -> Any:
    """How far an intake is, or what came of it."""
    work, edition = _edition(edition_id)
    found = _one(work, edition, intake_id)
    return render_template(PAGE, errors={}, **page_context(work, edition, found))


@staff.get("/editions/<int:edition_id>/intake/<int:intake_id>/progress")
def intake_progress(edition_id: int, intake_id: int) -> Response:
    """The part of the page that counts; it asks for itself until there is nothing left, then for the whole page."""
    work, edition = _edition(edition_id)
    found = _one(work, edition, intake_id)
    answer = Response(render_template(PROGRESS, edition=edition, intake=found, going=going(found)))
    if not going(found):
        answer.headers["HX-Refresh"] = "true"
    return answer


def _one(work: Work, edition: Edition, intake_id: int) -> Intake:
    found, own = intake.get_intake(work, intake_id)
    if own.id != edition.id:
        raise Conflict(N_("Este envio é de outra turma."))
    return found


@staff.post("/editions/<int:edition_id>/intake/<int:intake_id>/confirm")
def confirm_intake(edition_id: int, intake_id: int) -> Any:
    """Add the new people of the list and begin."""
    intake.confirm(services(), actor(), intake_id)
    return done("training_actions_manage.intake_page", edition_id=edition_id, intake_id=intake_id)


@staff.post("/editions/<int:edition_id>/intake/<int:intake_id>/undo")
def undo_intake(edition_id: int, intake_id: int) -> Any:
    """Take a whole intake back; what somebody worked on stays, and is named."""
    with begin() as work:
        told = tray.undo(work, intake_id)
        stay = [item.title or gettext("Sem título") for item in told.stay]
    words = ngettext("Envio anulado: %(num)s material saiu.", "Envio anulado: %(num)s materiais saíram.", told.gone)
    if stay:
        named = ", ".join(stay[:5])
        words += " " + ngettext(
            "Fica %(num)s que já foi mudado ou entregue: %(names)s.",
            "Ficam %(num)s que já foram mudados ou entregues: %(names)s.",
            len(stay),
            names=named,
        )
    offer_undo(words, url_for("training_actions_manage.redo_intake", edition_id=edition_id, intake_id=intake_id))
    return done("training_actions_manage.intake_page", edition_id=edition_id, intake_id=intake_id)


@staff.post("/editions/<int:edition_id>/intake/<int:intake_id>/redo")
def redo_intake(edition_id: int, intake_id: int) -> Any:
    """Bring an intake back that was taken back."""
    with begin() as work:
        tray.redo(work, intake_id)
    return done("training_actions_manage.intake_page", edition_id=edition_id, intake_id=intake_id)


@staff.post("/editions/<int:edition_id>/tray")
def give_tray(edition_id: int) -> Any:
    """Give what is marked to those it is marked for, or discard one, and go back."""
    act = request.form.get("act", "give")
    if act.startswith("discard:") and act[8:].isdecimal() and len(act) < 26:
        return _discard(edition_id, int(act[8:]))
    try:
        with begin() as work:
            edition = actions.get_edition(work, edition_id)
            count = tray.give(work, services().vocabularies, edition, _wanted(request.form))
    except Invalid as error:
        work, edition = _edition(edition_id)
        return refused(PAGE, error, **page_context(work, edition, latest(work, edition)))
    if count:
        flash(ngettext("%(num)s material ligado.", "%(num)s materiais ligados.", count), "success")
    else:
        flash(gettext("Marque primeiro de quem são."), "error")
    return _back(edition_id)


def _wanted(form: Mapping[str, str]) -> dict[int, list[int]]:
    """Return whom the form gives each draft to; one that is not marked stays. Raises Invalid for two answers at once."""
    numbers = {name.partition("-")[2] for name in form if name.startswith(("for-", "other-"))}
    wanted = {}
    for number in sorted(each for each in numbers if each.isdecimal() and len(each) < 18):
        marked, other = form.get(f"for-{number}", ""), form.get(f"other-{number}", "")
        if other and marked not in ("", "other", other):
            raise Invalid(N_("Marcou uma pessoa e escolheu outra. Deixe só uma."), field=f"for-{number}")
        chosen = other if marked in ("", "other") else marked
        ids = [int(part) for part in chosen.split(",") if part.isdecimal() and len(part) < 18]
        if ids or marked == "other":
            wanted[int(number)] = ids
    return wanted


def _discard(edition_id: int, item_id: int) -> Any:
    with begin() as work:
        edition = actions.get_edition(work, edition_id)
        tray.throw_away(work, edition, item_id)
    undo = url_for("training_actions_manage.fetch_back", edition_id=edition_id, item_id=item_id)
    offer_undo(gettext("Apagado do tabuleiro."), undo)
    return _back(edition_id)


@staff.post("/editions/<int:edition_id>/tray/<int:item_id>/recover")
def fetch_back(edition_id: int, item_id: int) -> Any:
    """Bring a draft of the tray back."""
    with begin() as work:
        tray.fetch_back(work, actions.get_edition(work, edition_id), item_id)
    return _back(edition_id)


@staff.post("/editions/<int:edition_id>/tray/<int:item_id>/put")
def put_into_tray(edition_id: int, item_id: int) -> Any:
    """Take a draft from those it was given to; it waits in the tray."""
    with begin() as work:
        tray.put_into_tray(work, actions.get_edition(work, edition_id), item_id)
    flash(gettext("Está no tabuleiro: diga de quem é."), "success")
    return _back(edition_id)


@staff.post("/editions/<int:edition_id>/hand-in")
def hand_in(edition_id: int) -> Any:
    """Hand in every draft that is complete, and say what the others lack."""
    licence = request.form.get("licence", "")
    if licence and licence not in services().vocabularies["licences"]:
        raise Invalid(N_("Escolha uma licença da lista."), field="licence")
    with begin() as work:
        told = tray.hand_in(work, actions.get_edition(work, edition_id), licence)
        left = [f"«{item.title or gettext('Sem título')}»: {words_of(error)}" for item, error in told.left[:10]]
    if told.done:
        flash(ngettext("%(num)s material entregue.", "%(num)s materiais entregues.", told.done), "success")
    for sentence in left:
        flash(sentence, "warning")
    if told.theirs:
        flash(left_to_authors(told.theirs), "message")
    if not told.done and not left and not told.theirs:
        flash(gettext("Não há rascunhos prontos a entregar."), "message")
    return _back(edition_id)


def _back(edition_id: int) -> Any:
    """Go back to the intake that the form stood on, or to the latest."""
    text = request.form.get("intake", "")
    if text.isdecimal() and len(text) < 18:
        return done("training_actions_manage.intake_page", edition_id=edition_id, intake_id=int(text))
    return redirect(url_for("training_actions_manage.intake_form", edition_id=edition_id), 303)


@staff.post("/editions/<int:edition_id>/names/out")
def take_names_out(edition_id: int) -> Any:
    """Take the hidden names and places out of all files of the course."""
    with begin() as work:
        count = names_out.take_out(work, actions.get_edition(work, edition_id))
    if count:
        words = ngettext("A limpar %(num)s ficheiro.", "A limpar %(num)s ficheiros.", count)
        offer_undo(words, url_for("training_actions_manage.put_names_back", edition_id=edition_id))
    else:
        flash(gettext("Não há dados escondidos para retirar."), "message")
    return _back(edition_id)


@staff.post("/editions/<int:edition_id>/names/back")
def put_names_back(edition_id: int) -> Any:
    """Put the files back as they were sent."""
    with begin() as work:
        count = names_out.put_back(work, actions.get_edition(work, edition_id))
    flash(ngettext("%(num)s ficheiro reposto.", "%(num)s ficheiros repostos.", count), "success")
    return _back(edition_id)
