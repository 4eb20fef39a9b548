"""The public page on which anybody checks a receipt, and the receipt as a PDF."""

from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response as AnyResponse

from plugins.training_actions import links, receipts
from plugins.training_actions.reading import HERE
from repository.api import NotFound, Work, day_in_full, look, may_see, services, words_of

pages = Blueprint("training_actions_receipts", __name__, url_prefix="/receipts", template_folder="../templates")
ASK, CHECK = "training_actions/receipt_ask.html", "training_actions/receipt_check.html"


@pages.get("")
def ask() -> AnyResponse | str:
    """The form for a code; a code that was typed leads to its page."""
    typed = request.args.get("code", "").strip()[:40]
    if not typed:
        return render_template(ASK, errors={}, typed="")
    code = receipts.read_code(typed)
    if code is None:
        wrong = {"code": gettext("Não é um código de recibo. Tem nove letras e algarismos, como PQ7-4MKD-2F.")}
        return Response(render_template(ASK, errors=wrong, typed=typed), 422)
    return redirect(url_for(".check", code=code))


@pages.get("/<code>")
def check(code: str) -> AnyResponse | str:
    """What the code proves, as the material says it now."""
    work = look()
    try:
        found = receipts.find(work, code)
    except NotFound as error:
        return Response(render_template(ASK, errors={"code": words_of(error)}, typed=code[:40]), 404)
    if found.code != code:
        return redirect(url_for(".check", code=found.code))
    known = {"receipt": found, "open": _is_open(work, found), "robots": "noindex"}
    return render_template(CHECK, **known)


def _is_open(work: Work, found: receipts.Receipt) -> bool:
    """Say whether what the material says may be told to whoever asks: a code is no way into what is closed."""
    return not found.withdrawn and may_see(work, found.item)


@pages.get("/<code>/receipt.pdf")
def pdf(code: str) -> Response:
    """The receipt on a sheet of A4."""
    work = look()
    found = receipts.find(work, code)
    url = f"{services().settings.public_url}/receipts/{found.code}"
    words = {
        "title": gettext("Recibo de um material partilhado"),
        "centre": services().settings["centre_name"],
        "code": found.code,
        "check": gettext("Verificar este recibo:"),
        "note": gettext("Este recibo diz o que foi aceite e publicado. Não é um certificado de horas de formação."),
    }
    rows = _rows(work, found)
    from plugins.training_actions import paper  # brings fpdf, which a server starts without

    data = paper.receipt(words, rows, url, str(get_locale()), found.accepted_at or work.now)
    name = f"recibo-{found.code}.pdf"
    return Response(data, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def _day(moment: datetime) -> str:
    return day_in_full(moment.astimezone(HERE), str(get_locale()))


def _rows(work: Work, found: receipts.Receipt) -> list[tuple[str, str]]:
    accepted = [(gettext("Aceite"), _day(found.accepted_at))] if found.accepted_at else []
    if not _is_open(work, found):
        state = gettext("Já não está publicado") if found.withdrawn else gettext("Não está aberto a todos")
        return [*accepted, (gettext("Agora"), state)]
    item = found.item
    licence = services().vocabularies.licences.get(item.licence)
    counts = gettext(
        "visto %(seen)s, descarregado %(downloaded)s, adaptado %(adapted)s (vezes, até %(day)s)",
        day=_day(work.now),
        **found.counts,
    )
    return [
        (gettext("Material"), item.title),
        (gettext("Autoria"), ", ".join(found.authors)),
        (gettext("Ação"), links.title_of(found.edition)),
        (gettext("Licença"), licence.short(str(get_locale())) if licence else item.licence),
        *accepted,
        (gettext("Desde então"), counts),
    ]
