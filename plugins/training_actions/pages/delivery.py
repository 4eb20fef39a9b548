"""Staff's part of an edition's page: who has delivered, reminders, and the personal links, mailed, copied or on paper."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, render_template, url_for
from flask_babel import get_locale, gettext, ngettext
from werkzeug.wrappers import Response as AnyResponse

from plugins.training_actions import actions, links, missing, participants, sections
from plugins.training_actions.models import Edition, Participant
from plugins.training_actions.pages.door import done, door, staff
from repository.api import (
    N_,
    XLSX,
    Conflict,
    Work,
    begin,
    csv_lines,
    has_mail_server,
    offer_undo,
    services,
    write_workbook,
)

PAGE = "training_actions_manage.edition"
STANDINGS = {
    missing.Standing.ALL: N_("Tudo"),
    missing.Standing.PART: N_("Em parte"),
    missing.Standing.NONE: N_("Nada ainda"),
}
MOST_ON_PAPER = 500


def collect_context(work: Work, edition: Edition) -> Mapping[str, Any]:
    """Return who has delivered, those who lack something first."""
    lines = missing.lines_of(work, edition)
    order = [missing.Standing.NONE, missing.Standing.PART, missing.Standing.ALL]
    lines.sort(key=lambda line: order.index(line.standing))
    return {
        "lines": lines,
        "words": {standing.value: gettext(words) for standing, words in STANDINGS.items()},
        "lacking": sum(line.standing != missing.Standing.ALL for line in lines),
        "unsent": sum(1 for who in _people(edition) if who.email and who.link_sent_at is None),
        "nowhere": sum(1 for who in _people(edition) if not who.email),
        "gaps": {line.participant.id: _in_words(edition, line) for line in lines if edition.deliverables},
        "loose": sum(line.loose for line in lines if edition.deliverables),
        "open": missing.is_open(edition, work.now),
        "now": work.now,
    }


def _in_words(edition: Edition, line: missing.Line) -> str:
    """Return what somebody who brought a part has still to bring; of several things perhaps only one."""
    still = missing.still_wanted(edition, line)
    if line.standing != missing.Standing.PART or not still:
        return ""
    what = "; ".join(f"{row.title} ({gap})" if gap > 1 else row.title for row, gap in still)
    if not missing.unsure(edition, line):
        return gettext("falta: %(what)s", what=what)
    return gettext("falta %(n)s de: %(what)s", n=line.lacking, what=what)


def _people(edition: Edition) -> list[Participant]:
    return participants.present_people(edition)


sections.add(sections.Section("collect", "collect", "training_actions/section_delivery.html", collect_context))


def _say(words: str, sent: int) -> None:
    """Say how many letters were written, and that they wait where there is no server to take them."""
    if sent and not has_mail_server(services().settings):
        words += " " + gettext("Ficam à espera: falta indicar o servidor de correio nas definições.")
        flash(words, "warning")
        return
    flash(words, "success" if sent else "info")


@staff.post("/editions/<int:edition_id>/links")
def send_links(edition_id: int) -> AnyResponse:
    """Mail their links to all who have not had theirs."""
    with begin() as work:
        edition = actions.get_edition(work, edition_id)
        before = sum(links.just_sent(work, who) for who in _people(edition))
        sent = links.send_all(work, services(), _people(edition))
    words = ngettext("%(num)s ligação enviada.", "%(num)s ligações enviadas.", sent)
    if before:
        words += " " + ngettext(
            "%(num)s tinha sido enviada há pouco.", "%(num)s tinham sido enviadas há pouco.", before
        )
    _say(words, sent)
    return done(PAGE, edition_id=edition_id)


@staff.post("/editions/<int:edition_id>/remind")
def remind(edition_id: int) -> AnyResponse:
    """Remind everybody who lacks something."""
    with begin() as work:
        edition = actions.get_edition(work, edition_id)
        if not missing.is_open(edition, work.now):
            raise Conflict(N_("O prazo desta turma já passou: não se enviam lembretes. Mude primeiro a data de fecho."))
        told = missing.remind_all(work, services(), edition)
    words = ngettext("%(num)s lembrete enviado.", "%(num)s lembretes enviados.", told.sent)
    if told.before:
        words += " " + ngettext(
            "%(num)s pessoa já tinha recebido um há menos de uma hora.",
            "%(num)s pessoas já tinham recebido um há menos de uma hora.",
            told.before,
        )
    _say(words, told.sent)
    return done(PAGE, edition_id=edition_id)


@staff.get("/editions/<int:edition_id>/links.pdf")
def links_paper(edition_id: int) -> Response:
    """A sheet with everybody's link and its QR code, to be cut and handed out."""
    work = door()
    edition = actions.get_edition(work, edition_id)
    people = [who for who in _people(edition) if not who.link_revoked_at][:MOST_ON_PAPER]
    rows = [(who.name, who.school, links.address_of(services(), who)) for who in people]
    words = {
        "title": links.title_of(edition),
        "note": gettext("Cada ligação é pessoal. Recorte pela linha e entregue a cada um a sua."),
    }
    from plugins.training_actions import paper  # brings fpdf, which a server starts without

    data = paper.links_sheet(words, rows, str(get_locale()), work.now)
    return _private(Response(data, mimetype="application/pdf"), "ligacoes.pdf")


