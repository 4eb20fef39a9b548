"""What the system or the database refuses, in the operator's words."""

import errno
import os
from pathlib import Path

from sqlalchemy.exc import OperationalError

from repository.errors import DomainError, Unavailable
from repository.words import N_

STANDS_IN_THE_WAY = (errno.ENOTDIR, errno.EEXIST)
WORDS = {
    errno.EACCES: N_("Falta permissão para ler ou escrever «%(path)s»."),
    errno.EPERM: N_("Falta permissão para ler ou escrever «%(path)s»."),
    errno.EROFS: N_("O disco só se deixa ler: não se consegue escrever «%(path)s»."),
    errno.EISDIR: N_("No lugar do ficheiro «%(path)s» está uma pasta."),
    errno.ENOTDIR: N_("No lugar da pasta «%(path)s» está um ficheiro."),
    errno.EEXIST: N_("No lugar da pasta «%(path)s» está um ficheiro."),
}


def refusal_of(error: BaseException, *, whole: bool = True) -> DomainError | None:
    """Return what an error says to who runs the house, or None for one that is nobody's refusal.

    Paths are `whole` in a terminal; a page shows the last name alone.
    """
    if isinstance(error, DomainError):
        return error
    if isinstance(error, OperationalError):
        if whole:
            return Unavailable(N_("A base de dados recusa: %(why)s"), why=str(error.orig))
        return Unavailable(N_("A base de dados não responde."))  # why may tell addresses
    if not isinstance(error, OSError) or error.errno in (None, errno.EPIPE):
        return None
    path = _meant(error)
    shown = str(path) if whole else path.name
    if error.errno in WORDS and shown:
        return Unavailable(WORDS[error.errno], path=shown)
    why = error.strerror or os.strerror(error.errno or 0)
    return Unavailable(f"{why}: {shown}" if shown else why)


def _meant(error: OSError) -> Path:
    """Return the path that an error is about: of two it is the target, and below a file it is that file."""
    path = Path(os.fsdecode(error.filename2 or error.filename or ""))
    if error.errno in STANDS_IN_THE_WAY:
        return next((each for each in (path, *path.parents) if os.path.lexists(each) and not each.is_dir()), path)
    return path
