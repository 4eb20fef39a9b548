"""One term and one ordered vocabulary of terms; both are immutable and know nothing of files or databases."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from repository.errors import Invalid
from repository.vocabularies.spelling import spelling_key
from repository.words import N_

LOCALES = ("pt", "en", "sv", "de")
_after_a_code = re.compile(r"\s+[-–—]\s*|\s*[:(|]\s*|\s[-–—]\s")
_in_parentheses = re.compile(r"\(([^()]+)\)")


def _language(locale: object) -> str:
    """Reduce `pt-PT`, `pt_PT` or a Babel locale to the two letters the labels are kept under."""
    return str(locale)[:2].lower()


@dataclass(frozen=True)
class Term:
    """One entry of a vocabulary: a stable code, labels by language, and what else its vocabulary tells in `data`."""

    code: str
    labels: Mapping[str, str]
    synonyms: tuple[str, ...] = ()
    parent: str | None = None
    order: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    data: Mapping[str, object] = field(default_factory=dict)

    def label(self, locale: object = "pt") -> str:
        """Return the label in that language, else in Portuguese, else the code."""
        return self.labels.get(_language(locale)) or self.labels.get("pt") or self.code

    def text(self, name: str, locale: object = "pt") -> str:
        """Return a text of `data` kept by language (`short`, `sentence`): in that one, else Portuguese, else ""."""
        texts = self.data.get(name)
        if not isinstance(texts, Mapping):
            return ""
        return str(texts.get(_language(locale)) or texts.get("pt") or "")

    def short(self, locale: object = "pt") -> str:
        """Return the short label where there is one, else the label."""
        return self.text("short", locale) or self.label(locale)

    def names(self) -> tuple[str, ...]:
        """Return what the term is called: its labels and short labels in all languages, then its synonyms."""
        shorts = self.data.get("short")
        short = [str(text) for text in shorts.values()] if isinstance(shorts, Mapping) else []
        return tuple(dict.fromkeys([*self.labels.values(), *short, *self.synonyms]))

    def codes(self, name: str) -> tuple[str, ...]:
        """Return a list of codes of `data` (`levels`, `years`, `disciplines`), empty when it tells none."""
        found = self.data.get(name, ())
        return tuple(str(code) for code in found) if isinstance(found, list | tuple) else ()

    def is_valid(self, on: date) -> bool:
        """Tell whether the term is in force that day; both ends count."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class Vocabulary:
    """The terms of one vocabulary in their order, found by code or by any usual spelling."""

    name: str
    terms: tuple[Term, ...]
    code_pattern: str = ""
    prefixes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    @cached_property
    def _by_code(self) -> dict[str, Term]:
        return {term.code: term for term in self.terms}

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        """Codes win over labels, labels over synonyms, and what comes first over what comes later."""
        found: dict[str, str] = {}
        for texts_of in (_code_texts, _label_texts, _synonym_texts):
            for term in self.terms:
                for text in texts_of(term):
                    found.setdefault(spelling_key(text), term.code)
        return found

    @cached_property
    def _prefix_keys(self) -> tuple[str, ...]:
        return tuple(sorted((spelling_key(prefix) for prefix in self.prefixes), key=len, reverse=True))

    def get(self, code: str) -> Term | None:
        """Return the term with exactly this code."""
        return self._by_code.get(code)

    def label(self, code: str, locale: object = "pt") -> str:
        """Return the term's label in that language, else in Portuguese; an unknown code is its own label."""
        term = self._by_code.get(code)
        return term.label(locale) if term else code

    def short(self, code: str, locale: object = "pt") -> str:
        """Return the term's short label, else its label; an unknown code is its own label."""
        term = self._by_code.get(code)
        return term.short(locale) if term else code

    def children(self, code: str) -> tuple[Term, ...]:
        """Return the terms whose parent is this code, in order."""
        return tuple(term for term in self.terms if term.parent == code)

    def valid(self, on: date) -> tuple[Term, ...]:
        """Return the terms in force that day, in order."""
        return tuple(term for term in self.terms if term.is_valid(on))

    def find(self, text: str) -> str | None:
        """Return the code meant by `text`: a code, a label in any language or a listed synonym, however spelt.

        Also understood: a code before a description, or after it in parentheses ("230 - Matemática").
        """
        whole = self._lookup(text)
        if whole:
            return whole
        head, *rest = _after_a_code.split(text.strip(), maxsplit=1)
        inner = _in_parentheses.findall(text)
        for part in ([head] if rest else []) + inner:
            code = self._lookup(part)
            if code:
                return code
        return None

    def _lookup(self, text: str) -> str | None:
        key = spelling_key(text[:200])
        if key in self._by_spelling:
            return self._by_spelling[key]
        for prefix in self._prefix_keys:
            if key.startswith(prefix) and key[len(prefix) :] in self._by_spelling:
                return self._by_spelling[key[len(prefix) :]]
        return None

    def with_terms(self, extra: Iterable[Term]) -> "Vocabulary":
        """Return a vocabulary with these terms added; a term with a known code takes the place of the old one.

        Raises Invalid for a code that is empty or breaks the vocabulary's `code_pattern`.
        """
        merged = dict(self._by_code)
        for term in extra:
            if not term.code or (self.code_pattern and not re.fullmatch(self.code_pattern, term.code)):
                raise Invalid(N_("O código «%(code)s» não é válido."), field="code", code=term.code)
            merged[term.code] = term
        ordered = sorted(merged.values(), key=lambda term: term.order)  # stable: equal orders keep their place
        return Vocabulary(self.name, tuple(ordered), self.code_pattern, self.prefixes)


def _code_texts(term: Term) -> tuple[str, ...]:
    return (term.code,)


def _label_texts(term: Term) -> tuple[str, ...]:
    return tuple(term.labels.values())


def _synonym_texts(term: Term) -> tuple[str, ...]:
    shorts = term.data.get("short")
    return (*term.synonyms, *(shorts.values() if isinstance(shorts, Mapping) else ()))
