"""How pages say what a thing, a copy and its parts are: weights, money, states and events."""

from datetime import date, datetime

from flask_babel import format_currency, format_decimal, get_locale, gettext

from plugins.physical_loans.categories import categories, label
from plugins.physical_loans.models import Copy, CopyState
from repository.api import N_, day_in_words

# State → (the look of it, words)
STATES = {
    CopyState.AVAILABLE: ("available", N_("Disponível")),
    CopyState.REPAIR: ("repair", N_("Em reparação")),
    CopyState.ON_SITE: ("on_site", N_("Só para usar no local")),
    CopyState.LOST: ("failed", N_("Perdido")),
    CopyState.WRITTEN_OFF: ("archived", N_("Abatido")),
}
ACTS = {
    "repair": ("wrench", N_("Mandar reparar")),
    "back": ("check", N_("Já está reparado")),
    "keep_on_site": ("map-pin", N_("Deixar só para usar no local")),
    "let_leave": ("arrow-up-right", N_("Voltar a deixar sair")),
    "lose": ("circle-alert", N_("Dar por perdido")),
    "find": ("check", N_("Foi encontrado")),
    "write_off": ("archive", N_("Abater")),
    "take_up_again": ("undo-2", N_("Voltar a pôr ao uso")),
}
EVENTS = {
    "note": N_("Nota"),
    "bought": N_("Entrada no inventário"),
    "checked": N_("Verificação"),
    "repaired": N_("Reparação"),
    "moved": N_("Mudança de lugar"),
    "counted": N_("Contagem"),
    "repair": N_("Foi para reparação"),
    "back": N_("Voltou da reparação"),
    "keep_on_site": N_("Ficou só para usar no local"),
    "let_leave": N_("Voltou a poder sair"),
    "lose": N_("Dado por perdido"),
    "find": N_("Encontrado"),
    "write_off": N_("Abatido"),
    "take_up_again": N_("Voltou ao uso"),
}
CONDITIONS = {"new": N_("Novo"), "good": N_("Bom"), "worn": N_("Usado"), "damaged": N_("Danificado")}
NEEDS = {"power": N_("tomada elétrica"), "wifi": N_("Wi-Fi"), "app": N_("aplicação instalada")}


def weight(grams: int | None) -> str:
    """Return 4200 as «4,2 kg» and 350 as «350 g»."""
    if grams is None:
        return ""
    if grams < 1000:
        return f"{grams} g"
    return f"{format_decimal(round(grams / 1000, 1))} kg"


def money(cents: int | None) -> str:
    """Return 12950 as «129,50 €»."""
    return "" if cents is None else str(format_currency(cents / 100, "EUR"))


def kind(code: str) -> str:
    """Return what a category is called."""
    return label(code, str(get_locale())) if code else ""


def kinds() -> list[tuple[str, str]]:
    """Return all categories with what they are called."""
    locale = str(get_locale())
    return [(code, known.label(locale)) for code, known in categories().items()]


def drawing(code: str) -> str:
    """Return the drawing that stands for a thing of the category."""
    known = categories().get(code)
    return known.drawing if known else "k-box"


def state(copy: Copy) -> tuple[str, str]:
    """Return the look and the words of how a copy stands; a blocked one says so first."""
    if copy.state == CopyState.AVAILABLE and copy.blocked:
        return "incomplete", gettext("Falta uma peça essencial")
    look, words = STATES[copy.state]
    return look, gettext(words)


def day(value: date | datetime | None) -> str:
    """Return a day as «12 nov. 2026»."""
    return "" if value is None else day_in_words(value, str(get_locale()))


def needs(codes: list[str]) -> str:
    """Return what must be there to use a thing, in a line."""
    return ", ".join(gettext(NEEDS[code]) for code in codes if code in NEEDS)
