"""What the audit page calls the rows of the lending desk, what was kept of a change, and the states in it."""

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
}
STATES = {str(state): said for state, (_, _, said) in saying.STATES.items()}
STATES |= {str(state): said for state, said in saying.OF_OTHERS.items()}  # as the desk says it, not the borrower
COPY_STATES = {str(state): said for state, (_, said) in words.STATES.items()}
SUBJECTS = (
    AuditSubject("booking", N_("reserva"), FIELDS, STATES),
    AuditSubject("copy", N_("exemplar"), FIELDS, COPY_STATES),
    AuditSubject("desk", N_("balcão")),
    AuditSubject("rule", N_("regra de empréstimo")),
)
