"""Names, numbers and dates as templates show them, and what every page is given."""

import logging
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel.numbers import format_decimal
from flask import Flask, g, request, url_for
from flask_babel import format_time, gettext, to_user_timezone

from repository.days import day_in_figures, day_in_words
from repository.hookspecs import NavEntry
from repository.http import actor, look, offered_undo, services
from repository.registry import collect
from repository.vocabularies import Vocabularies
from repository.web.languages import NAMES, spoken
from repository.web.security import nonce
from repository.work import Services

log = logging.getLogger(__name__)
UNITS = ("B", "kB", "MB", "GB", "TB")


def prepare(app: Flask, services: Services) -> None:
    """Give templates their filters, functions and common values."""
    app.jinja_env.filters.update(filesize=filesize, date=show_date, moment=show_moment, number=number)
    app.jinja_env.globals.update(
        admin_menu=admin_menu,
        label=label,
        licence=licence,
        csp_nonce=nonce,
        filesize=filesize,
        date=show_date,
        number=number,
        offered_undo=offered_undo,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(common)


def label(vocabulary: str, code: str) -> str:
    """Return the words of a code in the page's language, short where there are short ones; an unknown code as it is."""
    return _label(services().vocabularies, vocabulary, code, spoken().locale)


@lru_cache(maxsize=2_000)  # the words of the house are replaced as a whole, so none of them grows old here
def _label(known: Vocabularies, vocabulary: str, code: str, locale: str) -> str:
    words = known[vocabulary if vocabulary in known.names() else f"{vocabulary}s"].short(code, locale)
    return words[:1].upper() + words[1:]


@dataclass(frozen=True)
class LicenceWords:
    """A licence as a page says it: short name, whole name, a sentence in plain words, its address."""

    code: str
    short: str
    name: str
    sentence: str
    uri: str
    may_adapt: bool
    may_sell: bool
    share_alike: bool
    public: bool


def licence(code: str) -> LicenceWords | None:
    """Return the licence's words in the page's language, or None for an unknown code."""
    term, locale = services().vocabularies.licences.get(code), spoken().locale
    if term is None:
        return None
    flags = {name: bool(term.data.get(name)) for name in ("may_adapt", "may_sell", "share_alike", "public")}
    return LicenceWords(
        code,
        term.short(locale),
        term.label(locale),
        term.text("sentence", locale),
        str(term.data.get("uri", "")),
        **flags,
    )


def number(value: float) -> str:
    """Return a number as the page's language writes it."""
    return _in_figures(value, spoken().locale)


@lru_cache(maxsize=2_000)  # a page of results counts two hundred times, mostly the same few
def _in_figures(value: float, locale: str) -> str:
    return str(format_decimal(value, locale=locale))


def filesize(size: int) -> str:
    """Return bytes in the unit people use, with one decimal below ten: 1,1 MB."""
    amount, unit = float(size), 0
    while amount >= 1000 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    digits = "#,##0.0" if unit and amount < 10 else "#,##0"
    return f"{format_decimal(amount, format=digits, locale=spoken().locale)}\u00a0{UNITS[unit]}"


def show_date(value: datetime | date | None, how: str = "short") -> str:
    """Return a day as 22/11/2026, or with how="words" as 22 nov. 2026."""
    if value is None:
        return ""
    day = to_user_timezone(value).date() if isinstance(value, datetime) else value
    return (day_in_words if how == "words" else day_in_figures)(day, spoken().locale)


def show_moment(value: datetime) -> str:
    """Return a moment as 22/11/2026 15:30, in the centre's own time."""
    return f"{show_date(to_user_timezone(value))} {format_time(value, 'HH:mm')}"


def common() -> dict[str, Any]:
    """Return what every page is given, and each of its panels: made once for a person and a language."""
    key = (actor(), spoken().locale)
    if g.get("common", (None, {}))[0] != key:
        g.common = key, _common()
    known: dict[str, Any] = g.common[1]
    return known


def _common() -> dict[str, Any]:
    """Return the site, the person, the menu and the languages."""
    settings = services().settings
    site = {
        "name": settings["centre_name"],
        "address": settings["centre_address"],
        "hours": settings["centre_hours"],
        "email": settings["centre_email"],
        "public_url": settings.public_url,
        "demo": settings["demonstration"],
    }
    languages = [
        {"code": code, "tag": code.replace("_", "-"), "name": NAMES.get(code, code)} for code in settings["languages"]
    ]
    return {
        "site": site,
        "actor": actor(),
        "locale": spoken().locale.replace("_", "-"),
        "languages": languages,
        "nav": menu("main"),
        "canonical": settings.public_url + request.path,
    }


def menu(section: str) -> list[dict[str, Any]]:
    """Return the entries of a menu that this person may use, by weight."""
    entries = collect(services().hook.nav_entries, actor=actor())
    mine = [e for e in entries if e.section == section and (not e.permission or actor().may_anywhere(e.permission))]
    return [
        {
            "label": gettext(e.label),
            "url": url_for(e.endpoint),
            "icon": e.icon,
            "weight": e.weight,
            "count": _count(e),
            "current": request.endpoint == e.endpoint,
        }
        for e in sorted(mine, key=lambda e: e.weight)
    ]


def _count(entry: NavEntry) -> int | None:
    """Return how much waits behind an entry; one that cannot tell stays in the menu without a number."""
    if entry.count is None:
        return None
    try:
        return entry.count(look())
    except Exception:
        log.exception("the count of %s failed", entry.endpoint)
        return None


def admin_menu() -> list[dict[str, Any]]:
    """Return the entries of the administration that this person may open; a page below an entry belongs to it."""
    entries = menu("admin")
    home = url_for("admin.overview")
    for entry in entries:
        below = entry["url"] != home and request.path.startswith(entry["url"] + "/")
        entry["current"] = below or request.path.rstrip("/") == entry["url"].rstrip("/")
    return entries
