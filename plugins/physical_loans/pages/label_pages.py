"""Staff's page that prints labels."""

from typing import Any

from flask import render_template, request
from flask_babel import format_decimal, get_locale, gettext

from plugins.physical_loans import printing
from plugins.physical_loans.labels import FORMATS, sheets
from plugins.physical_loans.pages.sending import attachment
from plugins.physical_loans.pages.things_door import door, number, pages, refused
from repository.api import DomainError

PAGE = "physical_loans/labels.html"


@pages.route("/things/labels", methods=["GET", "POST"])
def labels() -> Any:
    """The form that chooses copies, a format and how many places of the first sheet are used; then the PDF."""
    work = door()
    offered = printing.printable(work)
    thing_id, single = number(request.values.get("thing")), number(request.values.get("copy"))
    chosen = {number(text) for text in request.form.getlist("copy")}
    if request.method == "GET":
        chosen = {copy.id for copy in offered if copy.thing_id == thing_id or copy.id == single}
    said = {"format": request.form.get("format", "3x8"), "used": request.form.get("used", "0")}
    known = {
        "offered": offered,
        "chosen": chosen,
        "formats": [(name, _words(name)) for name in FORMATS],
        "said": said,
    }
    if request.method == "GET":
        return render_template(PAGE, errors={}, **known)
    try:
        drawn = printing.labels_of(work, [copy for copy in offered if copy.id in chosen])
    except DomainError as error:
        return refused(PAGE, error, **known)
    form = FORMATS.get(said["format"], FORMATS["3x8"])
    data = sheets(drawn, form, gettext("Etiquetas"), str(get_locale()), work.now, number(request.form.get("used")) or 0)
    return attachment(data, "pdf", "etiquetas")


def _words(name: str) -> str:
    form = FORMATS[name]
    size = f"{format_decimal(form.width)} × {format_decimal(form.height)} mm"
    return gettext("%(count)s por folha (%(name)s), %(size)s", count=form.per_sheet, name=name, size=size)
