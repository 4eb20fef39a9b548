"""What the page of an item shows: previews, files, licence, citation, panels of plugins, and its description for machines."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from markupsafe import Markup

from repository.counting import WHAT, counts_of
from repository.http import services
from repository.models import File, Item, Organisation, State, User
from repository.panels import draw
from repository.permissions import may_fetch
from repository.previews import preview_of
from repository.registry import collect
from repository.views import view_of
from repository.web.display import label, licence, show_date
from repository.web.linked_data import learning_resource
from repository.words import N_
from repository.work import Work

STATE_WORDS = {
    State.DRAFT: N_("É um rascunho: só os autores o veem."),
    State.SUBMITTED: N_("Está entregue e aguarda que o centro o publique."),
    State.IN_REVIEW: N_("O centro está a rever este material."),
    State.CHANGES_REQUESTED: N_("O centro pediu alterações antes de publicar."),
    State.DECLINED: N_("O centro decidiu não publicar este material."),
    State.WITHDRAWN: N_("Está retirado: só os autores e o centro o veem. Pode ser reposto."),
    State.ARCHIVED: N_("Está arquivado: já não aparece na pesquisa."),
    State.DISCARDED: N_("Está no lixo durante trinta dias."),
}


def context(work: Work, item: Item) -> dict[str, Any]:
    """Return what `pages/item.html` needs."""
    mine = [file for file in item.files if may_fetch(work, file)]
    authors = [credit.name for credit in item.credits] or [name for name in [_owner_name(work, item)] if name]
    view = view_of(item)
    return {
        "item": view,
        "authors": authors,
        "organisation": _organisation_name(work, item),
        "crumbs": _crumbs(item),
        "previews": [show for file in mine if (show := preview_of(work, file))],
        "files": [file_row(work, file) for file in item.files],
        "download_all": _download_all(item, mine),
        "panels": panels_of(work, item),
        "about": about(item),
        "citation": " ".join([citation(item, authors), *collect(work.hook.citation_notes, work=work, item=item)]),
        "used": how_often(work, item),
        "acts": _acts(work, item),
        "state_note": _state_note(item),
        "json_ld": learning_resource(item, authors, mine)
        if item.state == State.PUBLISHED and item.audience == "public"
        else None,
        "robots": "" if item.state == State.PUBLISHED and item.audience == "public" else "noindex",
        "downloads_note": "" if current_user.is_authenticated else gettext("sem conta"),
    }


def _owner_name(work: Work, item: Item) -> str:
    owner = work.session.get(User, item.owner_id) if item.owner_id else None
    return owner.name if owner else ""


def _organisation_name(work: Work, item: Item) -> str:
    place = work.session.get(Organisation, item.organisation_id) if item.organisation_id else None
    return (place.short_name or place.name) if place else ""


def _crumbs(item: Item) -> list[tuple[str, str]]:
    steps = [(label("level", code), url_for("pages.search", level=code)) for code in item.codes("level")[:1]]
    level = item.codes("level")[:1]
    steps += [
        (label("discipline", code), url_for("pages.search", level=level, discipline=code))
        for code in item.codes("discipline")[:1]
    ]
    return steps


def file_row(work: Work, file: File) -> dict[str, Any]:
    """Return a line of the list of files; one that the person may not have says why and what to do."""
    row: dict[str, Any] = {
        "name": file.name,
        "family": file.family,
        "format": file.name.rpartition(".")[2].upper() if "." in file.name else "",
        "pages": file.page_count if file.family in ("document", "slides", "book") else None,
        "size": file.size,
        "restricted": bool(file.audience),
        "why": "",
        "act": None,
        "url": "",
    }
    if file.audience:
        row["why"] = gettext("só docentes confirmados")
    if may_fetch(work, file):
        row["url"] = url_for("files.download", file_id=file.id)
    elif not current_user.is_authenticated:
        row["act"] = (gettext("Iniciar sessão"), url_for("account.login", next=request.path))
    elif file.audience:
        row["why"] = gettext("só docentes confirmados: peça ao centro que confirme a sua conta")
    return row


def _download_all(item: Item, mine: list[File]) -> dict[str, Any] | None:
    if not mine:
        return None
    one = len(mine) == 1
    url = url_for("files.download", file_id=mine[0].id) if one else url_for("files.download_all", item_id=item.id)
    return {"url": url, "count": len(mine), "size": sum(file.size for file in mine)}


def panels_of(work: Work, item: Item) -> list[dict[str, Any]]:
    """Return the plugins' parts of the page, drawn; one whose template fails is left out with the rest intact."""
    return draw(collect(work.hook.item_panels, work=work, item=item), item=item)


def about(item: Item) -> list[tuple[str, str]]:
    """Return the facts of the item as pairs of a word and its value."""
    groups = ", ".join(item.codes("group"))
    facts = [
        (gettext("Disciplina"), ", ".join(label("discipline", code) for code in item.codes("discipline"))),
        (gettext("Grupo"), groups),
        (gettext("Língua"), label("language", item.language) if item.language else ""),
        (gettext("Palavras-chave"), ", ".join(item.keywords)),
        (gettext("Publicado"), show_date(item.published_at)),
        (gettext("Versão"), str(item.version) if item.version > 1 else ""),
    ]
    if item.link:
        facts.insert(0, (gettext("Ligação"), Markup('<a href="{0}" rel="noopener nofollow">{0}</a>').format(item.link)))
    return [(word, value) for word, value in facts if value]


def how_often(work: Work, item: Item) -> str:
    """Return how often the item was seen, downloaded and adapted, in a line; empty while nothing is known."""
    times = counts_of(work, [item.id])[item.id]
    said = (
        ngettext("visto %(num)s vez", "visto %(num)s vezes", times["seen"]),
        ngettext("descarregado %(num)s vez", "descarregado %(num)s vezes", times["downloaded"]),
        ngettext("adaptado %(num)s vez", "adaptado %(num)s vezes", times["adapted"]),
    )
    line = " · ".join(words for words, what in zip(said, WHAT, strict=True) if times[what])
    return line[:1].upper() + line[1:]


def citation(item: Item, authors: list[str]) -> str:
    """Return how to cite the item, in one paragraph: authors, year, title, place, address, licence."""
    year = f" ({item.published_at.year})" if item.published_at else ""
    who = "; ".join(authors) or services().settings["centre_name"]
    terms = licence(item.licence)
    address = f"{services().settings.public_url}{url_for('pages.item', item_id=item.id)}"
    return f"{who}{year}. {item.title}. {services().settings['centre_name']}. {address}" + (
        f". {terms.name}." if terms else ""
    )


def _acts(work: Work, item: Item) -> list[dict[str, Any]]:
    actions = sorted(collect(work.hook.item_actions, work=work, item=item), key=lambda action: action.weight)
    return [
        {
            "text": gettext(action.label),
            "url": action.url,
            "method": action.method,
            "icon": action.icon,
            "tone": "main" if action.main else "",
        }
        for action in actions
    ]


def _state_note(item: Item) -> str:
    return gettext(STATE_WORDS[item.state]) if item.state in STATE_WORDS else ""
