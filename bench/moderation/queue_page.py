"""How soon the queue's page is there when a thousand materials wait."""

import statistics
import time
from pathlib import Path

from bench.instance import begin, serving, sign_in
from plugins.moderation.acts import WAITING
from plugins.moderation.models import Review, ReviewFinding
from repository.models import Item, State
from repository.work import SYSTEM, Services, open_work

PENDING, COURSES, WARNED, TIMES = 1_000, 6, 3, 20


def measure(folder: Path) -> float:
    """Return the median of twenty answers to one who decides, in seconds, over real HTTP."""
    services, _ = begin(folder)
    fill(services)
    services.close()
    taken = []
    with serving(folder) as server:
        browser = sign_in(server)
        for _ in range(TIMES):
            started = time.perf_counter()
            page = browser.open(f"{server.url}/moderation").read()
            taken.append(time.perf_counter() - started)
            if b'data-key="j"' not in page:
                raise RuntimeError("the queue is empty")
    return statistics.median(taken)


def fill(services: Services) -> None:
    """Let a thousand materials of six courses wait, checked, a third of them with a warning."""
    with open_work(services, SYSTEM) as work:
        for number in range(PENDING):
            item = Item(
                kind="digital",
                state=State.SUBMITTED,
                title=f"Material {number}",
                licence="CC-BY-4.0",
                created_at=work.now,
                updated_at=work.now,
                submitted_at=work.now,
                keywords=[],
                proposed=[],
            )
            work.session.add(item)
            work.session.flush()
            review = Review(
                item_id=item.id,
                state=WAITING,
                collection_key=f"edition:{number % COURSES}",
                collection_label=f"Formação {number % COURSES}",
                warnings=number % WARNED == 0,
                checked_at=work.now,
                submitted_at=work.now,
            )
            if review.warnings:
                review.findings.append(ReviewFinding(code="words", reason="O título está em maiúsculas."))
            work.session.add(review)