def _private(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@staff.get("/editions/<int:edition_id>/missing.<kind>")
def export(edition_id: int, kind: str) -> Response:
    """Who has delivered what, as a table for spreadsheets: CSV or XLSX."""
    work = door()
    edition = actions.get_edition(work, edition_id)
    rows = list(_rows(work, edition))
    if kind == "xlsx":
        data: Any = write_workbook([(gettext("Entregas"), rows)])
        return _private(Response(data, mimetype=XLSX), "entregas.xlsx")
    return _private(Response("".join(csv_lines(rows)), mimetype="text/csv"), "entregas.csv")


def _rows(work: Work, edition: Edition) -> Any:
    head = [gettext("Nome"), gettext("Endereço"), gettext("Escola"), gettext("Entrega")]
    wanted = list(edition.deliverables)
    loose = [gettext("Sem dizer o que é")] if wanted else []
    yield [
        *head,
        *(row.title for row in wanted),
        gettext("Materiais"),
        *loose,
        gettext("Último sinal"),
        gettext("Lembrado"),
    ]
    for line in missing.lines_of(work, edition):
        who, last = line.participant, line.last_at or line.participant.link_opened_at
        days = [links.day_of(moment, str(get_locale())) if moment else "" for moment in (last, line.reminded_at)]
        brought: list[Any] = [f"{line.brought.get(row.id, 0)}/{row.count}" for row in wanted]
        loose = [line.total, line.loose] if wanted else [line.total]
        yield [who.name, who.email, who.school, gettext(STANDINGS[line.standing]), *brought, *loose, *days]


@staff.get("/people/<int:participant_id>/link")
def person_link(participant_id: int) -> Response:
    """A person's link, to be copied, mailed or ended."""
    work = door()
    who = participants.get_participant(work, participant_id)
    known: dict[str, Any] = {"who": who, "edition": who.edition, "action": who.edition.action}
    if not who.link_revoked_at:
        known |= {"address": links.address_of(services(), who), "ends": links.ends_at(services(), who)}
    response = Response(render_template("training_actions/person_link.html", **known))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@staff.post("/people/<int:participant_id>/link")
def send_link(participant_id: int) -> AnyResponse:
    """Mail somebody their link, again or for the first time; a revoked one is opened anew."""
    with begin() as work:
        who = participants.get_participant(work, participant_id)
        before = links.just_sent(work, who)
        sent = not before and links.send(work, services(), who)
    if before:
        flash(gettext("A ligação já tinha sido enviada há menos de um minuto."), "info")
    elif sent:
        _say(gettext("Ligação enviada."), 1)
    else:
        flash(gettext("Esta pessoa não tem endereço de correio."), "error")
    return done("training_actions_manage.person_link", participant_id=participant_id)


@staff.post("/people/<int:participant_id>/link/open")
def open_link(participant_id: int) -> AnyResponse:
    """Open another link for somebody whose link was revoked, without mail."""
    with begin() as work:
        links.reopen(work, participants.get_participant(work, participant_id))
    return done("training_actions_manage.person_link", participant_id=participant_id)


@staff.post("/people/<int:participant_id>/link/revoke")
def revoke_link(participant_id: int) -> AnyResponse:
    """End somebody's link at once; the next page offers to open another."""
    with begin() as work:
        links.revoke(work, participants.get_participant(work, participant_id))
    undo = url_for("training_actions_manage.open_link", participant_id=participant_id)
    offer_undo(gettext("Ligação anulada. A anterior já não abre nada; «Anular» cria outra."), undo)
    return done("training_actions_manage.person_link", participant_id=participant_id)
