"""The vocabularies: what they hold, and the centre's own terms."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import get_locale, gettext
from sqlalchemy import select

from repository import terms as rules
from repository.errors import Conflict, DomainError, Invalid
from repository.house import load_stored
from repository.http import begin, services
from repository.models import StoredTerm
from repository.vocabularies import Vocabularies
from repository.web.admin.door import done, door, pages, refused
from repository.words import N_

PERMISSION = "vocabularies.manage"
LIST, ONE = "admin/vocabularies.html", "admin/vocabulary.html"
WORDS = {
    "levels": N_("Níveis de ensino"),
    "years": N_("Anos de escolaridade"),
    "groups": N_("Grupos de recrutamento"),
    "disciplines": N_("Disciplinas"),
    "types": N_("Tipos de recurso"),
    "licences": N_("Licenças"),
    "languages": N_("Línguas"),
    "audience_roles": N_("Para quem é"),
    "groupings": N_("Organização dos alunos"),
    "offers": N_("Ofertas formativas"),
    "competences": N_("Competências do perfil dos alunos"),
    "citizenship": N_("Temas de cidadania"),
    "modalities": N_("Modalidades de formação"),
    "organisation_kinds": N_("Tipos de organização"),
    "roles": N_("Funções"),
}


def _title(name: str) -> str:
    return str(gettext(WORDS.get(name, name)))


@pages.get("/vocabularies")
def vocabularies() -> str:
    """Every vocabulary with the number of its terms and of those the centre has changed."""
    work = door(PERMISSION)
    own: dict[str, int] = {}
    for name in work.session.scalars(select(StoredTerm.vocabulary)):
        own[name] = own.get(name, 0) + 1
    known = services().vocabularies
    rows = [
        (name, _title(name), len(known[name]), own.get(name, 0), name in rules.FIXED) for name in Vocabularies.names()
    ]
    return render_template(LIST, rows=rows)


def _page(name: str) -> dict[str, Any]:
    work = door(PERMISSION)
    vocabulary = rules.vocabulary_of(services().vocabularies, name)
    own = set(work.session.scalars(select(StoredTerm.code).where(StoredTerm.vocabulary == name)))
    today = work.now.date()
    return {
        "name": name,
        "title": _title(name),
        "rows": [(t, t.label(get_locale()), rules.is_open(t, today), t.code in own) for t in vocabulary],
        "may_add": name in rules.ADDABLE,
        "may_close": name not in rules.FIXED,
        "parents": [(t.code, t.label(get_locale())) for t in vocabulary if any(o.parent for o in vocabulary)],
        "pattern": vocabulary.code_pattern,
    }


@pages.get("/vocabularies/<name>")
def vocabulary(name: str) -> str:
    """One vocabulary, term by term."""
    return render_template(ONE, errors={}, values={}, **_page(name))


@pages.post("/vocabularies/<name>")
def add_term(name: str) -> Any:
    """Add a term of the centre's; it takes force at once."""
    door(PERMISSION)
    labels = {locale: request.form.get(f"label_{locale}", "") for locale in rules.LOCALES}
    code, parent = request.form.get("code", "").strip(), request.form.get("parent", "")
    try:
        with begin() as work:
            rules.add_term(work, rules.vocabulary_of(services().vocabularies, name), code, labels, parent=parent)
    except (Invalid, Conflict) as error:
        values = {"code": code, "parent": parent} | {f"label_{locale}": text for locale, text in labels.items()}
        return _refused(name, error, values)
    load_stored(services())
    flash(gettext("O termo «%(code)s» já se pode escolher.", code=code), "success")
    return done("admin.vocabulary", name=name)


def _refused(name: str, error: DomainError, values: dict[str, str]) -> tuple[str, int]:
    return refused(ONE, error, values=values, **_page(name))


@pages.post("/vocabularies/<name>/<code>/close")
def close_term(name: str, code: str) -> Any:
    """Close a term, or open it again; it takes force at once."""
    door(PERMISSION)
    shut = request.form.get("on") == "1"
    try:
        with begin() as work:
            known = rules.vocabulary_of(services().vocabularies, name)
            (rules.close_term if shut else rules.reopen_term)(work, known, code)
    except (Invalid, Conflict) as error:
        return _refused(name, error, {})
    load_stored(services())
    flash(gettext("Já não se pode escolher.") if shut else gettext("Já se pode escolher."), "success")
    return done("admin.vocabulary", name=name)
