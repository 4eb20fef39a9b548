"""The centre's own terms: added to a vocabulary, closed so that nobody chooses them any more, and opened again."""

import re
from datetime import date, timedelta

from repository import audit
from repository.errors import Conflict, Invalid, NotFound
from repository.models import StoredTerm
from repository.permissions import require_permission
from repository.vocabularies import Term, Vocabularies, Vocabulary
from repository.words import N_
from repository.work import Work

# The program itself knows these codes: years are its atom, roles and kinds decide who may do what.
FIXED = ("levels", "years", "roles", "organisation_kinds")
ADDABLE = tuple(name for name in Vocabularies.names() if name not in (*FIXED, "licences"))
ANY_CODE = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}"
LOCALES = ("pt", "en", "sv", "de")
PERMISSION = "vocabularies.manage"


def vocabulary_of(vocabularies: Vocabularies, name: str) -> Vocabulary:
    """Return the vocabulary of that name. Raises NotFound."""
    if name not in vocabularies.names():
        raise NotFound(N_("Não há nenhum vocabulário assim."))
    return vocabularies[name]


def add_term(work: Work, vocabulary: Vocabulary, code: str, labels: dict[str, str], *, parent: str = "") -> StoredTerm:
    """Add a term of the centre's. Raises Invalid, Conflict when the code or the words mean another, and NotAllowed."""
    require_permission(work, PERMISSION)
    if vocabulary.name not in ADDABLE:
        raise Invalid(N_("Este vocabulário é fixo."), field="code")
    code = code.strip()
    if not re.fullmatch(vocabulary.code_pattern or ANY_CODE, code):
        raise Invalid(N_("O código «%(code)s» não é válido."), field="code", code=code[:40])
    if code in vocabulary:
        raise Conflict(N_("Já há um termo com o código «%(code)s»."), field="code", code=code)
    words = {locale: text for locale in LOCALES if (text := " ".join(labels.get(locale, "").split()))}
    if "pt" not in words:
        raise Invalid(N_("Escreva o termo em português."), field="label_pt")
    if long := next((locale for locale, text in words.items() if len(text) > 120), None):
        raise Invalid(N_("Use no máximo %(most)s caracteres."), field=f"label_{long}", most=120)
    if other := vocabulary.find(words["pt"]):
        raise Conflict(N_("Isso já se diz com o termo «%(code)s»."), field="label_pt", code=other)
    if parent and parent not in vocabulary:
        raise Invalid(N_("Escolha o termo acima da lista."), field="parent")
    row = StoredTerm(vocabulary=vocabulary.name, code=code, labels=words, parent=parent)
    work.session.add(row)
    audit.record(work, "term.added", row, after=_said(row) | {"labels": words})
    return row


def close_term(work: Work, vocabulary: Vocabulary, code: str) -> None:
    """Close a term from today on: materials keep it, and nobody chooses it any more."""
    row = _row(work, vocabulary, code)
    yesterday = work.now.date() - timedelta(days=1)
    if row.valid_to is not None and row.valid_to <= yesterday:
        return
    row.valid_to = yesterday
    audit.record(work, "term.closed", row, after=_said(row))


def reopen_term(work: Work, vocabulary: Vocabulary, code: str) -> None:
    """Let people choose a closed term again."""
    row = _row(work, vocabulary, code)
    row.valid_to = None
    audit.record(work, "term.reopened", row, after=_said(row))


def is_open(term: Term, today: date) -> bool:
    """Return whether the term can be chosen today or later."""
    return term.valid_to is None or term.valid_to >= today


def _row(work: Work, vocabulary: Vocabulary, code: str) -> StoredTerm:
    """Return the stored row of a term, made at need for one that ships with the program."""
    require_permission(work, PERMISSION)
    if vocabulary.name in FIXED:
        raise Invalid(N_("Este vocabulário é fixo."))
    term = vocabulary.get(code)
    if term is None:
        raise NotFound(N_("Não há nenhum termo assim."))
    row = work.session.get(StoredTerm, (vocabulary.name, code))
    if row is None:
        row = StoredTerm(
            vocabulary=vocabulary.name,
            code=code,
            labels=dict(term.labels),
            parent=term.parent or "",
            valid_from=term.valid_from,
            valid_to=term.valid_to,
        )
        work.session.add(row)
    return row


def _said(row: StoredTerm) -> dict[str, str]:
    return {"vocabulary": row.vocabulary, "code": row.code}
