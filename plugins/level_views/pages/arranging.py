"""How the results of a search in a level look: its filters in its order, its cards, what comes first in it."""

from collections.abc import Iterator, Mapping, Sequence

from flask import url_for
from flask_babel import gettext

from plugins.level_views import views
from plugins.level_views.pages.portal import name_of
from repository.api import Arrangement, Work


def arrangements(work: Work, filters: Mapping[str, Sequence[str]], asked: Mapping[str, str]) -> Iterator[Arrangement]:
    """Yield how the view that a search belongs to shows its results."""
    shown = views.view_of_search(work, filters)
    if shown is None:
        return
    view = shown.view
    home = (gettext("Ir para a página «%(level)s»", level=name_of(shown)), url_for("level_views.level", code=view.code))
    first = {name: values for name, values in view.first.items() if name not in filters}
    yield Arrangement(view.facets, view.look, first, home=home)
