"""The first run: nobody is there yet, so whoever holds the setup code makes the centre and its administrator."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from repository import audit
from repository.accounts import administrators, create_user
from repository.errors import Invalid, NotFound
from repository.models import Membership, Organisation, StoredSetting, User
from repository.words import N_
from repository.work import Work, now


def has_administrator(session: Session) -> bool:
    """Return whether somebody administers the instance; until then only the first page opens."""
    return session.scalar(administrators(now().date()).limit(1)) is not None


def setup_code(instance: Path) -> str:
    """Return the code that opens the first page from another machine, made at first need and read by its owner only."""
    path = instance / "setup-code"
    if not path.exists():
        temporary = instance / f"setup-code.{secrets.token_hex(4)}"
        temporary.touch(mode=0o600)
        temporary.write_text("-".join(secrets.token_hex(2) for _ in range(4)))
        with suppress(FileExistsError):
            os.link(temporary, path)  # the first of two processes wins, and both read the same
        temporary.unlink()
    return path.read_text().strip()


def is_setup_code(instance: Path, given: str) -> bool:
    """Return whether this is the instance's setup code."""
    return secrets.compare_digest(setup_code(instance).encode(), given.strip().lower().encode())


def set_up(work: Work, centre_name: str, name: str, email: str, password: str) -> User:
    """Make the centre and its first administrator. Raises NotFound once there is one, and Invalid."""
    if has_administrator(work.session):
        raise NotFound(N_("Não há nada neste endereço."))
    centre_name = " ".join(centre_name.split())
    if not 1 <= len(centre_name) <= 200:
        raise Invalid(N_("Escreva o nome do centro."), field="centre_name")
    if not password:
        raise Invalid(N_("Escolha uma palavra-passe."), field="password")
    user = create_user(work, email, name, password)
    user.verified_at = work.now
    centre = _centre(work, centre_name)
    user.memberships.append(Membership(organisation_id=centre.id, role="administrator", valid_from=work.now.date()))
    work.session.merge(StoredSetting(name="centre_name", value=centre_name, changed_at=work.now))
    work.session.flush()
    audit.record(work, "house.set_up", centre, after={"administrator": user.id})
    return user


def _centre(work: Work, name: str) -> Organisation:
    """Return the instance's centre: the one that an import has brought already, or a new one."""
    first = select(Organisation).filter_by(kind="centre", parent_id=None).order_by(Organisation.id).limit(1)
    centre = work.session.scalar(first)
    if centre is None:
        centre = Organisation(kind="centre", name=name)
        work.session.add(centre)
        work.session.flush()
    return centre
