"""What the lending desk writes to people: in their language, once, and only while it is still true."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from plugins.physical_loans import calendars, ics, rules
from plugins.physical_loans.models import Booking, BookingState, Desk, Notice
from repository.api import N_, MailKind, Membership, User, Work, actor_of, day_in_full, in_language, post

CATALOGUES = Path(__file__).parent / "translations"
BOOKING, TURN, REMINDER, LATE, DESK = (
    f"physical_loans.{name}" for name in ("booking", "turn", "reminder", "late", "desk")
)
KINDS = (
    MailKind(BOOKING, N_("O que acontece às suas reservas de material")),
    MailKind(TURN, N_("A sua vez nas listas de espera")),
    MailKind(REMINDER, N_("Lembretes de levantar e devolver material")),
    MailKind(LATE, N_("Avisos de material em atraso")),
    MailKind(DESK, N_("O que espera pelo balcão"), digest=True),
)
S = BookingState
KEPT = (S.REQUESTED, S.APPROVED, S.READY)
UNREACHED = "unreached"


@dataclass(frozen=True)
class Words:
    """A letter: its kind, the states in which it is still true, subject and body; `calendar` encloses the dates."""

    kind: str
    true_in: Sequence[BookingState]
    subject: str
    body: str
    calendar: bool = False


WHEN = N_("Levantar: a partir de %(pick_up)s\nDevolver: até %(back)s\nOnde: %(place)s\n\nVer a reserva: %(url)s\n")
LETTERS = {
    "request": Words(
        BOOKING, [S.REQUESTED], N_("Pedido recebido: «%(title)s»"),
        N_("O balcão tem o seu pedido e responde em breve. Até lá, o material fica guardado para si."),
    ),
    "book": Words(
        BOOKING, [S.APPROVED, S.READY], N_("Está reservado: «%(title)s»"),
        N_("A reserva está feita. As datas vão em anexo, para a sua agenda."), True,
    ),
    "approve": Words(
        BOOKING, [S.APPROVED, S.READY], N_("Pedido aprovado: «%(title)s»"),
        N_("O balcão aprovou o seu pedido. As datas vão em anexo, para a sua agenda."), True,
    ),
    "decline": Words(
        BOOKING, [S.DECLINED], N_("Pedido recusado: «%(title)s»"),
        N_("O balcão não pode emprestar o material nessas datas. A razão:\n\n%(reason)s"), True,
    ),
    "prepare": Words(
        BOOKING, [S.READY], N_("Pronto a levantar: «%(title)s»"), N_("O material está preparado e à sua espera."),
    ),
    "change": Words(
        BOOKING, [*KEPT, S.OUT], N_("Reserva mudada: «%(title)s»"),
        N_("A reserva mudou. Vale o que se segue; as datas vão em anexo, para a sua agenda."), True,
    ),
    "extend": Words(
        BOOKING, [S.OUT], N_("Empréstimo prolongado: «%(title)s»"),
        N_("Pode ficar com o material por mais tempo. A nova data vai em anexo, para a sua agenda."), True,
    ),
    "cancel": Words(
        BOOKING, [S.CANCELLED], N_("Reserva anulada: «%(title)s»"), N_("A reserva está anulada."), True,
    ),
    "offer": Words(
        TURN, [S.OFFERED], N_("Chegou a sua vez: «%(title)s»"),
        N_("O material que esperava está livre e guardado para si até %(answer_by)s.\n\nResponder: %(turn_url)s\n\n"
           "Sem resposta até lá, passa a quem espera a seguir."),
    ),
    "turn_over": Words(
        TURN, [S.EXPIRED], N_("A sua vez passou: «%(title)s»"),
        N_("O prazo para responder acabou e o material passou a quem esperava a seguir. "
           "Se ainda precisar dele, volte a entrar na lista de espera."),
    ),
    "never_came": Words(
        TURN, [S.EXPIRED], N_("Não ficou livre a tempo: «%(title)s»"),
        N_("Esperou por este material, mas não ficou livre a tempo. Veja se outra data lhe serve."),
    ),
    "undecided": Words(
        BOOKING, [S.EXPIRED], N_("Pedido sem resposta: «%(title)s»"),
        N_("O balcão não chegou a decidir o seu pedido a tempo. Pedimos desculpa; veja se outra data lhe serve."),
    ),
    "not_picked_up": Words(
        BOOKING, [S.EXPIRED], N_("Reserva terminada: «%(title)s»"),
        N_("O material não foi levantado e ficou livre para outras pessoas. Se ainda precisar dele, reserve de novo."),
        True,
    ),
    "pick_up": Words(
        REMINDER, [S.APPROVED, S.READY], N_("Por levantar: «%(title)s»"),
        N_("O material que reservou ainda está no balcão. Se não for levantado até %(until)s, fica livre para outras "
           "pessoas. Se já não precisa dele, anule a reserva."),
    ),
    "before": Words(
        REMINDER, [S.OUT], N_("A devolver em breve: «%(title)s»"), N_("Lembramos a data de devolução do que levou."),
    ),
    "today": Words(
        REMINDER, [S.OUT], N_("A devolver hoje: «%(title)s»"), N_("O que levou devolve-se hoje."),
    ),
    "late": Words(
        LATE, [S.OUT], N_("Em atraso: «%(title)s»"),
        N_("O que levou devia ter voltado e faz falta a quem vem a seguir. Se já o devolveu ou precisa de mais tempo, "
           "fale com o balcão."),
    ),
    "warn": Words(
        BOOKING,
        KEPT,
        N_("Falta uma peça: «%(title)s»"),
        N_(
            "No exemplar que lhe está destinado falta, para já: %(missing)s\n\n"
            "Pode levá-lo assim; se a peça lhe faz falta, fale com o balcão."
        ),
    ),
    "next_at_risk": Words(
        BOOKING, KEPT, N_("A sua reserva está em risco: «%(title)s»"),
        N_("O exemplar que lhe está destinado %(why)s e não há outro livre nessas datas. Fazemos o possível por o ter a "
           "tempo.\n\n%(instead)s"),
    ),
}  # fmt: skip
BY_ACT = {"accept": "book", "reactivate": "book", "ask_approval": "request"}
EXPIRED_FROM = {S.WAITING: "never_came", S.OFFERED: "turn_over", S.REQUESTED: "undecided"}
TO_DESK = (
    N_("Um pedido espera por aprovação: «%(title)s»"),
    N_("%(name)s pede %(quantity)s × «%(title)s».\n\nLevantar: a partir de %(pick_up)s\nDevolver: até %(back)s\n\n"
       "Ver o pedido: %(url)s\n"),
)  # fmt: skip


def letter_for(act: str, was: str, booking: Booking) -> str:
    """Return the name of the letter that tells of an act, or an empty text when none does."""
    if act == "expire":
        return EXPIRED_FROM.get(BookingState(was), "not_picked_up") if was else ""
    if act == "cancel" and booking.queued_at is not None and booking.approved_at is None:
        return ""  # left the waiting list, and saw it happen
    name = BY_ACT.get(act, act)
    return name if name in LETTERS else ""


def write(work: Work, booking: Booking, name: str, key: str, **filled: str) -> bool:
    """Write a letter about a booking to its borrower, unless it is no longer true; return whether it was due.

    `key` says what it tells of: asked for again, it does not go again. Who has no address is shown to the desk instead.
    """
    words, person = LETTERS[name], booking.borrower
    if booking.state not in words.true_in or person is None or not is_open(person):
        return False
    if not person.email:
        _show_to_desk(work, booking, name)
        return True
    known = told(work, booking, person.locale) | filled
    body = in_language(words.body, person.locale, CATALOGUES, **known)
    body += "\n\n" + in_language(WHEN, person.locale, CATALOGUES, **known)
    subject = in_language(words.subject, person.locale, CATALOGUES, **known)
    enclosed = [ics.enclosure(work, booking)] if words.calendar else []
    post(work, person, subject, body, kind=words.kind, key=f"loan:{booking.id}:{key}", enclosed=enclosed)
    return True


def is_open(person: User) -> bool:
    """Return whether the account is one that may still be written to."""
    return person.deleted_at is None and person.disabled_at is None


def told(work: Work, booking: Booking, locale: str) -> dict[str, str]:
    """Return what the places of letters are filled with."""
    desk, site = booking.desk, work.services.settings.public_url
    url = f"{site}/loans/{booking.id}"
    return {
        "title": booking.thing.item.title,
        "pick_up": moment_in_words(desk, booking.starts_at, locale),
        "back": moment_in_words(desk, booking.ends_at, locale),
        "answer_by": moment_in_words(desk, booking.answer_by, locale) if booking.answer_by else "",
        "place": ", ".join(part for part in (desk.name, desk.place) if part),
        "reason": booking.reason or "—",
        "quantity": str(booking.quantity),
        "name": booking.borrower.name if booking.borrower else "",
        "url": url,
        "turn_url": url,
    }


def moment_in_words(desk: Desk, moment: datetime, locale: str) -> str:
    """Return a moment as «terça-feira, 9 de março, 15:30», by the desk's clock."""
    local = moment.astimezone(calendars.zone_of(desk))
    return f"{day_in_full(local, locale, weekday=True, year=False)}, {local:%H:%M}"


