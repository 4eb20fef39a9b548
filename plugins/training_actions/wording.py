"""How pages say what an action or an edition is."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import format_decimal, get_locale, gettext, ngettext

from plugins.training_actions.models import Action, Edition
from plugins.training_actions.reading import AREAS, HERE
from repository.api import N_, day_in_words, services

FIELDS = {
    "title": N_("Título"), "accreditation": N_("Registo de acreditação"), "modality": N_("Modalidade"),
    "contact_quarters": N_("Horas presenciais"), "own_work_quarters": N_("Trabalho autónomo"), "regime": N_("Regime"),
    "area": N_("Área de formação"), "groups": N_("Grupos"), "levels": N_("Níveis"), "disciplines": N_("Disciplinas"),
    "aims": N_("Objetivos"), "contents": N_("Conteúdos"), "reference": N_("Referência"), "name": N_("Nome"),
    "school_year": N_("Ano letivo"), "starts_on": N_("Data de início"), "ends_on": N_("Fim"), "place": N_("Local"),
    "closes_at": N_("Fecho da recolha"), "trainers": N_("Formadores"),
    "email": N_("Correio eletrónico"), "school": N_("Escola"),
    "group_code": N_("Grupo"), "role": N_("Função"), "named": N_("Nome na página da ação"),
    "licence": N_("Licença"), "audience": N_("Quem pode ver"), "reminders": N_("Lembretes"),
}  # fmt: skip
ROLES = {"participant": N_("Formando"), "trainer": N_("Formador")}
REGIMES = {"presencial": N_("Presencial"), "b-learning": N_("b-learning"), "e-learning": N_("e-learning")}


def hours(quarters: int | None) -> str:
    """Return quarters of an hour as hours: 50 is «12,5»."""
    return "" if quarters is None else str(format_decimal(quarters / 4))


def duration(action: Action) -> str:
    """Return «25 h + 25 h», «50 h», or nothing."""
    parts = [action.contact_quarters, action.own_work_quarters]
    return " + ".join(f"{hours(part)}\u00a0h" for part in parts if part)


def school_year(year: int | None) -> str:
    """Return 2026 as «2026/2027»."""
    return f"{year}/{year + 1}" if year else ""


def term(vocabulary: str, code: str) -> str:
    """Return the words of a code, with a capital."""
    words = services().vocabularies[vocabulary].short(code, str(get_locale())) if code else ""
    return words[:1].upper() + words[1:]


def day(value: date | datetime | None) -> str:
    """Return «14 set. 2026», in the centre's own day."""
    if value is None:
        return ""
    own = value.astimezone(HERE).date() if isinstance(value, datetime) else value
    return day_in_words(own, str(get_locale()))


def span(edition: Edition) -> str:
    """Return «14 set. 2026 a 14 nov. 2026», or what of it is known."""
    if edition.starts_on and edition.ends_on and edition.starts_on != edition.ends_on:
        return gettext("%(start)s a %(end)s", start=day(edition.starts_on), end=day(edition.ends_on))
    return day(edition.starts_on or edition.ends_on)


def full_name(action: Action, edition: Edition | None) -> str:
    """Return «Matemática com as mãos, turma 1»."""
    return f"{action.title}, {edition.name}" if edition and edition.name else action.title


def state_words(state: str, days: int | None) -> str:
    """Return the state of the collection in words."""
    if state == "closed":
        return str(gettext("Fechada"))
    if state == "coming":
        return str(gettext("Por começar"))
    if days is None:
        return str(gettext("Aberta"))
    return str(gettext("Fecha hoje")) if days == 0 else str(ngettext("Fecha amanhã", "Fecha em %(num)s dias", days))


def field_name(name: str) -> str:
    """Return what a field is called."""
    return str(gettext(FIELDS[name])) if name in FIELDS else name


def value_words(name: str, value: Any) -> str:
    """Return a field's value as a summary shows it, short."""
    say: dict[str, Callable[[Any], str]] = {
        "contact_quarters": hours,
        "own_work_quarters": hours,
        "school_year": school_year,
        "modality": lambda code: term("modalities", code),
        "area": lambda code: gettext(AREAS.get(code, code)),
        "role": lambda role: gettext(ROLES.get(role, role)),
        "levels": lambda codes: ", ".join(term("levels", code) for code in codes),
        "disciplines": lambda codes: ", ".join(term("disciplines", code) for code in codes),
    }
    if value in (None, "", []):
        return ""
    if isinstance(value, date | datetime):
        return day(value)
    text = say[name](value) if name in say else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def years(editions: Iterable[Edition]) -> str:
    """Return the school years of editions, the newest first: «2026/2027, 2025/2026»."""
    found = {edition.school_year for edition in editions if edition.school_year}
    return ", ".join(school_year(year) for year in sorted(found, reverse=True))
