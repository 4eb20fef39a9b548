"""What the label on a copy leads to."""

from typing import Any

from flask import redirect, render_template, url_for

from plugins.physical_loans import copies
from plugins.physical_loans.models import CopyState
from plugins.physical_loans.pages.things_door import pages
from repository.api import look, may_see


@pages.get("/c/<label>")
def scanned(label: str) -> Any:
    """What a label leads to: the thing for everybody, the copy itself for those who keep it."""
    work = look()
    found = copies.by_label(work, label[:60])
    if found is not None and copies.may_keep(work, found):
        return redirect(url_for("physical_loans_things.copy", copy_id=found.id))
    if found is None or found.state == CopyState.WRITTEN_OFF or not may_see(work, found.thing.item):
        return render_template("physical_loans/unknown_label.html", label=label[:60]), 404
    return redirect(url_for("pages.item", item_id=found.thing_id, copy=found.inventory))
