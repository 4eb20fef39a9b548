"""The plugin's parts of other pages: an item's page, a person's own page."""

from collections.abc import Iterable, Iterator

from flask import url_for
from flask_babel import get_locale, gettext

from plugins.materials import adaptations, drafts, handed_in, versions
from plugins.materials.details import details_of
from plugins.materials.models import Adaptation
from repository.api import EDITABLE, N_, UNDECIDED, Item, ItemAction, Panel, State, Work, allowed, services

DRAFTS_SHOWN = 5


def item_panels(work: Work, item: Item) -> Iterator[Panel]:
    """Yield what a material says about its lesson, its family and its versions; nothing for kits."""
    if item.kind != "digital":
        return
    waiting = (
        versions.open_version(work, item) if item.state == State.PUBLISHED and allowed(work, "edit", item) else None
    )
    if waiting is not None:
        context = {"title": gettext("Nova versão"), "draft": waiting, "handed_in": waiting.state in UNDECIDED}
        yield Panel("materials-waiting", "materials/panel_waiting.html", context, 5, paper=False)
    detail = details_of(work, item)
    if detail.minutes or detail.grouping or detail.needs or detail.challenge:
        yield Panel(
            "materials-lesson", "materials/panel_lesson.html", {"title": gettext("Na aula"), "detail": detail}, 20
        )
    above, below = adaptations.ancestors(work, item), adaptations.descendants(work, item)
    source = adaptations.origin(work, item)
    if source or below:
        context = {"title": gettext("Adaptações"), "above": above, "below": below, "source": source}
        yield Panel("materials-family", "materials/panel_family.html", context, 60, paper=source is not None)
    known = versions.versions_of(work, item)
    if len(known) > 1:
        context = {"title": gettext("Versões"), "versions": known}
        yield Panel("materials-versions", "materials/panel_versions.html", context, 70, paper=False)


def item_actions(work: Work, item: Item) -> Iterator[ItemAction]:
    """Yield what this person may do with the material from its page."""
    if item.kind != "digital":
        return
    if item.state == State.PUBLISHED and allowed(work, "edit", item):
        yield _edit_action(work, item)
    if item.state == State.SUBMITTED and handed_in.is_own(work, item):
        yield ItemAction(N_("Corrigir"), url_for("materials_items.correct", item_id=item.id), "pencil", "post", 10)
        yield ItemAction(N_("Retirar"), url_for("materials_items.take_out", item_id=item.id), "undo-2", "post", 80)
    if item.state in EDITABLE and allowed(work, "edit", item):
        yield ItemAction(N_("Continuar a entrega"), url_for("materials.draft", item_id=item.id), "pencil", weight=10)
    if item.state == State.PUBLISHED and adaptations.may_be_adapted(item):
        yield from _adapt_action(work, item)
    if item.state == State.PUBLISHED and allowed(work, "withdraw", item):
        yield ItemAction(N_("Retirar"), url_for("materials_items.take_out", item_id=item.id), "undo-2", "post", 80)
    if item.state == State.WITHDRAWN and allowed(work, "withdraw", item):
        yield ItemAction(N_("Repor"), url_for("materials_items.bring_back", item_id=item.id), "rotate-ccw", "post", 80)


def _edit_action(work: Work, item: Item) -> ItemAction:
    """Return the button to change what is published; a new version that is there already is shown instead."""
    begun = versions.open_version(work, item)
    if begun is None:
        return ItemAction(N_("Editar"), url_for("materials_items.edit", item_id=item.id), "pencil", "post", 10)
    if begun.state in EDITABLE:
        url = url_for("materials.draft", item_id=begun.id)
        return ItemAction(N_("Continuar a nova versão"), url, "pencil", weight=10)
    return ItemAction(N_("Ver a nova versão"), url_for("pages.item", item_id=begun.id), "eye", weight=10)


def _adapt_action(work: Work, item: Item) -> Iterator[ItemAction]:
    """Yield the button to adapt; a visitor is asked to sign in first, and comes back here."""
    words = N_("Adaptar este material")
    if work.actor.may_anywhere("items.deposit"):
        yield ItemAction(words, url_for("materials_items.adapt", item_id=item.id), "git-fork", "post", 20)
    elif not work.actor.signed_in:
        back = url_for("pages.item", item_id=item.id)
        yield ItemAction(words, url_for("account.login", next=back), "git-fork", weight=20)


def me_panels(work: Work) -> Iterable[Panel]:
    """Yield the last drafts that wait for the person; all of them are where handing in begins."""
    mine = drafts.own_drafts(work, DRAFTS_SHOWN + 1)
    if mine:
        context = {"title": gettext("Por entregar"), "drafts": mine[:DRAFTS_SHOWN], "more": len(mine) > DRAFTS_SHOWN}
        yield Panel("materials-drafts", "materials/panel_drafts.html", context)


def citation_notes(work: Work, item: Item) -> Iterable[str]:
    """Yield whose work the material adapts, and under which licence it could."""
    source: Adaptation | None = adaptations.origin(work, item)
    if source is None:
        return
    term = services().vocabularies.licences.get(source.source_licence)
    licence = f" ({term.short(get_locale())})" if term else ""
    yield gettext("Adaptado de %(credit)s%(licence)s.", credit=source.credit, licence=licence)
