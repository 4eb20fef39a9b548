"""Where an import takes its files from: a folder, or a ZIP whose members are never unpacked under their own names."""

import re
import stat
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from repository.errors import Invalid
from repository.files.blobs import PREFIX, Blob, too_large
from repository.files.faults import Bomb, Broken, TooMany
from repository.files.sniff import refusal, sniff
from repository.files.zips import MAX_MEMBERS, UNREADABLE, open_zip
from repository.importing.outcome import Line, Outcome
from repository.words import N_
from repository.work import Services

MB = 1024 * 1024
CHUNK = MB
SYSTEM_FILES = re.compile(
    r"(?i)(\.|~\$|__macosx$|thumbs\.db$|desktop\.ini$|icon\r$|\$recycle\.bin$|system volume information$)"
)
LANGUAGE_ENCODING = 0x800  # the ZIP flag that says that a name is UTF-8


class SourceFile(Protocol):
    """One file to import: `name` is its path inside the source, in NFC and with "/", and `size` is in bytes."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    def at(self, scratch: Path) -> AbstractContextManager[Path]:
        """Yield a path where the bytes can be read; what has to be unpacked goes to `scratch` and away again."""
        ...


@dataclass(frozen=True)
class Listing:
    """The files of a source in the order of their names, and what was left out or refused, each with the reason."""

    files: list[SourceFile] = field(default_factory=list)
    left: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class FolderFile:
    """A file of a folder, read where it lies."""

    name: str
    size: int
    path: Path

    @contextmanager
    def at(self, scratch: Path) -> Iterator[Path]:
        """Yield the file's own path."""
        yield self.path


@dataclass(frozen=True)
class ZipMember:
    """A member of a ZIP. Raises Invalid while it is read when it is locked, broken, or larger than it says."""

    name: str
    size: int
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    @contextmanager
    def at(self, scratch: Path) -> Iterator[Path]:
        """Yield a copy in `scratch` under a name of our own; a copy that a kill leaves there is swept away later."""
        with tempfile.NamedTemporaryFile(dir=scratch, prefix=PREFIX) as copy:
            try:
                self._unpack(copy)
            except UNREADABLE as error:
                if isinstance(error, OSError) and error.errno:
                    raise
                raise Invalid(N_("O arquivo não deixa ler este ficheiro: está estragado ou protegido.")) from error
            yield Path(copy.name)

    def _unpack(self, copy: "tempfile._TemporaryFileWrapper[bytes]") -> None:
        left = self.info.file_size
        with self.archive.open(self.info) as member:
            while chunk := member.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise too_large(self.info.file_size)
                copy.write(chunk)
        copy.flush()


@contextmanager
def open_source(path: Path, skip: Path | None = None) -> Iterator[Listing]:
    """Yield what is in a folder or a ZIP; the table `skip` is no part of it. Raises Invalid when it is neither."""
    if path.is_dir():
        yield list_folder(path, skip)
        return
    if not path.is_file():
        raise Invalid(N_("«%(path)s» não é uma pasta nem um ficheiro ZIP."), path=str(path))
    try:
        with open_zip(path) as archive:
            yield list_zip(archive.archive)
    except TooMany as error:
        raise Invalid(
            N_("Este ZIP tem mais de %(most)s ficheiros. Divida-o em partes."), field="files", most=MAX_MEMBERS
        ) from error
    except Bomb as error:
        raise Invalid(N_("Este ZIP cresce demais ao abrir e não foi importado.")) from error
    except Broken as error:
        raise Invalid(N_("Este ZIP não se consegue abrir: está estragado ou não é um ZIP.")) from error


def is_system_file(name: str) -> bool:
    """Return whether a path is that of a hidden file, or of one that an operating system keeps for itself."""
    return any(SYSTEM_FILES.match(part) for part in name.split("/"))


def refuse_kind(path: Path, name: str) -> None:
    """Raise Invalid for a file that is empty, or of a kind that is not kept here."""
    if why := refusal(sniff(path, name)):
        raise why


def keep_file(services: Services, path: Path, name: str) -> Blob:
    """Keep the bytes of an unpacked file. Raises Invalid for what is not kept here, and TooLarge over the limit."""
    refuse_kind(path, name)
    with path.open("rb") as stream:
        return services.blobs.receive(stream, limit=int(services.settings["max_file_mb"]) * MB)


def list_folder(folder: Path, skip: Path | None = None) -> Listing:
    """Return the files under `folder`; hidden and system files, links and the table `skip` are left out."""
    listing = Listing()
    for path in _walk(folder, listing):
        name = path.relative_to(folder).as_posix()
        if skip is None or path.resolve() != skip.resolve():
            listing.files.append(FolderFile(_shown(name), path.stat().st_size, path))
    return listing


def _walk(folder: Path, listing: Listing, inside: str = "") -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        name = inside + path.name
        if SYSTEM_FILES.match(path.name):
            listing.left.append(Line(_shown(name), Outcome.SKIPPED, (Invalid(N_("ficheiro escondido ou de sistema")),)))
        elif path.is_symlink():
            listing.left.append(Line(_shown(name), Outcome.SKIPPED, (Invalid(N_("é uma ligação, não um ficheiro")),)))
        elif path.is_dir():
            yield from _walk(path, listing, f"{name}/")
        elif path.is_file():
            yield path
        else:
            listing.left.append(Line(_shown(name), Outcome.SKIPPED, (Invalid(N_("não é um ficheiro")),)))


def list_zip(archive: zipfile.ZipFile) -> Listing:
    """Return the members of a ZIP; those whose names or kinds could do harm elsewhere are refused, each for itself."""
    listing = Listing()
    taken: set[str] = set()
    for info in archive.infolist():
        name = _nfc(member_name(info))
        why = _harm(info, name) or (N_("há outro com o mesmo nome no ZIP") if name.casefold() in taken else "")
        taken.add(name.casefold())
        if why:
            listing.left.append(Line(_shown(name), Outcome.REFUSED, (Invalid(why),)))
        elif is_system_file(name):
            listing.left.append(Line(_shown(name), Outcome.SKIPPED, (Invalid(N_("ficheiro escondido ou de sistema")),)))
        elif not info.is_dir():
            listing.files.append(ZipMember(name, info.file_size, archive, info))
    listing.files.sort(key=lambda file: file.name)
    return listing


def _harm(info: zipfile.ZipInfo, name: str) -> str:
    parts = name.rstrip("/").split("/")
    if "\\" in name or name.startswith("/") or re.match(r"[A-Za-z]:", name) or {"", ".", ".."} & set(parts):
        return N_("o nome sai da pasta")
    if "\0" in info.orig_filename:
        return N_("o nome não é um nome")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind and not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        return N_("é uma ligação ou um dispositivo, não um ficheiro")
    return N_("está protegido por palavra-passe") if info.flag_bits & 1 else ""


def member_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name as its maker wrote it: ZIPs often do not say which encoding it is in.

    The standard (APPNOTE 6.3.9, D.1) knows UTF-8, told by a flag, and code page 437; Portuguese Windows writes 850.
    """
    if info.flag_bits & LANGUAGE_ENCODING or info.filename.isascii():
        return info.filename
    raw = info.filename.encode("cp437")
    for encoding in ("utf-8", "cp850"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(char.isascii() or char.isalpha() for char in name):
            return name
    return info.filename


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _shown(name: str) -> str:
    """Return a name that any terminal and any file can take, whatever bytes it was made of."""
    return _nfc(name.encode("utf-8", "replace").decode("utf-8"))
