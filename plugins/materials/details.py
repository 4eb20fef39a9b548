"""The rules of what a material says about its lesson: time, grouping, what it needs, the challenge it answers."""

from collections.abc import Mapping
from typing import Any

from plugins.materials.models import MaterialDetail
from repository.api import EDITABLE, N_, Conflict, Invalid, Item, Work, require

MOST_MINUTES = 6_000
MOST_NEEDS, LONGEST_NEED, LONGEST_CHALLENGE = 40, 200, 2_000
FIELDS = ("minutes", "grouping", "needs", "challenge", "assessment")


def details_of(work: Work, item: Item) -> MaterialDetail:
    """Return what the material says, empty when nobody has said anything yet."""
    known = work.session.get(MaterialDetail, item.id)
    return known or MaterialDetail(item_id=item.id, minutes=None, grouping="", needs=[], challenge="", assessment=False)


def set_details(work: Work, item: Item, values: Mapping[str, Any]) -> None:
    """Change what a draft says; other names than FIELDS are ignored. Raises Invalid, NotAllowed and Conflict.

    `minutes` is a number or None, `needs` a list of short texts, `assessment` True or False.
    """
    require(work, "edit", item)
    if item.state not in EDITABLE:
        raise Conflict(N_("O material já não está em rascunho. Veja como está agora."))
    _check(values)
    detail = details_of(work, item)
    for name in FIELDS:
        if name in values:
            setattr(detail, name, values[name])
    work.session.add(detail)
    item.updated_at = work.now


def _check(values: Mapping[str, Any]) -> None:
    minutes = values.get("minutes")
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(N_("Diga o tempo em minutos, entre 1 e %(most)s."), field="minutes", most=MOST_MINUTES)
    needs = values.get("needs", ())
    if len(needs) > MOST_NEEDS or any(len(need) > LONGEST_NEED for need in needs):
        raise Invalid(N_("Escreva uma coisa por linha, até %(most)s linhas curtas."), field="needs", most=MOST_NEEDS)
    if len(values.get("challenge", "")) > LONGEST_CHALLENGE:
        raise Invalid(N_("Use no máximo %(most)s caracteres."), field="challenge", most=LONGEST_CHALLENGE)


def copy_details(work: Work, source: Item, copy: Item) -> None:
    """Let `copy` say what `source` says: a new version, one that is taken over, or an adaptation."""
    known = work.session.get(MaterialDetail, source.id)
    if known is None:
        return
    values = {name: getattr(known, name) for name in FIELDS} | {"needs": list(known.needs)}
    work.session.merge(MaterialDetail(item_id=copy.id, **values))


def said_of(work: Work, item: Item) -> dict[str, Any] | None:
    """Return what a version keeps of the lesson's details, under the plugin's name; None when nobody said anything."""
    known = work.session.get(MaterialDetail, item.id)
    return {"materials": {name: getattr(known, name) for name in FIELDS}} if known else None


def say_again(work: Work, item: Item, said: Mapping[str, Any] | None) -> None:
    """Let the material say what a version of it said; versions that kept nothing leave it as it is."""
    if said is not None:
        work.session.merge(MaterialDetail(item_id=item.id, **said))


def search_words(work: Work, item: Item) -> str:
    """Return the words under which a search should find the material."""
    known = work.session.get(MaterialDetail, item.id)
    return "\n".join([known.challenge, *known.needs]).strip() if known else ""
