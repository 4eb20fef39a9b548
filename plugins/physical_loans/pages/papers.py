"""The records of hand-out and return as PDF."""

from typing import Any

from flask import Response
from flask_babel import get_locale, gettext

from plugins.physical_loans import at_desk, calendars, missing
from plugins.physical_loans.models import Booking, HoldState
from plugins.physical_loans.pages import desk_door, saying
from plugins.physical_loans.pages.desk_door import door, get_booking, pages
from repository.api import Work, services


@pages.get("/desk/<int:booking_id>/<any(out, back):kind>.pdf", endpoint="paper")
def paper_of(booking_id: int, kind: str) -> Response:
    """The *auto de entrega* or *auto de devolução* of a loan, to sign."""
    work = door()
    booking = get_booking(work, booking_id)
    from plugins.physical_loans import paper  # brings fpdf, which a server starts without

    made = paper.record_of_loan(
        _words(kind), _facts(work, booking, kind), _lists(work, booking, kind), str(get_locale()), work.now
    )
    name = f"auto-{'entrega' if kind == 'out' else 'devolucao'}-{booking.id}.pdf"
    known = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(made, mimetype="application/pdf", headers=known)


def _words(kind: str) -> dict[str, str]:
    out = kind == "out"
    statement = gettext("Recebi o material acima, conferido, e devolvo-o até à data indicada.")
    if not out:
        statement = gettext("O balcão recebeu o material acima, conferido.")
    return {
        "centre": str(services().settings["centre_name"]),
        "title": gettext("Auto de entrega") if out else gettext("Auto de devolução"),
        "statement": statement,
        "none": gettext("Sem lista de componentes."),
        "giver": gettext("Pelo balcão"),
        "taker": gettext("Quem levou") if out else gettext("Quem devolveu"),
    }


def _facts(work: Work, booking: Booking, kind: str) -> list[tuple[str, str]]:
    calendar = calendars.calendar_of(work, booking.desk)

    def moment(at: Any) -> str:
        local = calendar.local(at)
        return gettext("%(day)s, às %(time)s", day=saying.long_day(local.date(), year=True), time=f"{local:%H:%M}")

    found = [
        (gettext("Empréstimo n.º"), str(booking.id)),
        (gettext("Material"), booking.thing.item.title + (f", {words}" if (words := saying.amount(booking)) else "")),
        (gettext("Quem"), desk_door.who(work, booking)),
        (gettext("Balcão"), ", ".join(filter(None, (booking.desk.name, booking.desk.place)))),
        (gettext("Entregue em"), moment(booking.handed_out_at) if booking.handed_out_at else "________________"),
        (gettext("Devolver até"), moment(booking.ends_at)),
    ]
    if kind == "back":
        found.append(
            (gettext("Devolvido em"), moment(booking.returned_at) if booking.returned_at else "________________")
        )
        found += [(gettext("Falta"), booking.reason)] if booking.state == "incomplete" and booking.reason else []
    return found


def _lists(work: Work, booking: Booking, kind: str) -> list[tuple[str, list[tuple[str, str]]]]:
    states = [HoldState.RESERVED, HoldState.OUT] + ([HoldState.BACK, HoldState.LOST] if kind == "back" else [])
    copies = at_desk.copies_of(booking, *states) or at_desk.copies_of(booking, HoldState.BACK)
    parts = missing.parts_of(work, copies)
    return [
        (
            copy.inventory,
            [(part.component.name, f"{part.there} / {part.component.expected}") for part in parts[copy.id]],
        )
        for copy in copies
    ]
