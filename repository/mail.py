"""Mail: written into the outbox with the change, sent by a job, repeated until the server takes it."""

import hashlib
import hmac
import smtplib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from repository import audit, letters
from repository.errors import NotFound, Unavailable
from repository.hookspecs import Contact, MailKind
from repository.jobs import enqueue
from repository.models import Mail, MailStop, User
from repository.registry import by_name, collect
from repository.sealing import seal
from repository.settings import Settings
from repository.words import N_, in_language
from repository.work import Services, Work, now

TIMEOUT_S = 20
USEFUL_FOR = timedelta(days=7)


def kinds(hook: Any) -> dict[str, MailKind]:
    """Return every declared kind of mail by name. Raises PluginError when a name is used twice."""
    return by_name(collect(hook.register_mail_kinds, strict=True), "kind of mail")


def post(
    work: Work,
    to: User | Contact,
    subject: str,
    body: str,
    kind: str = "",
    key: str = "",
    enclosed: Iterable[letters.Enclosure] = (),
) -> None:
    """Put a message into the outbox; subject and body are plain text in the language of the person it goes to.

    With a `kind`, people may stop it, and nothing is written to those who have. With a `key`, of what it tells of, it is
    put there once, however often it is asked for. Nobody reads what is written to the invented people of a
    demonstration. Raises KeyError for an undeclared kind.
    """
    address, user_id = _reached(to)
    if kind:
        kinds(work.hook)[kind]
    if not address or _is_invented(work, address) or (kind and is_stopped(work.session, address, kind)):
        return
    if key and work.session.scalar(select(Mail.id).filter_by(key=key)) is not None:
        return
    message = Mail(
        user_id=user_id,
        address=address,
        subject=" ".join(subject.split())[:300],
        body=body,
        kind=kind,
        locale=to.locale,
        key=key or None,
        enclosed=[asdict(each) for each in enclosed],
        created_at=work.now,
    )
    work.session.add(message)
    work.session.flush()
    enqueue(work, "mail.send", key=str(message.id), mail_id=message.id)


def _reached(to: User | Contact) -> tuple[str, int | None]:
    if isinstance(to, User):
        return ("" if to.deleted_at else to.email or ""), to.id
    return "".join(to.address.split()), to.user_id


def _is_invented(work: Work, address: str) -> bool:
    """Return whether the address is one of a demonstration's, under the name that RFC 2606 keeps out of the net."""
    return bool(work.services.settings["demonstration"]) and address.lower().endswith(".invalid")


def digest_of(address: str) -> str:
    """Return the digest an address is known by where only its wish is kept: SHA-256 of its small letters, hexadecimal."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


def is_stopped(session: Session, address: str, kind: str) -> bool:
    """Return whether the person of the address no longer wants this kind of mail."""
    return session.get(MailStop, (digest_of(address), kind)) is not None


def stopped(session: Session, address: str) -> set[str]:
    """Return the names of the kinds that the person of the address has stopped."""
    return set(session.scalars(select(MailStop.kind).where(MailStop.address_digest == digest_of(address))))


def stop(work: Work, digest: str, kind: str) -> None:
    """Send no more mail of this kind to the address with this digest; said twice, it is so once."""
    if work.session.get(MailStop, (digest, kind)) is None:
        row = MailStop(address_digest=digest, kind=kind, created_at=work.now)
        work.session.add(row)
        audit.record(work, "mail.stopped", row, after={"kind": kind})


def resume(work: Work, digest: str, kind: str) -> None:
    """Undo `stop`."""
    row = work.session.get(MailStop, (digest, kind))
    if row is not None:
        work.session.delete(row)
        audit.record(work, "mail.resumed", row, after={"kind": kind})


def stop_token(services: Services, address: str, kind: str) -> str:
    """Return the part of a link by which whoever has it stops this kind of mail to the address, and nothing else."""
    said = f"{kind}.{digest_of(address)}"
    return f"{said}.{seal(services, 'mail-stop', said)}"


def read_stop_token(services: Services, token: str) -> tuple[str, MailKind]:
    """Return the digest of the address and the kind that a token names. Raises NotFound for what was not made here."""
    said, _, sealed = token.rpartition(".")
    name, _, digest = said.rpartition(".")
    kind = kinds(services.hook).get(name)
    if kind is None or not hmac.compare_digest(sealed.encode(), seal(services, "mail-stop", said).encode()):
        raise NotFound(N_("Não há nada neste endereço."))
    return digest, kind


def send(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Send messages of the outbox; without a server they stay there. Raises Unavailable when it does not answer."""
    if not has_server(services.settings):
        return
    for payload in payloads:
        with services.sessions.reading() as session:
            message = session.get(Mail, payload["mail_id"])
            unwanted = message is not None and message.kind and is_stopped(session, message.address, message.kind)
        if message is None or message.sent_at:
            continue
        if not unwanted:
            deliver(services, message)
        with services.sessions.writing() as session:
            row = session.get_one(Mail, message.id)
            if unwanted:  # the wish came while the message waited
                session.delete(row)
            else:
                # What was said in a mail is nobody's business once it has left.
                row.sent_at, row.body, row.address, row.subject, row.enclosed = now(), "", "", "", []


