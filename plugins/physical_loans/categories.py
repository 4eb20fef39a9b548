"""The kinds of things that are lent: what they are called, and what goes missing of them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """A part that things of a kind usually have, as a proposal for the list of contents."""

    name: str
    expected: int
    essential: bool
    consumable: bool


@dataclass(frozen=True)
class Category:
    """One kind of things; `labels` are by language, `words` are what people also look for."""

    code: str
    labels: dict[str, str]
    drawing: str
    words: str
    parts: tuple[Part, ...]

    def label(self, locale: str) -> str:
        """Return what the kind is called in a language, or in Portuguese."""
        return self.labels.get(locale[:2], self.labels["pt"])


@cache
def categories() -> dict[str, Category]:
    """Return all kinds by their code, in the order in which they are offered."""
    told = tomllib.loads((Path(__file__).parent / "categories.toml").read_text("utf-8"))
    return {each["code"]: _category(each) for each in told["category"]}


def _category(said: dict[str, object]) -> Category:
    labels = {language: str(said[language]) for language in ("pt", "en", "sv", "de")}
    parts = tuple(Part(*part) for part in said["parts"])  # type: ignore[attr-defined]
    return Category(str(said["code"]), labels, str(said["drawing"]), str(said["words"]), parts)


def label(code: str, locale: str) -> str:
    """Return what a kind is called in a language; the code itself where it is not known any more."""
    found = categories().get(code)
    return found.label(locale) if found else code
