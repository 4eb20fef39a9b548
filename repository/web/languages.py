"""The language of a page: the person's choice, then the browser's, then Portuguese; English where a catalogue has gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, redirect, request, session
from flask_babel import Babel, Domain, get_locale
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from repository.http import LONGEST_ACCEPTED, may_be_signed_in, safe_target, services
from repository.registry import plugin_folder
from repository.words import SECOND, falls_back
from repository.work import Services

CORE = Path(__file__).parent.parent / "translations"
NAMES = {"pt_PT": "Português", "en": "English", "sv": "Svenska", "de": "Deutsch"}


class CataloguesWithEnglish(Domain):
    """The catalogues of a language, joined; what they do not say is said in English."""

    def get_translations(self) -> NullTranslations:
        """Return the joined catalogues of the page's language; a page asks for them a hundred times."""
        locale = get_locale()
        known = self._joined.get(locale)
        if known is None:
            known = super().get_translations()
            if falls_back(str(locale)) and known._fallback is None:
                # Set, not added: of two first requests at once the second would add English to English itself.
                known._fallback = self._english
            if locale is not None:  # outside a request there are none
                self._joined[locale] = known
        return known

    @cached_property
    def _joined(self) -> dict[Locale | None, NullTranslations]:
        return {}

    @cached_property
    def _english(self) -> Translations:
        joined = Translations()
        for folder in self.translation_directories:
            catalogue = Translations.load(folder, [SECOND])
            if isinstance(catalogue, Translations):  # a plugin may have no catalogue
                joined.merge(catalogue)
        return joined


class Languages(Babel):
    """Flask-Babel with catalogues that fall back to English."""

    @cached_property
    def domain_instance(self) -> Domain:
        """The catalogues of the house."""
        return CataloguesWithEnglish(domain=self.domain)


@dataclass(frozen=True)
class Spoken:
    """How a page speaks: its locale as text, and the catalogues of that language."""

    locale: str
    catalogues: NullTranslations


def spoken() -> Spoken:
    """Return how the page of this request speaks; found out once, though a page says hundreds of things."""
    here = g._get_current_object()  # each look through a proxy costs more than the answer
    known: Spoken | None = here.get("spoken")
    if known is None:
        catalogues = current_app.extensions["babel"].instance.domain_instance.get_translations()
        known = here.spoken = Spoken(str(get_locale()), catalogues)
    return known


def prepare(app: Flask, services: Services) -> None:
    """Read the catalogues of the core and of each plugin; Portuguese is the language of the messages themselves."""
    folders = [CORE, *(plugin_folder(name) / "translations" for name in services.settings["plugins"])]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(folder) for folder in folders if folder.is_dir())
    Languages(app, default_locale="pt_PT", default_timezone="Europe/Lisbon", locale_selector=choose)
    app.jinja_env.globals.update(_=said, gettext=said, ngettext=counted)
    app.add_url_rule("/language/<code>", "language", switch)


@pass_eval_context
def said(context: EvalContext, text: str, /, **words: Any) -> str:
    """Say a text of a template: what Jinja's `gettext` does, in fewer steps."""
    return _filled(spoken().catalogues.ugettext(text), words, context.autoescape)


@pass_eval_context
def counted(context: EvalContext, one: str, more: str, number: int, /, **words: Any) -> str:
    """Say how many there are, likewise; `num` is the number in the words."""
    return _filled(spoken().catalogues.ungettext(one, more, number), {"num": number} | words, context.autoescape)


def _filled(said: str, words: Mapping[str, Any], escaping: bool) -> str:
    """Return what is said with its words; all that stands in it is a format, so that "100 %%" means the same everywhere."""
    if escaping:
        return Markup(said) % words if words else _alone(said)  # noqa: S704  (our own catalogues)
    return said % words


@lru_cache(maxsize=4_000)
def _alone(said: str) -> Markup:
    return Markup(said) % {}  # noqa: S704  (our own catalogues)


def choose() -> str:
    """Return the locale of this request."""
    offered = services().settings["languages"]
    if (asked := session.get("locale")) in offered:
        return str(asked)
    if may_be_signed_in() and current_user.is_authenticated and current_user.actor.locale in offered:
        return str(current_user.actor.locale)
    return locale_by(request.headers.get("Accept-Language", ""), services())


def locale_by(accepted: str, services: Services) -> str:
    """Return the locale of somebody of whom nothing is known but an `Accept-Language` header."""
    return _best(accepted[:LONGEST_ACCEPTED], tuple(services.settings["languages"]))


@lru_cache(maxsize=1_000)  # browsers say one of a few things, at every request
def _best(accepted: str, offered: tuple[str, ...]) -> str:
    by_tag = {code.replace("_", "-"): code for code in offered} | {code.split("_")[0]: code for code in offered}
    best = parse_accept_header(accepted, LanguageAccept).best_match(list(by_tag))
    return by_tag.get(best or "", offered[0] if offered else "pt_PT")


def switch(code: str) -> Response:
    """Keep the chosen language for this browser and go back to the page."""
    if code in services().settings["languages"]:
        session["locale"] = code
        g.pop("_flask_babel", None)
        g.pop("spoken", None)
    return redirect(safe_target(request.args.get("next")))
