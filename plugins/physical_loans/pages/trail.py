"""What the audit page calls the rows of the lending desk, what was kept of a change, and the states in it."""

from dataclasses import replace

from flask_babel import get_locale

from plugins.physical_loans import managing
from plugins.physical_loans.categories import categories
from plugins.physical_loans.pages import saying, words
from repository.api import N_, AuditSubject

FIELDS = {
    "state": N_("Estado"),
    "thing": N_("Material"),
    "copy": N_("Exemplar"),
    "copy_id": N_("Exemplar"),
    "copies": N_("Exemplares"),
    "desk": N_("Balcão"),
    "desk_id": N_("Balcão"),
    "quantity": N_("Quantidade"),
    "inventory": N_("Inventário"),
    "starts_at": N_("Levantamento"),
    "ends_at": N_("Devolução"),
    "answer_by": N_("Responder até"),
    "late": N_("Fora do prazo"),
    "missing": N_("Faltas"),
    "holds": N_("Unidades"),
    "counts": N_("Contagem"),
    "stock": N_("Unidades a menos"),
    "moved": N_("Reservas que mudaram de exemplar"),
    "settled": N_("Dados apagados"),
    "why": N_("Porquê"),
    "kind": N_("O que aconteceu"),
    "seen": N_("Vistos"),
    "left": N_("Por ver"),
    "short": N_("Com unidades a menos"),
}
DESK_FIELDS = {
    "name": N_("Nome"),
    "place": N_("Onde fica"),
    "organisation_id": N_("De que organização"),
    "timezone": N_("Hora de"),
    "hours": N_("Quando abre"),
    "municipal_days": N_("Feriado municipal"),
    "transport_days": N_("Dias de transporte"),
    "reminds": N_("Lembra quem levou"),
    "answer_hours": N_("Horas para responder na lista de espera"),
}
DAYS_FIELDS = {"starts_on": N_("Do dia"), "ends_on": N_("Ao dia"), "kind": N_("O que se passa")}
RULE_FIELDS = {
    "category": N_("Categoria"),
    "thing_id": N_("Material"),
    "desk_id": N_("Balcão"),
    "organisation_id": N_("Escola de quem pede"),
    "user_id": N_("Pessoa"),
    "most_days": N_("Dias, no máximo"),
    "most_open": N_("Reservas e empréstimos ao mesmo tempo"),
    "lead_days": N_("Dias de antecedência, no mínimo"),
    "horizon_days": N_("Dias de antecedência, no máximo"),
    "renewals": N_("Vezes que se prolonga"),
    "renewal_days": N_("Dias de cada prolongamento"),
    "back_before": N_("Tudo de volta até"),
    "who": N_("Quem pode levar"),
    "approval": N_("Precisa de aprovação"),
    "note": N_("Nota para quem reserva"),
}
STATES = {str(state): said for state, (_, _, said) in saying.STATES.items()}
STATES |= {str(state): said for state, said in saying.OF_OTHERS.items()}  # as the desk says it, not the borrower
COPY_STATES = {str(state): said for state, (_, said) in words.STATES.items()}
THING_FIELDS = {
    "care": N_("Cuidados a ter"),
    "category": N_("Categoria"),
    "equivalent": N_("Serve em vez de"),
    "isbn": N_("ISBN"),
    "needs": N_("O que é preciso ter"),
    "parts": N_("O que vem na caixa"),
    "preparation_days": N_("Dias para preparar antes de sair"),
    "preparation_minutes": N_("Minutos para preparar na aula"),
    "quantity": N_("Quantidade"),
    "shelf_mark": N_("Cota (CDU)"),
    "thing": N_("Material"),
    "training": N_("Formação que é precisa"),
    "turnaround_days": N_("Dias para conferir depois de voltar"),
    "unit_name": N_("Empresta-se por unidades"),
    "value": N_("Valor em cêntimos"),
    "weight": N_("Peso em gramas"),
}
SUBJECTS = (
    AuditSubject("booking", N_("reserva"), FIELDS, STATES),
    AuditSubject("copy", N_("exemplar"), FIELDS, COPY_STATES),
    AuditSubject("item", N_("material"), THING_FIELDS, words.NEEDS),
    AuditSubject("feed", N_("agenda subscrita"), {"kind": N_("Tipo")}),
    AuditSubject("stocktake", N_("conferência"), FIELDS),
    AuditSubject("desk", N_("balcão"), DESK_FIELDS, managing.ZONES),
    AuditSubject("closeddays", N_("dias que não são como os outros"), DAYS_FIELDS, managing.KINDS),
    AuditSubject("rule", N_("regra de empréstimo"), RULE_FIELDS, managing.WHO),
)


def subjects() -> list[AuditSubject]:
    """Return what the rows are called, with the kinds of things in the language of the page."""
    kinds = {code: kind.label(str(get_locale())) for code, kind in categories().items()}
    return [replace(one, values={**one.values, **kinds}) if "category" in one.fields else one for one in SUBJECTS]
