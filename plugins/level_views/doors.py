"""The doors to the views: how much stands behind each, as far as the person may see."""

from dataclasses import dataclass

from plugins.level_views import views
from plugins.level_views.views import Shown
from repository.api import SearchRequest, Work, search_page


@dataclass(frozen=True)
class Behind:
    """An open view with how many materials and kits there are in it."""

    shown: Shown
    materials: int
    kits: int


def doors(work: Work) -> list[Behind]:
    """Return the open views in order, each with what is in it; one quick search for each."""
    return [_behind(work, shown) for shown in views.open_views(work)]


def _behind(work: Work, shown: Shown) -> Behind:
    request = SearchRequest(per_page=0).changed(per_page=0, **shown.view.preset)
    page = search_page(work, request)
    kits = next((count.count for count in page.facets.get("kind", ()) if count.value == "physical"), 0)
    return Behind(shown, page.total - kits, kits)
