"""Staff's pages of stocktaking: begin, scan, see what is left, end, and the report."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, render_template, request
from flask_babel import gettext, ngettext

from plugins.physical_loans import catalogue, forgetting, stocktaking
from plugins.physical_loans.models import Copy, Stocktake
from plugins.physical_loans.pages.sending import as_attachment
from plugins.physical_loans.pages.things_door import done, door, number, pages, refused
from repository.api import DomainError, Work, begin

TONES = {"seen": "success", "again": "success", "lent": "warning"}
LIST, PAGE = "physical_loans/stocktakes.html", "physical_loans/stocktake.html"


@pages.get("/things/stocktakes")
def stocktakes() -> str:
    """The stocktakes of the person's desks, and where one is begun."""
    return render_template(LIST, errors={}, **_list(door()))


def _list(work: Work) -> dict[str, Any]:
    desks = catalogue.desks(work, closed=True)
    return {
        "desks": [(desk.id, desk.name) for desk in desks if desk.closed_at is None],
        "names": {desk.id: desk.name for desk in desks},
        "stocktakes": stocktaking.recent(work),
    }


@pages.post("/things/stocktakes")
def start_stocktake() -> Any:
    """Begin at a desk, or go on with what was begun there."""
    try:
        with begin() as work:
            stocktake = stocktaking.start(work, number(request.form.get("desk")) or 0)
    except DomainError as error:
        return refused(LIST, error, **_list(door()))
    return done("stocktake", stocktake_id=stocktake.id)


@pages.get("/things/stocktakes/<int:stocktake_id>")
def stocktake(stocktake_id: int) -> str:
    """What was seen and what is left; the field takes what a scanner types."""
    work = door()
    return render_template(PAGE, errors={}, **_page(work, stocktaking.get(work, stocktake_id)))


def _page(work: Work, found: Stocktake) -> dict[str, Any]:
    names = {desk.id: desk.name for desk in catalogue.desks(work, closed=True)}
    tally = stocktaking.tally(work, found)
    lent = stocktaking.loans_of(work, [copy for copy, _counted in tally.seen])
    here = {"stocktake": found, "tally": tally, "desks": names, "sure": request.args.get("sure") == "ask"}
    return here | {"lent": [(copy, booking, forgetting.who(work, booking)) for copy, booking in lent]}


@pages.post("/things/stocktakes/<int:stocktake_id>/see")
def see(stocktake_id: int) -> Any:
    """Note what was scanned, typed or counted."""
    code, counted = request.form.get("code", "")[:300], number(request.form.get("counted"))
    try:
        with begin() as work:
            seen = stocktaking.see(work, stocktaking.get(work, stocktake_id), code, counted)
    except DomainError as error:
        work = door()
        return refused(PAGE, error, **_page(work, stocktaking.get(work, stocktake_id)))
    texts = {
        "seen": gettext("%(code)s: visto.", code=seen.text),
        "again": gettext("%(code)s: já estava visto.", code=seen.text),
        "lent": gettext("%(code)s: visto, mas está emprestado. Se voltou, receba-o em baixo.", code=seen.text),
        "elsewhere": gettext("%(code)s é de outro balcão.", code=seen.text),
        "gone": gettext("%(code)s estava dado por perdido ou abatido.", code=seen.text),
        "unknown": gettext("Ninguém conhece o código «%(code)s».", code=seen.text),
    }
    flash(texts[seen.outcome], TONES.get(seen.outcome, "error"))
    return done("stocktake", stocktake_id=stocktake_id)


@pages.post("/things/stocktakes/<int:stocktake_id>/unsee")
def unsee(stocktake_id: int) -> Any:
    """Take back that a copy was seen."""
    with begin() as work:
        stocktaking.unsee(work, stocktaking.get(work, stocktake_id), number(request.form.get("copy")) or 0)
    return done("stocktake", stocktake_id=stocktake_id)


@pages.post("/things/stocktakes/<int:stocktake_id>/close")
def close_stocktake(stocktake_id: int) -> Any:
    """End the stocktake; where copies were not seen, the page first says how many and asks."""
    with begin() as work:
        found = stocktaking.get(work, stocktake_id)
        if request.form.get("sure") != "yes" and stocktaking.tally(work, found).left:
            return done("stocktake", stocktake_id=stocktake_id, sure="ask", _anchor="acabar")
        stocktaking.close(work, found)
    return done("stocktake", stocktake_id=stocktake_id)


@pages.post("/things/stocktakes/<int:stocktake_id>/lost")
def mark_lost(stocktake_id: int) -> Any:
    """Give up the copies that were chosen of those that nobody saw."""
    chosen = [number(text) or 0 for text in request.form.getlist("copy")]
    try:
        with begin() as work:
            lost = stocktaking.mark_lost(work, stocktaking.get(work, stocktake_id), chosen)
    except DomainError as error:
        work = door()
        return refused(PAGE, error, **_page(work, stocktaking.get(work, stocktake_id)))
    flash(ngettext("%(num)s exemplar dado por perdido.", "%(num)s exemplares dados por perdidos.", lost), "success")
    return done("stocktake", stocktake_id=stocktake_id)


@pages.get("/things/stocktakes/<int:stocktake_id>/report.<any(csv, xlsx):kind>")
def report(stocktake_id: int, kind: str) -> Response:
    """The stocktake as a table."""
    work = door()
    found = stocktaking.get(work, stocktake_id)
    return as_attachment(_rows(_page(work, found)), kind, f"inventario-{found.started_at:%Y-%m-%d}")


def _rows(known: dict[str, Any]) -> list[Sequence[str]]:
    tally: stocktaking.Tally = known["tally"]
    groups: list[tuple[str, list[tuple[Copy, int | None]]]] = [
        (ngettext("visto", "vistos", 1), [(copy, count) for copy, count in tally.seen]),
        (gettext("não visto"), [(copy, None) for copy in tally.left]),
        (ngettext("emprestado", "emprestados", 1), [(copy, None) for copy in tally.out]),
        (gettext("de outro balcão"), [(copy, count) for copy, count in tally.elsewhere]),
        (gettext("perdido ou abatido, mas visto"), [(copy, count) for copy, count in tally.gone]),
    ]
    header = [gettext("Inventário"), gettext("Título"), gettext("O que se viu"), gettext("Contados"),
              gettext("Esperados"), gettext("Balcão"), gettext("Onde")]  # fmt: skip
    rows: list[Sequence[str]] = [header]
    for what, group in groups:
        for copy, count in group:
            said = "" if count is None else str(count)
            desk = known["desks"].get(copy.desk_id, "")
            rows.append([copy.inventory, copy.thing.item.title, what, said, str(copy.stock), desk, copy.place])
    return rows
