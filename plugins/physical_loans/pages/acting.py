"""The single acts at the desk, those that ask for a reason, and lending to somebody who came without a booking."""

from collections.abc import Callable

from flask import flash, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from plugins.physical_loans import desk, scanning
from plugins.physical_loans.asking import read_day
from plugins.physical_loans.at_desk import AlreadyDone
from plugins.physical_loans.models import Booking, Copy, Shortage
from plugins.physical_loans.pages.desk import after_act, copy_page, described
from plugins.physical_loans.pages.desk_door import (
    done,
    door,
    get_booking,
    line_of,
    pages,
    whole,
)
from plugins.physical_loans.pages.door import sent_key
from repository.api import (
    N_,
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    User,
    Work,
    begin,
    find_user,
    look,
    status_of,
    words_of,
)

WHOLE_ACTS = {
    "approve": (desk.approve, N_("Aprovado: quem pediu recebe a notícia.")),
    "prepare": (desk.prepare, N_("Está pronto a levantar.")),
    "unprepare": (desk.unprepare, N_("Já não está preparado.")),
    "complete": (desk.complete, N_("Já não falta nada.")),
    "find": (desk.find, N_("Encontrado: volta a emprestar-se.")),
    "undo_hand_out": (desk.undo_hand_out, N_("A entrega está desfeita.")),
    "undo_take_back": (desk.undo_take_back, N_("A devolução está desfeita: continua emprestado.")),
    "undo_lose": (desk.undo_lose, N_("Continua emprestado.")),
}


@pages.post(
    "/desk/<int:booking_id>/<any(approve, prepare, unprepare, complete, find, undo_hand_out, undo_take_back, undo_lose):name>"
)
def act(booking_id: int, name: str) -> Response:
    """One of the acts that need nothing but a press."""
    perform, words = WHOLE_ACTS[name]
    try:
        with begin() as work:
            booking = get_booking(work, booking_id)
            perform(work, booking)
        flash(gettext(words), "success")
    except (Conflict, NotAllowed) as error:
        flash(words_of(error), "info" if isinstance(error, AlreadyDone) else "error")
    return after_act(get_booking(look(), booking_id))


@pages.route("/desk/<int:booking_id>/decline", methods=["GET", "POST"])
def decline(booking_id: int) -> Response | str | tuple[str, int]:
    """Decline a request, and say why."""
    return _with_words(booking_id, desk.decline, lost=False)


@pages.route("/desk/<int:booking_id>/lose", methods=["GET", "POST"])
def lose(booking_id: int) -> Response | str | tuple[str, int]:
    """Give something up for lost, and say what happened."""
    return _with_words(booking_id, desk.lose, lost=True)


def _with_words(
    booking_id: int, perform: Callable[[Work, Booking, str], None], *, lost: bool
) -> Response | str | tuple[str, int]:
    booking = get_booking(door(), booking_id)
    known = {"booking": booking, "lost": lost, "line": line_of(look(), booking)}
    if request.method == "GET":
        return render_template("physical_loans/say_why.html", errors={}, **known)
    try:
        with begin() as work:
            perform(work, get_booking(work, booking_id), request.form.get("reason", ""))
    except AlreadyDone as error:
        flash(words_of(error), "info")
    except (Invalid, Conflict) as error:
        errors = {error.field or "": words_of(error)}
        return render_template("physical_loans/say_why.html", errors=errors, **known), status_of(error)
    return after_act(get_booking(look(), booking_id))


@pages.post("/c/<label>/lend")
def lend(label: str) -> Response | tuple[str, int]:
    """Lend a copy to somebody who came without a booking."""
    try:
        with begin() as work:
            copy = scanning.find_copy(work, label)
            until = read_day(request.form.get("until", "").strip(), "until")
            count = whole(request.form.get("quantity", "") or "1", "quantity", 1)
            collector = request.form.get("collector", "")
            booking = desk.lend(
                work, copy, _borrower(work, copy), until, quantity=count, collector=collector, key=sent_key()
            )
    except (Invalid, Conflict, NotAllowed) as error:
        work = look()
        return copy_page(work, scanning.find_copy(work, label), error, request.form), status_of(error)
    work = look()
    lent = get_booking(work, booking.id)
    flash(gettext("Emprestado a %(who)s.", who=described(work, lent.borrower)), "success")
    return after_act(lent)


def _borrower(work: Work, copy: Copy) -> User:
    """Return the account that the form names by address or by name. Raises Invalid."""
    text = request.form.get("borrower", "").strip()
    found = find_user(work, text) if "@" in text else desk.named(work, text)
    if found is not None and "@" not in text and not _is_sure(found, text):
        raise desk.WhoIsIt(found)
    if found is None and request.form.get("new") == "1":
        return desk.new_borrower(work, copy.desk, text)
    if found is None:
        raise Invalid(N_("Não há nenhuma conta com esse nome ou endereço. Pode criá-la aqui."), "borrower")
    return found


def _is_sure(found: User, text: str) -> bool:
    return found.name.casefold() == text.casefold() or request.form.get("sure") == str(found.id)


@pages.post("/desk/missing/<int:line_id>")
def restore(line_id: int) -> Response:
    """Say that a part is there again."""
    try:
        with begin() as work:
            line = work.session.get(Shortage, line_id)
            if line is None:
                raise NotFound(N_("Esta tarefa não existe."))
            desk.restore(work, line)
        flash(gettext("A peça está outra vez no lugar."), "success")
    except Conflict as error:
        flash(words_of(error), "info")
    return done("physical_loans_desk.day")


@pages.post("/c/<label>/unblock")
def unblock(label: str) -> Response:
    """Let a copy leave again."""
    try:
        with begin() as work:
            desk.unblock(work, scanning.find_copy(work, label))
        flash(gettext("Já se pode emprestar."), "success")
    except Conflict as error:
        flash(words_of(error), "info")
    return done("physical_loans_desk.day")
