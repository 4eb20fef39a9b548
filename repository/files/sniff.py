"""What a file truly is: an allow-list of kinds, decided by structure and compared with the name.

Everything here is plain Python over a few kilobytes of the file (images: Pillow's headers), so it may run outside
the child process that reads documents. The one thing it cannot know is whether a locked PDF opens without a
password; it says `encrypted`, and `examine` corrects that.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from repository.errors import DomainError, Invalid
from repository.files.kinds import KINDS, UNKNOWN, known_extension
from repository.files.names import extension
from repository.files.structure import Structure, structure_of
from repository.words import N_

PROBLEMS = ("empty", "truncated", "encrypted", "mislabelled", "polyglot", "not_allowed", "program", "broken", "bomb")
PROGRAMS = frozenset(
    "apk app bat cmd com deb dll dmg exe jar lnk msi msix pif pkg ps1 rpm scr sh vbs wsf".split()  # noqa: SIM905 (a list to be read)
)
STRICT_TEXTS = ("rtf", "svg", "ipynb", "hex")
CONTAINERS = ("zip", "7z", "tar.gz")  # what an unknown name on top of may mean anything
ALSO_GOOD = {  # the structure found → names under which it is no lie
    "mp4": ("m4a",),
    "m4a": ("mp4",),
    "ogg": ("ogv",),
    "pptx": ("ppsx",),
    "ppsx": ("pptx",),
    "h5p": ("zip",),
    "ggb": ("zip",),
}


@dataclass(frozen=True)
class Sniffed:
    """What a file is: its true media type, extension (no dot), family, and one of PROBLEMS or None."""

    media_type: str
    extension: str
    family: str
    problem: str | None


def sniff(path: Path, name: str) -> Sniffed:
    """Return what the file at `path`, given as `name`, truly is; never raises for the file's bytes."""
    ending = extension(name)
    told = known_extension(ending)
    if path.stat().st_size == 0:
        return _answer(told, "empty")
    found = structure_of(path, told)
    says_little = found.extension in (
        None,
        "text",
        *CONTAINERS,
    )  # anything else is what its bytes say, whatever its name
    if found.problem == "program" or (ending in PROGRAMS and says_little):
        return _answer(None, "program")
    if found.extension == "text":
        return _text(found, told, ending)
    if found.extension is None:  # nothing we know
        if told is None or found.problem == "not_allowed":
            return _answer(None, "not_allowed")
        return replace(_answer(told, found.problem or "broken"), media_type=UNKNOWN)
    if told is None and ending and found.extension in CONTAINERS:
        return _answer(None, "not_allowed")
    if found.problem:
        return _answer(found.extension, found.problem)
    if told == found.extension or not ending:
        return _answer(found.extension, None)
    if told in ALSO_GOOD.get(found.extension, ()):
        return _answer(told, None)
    return _answer(found.extension, "mislabelled")


def refusal(sniffed: Sniffed) -> DomainError | None:
    """Return the refusal that this file deserves, or None when it may be kept (with whatever problem it has)."""
    if sniffed.problem == "empty":
        return Invalid(N_("O ficheiro está vazio. Escolha-o outra vez, ou veja se abre no seu computador."), "files")
    if sniffed.problem == "program":
        return Invalid(
            N_(
                "É um programa e não pode ser guardado aqui, porque pode fazer mal a quem o abre. Junte o que fez com ele, ou "
                "a ligação para o sítio de onde se descarrega."
            ),
            "files",
        )
    if sniffed.problem == "not_allowed":
        return Invalid(
            N_("Este tipo de ficheiro não pode ser guardado aqui. Guarde-o como PDF, ou junte-o num ficheiro ZIP."),
            "files",
        )
    return None


def refusal_announced(name: str, size: int) -> DomainError | None:
    """Return the refusal that a file of this name and `size` in bytes deserves whatever it holds, or None.

    An ending without a letter ("Ficha 3.1") is no kind of file: what such a file is, its bytes tell.
    """
    ending = extension(name)
    if any(char.isalpha() for char in ending) and known_extension(ending) is None:
        return refusal(_answer(None, "program" if ending in PROGRAMS else "not_allowed"))
    return refusal(_answer(known_extension(ending), "empty")) if size == 0 else None


def refusal_of(path: Path, name: str) -> DomainError | None:
    """Return why the file at `path`, given as `name`, is not kept, or None when it may be."""
    return refusal_announced(name, path.stat().st_size) or refusal(sniff(path, name))


def _text(found: Structure, told: str | None, ending: str) -> Sniffed:
    """Decide among the kinds that are text: their structure is weak, so that the name decides what is possible."""
    if told is None and ending:
        return _answer(None, "not_allowed")
    told = told or "txt"
    likeliest = found.may_be[0]
    if found.problem == "polyglot":
        return replace(_answer(likeliest, "polyglot"), media_type=UNKNOWN)
    if told in found.may_be:
        return _answer(told, found.problem)
    if likeliest == "txt" and told in STRICT_TEXTS:
        return _answer(likeliest, "broken")
    return _answer(likeliest, found.problem or "mislabelled")


def _answer(known: str | None, problem: str | None) -> Sniffed:
    if known is None:
        return Sniffed(UNKNOWN, "", "other", problem)
    kind = KINDS[known]
    media_type = UNKNOWN if problem == "empty" else kind.media_type
    return Sniffed(media_type, kind.extension, kind.family, problem)
