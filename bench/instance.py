"""An instance of its own for a measurement: filled by the ordinary rules, served by a real process."""

import http.cookiejar
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path

from repository import accounts, attachments, items, schema
from repository.house import build_services
from repository.models import FileState, FileText, Membership, Organisation, User
from repository.permissions import actor_of
from repository.work import SYSTEM, Actor, Services, now, open_work

EMAIL, PASSWORD = "bench@exemplo.invalid", "uma frase para medir"
WORDS = [
    "fração",
    "metade",
    "barra",
    "turma",
    "medida",
    "água",
    "planta",
    "célula",
    "energia",
    "texto",
    "leitura",
    "verbo",
    "mapa",
    "rio",
    "clima",
    "século",
    "rei",
    "carta",
    "poema",
    "robô",
    "sensor",
    "programa",
    "ciclo",
    "vapor",
    "nuvem",
    "rocha",
    "solo",
    "luz",
    "sombra",
    "som",
    "força",
    "massa",
    "tempo",
    "gráfico",
    "tabela",
    "média",
    "ângulo",
    "triângulo",
    "círculo",
    "história",
    "lugar",
    "família",
    "escola",
    "amigo",
    "jogo",
    "regra",
    "grupo",
    "pergunta",
    "resposta",
    "ideia",
    "projeto",
    "tarefa",
    "caderno",
    "imagem",
    "filme",
    "música",
]


@dataclass(frozen=True)
class Server:
    """A serving process, its address, and the seconds it took to be ready."""

    process: subprocess.Popen[bytes]
    url: str
    ready_s: float

    def memory_mb(self, field: str = "VmRSS") -> float:
        """Return the memory of the process: VmRSS is now, VmHWM the most it ever was."""
        return memory_mb(self.process.pid, field)


def memory_mb(pid: int, field: str = "VmRSS") -> float:
    """Return the memory of a process, as `/proc/PID/status` calls it."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return 0.0


def busy_s(pid: int) -> float:
    """Return the seconds of processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def begin(folder: Path, plugins: Sequence[str] | None = None) -> tuple[Services, Actor]:
    """Make an instance with one centre and one administrator; `plugins` are the ones that ship, unless named."""
    services = build_services(folder, plugins=plugins)
    schema.upgrade(services)
    with open_work(services, SYSTEM) as work:
        centre = Organisation(kind="centre", name="Centro de medição")
        work.session.add(centre)
        work.session.flush()
        user = accounts.create_user(work, EMAIL, "Medição", PASSWORD)
        user.memberships.append(
            Membership(organisation_id=centre.id, role="administrator", valid_from=date(2020, 1, 1))
        )
    with services.sessions.reading() as session:
        return services, actor_of(session, services.hook, session.get_one(User, user.id), now().date())


def fill(services: Services, actor: Actor, count: int, words: int = 400) -> None:
    """Publish `count` items with a text of `words` words each."""
    chance = random.Random(7)
    for start in range(0, count, 100):
        with open_work(services, actor) as work:
            for number in range(start, min(start + 100, count)):
                publish(services, work, f"Material {number} {chance.choice(WORDS)}", chance.choices(WORDS, k=words))


def publish(services: Services, work, title: str, words: list[str]):
    """Publish one item whose file has been read already."""
    item = items.create_draft(work)
    level = random.Random(title).choice(["pre", "1ceb", "2ceb", "3ceb", "sec"])
    items.describe(work, item, {"title": title, "licence": "CC-BY-4.0", "level": [level], "type": "worksheet"})
    blob = services.blobs.receive(BytesIO(title.encode()), limit=None)
    file = attachments.attach(work, item, blob, "ficha.txt", examined=True)
    file.state = FileState.READY
    work.session.add(FileText(file_id=file.id, page=1, text=" ".join(words)))
    # As the house itself, so that it is published at once where people's items wait for a decision.
    items.submit(replace(work, actor=SYSTEM), item)
    return item


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `repository …` on an instance. Raises CalledProcessError when it fails."""
    run = [sys.executable, "-m", "repository", *words]
    return subprocess.run(run, env=_environment(folder, 0), check=True, capture_output=True, text=True)


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve an instance in a process of its own, with the worker in it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.perf_counter()
    run = [sys.executable, "-m", "repository", "serve"]
    process = subprocess.Popen(
        run, env=_environment(folder, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        while not _answers(f"{url}/readyz"):
            if process.poll() is not None:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        yield Server(process, url, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def sign_in(server: Server) -> urllib.request.OpenerDirector:
    """Return a browser without scripts in which the administrator is signed in."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    token = csrf_token(browser.open(f"{server.url}/login").read().decode())
    known = {"email": EMAIL, "password": PASSWORD, "csrf_token": token}
    browser.open(f"{server.url}/login", urllib.parse.urlencode(known).encode())
    return browser


def csrf_token(page: str) -> str:
    """Return what a page's forms have to carry. Raises ValueError when it has none."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if found is None:
        raise ValueError("the page has no form")
    return found[1]


def _environment(folder: Path, port: int) -> dict[str, str]:
    return os.environ | {"REPOSITORY_INSTANCE": str(folder), "REPOSITORY_PORT": str(port or 8000)}


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
