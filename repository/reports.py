"""Problems that people tell the centre about: anybody may, staff decide with a reason, and who is told may appeal once.

Pupils' personal data do not wait for a decision: when a member reports them, the item is out of sight at once.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update

from repository import audit, items, report_mails, signin
from repository.accounts import clean_email
from repository.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from repository.models import AuditEntry, Item, Report, State
from repository.permissions import OUTSIDE, allowed, require, require_permission
from repository.report_mails import AUTHOR, REPORTER, staff_for
from repository.sealing import seal
from repository.words import N_
from repository.work import SYSTEM, Services, Work

REASONS, OUTCOMES = report_mails.REASONS, report_mails.OUTCOMES
KEEP, TAKE_DOWN, ANSWER = "keep", "take_down", "answer"
LONGEST = 4000
MEMBER_AN_HOUR = 30  # of each; what strangers do never closes the form to members
ADDRESS_AT_ONCE = 10  # of one network address; then it waits, 30 seconds first, a quarter of an hour at most
STRANGERS_AN_HOUR = 1_000  # from wherever they come: what the disk and the staff's list can bear
STRANGERS_MAILED_AN_HOUR = 10  # the reports are all in the list; only the alerts stop
MOST_HIDDEN_A_DAY = 5  # by one member; further reports alert only
KEPT_FOR = timedelta(days=30)  # what the centre kept is not hidden again by the next report meanwhile
ADDRESS_KEPT_FOR = timedelta(days=180)
NOWHERE = N_("Não há nada neste endereço.")


def tell(
    work: Work,
    services: Services,
    reason: str,
    text: str,
    email: str = "",
    item: Item | None = None,
    *,
    form_token: str = "",
    locale: str = "pt_PT",
    address: str = "",
) -> Report:
    """Keep a report, hide the item when a member reports pupils' data, and write to those concerned.

    A form that is sent twice is one report. `address` is the network address of somebody without an account.
    Raises Invalid, and TooMany while too many arrive from that member, that address, or all strangers together.
    """
    if form_token and (same := work.session.scalar(select(Report).filter_by(form_token=form_token[:64]))):
        return same
    if reason not in REASONS:
        raise Invalid(N_("Escolha o que se passa."), field="reason")
    said = _said(text, N_("Conte em poucas palavras o que se passa."))
    _check_rate(work, address)
    alert = work.actor.signed_in or _strangers_this_hour(work) < STRANGERS_MAILED_AN_HOUR
    report = Report(
        reason=reason,
        text=said,
        email=clean_email(email) if email.strip() else "",
        created_at=work.now,
        item_id=item.id if item else None,
        reporter_id=work.actor.user_id,
        locale=work.actor.locale if work.actor.signed_in else locale,
        form_token=form_token[:64] or None,
        hidden=item is not None and reason == "people" and _may_hide(work, item),
    )
    work.session.add(report)
    audit.record(work, "report.received", report, after={"reason": reason, "item": report.item_id})
    if item and report.hidden:
        # In the house's name: the author cannot bring it back alone, and the reporter stays unnamed on the item.
        items.withdraw(replace(work, actor=SYSTEM), item)
        audit.record(work, "report.hid_item", report, after={"item": item.id})
    report_mails.received(work, services, report, item, receipts(services, report), alert=alert)
    return report


def _said(text: str, wanted: str) -> str:
    if not 3 <= len(text.strip()) <= LONGEST:
        raise Invalid(wanted, field="text")
    return text.strip()


def _check_rate(work: Work, address: str) -> None:
    member = work.actor.user_id if work.actor.signed_in else None
    whose, most = Report.reporter_id == member, MEMBER_AN_HOUR if member else STRANGERS_AN_HOUR
    recent = select(Report.created_at).where(whose, Report.created_at > work.now - timedelta(hours=1))
    last_free = work.session.scalar(recent.order_by(Report.created_at.desc()).offset(most - 1).limit(1))
    seconds = 0 if last_free is None else int((last_free + timedelta(hours=1) - work.now).total_seconds()) + 1
    if not (seconds or member) and address:
        locked = signin.count_address(work, "report", address, ADDRESS_AT_ONCE)
        seconds = locked.seconds if locked else 0
    if seconds:
        raise TooMany(N_("Chegaram muitos avisos de seguida. Tente mais tarde."), seconds)


def _strangers_this_hour(work: Work) -> int:
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    query = select(func.count(Report.id)).where(Report.reporter_id.is_(None), Report.created_at >= hour)
    return work.session.scalar(query) or 0


def _may_hide(work: Work, item: Item) -> bool:
    if not work.actor.signed_in or item.state != State.PUBLISHED:
        return False
    mine = (Report.reporter_id == work.actor.user_id, Report.created_at > work.now - timedelta(days=1))
    hidden = work.session.scalar(select(func.count(Report.id)).where(*mine, Report.hidden)) or 0
    kept = (Report.item_id == item.id, Report.reason == "people", Report.decision == KEEP)
    lately = select(Report.id).where(*kept, Report.handled_at > work.now - KEPT_FOR).limit(1)
    return hidden < MOST_HIDDEN_A_DAY and work.session.scalar(lately) is None


def receipts(services: Services, report: Report) -> dict[str, str]:
    """Return what opens the report's page for each side: the code of the receipt, and that of the authors' mail."""
    return {side: f"{report.id}-{side[0]}-{_proof(services, report.id, side)}" for side in (REPORTER, AUTHOR)}


def _proof(services: Services, report_id: int, side: str) -> str:
    return seal(services, "report", f"{report_id} {side}")[:16]


def of_receipt(work: Work, services: Services, code: str) -> tuple[Report, str]:
    """Return the report of a receipt and whose receipt it is, reporter or author. Raises NotFound."""
    number, _, rest = code.partition("-")
    letter, _, proof = rest.partition("-")
    side = {REPORTER[0]: REPORTER, AUTHOR[0]: AUTHOR}.get(letter)
    if side is None or not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise NotFound(NOWHERE)
    report = work.session.get(Report, int(number))
    if report is None or not hmac.compare_digest(proof.encode(), _proof(services, report.id, side).encode()):
        raise NotFound(NOWHERE)
    return report, side


def visible(work: Work) -> Select[Any]:
    """Return the question for the reports that the person may decide: of items of their organisations, or of the site."""
    places = work.actor.powers.get("items.publish", frozenset())
    theirs = [Item.organisation_id.in_(places)]
    if OUTSIDE in places:
        theirs += [Item.organisation_id.is_(None), Report.item_id.is_(None)]
    return select(Report).outerjoin(Item, Item.id == Report.item_id).where(or_(*theirs))


def get(work: Work, report_id: int) -> Report:
    """Return a report that the person may decide. Raises NotFound for others."""
    report: Report | None = work.session.scalar(visible(work).where(Report.id == report_id))
    if report is None:
        raise NotFound(NOWHERE)
    return report


def choices(report: Report) -> tuple[str, ...]:
    """Return the decisions there are for a report: an item stays or goes, what concerns the site is answered."""
    return (KEEP, TAKE_DOWN) if report.item_id else (ANSWER,)


def decide(work: Work, services: Services, report: Report, decision: str, text: str) -> None:
    """Decide a report with a reason, do what it says, and tell the reporter and the authors.

    Raises Invalid, Conflict when it was decided meanwhile, NotAllowed for what is one's own or was one's own decision.
    """
    item = work.session.get(Item, report.item_id) if report.item_id else None
    _check_judge(work, report, item)
    if report.handled_at:
        raise Conflict(N_("Este aviso já foi decidido. Veja como está agora."))
    if decision not in choices(report):
        raise Invalid(N_("Escolha o que fazer."), field="decision")
    said = _said(text, N_("Diga porquê em poucas palavras: quem avisou e os autores vão ler."))
    if item and decision == TAKE_DOWN:
        _take_down(work, report, item)
    elif item and report.hidden:
        _bring_back(work, report, item)
    report.decision, report.decision_text, report.decided_by_id = decision, said, work.actor.user_id
    report.handled_at = work.now
    audit.record(work, "report.decided", report, after={"decision": decision, "item": report.item_id})
    appealing = next((side for side in (REPORTER, AUTHOR) if may_appeal(report, side)), "")
    report_mails.decided(work, services, report, item, receipts(services, report), appealing)


def _check_judge(work: Work, report: Report, item: Item | None) -> None:
    if item is None:
        require_permission(work, "items.publish")
        return
    require(work, "publish", item)
    if _is_own(work, item):
        raise NotAllowed(N_("É um material seu: decide outra pessoa da equipa."))
    first = report.appealed_at is not None and report.decided_by_id == work.actor.user_id
    if first and any(person.id != work.actor.user_id for person in staff_for(work, item)):
        raise NotAllowed(N_("Já decidiu este aviso: o recurso é decidido por outra pessoa da equipa."))


def _is_own(work: Work, item: Item) -> bool:
    return work.actor.signed_in and work.actor.user_id in (item.owner_id, *(credit.user_id for credit in item.credits))


def _take_down(work: Work, report: Report, item: Item) -> None:
    if item.state == State.PUBLISHED:
        items.withdraw(work, item)
        report.hidden = True
    elif item.state == State.WITHDRAWN and not report.hidden:
        # The authors withdrew it first; from now on they cannot bring it back alone.
        audit.record(work, "item.withdraw", item, {"state": item.state}, {"state": item.state})
        report.hidden = True


def _bring_back(work: Work, report: Report, item: Item) -> None:
    """Restore what this report hid, unless another one has its own reason to hide it."""
    others = and_(Report.item_id == item.id, Report.id != report.id, Report.hidden)
    report.hidden = False
    if item.state == State.WITHDRAWN and work.session.scalar(select(Report.id).where(others).limit(1)) is None:
        items.restore(work, item)


def may_appeal(report: Report, side: str) -> bool:
    """Return whether this side may ask for a second look: once, at the decision that went against it."""
    against = {KEEP: REPORTER, TAKE_DOWN: AUTHOR}.get(report.decision)
    return report.handled_at is not None and report.appealed_at is None and side == against


def appeal(work: Work, services: Services, report: Report, side: str, text: str) -> None:
    """Reopen the report, once, with what the side has to say. Raises Invalid and Conflict."""
    if not may_appeal(report, side):
        raise Conflict(N_("Já não é possível recorrer deste aviso."))
    report.appeal_text = _said(text, N_("Diga em poucas palavras porque não concorda."))
    report.appealed_at, report.appealed_by, report.handled_at = work.now, side, None
    audit.record(work, "report.appealed", report, after={"by": side})
    item = work.session.get(Item, report.item_id) if report.item_id else None
    report_mails.appealed(work, services, report, item)


def may_decide(work: Work, report: Report, item: Item | None) -> bool:
    """Return whether the person may decide the report now, so that a page shows the form only then."""
    if report.handled_at:
        return False
    if item is not None and not allowed(work, "publish", item):
        return False
    try:
        _check_judge(work, report, item)
    except (NotAllowed, NotFound):
        return False
    return True


def forget_addresses(work: Work) -> None:
    """Forget who told of problems that were decided half a year ago."""
    old = update(Report).where(Report.handled_at < work.now - ADDRESS_KEPT_FOR)
    work.session.execute(old.values(email="", reporter_id=None))


@dataclass(frozen=True)
class Withdrawal:
    """When an item was withdrawn, whether by the centre, for which of the REASONS of a report, and what was decided."""

    at: datetime
    by_centre: bool
    reason: str = ""
    words: str = ""


def withdrawal_of(work: Work, item: Item) -> Withdrawal | None:
    """Return when and why an item was withdrawn, or None for one that is not."""
    if item.state != State.WITHDRAWN:
        return None
    acts = select(AuditEntry).where(AuditEntry.subject_kind == "item", AuditEntry.subject_id == item.id)
    act = work.session.scalar(acts.where(AuditEntry.action == "item.withdraw").order_by(AuditEntry.id.desc()).limit(1))
    hid = select(Report).where(Report.item_id == item.id, Report.hidden).order_by(Report.id.desc()).limit(1)
    report = work.session.scalar(hid)
    authors = {item.owner_id, *(credit.user_id for credit in item.credits)} - {None}
    by_centre = report is not None or act is None or not (act.actor_id in authors or act.acting)
    said = (report.reason, report.decision_text) if report is not None else ("", "")
    return Withdrawal(act.at if act else item.updated_at, by_centre, *said)
