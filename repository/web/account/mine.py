"""A person's own page: what waits for them, what is theirs, and the drafts in the bin."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import login_required
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from repository import items
from repository.errors import NotFound
from repository.hookspecs import ItemAction, Task
from repository.http import actor, begin, look, number
from repository.models import Credit, Item, State
from repository.panels import draw
from repository.registry import collect
from repository.views import ItemView, view_of
from repository.web.account.door import pages
from repository.web.admin import waiting
from repository.web.display import menu, show_date
from repository.words import N_
from repository.work import Work

PER_PAGE = 20
MOST_WAITING = 50
MOST_BINNED = 50
TONES = ("bad", "warn", "info", "good", "mute")
OPEN = (State.DRAFT, State.CHANGES_REQUESTED)


@pages.get("/me")
@login_required
def me() -> str:
    """What waits for the person first, then their materials, the plugins' parts and the bin."""
    work = look()
    kept = _kept()
    pages_of_mine = max(1, -(-_count(work, kept) // PER_PAGE))
    page = min(max(1, number(request.args.get("page")) or 1), pages_of_mine)
    mine = _my_items(work, kept, PER_PAGE, (page - 1) * PER_PAGE)
    open_ones = _my_items(work, Item.state.in_(OPEN), MOST_WAITING)
    panels = draw(collect(work.hook.me_panels, work=work))
    return render_template(
        "pages/me.html",
        greeting=gettext("Olá, %(name)s", name=actor().name.split()[0]),
        todo=[*_todo(work, open_ones), *_tasks(work)],
        mine=_lines(work, mine),
        page=page,
        count=pages_of_mine,
        page_url=lambda n: url_for("account.me", page=n if n > 1 else None, _anchor="meus"),
        binned=[view_of(item) for item in _my_items(work, _in_bin(), MOST_BINNED)],
        new_url=next((entry["url"] for entry in menu("main") if entry["url"] == "/deposit"), ""),
        panels=[panel for panel in panels if panel["slot"] == "aside"],
        top_panels=[panel for panel in panels if panel["slot"] == "top"],
        main_panels=[panel for panel in panels if panel["slot"] not in ("aside", "top")],
        account_links=[
            (gettext("Nome, idioma e palavra-passe"), url_for("account.settings"), "settings"),
            (gettext("Senhas de acesso para programas"), url_for("account.tokens"), "key-round"),
            (gettext("Os meus dados"), url_for("account.leaving"), "download"),
        ],
    )


def _mine() -> ColumnElement[bool]:
    credited = select(Credit.item_id).where(Credit.user_id == actor().user_id)
    return or_(Item.owner_id == actor().user_id, Item.id.in_(credited))


def _kept() -> ColumnElement[bool]:
    """Return what the list names; the draft of a new version stands in the line of what it revises."""
    original = aliased(Item)
    credited = select(Credit.item_id).where(Credit.user_id == actor().user_id)
    listed = select(original.id).where(or_(original.owner_id == actor().user_id, original.id.in_(credited)))
    return (Item.state != State.DISCARDED) & (Item.revises_id.is_(None) | Item.revises_id.not_in(listed))


def _in_bin() -> ColumnElement[bool]:
    # A draft of a new version that was taken over is in this state too, and is nothing to bring back.
    return (Item.state == State.DISCARDED) & Item.revises_id.is_(None) & (Item.owner_id == actor().user_id)


def _count(work: Work, condition: ColumnElement[bool]) -> int:
    return work.session.scalar(select(func.count(Item.id)).where(_mine(), condition)) or 0


def _my_items(work: Work, condition: ColumnElement[bool], most: int, start: int = 0) -> list[Item]:
    query = select(Item).where(_mine(), condition).order_by(Item.updated_at.desc(), Item.id.desc())
    loaded = (
        query.limit(most)
        .offset(start)
        .options(selectinload(Item.terms), selectinload(Item.credits), selectinload(Item.all_files))
    )
    return list(work.session.scalars(loaded))


def _todo(work: Work, begun: list[Item]) -> list[dict[str, Any]]:
    """Return what of the person's open items waits for them: questions first, then drafts that were begun."""
    asked = [
        {
            "tone": "warn",
            "icon": "message-circle-question-mark",
            "title": gettext("O centro pede uma alteração"),
            "text": item.title,
            "act": gettext("Responder"),
            "main": True,
            "url": _way_on(work, item),
        }
        for item in begun
        if item.state == State.CHANGES_REQUESTED
    ]
    drafts = [item for item in begun if item.state == State.DRAFT]
    if not drafts:
        return asked
    newest = drafts[0]
    title = ngettext("Há um rascunho por acabar", "Há %(num)s rascunhos por acabar", len(drafts))
    waiting = {"tone": "mute", "icon": "pencil", "title": title, "act": gettext("Continuar"), "main": not asked}
    return [*asked, waiting | {"text": newest.title or gettext("Sem título"), "url": _way_on(work, newest)}]


def _tasks(work: Work) -> list[Task]:
    """Return what else waits for the person, also for their part in the house; what is late stands first."""
    waits = [each for each in waiting.for_people(work) if each.count]
    ours = [Task(each.words, each.url, each.act, icon=each.icon, tone="mute") for each in waits]
    return sorted([*collect(work.hook.me_tasks, work=work), *ours], key=lambda task: TONES.index(task.tone))


def _way_on(work: Work, item: Item) -> str:
    """Return where the person goes on with an item: the main act that a plugin offers, else the item's page."""
    acts = collect(work.hook.item_actions, work=work, item=item)
    main = next((act.url for act in acts if act.main and act.method == "get"), None)
    return str(main or url_for("pages.item", item_id=item.id))


def _lines(work: Work, mine: list[Item]) -> list[ItemView]:
    """Return the lines of the list, each with the new version that was begun or waits, in one query for all."""
    open_ones = (*OPEN, *items.UNDECIDED)
    begun = select(Item).where(Item.revises_id.in_([item.id for item in mine]), Item.state.in_(open_ones))
    versions = {draft.revises_id: draft for draft in work.session.scalars(begun)}
    return [_line(work, item, versions.get(item.id)) for item in mine]


def _line(work: Work, item: Item, version: Item | None) -> ItemView:
    view = view_of(item)
    view.title = view.title or gettext("Sem título")
    view.note = gettext("alterado em %(day)s", day=show_date(item.updated_at, "words"))
    if item.state in OPEN:
        view.url = _way_on(work, item)
    if item.state == State.SUBMITTED:
        view.acts = sorted(collect(work.hook.item_actions, work=work, item=item), key=lambda act: act.weight)
    if version is not None:
        waits = version.state in items.UNDECIDED
        words = gettext("nova versão à espera do centro") if waits else gettext("nova versão por acabar")
        view.note = f"{view.note} · {words}"
        view.acts = [ItemAction(N_("Ver a nova versão"), _way_on(work, version))]
    return view


@pages.post("/me/items/<int:item_id>/recover")
@login_required
def recover(item_id: int) -> Any:
    """Take a draft out of the bin. Raises NotFound for what is not in the person's bin."""
    with begin() as work:
        item = work.session.scalar(select(Item).where(Item.id == item_id, _in_bin()))
        if item is None:
            raise NotFound(N_("Não há nada neste endereço."))
        items.recover(work, item)
    flash(gettext("O rascunho voltou."), "success")
    return redirect(url_for("account.me"))
