"""Where the files of an intake come from: one ZIP, or many files at once; each is kept before anything is decided."""

import hashlib
import re
import tempfile
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO

from plugins.training_actions.names import repaired
from repository.api import (
    N_,
    Blob,
    Examination,
    ImportLine,
    Invalid,
    Listing,
    Outcome,
    Services,
    SourceFile,
    is_system_file,
    open_source,
    refuse_kind,
)

MB = 1024 * 1024
FREE_MB = 500  # an archive that unpacks to less may be packed as tightly as it likes
MOST_GROWTH = 40
LONGEST_PATH = 900
LEFT_OUT = N_("ficheiro escondido ou de sistema")


@dataclass(frozen=True)
class Sent:
    """A file on its way in: the path that the browser tells, and its bytes."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True)
class Kept:
    """A file that came by itself and lies in the blob store."""

    name: str
    size: int
    path: Path

    @contextmanager
    def at(self, scratch: Path) -> Iterator[Path]:
        """Yield where the bytes lie. Raises Invalid when they have been swept away since."""
        if not self.path.exists():
            raise Invalid(N_("O ficheiro já não está guardado. Junte-o outra vez."))
        yield self.path


@contextmanager
def opened(path: Path) -> Iterator[Listing]:
    """Yield what is in a ZIP or a folder; a ZIP inside it is one file. Raises Invalid when it could do harm."""
    if not path.exists():
        raise Invalid(N_("O ZIP já não está guardado. Junte-o outra vez."), field="files")
    with open_source(path) as listing:
        if path.is_file():
            refuse_bomb(sum(file.size for file in listing.files), path.stat().st_size)
        yield listing


def refuse_bomb(unpacked: int, packed: int) -> None:
    """Raise Invalid for an archive that grows out of all proportion as a whole, however modest each file is."""
    if unpacked > FREE_MB * MB and unpacked > MOST_GROWTH * max(1, packed):
        raise Invalid(N_("Este ZIP cresce demais ao abrir e não foi aceite."), field="files")


def safe_path(name: str) -> str:
    """Return the path that a browser tells, as a name to show: folders kept, nothing that leads elsewhere."""
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8")).replace("\\", "/")
    parts = [re.sub(r"[\x00-\x1f\x7f]", " ", part).strip() for part in text.split("/")]
    return "/".join(part for part in parts if part not in ("", ".", "..")) or "ficheiro"


def stored_path(path: str) -> str:
    """Return the path as an entry keeps it: a very long one loses its middle and stays different from others."""
    if len(path) <= LONGEST_PATH:
        return path
    digest = hashlib.sha256(path.encode()).hexdigest()[:16]
    return f"{path[: LONGEST_PATH // 2]}…{digest}…{path[-LONGEST_PATH // 2 + 40 :]}"


def is_archive(names: Iterable[str]) -> bool:
    """Return whether what was sent is one ZIP to be unpacked; among other files, a ZIP is a file as any other."""
    sent = list(names)
    return len(sent) == 1 and sent[0].lower().endswith(".zip")


def loose(blobs: Mapping[str, Blob], services: Services) -> Listing:
    """Return the listing of files that came by themselves, by path."""
    listing = Listing()
    for name, blob in blobs.items():
        if is_system_file(name):
            listing.left.append(ImportLine(name, Outcome.SKIPPED, (Invalid(LEFT_OUT),)))
        else:
            listing.files.append(Kept(name, blob.size, services.blobs.path(blob.sha256)))
    return listing


def by_stored_path(listing: Listing) -> dict[str, SourceFile]:
    """Return the files of a listing by the path that their entries keep, with the accents that were lost on the way."""
    found: dict[str, SourceFile] = {}
    for file in listing.files:
        found[free_name(stored_path(repaired(file.name)), found)] = file
    return found


@contextmanager
def at_hand(listing: Listing) -> Iterator[Listing]:
    """Yield a listing that needs nothing to be opened."""
    yield listing


def free_name(name: str, taken: Container[str]) -> str:
    """Return the name, or the name with a number that nobody has yet."""
    if name not in taken:
        return name
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (name, "")
    return next(other for n in count(2) if (other := f"{stem} ({n}){ending}") not in taken)


def name_of(paths: list[str]) -> str:
    """Return what many files are called together: the folder that they share, or the first of them."""
    folders = {path.partition("/")[0] for path in paths if "/" in path}
    return (folders.pop() if len(folders) == 1 and all("/" in path for path in paths) else paths[0])[:200]


def examined_in_passing(services: Services, path: Path, name: str) -> tuple[str, Examination]:
    """Return the digest of a file and what it says of itself; nothing of it is kept. Raises Invalid as `keep_file`."""
    last = name.rpartition("/")[2]
    refuse_kind(path, last)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with tempfile.TemporaryDirectory(dir=services.blobs.partial) as pictures:
        return digest, services.examiner.examine(path, last, Path(pictures))
