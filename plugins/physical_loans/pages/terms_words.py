"""Rules of lending as sentences: what one rule says, and what comes out for somebody."""

from typing import Any

from flask_babel import gettext, ngettext

from plugins.physical_loans.managing import VALUES, WHO
from plugins.physical_loans.models import Rule
from plugins.physical_loans.pages import saying
from plugins.physical_loans.rules import Terms


def sentences(said: Rule | Terms) -> list[str]:
    """Return what a rule (or all of them together) says, a sentence each; what it leaves open is left out."""
    words = (_sentence(name, getattr(said, name)) for name in VALUES)
    return [each for each in words if each]


def _sentence(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if name == "who":
        return str(gettext("Pode levar: %(who)s.", who=gettext(WHO[value])))
    if name == "approval" and value:
        return str(gettext("Cada pedido espera que o balcão o aprove."))
    if name == "approval":
        return str(gettext("Fica reservado logo, sem aprovação."))
    if name == "back_before":
        return str(gettext("Tudo volta até %(day)s.", day=saying.long_day(value)))
    return str(value) if name == "note" else _count(name, value)


def _count(name: str, value: int) -> str:
    if name == "lead_days" and not value:
        return str(gettext("Pode levantar-se no próprio dia."))
    if name == "renewals" and not value:
        return str(gettext("Não se prolonga sem falar com o balcão."))
    words = {
        "most_days": ngettext("Até %(num)s dia de cada vez.", "Até %(num)s dias de cada vez.", value),
        "most_open": ngettext(
            "%(num)s reserva ou empréstimo de cada vez (uma série conta como uma).",
            "%(num)s reservas ou empréstimos de cada vez (uma série conta como uma).",
            value,
        ),
        "lead_days": ngettext(
            "Pede-se %(num)s dia antes, pelo menos.", "Pede-se %(num)s dias antes, pelo menos.", value
        ),
        "horizon_days": ngettext("Reserva-se até %(num)s dia antes.", "Reserva-se até %(num)s dias antes.", value),
        "renewals": ngettext("Prolonga-se %(num)s vez.", "Prolonga-se %(num)s vezes.", value),
        "renewal_days": ngettext("Cada vez por mais %(num)s dia.", "Cada vez por mais %(num)s dias.", value),
    }
    return str(words[name])
