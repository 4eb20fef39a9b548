"""The child process of `examine`: it holds the limits, reads tasks from a pipe and answers in JSON.

Anything that a library prints goes nowhere; the answers leave through a descriptor that only this module knows.
"""

import errno
import json
import os
import queue
import resource
import sys
import threading
import traceback
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from repository.files.blobs import FULL
from repository.files.cleaning import clean
from repository.files.examine import MEMORY_EXIT, THUMBNAIL, Limits
from repository.files.extract import extract
from repository.files.extract.pdf import open_pdf
from repository.files.extraction import Extraction
from repository.files.faults import Bomb, Broken, Encrypted, Signed, TooBig
from repository.files.sniff import Sniffed, sniff
from repository.files.thumbnails import page_images, thumbnail

FAULTS = {
    Bomb: "bomb",
    Encrypted: "encrypted",
    Signed: "signed",
    Broken: "broken",
    TooBig: "too_large",
    RecursionError: "broken",
}
MB = 1024 * 1024
SMALL_STACK = 256 * 1024


class Answers:
    """Writes answers, and remembers the first fault."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def say(self, **known: object) -> None:
        """Write one line."""
        data = json.dumps(known).encode("ascii") + b"\n"
        while data:
            data = data[os.write(self.fd, data) :]


def main() -> None:
    """Answer tasks until the pipe closes."""
    limits = Limits(**json.loads(sys.argv[1]))
    answers = Answers(_private_output())
    _confine(limits)
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.stack_size(SMALL_STACK)
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while True:
        task = json.loads(tasks.get())
        _allow_cpu(limits)
        try:
            failure = _do(answers, limits, task)
        except MemoryError:
            os._exit(MEMORY_EXIT)
        except OSError as error:
            if error.errno not in FULL:
                raise
            answers.say(disk_full=True)
            failure = None
        answers.say(failure=failure)
        answers.say(done=True)


def _do(answers: Answers, limits: Limits, task: dict[str, Any]) -> str | None:
    path = Path(task["path"])
    _allow_output(limits, path.stat().st_size if "clean" in task else 0)
    if "clean" not in task:
        return examine(answers, path, task["name"], Path(task["derived"]), task["previews"])
    try:
        clean(path, task["name"], Path(task["clean"]))
    except Exception as error:
        return _word(error, answers)
    return None


def _private_output() -> int:
    """Return a copy of standard output, whose usual number leads nowhere from now on."""
    private = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return private


def _confine(limits: Limits) -> None:
    memory = limits.memory_mb * MB
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    _allow_output(limits, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)


def _allow_output(limits: Limits, more: int) -> None:
    """Let the next task write files of the usual size, or as large as the file that it writes anew."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output_mb * MB + more, hard))


def _allow_cpu(limits: Limits) -> None:
    """Give the next file its seconds, on top of what this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + limits.cpu_seconds + 1, hard))


def _listen(tasks: "queue.SimpleQueue[bytes]") -> None:
    """Pass the lines on; leave at once when the other end is gone, whatever is being read."""
    for line in sys.stdin.buffer:
        tasks.put(line)
    os._exit(0)


def examine(answers: Answers, path: Path, name: str, derived: Path, previews: bool) -> str | None:
    """Say all that is found, each part as soon as it is known; return the first fault."""
    sniffed = sniff(path, name)
    if sniffed.problem == "encrypted" and sniffed.extension == "pdf" and _opens(path):
        sniffed = replace(sniffed, problem=None)
    answers.say(sniffed=asdict(sniffed))
    if sniffed.problem in ("empty", "not_allowed", "program"):
        return None
    if sniffed.problem in ("bomb", "encrypted"):
        return sniffed.problem
    extraction, fault = None, None
    try:
        extraction = extract(path, sniffed.media_type, name)
        answers.say(extraction=asdict(extraction) if extraction else None)
    except Exception as error:
        fault = _word(error, answers)
    return _pictures(answers, path, sniffed, derived, previews, extraction, fault)


def _pictures(
    answers: Answers,
    path: Path,
    sniffed: Sniffed,
    derived: Path,
    previews: bool,
    extraction: Extraction | None,
    fault: str | None,
) -> str | None:
    if fault in ("bomb", "encrypted"):
        return fault
    try:
        answers.say(thumbnail=thumbnail(path, sniffed.media_type, derived / THUMBNAIL, extraction=extraction))
        if previews and sniffed.extension == "pdf":
            answers.say(previews=page_images(path, derived))
    except Exception as error:
        return fault or _word(error, answers)
    return fault


def _word(error: Exception, answers: Answers) -> str:
    """Return the word for a fault; what no reader foresaw is also told with its place, never with words of the file."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in FULL):
        raise error
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return "too_large"
    for kind, word in FAULTS.items():
        if isinstance(error, kind):
            return word
    place = traceback.extract_tb(error.__traceback__)[-1]
    answers.say(unforeseen=f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}")
    return "broken"


def _opens(path: Path) -> bool:
    """Say whether a locked PDF opens without a password: many only forbid printing."""
    try:
        open_pdf(path).close()
    except (Encrypted, Broken):
        return False
    return True


if __name__ == "__main__":
    main()
