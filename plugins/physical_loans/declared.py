"""What the lending desk declares once for all: permissions, scopes, settings, jobs, words of the audit trail, the search."""

from datetime import timedelta

from plugins.physical_loans import (
    after,
    catalogue,
    clockwork,
    copies,
    digest,
    feeds,
    forgetting,
    free_on,
    managing,
    moves,
    needs,
    parts,
    photos,
    queues,
    rules,
    stocktaking,
)
from repository.api import (
    N_,
    AuditAction,
    FieldKind,
    JobKind,
    Permission,
    Scope,
    SearchField,
    SearchParameter,
    Setting,
)

PERMISSIONS = (
    Permission(rules.BORROW, N_("Levar emprestado"), ("teacher", "trainer", "staff", "administrator")),
    Permission(rules.DESK, N_("Trabalhar no balcão"), ("staff", "administrator")),
)

SCOPES = (
    Scope("loans", N_("Reservar e ver os seus empréstimos"), (rules.BORROW,)),
    Scope("desk", N_("Trabalhar no balcão em seu nome"), (rules.DESK,)),
)

SETTINGS = (
    Setting(
        "physical_loans_reminder_days", list, ["-3", "0", "1", "7"], N_("Dias dos lembretes de devolução"),
        "Before (negative) and after the return is due; empty: none.", editable=True,
    ),
    Setting(
        "physical_loans_quiet_hours", str, "20:00-08:00", N_("Horas sem lembretes"), "By the desk's clock.",
        editable=True,
    ),
    Setting(
        "physical_loans_let_go", bool, True, N_("Libertar o que não é levantado"),
        "Otherwise the desk cancels by hand.", editable=True,
    ),
    Setting(
        "physical_loans_grace_days", int, 1, N_("Dias abertos até libertar o que não é levantado"),
        "After the day of the pick-up.", editable=True, least=0,
    ),
    Setting(
        forgetting.DAYS, int, 180, N_("Dias até um empréstimo terminado deixar de ter nome"),
        "The figures stay; 0: names are kept.", editable=True, least=0,
    ),
)  # fmt: skip

JOBS = (
    JobKind(moves.AFTER, after.run, batch=10),
    JobKind(queues.JOB, after.move_on, batch=10),
    JobKind(photos.JOB, photos.clean_photos),
    JobKind(forgetting.JOB, forgetting.anonymise_daily, period=timedelta(days=1)),
    JobKind(clockwork.JOB, clockwork.run, period=timedelta(minutes=10)),
)

SEARCH_FIELDS = (
    SearchField("category", facet=True, label=N_("Tipo de kit")),
    SearchField("contents", FieldKind.TEXT, boost=1.5),
)

_SAID = moves.AUDIT | managing.AUDIT | needs.AUDIT | feeds.AUDIT | digest.AUDIT
_SAID |= catalogue.AUDIT | copies.AUDIT | parts.AUDIT | stocktaking.AUDIT
AUDIT = tuple(AuditAction(code, words) for code, words in _SAID.items())

_DESCRIBED = (
    "only kits that are free for a lesson on this day (2027-03-09), or from a day to a day (2027-03-09..2027-03-12)",
    "when the lesson begins (10:30); the first of the day without it",
    "when the lesson ends (12:00)",
    "1: say whether kits are free, and leave none out",
    "only kits of which so many are free; 1 without it",
)
SEARCH_PARAMETERS = tuple(
    SearchParameter(name, words) for name, words in zip(free_on.PARAMETERS, _DESCRIBED, strict=True)
)
