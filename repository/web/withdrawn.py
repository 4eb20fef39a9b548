"""What the page of a withdrawn item says: when it was, by whom, and why, as far as the reader may know."""

from flask_babel import gettext

from repository.errors import NotFound
from repository.items import get
from repository.models import Item, State
from repository.reports import REASONS, Withdrawal, withdrawal_of
from repository.web.display import show_date
from repository.words import N_
from repository.work import Work

WAITING = N_("O centro retirou este material a %(day)s, até decidir um aviso: %(reason)s.")
DECIDED = N_("O centro retirou este material a %(day)s, depois de um aviso: %(reason)s.")
BY_CENTRE = N_("O centro retirou este material a %(day)s.")
BY_AUTHORS = N_("Os autores retiraram este material a %(day)s.")


def note_of(work: Work, item: Item) -> str:
    """Return what those who may see a withdrawn item read: the sentence, the decision's words, and who sees it still."""
    found = withdrawal_of(work, item)
    if found is None:
        return ""
    words = f"«{found.words}»" if found.words else ""
    seen = gettext("Só os autores e o centro o veem, e pode ser reposto.")
    return " ".join(filter(None, (_sentence(found), words, seen)))


def get_or_say(work: Work, item_id: int) -> Item:
    """Return the item if the person may see it. Raises NotFound, which says of what was public that it was withdrawn."""
    try:
        return get(work, item_id)
    except NotFound:
        item = work.session.get(Item, item_id)
        if item is None or item.state != State.WITHDRAWN or item.audience != "public" or item.licence == "INT":
            raise
        found = withdrawal_of(work, item)
        if found is None:
            raise
        raise NotFound(_message(found), **_params(found)) from None


def _message(found: Withdrawal) -> str:
    if found.reason:
        return DECIDED if found.words else WAITING
    return BY_CENTRE if found.by_centre else BY_AUTHORS


def _params(found: Withdrawal) -> dict[str, str]:
    reason = gettext(REASONS[found.reason]) if found.reason else ""
    return {"day": show_date(found.at, "words"), "reason": reason[:1].lower() + reason[1:]}


def _sentence(found: Withdrawal) -> str:
    return gettext(_message(found), **_params(found))
