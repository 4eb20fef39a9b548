"""The pages of the shelf."""

from flask import Blueprint, redirect, render_template, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from repository.api import begin, look
from tests.example_plugin.bookshelf import shelves

pages = Blueprint("bookshelf", __name__, template_folder="templates")


@pages.get("/bookshelf")
@login_required
def shelf() -> str:
    """What the person keeps."""
    return render_template("bookshelf/shelf.html", kept=shelves.on_shelf(look()))


@pages.post("/bookshelf/<int:item_id>")
def keep(item_id: int) -> Response:
    """Keep one more."""
    with begin() as work:
        shelves.keep(work, item_id)
    return redirect(url_for("bookshelf.shelf"))
