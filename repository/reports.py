"""Problems that people tell the centre about: anybody may, and each is seen until somebody has dealt with it."""

from datetime import timedelta

from sqlalchemy import func, select

from repository import audit
from repository.accounts import clean_email
from repository.errors import Invalid, Unavailable
from repository.mail import post
from repository.models import Item, Membership, Report, User
from repository.permissions import require_permission
from repository.words import N_, in_language
from repository.work import Work

REASONS = {
    "rights": N_("Usa trabalho de outros sem licença"),
    "people": N_("Mostra alunos ou dados pessoais"),
    "wrong": N_("Tem erros ou não abre"),
    "other": N_("Outra coisa"),
}
LONGEST = 4000
MOST_AN_HOUR = 60


def tell(work: Work, reason: str, text: str, email: str = "", item: Item | None = None) -> Report:
    """Keep a report and write to the centre's staff. Raises Invalid, and Unavailable while too many arrive."""
    if reason not in REASONS:
        raise Invalid(N_("Escolha o que se passa."), field="reason")
    if not 3 <= len(text.strip()) <= LONGEST:
        raise Invalid(N_("Conte em poucas palavras o que se passa."), field="text")
    recent = select(func.count(Report.id)).where(Report.created_at > work.now - timedelta(hours=1))
    if (work.session.scalar(recent) or 0) >= MOST_AN_HOUR:
        raise Unavailable(N_("Chegaram muitos avisos de seguida. Tente daqui a uma hora."))
    report = Report(
        reason=reason,
        text=text.strip(),
        email=clean_email(email) if email.strip() else "",
        created_at=work.now,
        item_id=item.id if item else None,
    )
    work.session.add(report)
    audit.record(work, "report.received", report, after={"reason": reason, "item": report.item_id})
    for person in _staff(work):
        subject = in_language(N_("Aviso: %(about)s"), person.locale, about=item.title if item else "Partilha")
        post(work, person, subject, f"{in_language(REASONS[reason], person.locale)}\n\n{report.text}\n")
    return report


def _staff(work: Work) -> list[User]:
    today = work.now.date()
    valid = Membership.role.in_(("staff", "administrator")) & (Membership.valid_from <= today)
    open_end = Membership.valid_to.is_(None) | (Membership.valid_to >= today)
    query = select(User).join(Membership).where(valid, open_end, User.disabled_at.is_(None), User.deleted_at.is_(None))
    return list(work.session.scalars(query.distinct().limit(20)))


def handle(work: Work, report: Report) -> None:
    """Say that the report has been dealt with."""
    require_permission(work, "items.publish")
    report.handled_at = report.handled_at or work.now
    audit.record(work, "report.handled", report)
