"""The mark for sentences that are shown to people, and their translation where there is no page."""

from functools import lru_cache
from pathlib import Path

from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).parent / "translations"
YOUNG = frozenset({"sv", "de"})  # languages whose catalogues may have gaps
SECOND = "en"  # what a catalogue does not say yet is said in English: more readers have it than have Portuguese


def N_(text: str) -> str:
    """Mark a Portuguese sentence for translation; the page that shows it translates it."""
    return text


@lru_cache(maxsize=64)
def _catalogue(folder: Path, locale: str) -> NullTranslations:
    if not folder.is_dir():
        return NullTranslations()
    said = Translations.load(str(folder), [locale])
    if falls_back(locale):
        said.add_fallback(_catalogue(folder, SECOND))
    return said


def falls_back(locale: str) -> bool:
    """Return whether what a language lacks is said in English; one that the house does not know stays Portuguese."""
    return locale in YOUNG


def in_language(text: str, locale: str, folder: Path = CATALOGUES, **params: object) -> str:
    """Return a marked sentence in a person's language with its places filled, for mail that no page writes.

    `folder` holds the catalogues: the core's, or a plugin's own `translations`.
    """
    said = _catalogue(folder, locale).gettext(text)
    return said % params if params else said
