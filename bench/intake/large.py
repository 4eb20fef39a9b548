"""A very large ZIP of a course, really sent to a real server in parts: what it costs, what comes out, and whether all is well.

    python -m bench.intake.large [MB]

Not among the measurements of `make bench`: it writes several times its size (2,048 MB unless told) to the disk.
"""

import base64
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.instance import Server, begin, command, csrf_token, serving, sign_in
from bench.intake.measure import make_edition
from plugins.training_actions.intake_uploads import PLACE
from plugins.training_actions.models import Intake, IntakeEntry, Participant
from repository.work import SYSTEM, Services, open_look, open_work

MB = 1024 * 1024
PIECE = 8 * MB
FILMS = 5  # four of them stored as they are, one packed though nothing in it can be made smaller
PEOPLE = ("Joana Teles", "José Tavares", "Rui Lopes", "Eva Matos", "Ivo Pires")
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass(frozen=True)
class Figures:
    """Seconds and MB: `sending_mb` and `reading_mb` are how much the server's memory grew at most, from the start."""

    archive_mb: float
    sending_s: float
    sending_mb: float
    reading_s: float
    reading_mb: float
    states: dict[str, int]
    broken_promises: list[str]


def measure(folder: Path, size_mb: int) -> Figures:
    """Make the archive, send it, wait until it is taken in, and check the instance."""
    archive = write(folder / "turma.zip", size_mb)
    services, _actor = begin(folder / "instance")
    edition_id = make_edition(services)
    with open_work(services, SYSTEM) as work:
        work.session.add_all(Participant(edition_id=edition_id, name=name, created_at=work.now) for name in PEOPLE)
    command(folder / "instance", "init")
    with serving(folder / "instance") as server:
        before, browser = server.memory_mb("VmHWM"), sign_in(server)
        page = f"{server.url}/actions/manage/editions/{edition_id}/intake"
        csrf = csrf_token(browser.open(page).read().decode())
        started = time.perf_counter()
        line = send(server, browser, csrf, f"{PLACE}/{edition_id}", archive)
        sending, grown = time.perf_counter() - started, server.memory_mb("VmHWM") - before
        started = time.perf_counter()
        browser.open(page, urllib.parse.urlencode({"csrf_token": csrf, "kept": line}).encode())
        states = wait(services)
        reading = time.perf_counter() - started
        later = server.memory_mb("VmHWM") - before
    command(folder / "instance", "worker", "--until-idle")
    size = archive.stat().st_size / MB
    return Figures(size, sending, grown, reading, later, states, broken_promises(folder / "instance"))


def broken_promises(instance: Path) -> list[str]:
    """Return what `repository check` finds wrong."""
    try:
        said = command(instance, "check", "--json").stdout
    except subprocess.CalledProcessError as error:
        said = error.stdout
    return [f"{row['promise']}: {row['detail']}" for row in json.loads(said)["findings"] if not row["ok"]]


def write(path: Path, size_mb: int) -> Path:
    """Write a ZIP of films that no packing makes smaller, each by somebody, and many small texts."""
    each = size_mb * MB // FILMS
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number, name in enumerate(PEOPLE):
            info = zipfile.ZipInfo(f"Turma/{name}/aula.mp4")
            info.compress_type = zipfile.ZIP_DEFLATED if number == 0 else zipfile.ZIP_STORED
            with archive.open(info, "w", force_zip64=True) as member:
                _film(member, each)
            for text in range(10):
                archive.writestr(f"Turma/{name}/ficha {text}.txt", f"Ficha {text} de {name}: frações com barras")
    return path


def _film(member: Any, size: int) -> None:
    member.write(struct.pack(">I4s", 24, b"ftyp") + b"isom\0\0\2\0isomiso2" + struct.pack(">I4s", 8, b"moov"))
    member.write(struct.pack(">I4s", size - 32, b"mdat"))
    left = size - 40
    while left > 0:
        member.write(os.urandom(min(MB, left)))
        left -= MB


def send(server: Server, browser: Any, csrf: str, target: str, archive: Path) -> str:
    """Send a file in parts as the page does; return the line that tells what has arrived."""
    named = {"filename": archive.name, "target": target}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in named.items())
    headers = TUS | {"X-CSRFToken": csrf, "Upload-Length": str(archive.stat().st_size), "Upload-Metadata": metadata}
    made = browser.open(urllib.request.Request(f"{server.url}/uploads", b"", headers, method="POST"))
    address, offset, answer = urllib.parse.urljoin(server.url, made.headers["Location"]), 0, made
    with archive.open("rb") as file:
        while piece := file.read(PIECE):
            headers = TUS | {"X-CSRFToken": csrf, "Upload-Offset": str(offset)}
            headers["Content-Type"] = "application/offset+octet-stream"
            answer = browser.open(urllib.request.Request(address, piece, headers, method="PATCH"), timeout=600)
            offset += len(piece)
    return str(answer.headers["Upload-File"])


def wait(services: Services) -> dict[str, int]:
    """Wait until the intake is over; return how many of its files are in each state."""
    while True:
        with open_look(services, SYSTEM) as work:
            found = work.session.scalars(select(Intake)).one_or_none()
            if found is not None and found.state not in ("waiting", "running"):
                counted = select(IntakeEntry.state, func.count()).group_by(IntakeEntry.state)
                return {state: count for state, count in work.session.execute(counted)}  # noqa: C416
        time.sleep(0.5)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="partilha-large-") as name:
        print(json.dumps(asdict(measure(Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else 2048)), indent=1))