def has_server(settings: Settings) -> bool:
    """Return whether a mail server is configured."""
    return bool(settings["smtp_url"])


def send_waiting(work: Work, settings: Settings) -> None:
    """Queue what has waited for a server, and forget what is too old to be of use to anybody."""
    work.session.execute(delete(Mail).where(Mail.sent_at.is_(None), Mail.created_at < work.now - USEFUL_FOR))
    if has_server(settings):
        for mail_id in work.session.scalars(select(Mail.id).where(Mail.sent_at.is_(None))):
            enqueue(work, "mail.send", key=str(mail_id), mail_id=mail_id)


def written(services: Services, message: Mail) -> letters.Letter:
    """Return the message as it goes out: under the house's name, with the way to stop it when it can be stopped."""
    settings = services.settings
    why = in_language(
        N_("Recebe esta mensagem porque diz respeito à sua conta, a um material seu ou a um pedido seu."),
        message.locale,
    )
    stop_url = ""
    if label := _label_of(services.hook, message.kind, message.locale):
        why = in_language(N_("Recebe esta mensagem por ser do tipo «%(kind)s»."), message.locale, kind=label)
        stop_url = f"{settings.public_url}/mail/stop/{stop_token(services, message.address, message.kind)}"
    return letters.Letter(
        sender=settings["mail_from"] or f"partilha@{urlsplit(settings.public_url).hostname}",
        address=message.address,
        subject=message.subject,
        body=message.body,
        locale=message.locale,
        house=settings["centre_name"],
        site=settings.public_url,
        why=why,
        stop_url=stop_url,
        name=f"partilha-{message.id}.{message.created_at:%Y%m%d%H%M%S%f}",
        enclosed=tuple(letters.Enclosure(**each) for each in message.enclosed),
    )


def _label_of(hook: Any, name: str, locale: str) -> str:
    """Return the kind's words from the catalogue of the plugin that declares it, or nothing for a kind that is unknown."""
    for answer in hook.register_mail_kinds.get_hookimpls():
        for kind in answer.function() or ():
            if name and kind.name == name:
                folder = Path(answer.plugin.__file__).parent / "translations"
                return in_language(kind.label, locale, folder)
    return ""


def deliver(services: Services, message: Mail) -> None:
    """Hand one message to the configured server. Raises Unavailable."""
    url = urlsplit(services.settings["smtp_url"])
    if not url.hostname:
        raise Unavailable(N_("Falta indicar o servidor de correio (smtp_url)."))
    letter = letters.make(written(services, message))
    try:
        kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
        with kind(url.hostname, url.port or 0, timeout=TIMEOUT_S) as server:
            if url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls()
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(letter)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(N_("O servidor de correio não aceitou: %(error)s"), error=type(error).__name__) from error
