"""Staff's pages of a whole-course intake: handing files over, watching, the tray, handing in, taking back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import func, select
from werkzeug.exceptions import RequestEntityTooLarge

from plugins.training_actions import actions, intake, intake_uploads, names_out, sections, tray
from plugins.training_actions.first_page import PROPERTIES
from plugins.training_actions.intake_files import Sent
from plugins.training_actions.models import Author, Edition, Intake, IntakeEntry, IntakeState, Participant
from plugins.training_actions.pages.door import done, door, refused, staff
from repository.api import (
    N_,
    Conflict,
    DomainError,
    Invalid,
    Item,
    State,
    TooLarge,
    Work,
    actor,
    begin,
    offer_undo,
    services,
    words_of,
)

PAGE, PROGRESS = "training_actions/intake.html", "training_actions/_intake_progress.html"
MOST_LISTED = 500
STATES = {
    "known": N_("já cá estava"),
    "skipped": N_("não é um material"),
    "refused": N_("não entrou"),
    "discarded": N_("apagado"),
    "waiting": N_("por ler"),
}


@dataclass(frozen=True)
class Choice:
    """One answer to "whose is it?": the value of the form, the names, and why they are guessed."""

    value: str
    names: str
    why: str


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


def left_to_authors(count: int) -> str:
    """Return the sentence on drafts that are not the staff's to hand in."""
    return ngettext(
        "%(num)s rascunho fica para os autores, porque mudou depois.",
        "%(num)s rascunhos ficam para os autores, porque mudaram depois.",
        count,
    )


def _back(edition_id: int) -> Any:
    """Go back to the intake that the form stood on, or to the latest."""
    text = request.form.get("intake", "")
    if text.isdecimal() and len(text) < 18:
        return done("training_actions_manage.intake_page", edition_id=edition_id, intake_id=int(text))
    return redirect(url_for("training_actions_manage.intake_form", edition_id=edition_id), 303)


# What the pages show


def latest(work: Work, edition: Edition) -> Intake | None:
    """Return the last intake of the edition, or None."""
    query = select(Intake).where(Intake.edition_id == edition.id).order_by(Intake.id.desc()).limit(1)
    return work.session.scalar(query)


def going(found: Intake) -> bool:
    """Return whether an intake is still to be worked on by itself."""
    return found.state in intake.OPEN and not intake.waits_for_yes(found)


def page_context(work: Work, edition: Edition, found: Intake | None) -> dict[str, Any]:
    """Return what the page of an intake shows."""
    known: dict[str, Any] = {
        "edition": edition,
        "action": edition.action,
        "intake": found,
        "going": found is not None and going(found),
        "asks": found is not None and intake.waits_for_yes(found),
        "counts": counts(work, found) if found else {},
        "state_words": STATES,
        "problems": told_problems(found) if found else [],
        "refusal": gettext(found.problem, **found.problem_params) if found and found.problem else "",
        "limit_mb": services().settings["max_file_mb"],
    }
    return known | tray_context(work, edition) | ready_context(work, edition) | _listed(work, edition, found)


def told_problems(found: Intake) -> list[tuple[int, str]]:
    """Return the rows of the participants' list that are left out, each with its sentence."""
    return [(row, gettext(message, **params)) for row, message, params in found.source.get("problems", ())]


def counts(work: Work, found: Intake) -> dict[str, int]:
    """Return how many entries are in each state; matched counts those given by hand too."""
    query = select(IntakeEntry.state, func.count()).where(IntakeEntry.intake_id == found.id).group_by(IntakeEntry.state)
    known = {state: count for state, count in work.session.execute(query)}  # noqa: C416 (rows are no pairs to a type checker)
    counted = dict.fromkeys((*STATES, "matched", "unmatched", "given"), 0) | known
    return counted | {"linked": counted["matched"] + counted["given"]}


def tray_context(work: Work, edition: Edition) -> dict[str, Any]:
    """Return what waits for somebody to say whose it is, with the guesses and everybody else."""
    people = {who.id: who.name for who in actions.present_people(edition)}
    schools = {who.id: who.school for who in actions.present_people(edition)}
    doubles = {name for name in people.values() if list(people.values()).count(name) > 1}
    shown = {
        key: f"{name} ({schools[key]})" if name in doubles and schools[key] else name for key, name in people.items()
    }
    parcels = []
    for parcel in tray.in_tray(work, edition):
        guesses = parcel.entries[0].guesses
        choices = [
            Choice(",".join(map(str, ids)), ", ".join(shown[each] for each in ids), " · ".join(map(gettext, why)))
            for ids, why in guesses
            if ids and all(each in people for each in ids)
        ]
        parcels.append({"item": parcel.item, "entries": parcel.entries, "choices": choices, "best": _best(guesses)})
    return {"parcels": parcels, "people": sorted(shown.items(), key=lambda pair: pair[1].casefold())}


def _best(guesses: list[Any]) -> str:
    """Return the value of the guess that is marked beforehand: one that is clearly ahead, and not only by properties."""
    strong = [(ids, [each for each in why if each != PROPERTIES]) for ids, why in guesses]
    if not strong or not strong[0][1]:
        return ""
    ahead = len(guesses) == 1 or len(guesses[0][1]) > len(guesses[1][1])
    return ",".join(map(str, strong[0][0])) if ahead else ""


def ready_context(work: Work, edition: Edition) -> dict[str, Any]:
    """Return how many drafts could be handed in or are left to their authors, and the licences for those without."""
    drafts, theirs = tray.drafts_of(work, edition)
    locale = actor().locale
    return {
        "drafts": len(drafts),
        "naming": names_out.count_naming(work, edition),
        "theirs": left_to_authors(theirs) if theirs else "",
        "without_licence": sum(not item.licence for item in drafts),
        "licences": [(term.code, term.short(locale)) for term in services().vocabularies["licences"]],
        "default_licence": edition.licence or services().settings["default_licence"],
    }


def _listed(work: Work, edition: Edition, found: Intake | None) -> dict[str, Any]:
    """Return what came of an intake: the materials by person, and the files that became none."""
    if found is None:
        return {"by_person": [], "others": [], "more": 0}
    query = (
        select(IntakeEntry, Item, Participant)
        .join(Item, Item.id == IntakeEntry.item_id)
        .join(Author, Author.item_id == Item.id)
        .join(Participant, Participant.id == Author.participant_id)
        .where(IntakeEntry.intake_id == found.id, Item.state != State.DISCARDED)
        .order_by(Participant.name, Participant.id, Item.id, IntakeEntry.path)
        .limit(MOST_LISTED)
    )
    people: dict[int, dict[str, Any]] = {}
    for entry, item, who in work.session.execute(query):
        person = people.setdefault(who.id, {"who": who, "items": {}})
        person["items"].setdefault(item.id, {"item": item, "entries": []})["entries"].append(entry)
    others = select(IntakeEntry).where(IntakeEntry.intake_id == found.id, IntakeEntry.state.in_(STATES))
    rows = list(work.session.scalars(others.order_by(IntakeEntry.state, IntakeEntry.path).limit(MOST_LISTED)))
    return {"by_person": list(people.values()), "others": [] if found.state in intake.OPEN else rows}


def section_context(work: Work, edition: Edition) -> Mapping[str, Any]:
    """Return what the edition's own page shows of intakes."""
    found = latest(work, edition)
    known = {"intake": found, "counts": counts(work, found) if found else {}, "going": bool(found and going(found))}
    return known | tray_context(work, edition) | ready_context(work, edition) | {"states": IntakeState}


sections.add(
    sections.Section("intake", "collect", "training_actions/section_intake.html", section_context, "aside", 10),
)
