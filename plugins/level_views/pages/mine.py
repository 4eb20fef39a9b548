"""A person's own levels: the page where they are chosen, and the part of the person's own page that says them."""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import login_required

from plugins.level_views import adopting, mine
from plugins.level_views.pages.portal import pages
from repository.api import Invalid, Panel, Work, begin, look, status_of, words_of


@pages.get("/mine")
@login_required
def choice() -> str:
    """The levels that are the person's, and whether they come first."""
    work = look()
    return _page(work, mine.of(work))


@pages.post("/mine")
@login_required
def choose() -> Any:
    """Keep what the person chose."""
    levels, first = request.form.getlist("levels"), bool(request.form.get("first"))
    try:
        with begin() as work:
            mine.choose(work, levels, first)
    except Invalid as error:
        said = mine.Mine(tuple(levels), first=first)
        return _page(look(), said, {error.field or "": words_of(error)}), status_of(error)
    flash(gettext("Guardado."), "success")
    return redirect(url_for("level_views.choice"), 303)


def _page(work: Work, said: mine.Mine, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "level_views/mine.html", mine=said, levels=mine.choosable(work), errors=errors or {}, robots="noindex"
    )


def me_panels(work: Work) -> Iterator[Panel]:
    """Yield the part of a person's own page that says which levels are theirs."""
    context = {
        "title": gettext("Os meus níveis"),
        "mine": mine.of(work),
        "shelves": adopting.my_places(work),
        "group": work.actor.group_code,
    }
    yield Panel("level-views-mine", "level_views/panel_mine.html", context, 60, "aside")