def write_to_desk(work: Work, booking: Booking, key: str) -> None:
    """Tell those who work at the desk that a request waits for them."""
    if booking.state != S.REQUESTED:
        return
    for person in people_of(work, booking.desk):
        known = told(work, booking, person.locale)
        subject, body = (in_language(text, person.locale, CATALOGUES, **known) for text in TO_DESK)
        post(work, person, subject, body, kind=DESK, key=f"loan:{booking.id}:{key}:{person.id}")


def people_of(work: Work, desk: Desk) -> list[User]:
    """Return those who may work at a desk now."""
    of_staff = select(Membership.user_id).where(Membership.role.in_(("staff", "administrator")))
    wanted = select(User).where(User.id.in_(of_staff), User.disabled_at.is_(None), User.deleted_at.is_(None))
    people = work.session.scalars(wanted.order_by(User.id))
    today = work.now.date()
    return [
        one for one in people
        if actor_of(work.session, work.hook, one, today).may(rules.DESK, desk.organisation_id)
    ]  # fmt: skip


def _show_to_desk(work: Work, booking: Booking, name: str) -> None:
    today = work.now.astimezone(calendars.zone_of(booking.desk)).date()
    note(work, booking, UNREACHED, today, letter=name)


def note(work: Work, booking: Booking, kind: str, due_on: date, **params: object) -> bool:
    """Write down that somebody was told; return False when that was written down before, by whomever."""
    if work.session.get(Notice, (booking.id, kind, due_on)) is not None:
        return False
    row = Notice(booking_id=booking.id, kind=kind, due_on=due_on, sent_at=work.now, params=params)
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:  # another worker was faster
        return False
    return True
