"""Two kinds of mail that people may stop."""

from collections.abc import Iterable

from repository.api import N_, MailKind, hookimpl


@hookimpl
def register_mail_kinds() -> Iterable[MailKind]:
    return [
        MailKind("mailing.reminder", N_("Lembretes")),
        MailKind("mailing.digest", N_("O que há de novo"), digest=True),
    ]
