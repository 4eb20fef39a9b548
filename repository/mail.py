"""Mail: written into the outbox with the change, sent by a job, repeated until the server takes it."""

import smtplib
from datetime import timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import delete, select

from repository.errors import Unavailable
from repository.jobs import enqueue
from repository.models import Mail, User
from repository.settings import Settings
from repository.words import N_
from repository.work import Services, Work, now

TIMEOUT_S = 20
USEFUL_FOR = timedelta(days=7)


def post(work: Work, user: User, subject: str, body: str) -> None:
    """Put a message to a person into the outbox; subject and body are plain text in the person's language."""
    if not user.email or user.deleted_at:
        return
    message = Mail(
        user_id=user.id, address=user.email, subject=" ".join(subject.split())[:300], body=body, created_at=work.now
    )
    work.session.add(message)
    work.session.flush()
    enqueue(work, "mail.send", key=str(message.id), mail_id=message.id)


def send(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Send messages of the outbox; without a server they stay there. Raises Unavailable when it does not answer."""
    if not has_server(services.settings):
        return
    for payload in payloads:
        with services.sessions.reading() as session:
            message = session.get(Mail, payload["mail_id"])
        if message is None or message.sent_at:
            continue
        deliver(services.settings, message)
        with services.sessions.writing() as session:
            row = session.get_one(Mail, message.id)
            # What was said in a mail is nobody's business once it has left.
            row.sent_at, row.body, row.address, row.subject = now(), "", "", ""


def has_server(settings: Settings) -> bool:
    """Return whether a mail server is configured."""
    return bool(settings["smtp_url"])


def send_waiting(work: Work, settings: Settings) -> None:
    """Queue what has waited for a server, and forget what is too old to be of use to anybody."""
    work.session.execute(delete(Mail).where(Mail.sent_at.is_(None), Mail.created_at < work.now - USEFUL_FOR))
    if has_server(settings):
        for mail_id in work.session.scalars(select(Mail.id).where(Mail.sent_at.is_(None))):
            enqueue(work, "mail.send", key=str(mail_id), mail_id=mail_id)


def deliver(settings: Settings, message: Mail) -> None:
    """Hand one message to the configured server. Raises Unavailable."""
    url = urlsplit(settings["smtp_url"])
    if not url.hostname:
        raise Unavailable(N_("Falta indicar o servidor de correio (smtp_url)."))
    letter = EmailMessage()
    letter["From"] = settings["mail_from"] or f"partilha@{urlsplit(settings.public_url).hostname}"
    letter["To"], letter["Subject"] = message.address, message.subject
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834
    letter["Message-ID"] = make_msgid(idstring=f"partilha-{message.id}", domain=urlsplit(settings.public_url).hostname)
    letter.set_content(message.body)
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
