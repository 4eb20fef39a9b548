"""A small house to render the templates in: the globals the core provides, with plain stand-ins, and things to show."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Blueprint, Flask
from flask_babel import Babel
from markupsafe import Markup

import repository
from repository.web import drawings

LEVELS = {
    "creche": "Creche",
    "pre": "Pré-escolar",
    "1ceb": "1.º ciclo",
    "2ceb": "2.º ciclo",
    "3ceb": "3.º ciclo",
    "sec": "Secundário",
    "pos": "Pós-secundário",
    "adu": "Adultos",
    "doc": "Formação de docentes",
}
WORDS = {
    "level": LEVELS,
    "type": {
        "lesson_plan": "Plano de aula",
        "worksheet": "Ficha de trabalho",
        "educational_game": "Jogo didático",
        "assessment": "Instrumento de avaliação",
        "slide": "Apresentação",
        "audio": "Áudio",
    },
    "discipline": {"MAT": "Matemática", "POR": "Português", "FQ": "Físico-Química"},
}


@dataclass(frozen=True)
class Licence:
    short: str
    sentence: str
    may_adapt: bool
    uri: str = ""


@dataclass(frozen=True)
class Thing:
    """An item as the pages see it; every field has the default of an item about which little is known."""

    title: str = "Sem título"
    id: int = 1
    url: str = "/items/1"
    summary: str = ""
    kind: str = "digital"
    type: str = ""
    levels: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    disciplines: tuple[str, ...] = ()
    minutes: int | None = None
    licence: str = ""
    family: str = "document"
    files: int = 0
    restricted_files: int = 0
    thumb_url: str = ""
    state: str = ""
    note: str = ""
    snippet: Markup | str = ""
    found_in: dict[str, Any] | None = None
    marks: tuple[tuple[str, str, str], ...] = ()
    acts: tuple[tuple[str, str], ...] = ()
    drawing: str = ""


@dataclass(frozen=True)
class Site:
    name: str = "Centro de Formação Vale do Mondego"
    tagline: str = ""
    address: str = "Escola-sede fictícia, Rua da Escola, 12, Várzea do Rio"
    public_url: str = "https://partilha.example"
    demo: bool = False


@dataclass(frozen=True)
class Person:
    signed_in: bool = False
    name: str = ""


@dataclass(frozen=True)
class Entry:
    label: str
    url: str = "/x"
    icon: str = ""
    current: bool = False
    count: int = 0
    weight: int = 50
    group: str = ""


@dataclass(frozen=True)
class Language:
    code: str
    tag: str
    name: str


@dataclass
class Around:
    """What the context processor of the core puts around every page."""

    site: Site = field(default_factory=Site)
    actor: Person = field(default_factory=Person)
    nav: tuple[Entry, ...] = ()
    locale: str = "pt_PT"
    languages: tuple[Language, ...] = ()
    undo: dict[str, str] | None = None


def number(value: float) -> str:
    return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")


def filesize(size: int) -> str:
    return f"{number(round(size / 1e6, 1))} MB" if size >= 1e6 else f"{number(round(size / 1e3))} kB"


def show_date(value: date | str) -> str:
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else value


def licence(code: str) -> Licence:
    if "ND" in code:
        return Licence("CC BY-ND 4.0", "Pode copiar e partilhar como está, se disser quem fez.", False)
    return Licence(
        "CC BY-SA 4.0",
        "Pode copiar, adaptar e partilhar, se disser quem fez e mantiver a mesma licença.",
        True,
        "https://creativecommons.org/licenses/by-sa/4.0/",
    )


def make_house(around: Around | None = None) -> Flask:
    """Return an app that has the core's templates, static files, globals and page names, and nothing else."""
    root = repository.__path__[0]
    app = Flask("house", template_folder=f"{root}/templates", static_folder=None)
    app.register_blueprint(Blueprint("static", "repository", static_folder="static", static_url_path="/static"))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config.update(SECRET_KEY="for tests only", TESTING=True)
    Babel(app, default_locale="pt_PT")
    shown = around or Around()
    app.context_processor(lambda: vars(shown))
    app.jinja_env.globals.update(
        label=lambda vocabulary, code: WORDS.get(vocabulary, {}).get(code, code),
        licence=licence,
        csrf_token=lambda: "token",
        csp_nonce=lambda: "nonce",
    )
    app.jinja_env.filters.update(filesize=filesize, number=number, date=show_date)
    drawings.prepare(app)
    pages = {"home": "/", "search": "/search", "suggest": "/suggest"}
    rules = {f"pages.{name}": rule for name, rule in pages.items()} | {
        "words.info": "/info/<name>",
        "words.report": "/report",
        "language": "/language/<code>",
    }
    for endpoint, rule in (
        rules | {"account.login": "/login", "account.logout": "/logout", "account.me": "/me"}
    ).items():
        app.add_url_rule(rule, endpoint, lambda **_: "")
    return app
