"""The pictures that the tour and the guides show: what is seen first on a page, small enough to lie in the repository."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:  # a test reads the names of the pictures where there may be no browser
    from playwright.sync_api import Page

LARGEST = 80_000
QUALITIES = (85, 75, 65, 50, 35)
ITEM = "main a[href^='/items/']"
FRACTIONS = "/search?q=fra%C3%A7%C3%B5es+a+dobrar+papel"


@dataclass(frozen=True)
class Shot:
    """A picture: where to go, the link to follow from there, and what is to stand at the top."""

    name: str
    role: str
    path: str
    follow: tuple[str, ...] = ()
    at: str = ""
    width: int = 1280
    scheme: str = "light"


SHOTS = (
    Shot("inicio", "visitor", "/"),
    Shot("inicio-telemovel", "visitor", "/", width=390, scheme="dark"),
    Shot("pesquisa", "visitor", "/search?q=fichas+de+fra%C3%A7%C3%B5es+3.%C2%BA+ano"),
    Shot("nada", "visitor", "/search?q=fra%C3%A7%C3%B5es&level=pre", width=390),
    Shot("material", "visitor", FRACTIONS, (ITEM,)),
    Shot("lado-a-lado", "visitor", "/search?q=mapa+da+nossa+sala+ver+de+cima", (ITEM, "a[href*='/beside/']")),
    Shot("nivel-1ciclo", "visitor", "/levels/1ceb"),
    Shot("nivel-secundario", "visitor", "/levels/sec", scheme="dark"),
    Shot("desafios", "visitor", "/levels/challenges"),
    Shot("acao", "visitor", "/actions/1"),
    Shot("ligacao", "trainee", "/u/", width=390),
    Shot("minha", "teacher", "/me"),
    Shot("entregar", "teacher", "/deposit"),
    Shot("experimentei", "teacher", FRACTIONS, (ITEM,), "#level-views-tried", width=390),
    Shot("reservar", "teacher", "/search?q=rob%C3%B4&kind=physical", (ITEM,), "h2:has-text('Quando está livre')"),
    Shot("turma", "trainer", "/me", ("main a[href*='/u/']:has-text('Turma 2')",), "#turma"),
    Shot("fila", "staff", "/moderation"),
    Shot("fila-telemovel", "staff", "/moderation", width=390),
    Shot("acao-inteira", "staff", "/moderation/collections/edition:3"),
    Shot("balcao", "staff", "/loans/desk"),
    Shot("numeros", "staff", "/loans/figures"),
    Shot("relatorio", "head", "/reports"),
    Shot("falta", "head", "/reports/gaps"),
    Shot("administracao", "administrator", "/admin"),
    Shot("sinonimos", "administrator", "/admin/synonyms"),
)


def take(page: "Page", link: str, role: str, width: int, scheme: str, out: Path) -> None:
    """Take the pictures of one role, width and colour scheme into the folder."""
    for shot in SHOTS:
        if (shot.role, shot.width, shot.scheme) == (role, width, scheme):
            go(page, shot.path.replace("/u/", link))
            for selector in shot.follow:
                go(page, str(page.locator(selector).first.get_attribute("href")))
            if shot.at:
                page.locator(shot.at).first.evaluate("element => element.closest('section, div').scrollIntoView()")
            (out / f"tour-{shot.name}.webp").write_bytes(small(page.screenshot()))


def go(page: "Page", path: str) -> None:
    """Open a page and wait for all its pictures; those far down are loaded when they come into sight."""
    page.goto(path, wait_until="networkidle")
    page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach(image => image.loading = 'eager')")
    page.wait_for_load_state("networkidle")


def small(picture: bytes) -> bytes:
    """Return a picture as WebP of at most LARGEST bytes. Raises ValueError when that would spoil it."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    for quality in QUALITIES:
        kept = BytesIO()
        image.save(kept, "WEBP", quality=quality, method=6)
        if len(kept.getvalue()) <= LARGEST:
            return kept.getvalue()
    raise ValueError(f"a picture is larger than {LARGEST} bytes")
