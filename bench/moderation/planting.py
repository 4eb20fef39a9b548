"""Materials with and without faults: sentences of the demonstration materials in new orders, as real files.

Every name, number and address planted here is made up; numbers carry right check digits so that they look real.
"""

import io
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib.resources import files

from docx import Document
from fpdf import FPDF
from PIL import Image, ImageDraw

NAMES = (
    "Ana",
    "Bruno",
    "Carolina",
    "Duarte",
    "Eva",
    "Francisco",
    "Gabriela",
    "Hugo",
    "Inês",
    "Jaime",
    "Lara",
    "Miguel",
)
SURNAMES = (
    "Silva",
    "Costa",
    "Pereira",
    "Lopes",
    "Marques",
    "Teixeira",
    "Nunes",
    "Matos",
    "Rocha",
    "Pinto",
    "Vaz",
    "Reis",
)
_SENTENCE = re.compile(r"[A-ZÁÉÍÓÚÂÊÔÃÕÇ][^.!?\n|*#_`]{30,160}[.!?]")


@dataclass(frozen=True)
class Made:
    """One material to hand in: its files by name, its words, and the code of the planted fault (empty: none)."""

    title: str
    files: dict[str, bytes]
    fault: str = ""
    summary: str = "Uma proposta de trabalho para a aula, com tarefas e perguntas."
    licence: str = "CC-BY-4.0"
    language: str = "pt-PT"
    level: str = "2ceb"
    sentences: tuple[str, ...] = field(default=())


def corpus() -> list[str]:
    """Return the sentences of the Portuguese demonstration materials."""
    folder = files("repository.demo") / "materials"
    found: list[str] = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        told = tomllib.loads(path.read_text("utf-8"))
        if told.get("language", "pt-PT") == "pt-PT":
            for file in told.get("files", ()):
                found += _SENTENCE.findall(file.get("text", ""))
    return found


def pdf(lines: list[str], *, gap: int = 6) -> bytes:
    """Return a PDF with one paragraph a line."""
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=11)
    for line in lines:
        page.multi_cell(0, gap, line.encode("latin-1", "replace").decode("latin-1"), new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def docx(lines: list[str], table: list[list[str]] | None = None) -> bytes:
    """Return a Word document with one paragraph a line, and a table at its end."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for row, cells in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def picture(chance: random.Random, kind: str = "JPEG", *, gps: bool = False, size: int = 900) -> bytes:
    """Return a picture of coloured shapes; with `gps` it carries a place, as a telephone writes it."""
    image = Image.new("RGB", (size, size * 3 // 4), (chance.randrange(256), chance.randrange(256), 200))
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = chance.randrange(size), chance.randrange(size)
        edge = chance.randrange(80, size // 2)
        shade = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        draw.rectangle((x, y, x + edge, y + edge // 2), fill=shade)
    out = io.BytesIO()
    exif = Image.Exif()
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 12.0, 30.0), 3: "W", 4: (8.0, 25.0, 0.0)})
    image.save(out, kind, **({"exif": exif} if gps else {}))
    return out.getvalue()


def scan(chance: random.Random, pages: int = 7) -> bytes:
    """Return a PDF whose pages are pictures, as a copier makes it."""
    document = FPDF()
    for _ in range(pages):
        document.add_page()
        document.image(io.BytesIO(picture(chance, size=400)), x=10, y=10, w=180)
    return bytes(document.output())


class Sower:
    """Makes materials from one seed; the same seed makes the same ones."""

    def __init__(self, seed: int = 11) -> None:
        """Begin with the demonstration materials' sentences."""
        self.chance = random.Random(seed)
        self.sentences = corpus()
        self.made = 0

    def clean(self) -> Made:
        """Return a material with nothing wrong."""
        self.made += 1
        lines = self.chance.sample(self.sentences, 28)
        lines.insert(3, "Nome: ____________________  N.º: ____  Turma: ____")
        kind = ("pdf", "docx", "jpg")[self.made % 3]
        title = f"{' '.join(lines[0].split()[:6]).rstrip('.,;:?!')} ({self.made})"
        content = docx(lines) if kind == "docx" else pdf(lines)
        named = {f"guia {self.made}.{'pdf' if kind == 'jpg' else kind}": content}
        if kind == "jpg":
            named[f"cartaz {self.made}.jpg"] = picture(self.chance)
        return Made(title, named, sentences=tuple(lines))

    def faulty(self, known: list[Made]) -> Iterator[Made]:
        """Yield forty materials with one planted fault each; copies are copies of some of `known`."""
        for code, makers in FAULTS.items():
            for maker in makers:
                yield replace(maker(self, self.clean(), known), fault=code)

    def people(self, count: int) -> list[str]:
        """Return made-up names."""
        pick = self.chance.choice
        return [f"{pick(NAMES)} {pick(SURNAMES)} {pick(SURNAMES)}" for _ in range(count)]


Maker = Callable[[Sower, Made, list[Made]], Made]


def _with_lines(*more: str, kind: str = "pdf") -> Maker:
    def make(_sower: Sower, plain: Made, _known: list[Made]) -> Made:
        lines = [*plain.sentences[:10], *more, *plain.sentences[10:]]
        return replace(plain, files={f"guia.{kind}": (pdf if kind == "pdf" else docx)(lines)})

    return make


def _said(**values: str) -> Maker:
    return lambda _sower, plain, _known: replace(plain, **values)  # type: ignore[arg-type]


def _same(sower: Sower, plain: Made, known: list[Made]) -> Made:
    name, content = next(iter(sower.chance.choice(known).files.items()))
    return replace(plain, files={f"copia {name}": content})


def _nearly(share: float) -> Maker:
    def make(sower: Sower, plain: Made, known: list[Made]) -> Made:
        source = sower.chance.choice([made for made in known if len(made.sentences) > 20])
        words = " § ".join(source.sentences).split(" ")
        for place in sower.chance.sample(range(len(words)), int(len(words) * share)):
            words[place] = words[place] if words[place] == "§" else sower.chance.choice(("outro", "caderno", "grupo"))
        return replace(plain, files={"guia revisto.docx": docx(" ".join(words).split(" § "))})

    return make


def _picture_again(sower: Sower, plain: Made, known: list[Made]) -> Made:
    source = sower.chance.choice([made for made in known if any(name.endswith(".jpg") for name in made.files)])
    content = next(content for name, content in source.files.items() if name.endswith(".jpg"))
    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image:
        image.resize((640, 480)).save(out, "JPEG", quality=60)
    return replace(plain, files=plain.files | {"imagem.jpg": out.getvalue()})


def _numbered_list(sower: Sower, plain: Made, _known: list[Made]) -> Made:
    people = [f"{n}  {name}" for n, name in enumerate(sower.people(18), 1)]
    return replace(plain, files={"turma.pdf": pdf([*plain.sentences[:4], "Alunos da turma 5.º B", *people])})


def _list_in_table(sower: Sower, plain: Made, _known: list[Made]) -> Made:
    rows = [["N.º", "Nome do aluno"], *([str(n), name] for n, name in enumerate(sower.people(15), 1))]
    return replace(plain, files={"grupos.docx": docx(list(plain.sentences[:6]), rows)})


def _marks(sower: Sower, plain: Made, _known: list[Made]) -> Made:
    rows = [["Nome", "1.º P", "2.º P"]]
    rows += [[name, str(sower.chance.randint(8, 20)), str(sower.chance.randint(8, 20))] for name in sower.people(12)]
    return replace(plain, files={"pauta.docx": docx(list(plain.sentences[:6]), rows)})


def _marks_in_lines(sower: Sower, plain: Made, _known: list[Made]) -> Made:
    lines = [f"{name} - {sower.chance.choice(('Bom', 'Suficiente', 'Muito Bom'))}" for name in sower.people(9)]
    return replace(plain, files={"avaliacao.pdf": pdf([*plain.sentences[:5], "Classificações da turma", *lines])})


def _gps(sower: Sower, plain: Made, _known: list[Made]) -> Made:
    return replace(plain, files={"foto.jpg": picture(sower.chance, gps=True)})


def _scan(sower: Sower, plain: Made, _known: list[Made]) -> Made:
    return replace(plain, files={"manual.pdf": scan(sower.chance)})


def _cut_short(_sower: Sower, plain: Made, _known: list[Made]) -> Made:
    content = docx(list(plain.sentences))
    return replace(plain, files={"plano.docx": content[: len(content) // 2]})


def _locked(_sower: Sower, plain: Made, _known: list[Made]) -> Made:
    page = FPDF()
    page.set_encryption(owner_password="dono", user_password="segredo")
    page.add_page()
    page.set_font("helvetica", size=11)
    page.multi_cell(0, 6, "Plano da aula", new_x="LMARGIN", new_y="NEXT")
    return replace(plain, files={"plano.pdf": bytes(page.output())})


ENGLISH = (
    "The pupils work in small groups and write down what they see before they talk about it with the class.",
    "Each group gets a sheet with questions about the story and answers them in full sentences.",
    "At the end of the lesson the teacher asks what was hard and what they would like to do again.",
    "Read the text with a partner, and then tell your own words to another pair in the room.",
    "When they have finished, they look for three words that are new to them and find out what they mean.",
)
FAULTS: dict[str, tuple[Maker, ...]] = {
    "licence": (_said(licence=""), _said(licence="")),
    "publisher": (
        _with_lines("© 2019 Porto Editora. Todos os direitos reservados."),
        _with_lines("É proibida a reprodução desta obra por qualquer meio."),
        _with_lines("Caderno de atividades. ISBN 978-972-0-00001-9"),
    ),
    "copy": (_same, _same, _same),
    "similar": (_nearly(0.02), _nearly(0.05), _nearly(0.08), _nearly(0.1)),
    "picture": (_picture_again, _picture_again),
    "file": (_cut_short, _locked),
    "scan": (_scan, _scan, _scan),
    "hidden": (_gps, _gps),
    "class_list": (_numbered_list, _numbered_list, _list_in_table, _list_in_table, _marks, _marks_in_lines),
    "pupil_name": (
        _with_lines("Nome: Beatriz Rocha Pinto   N.º: 7   Turma: 5.º B"),
        _with_lines("Aluno: Tomás Vaz Reis", kind="docx"),
    ),
    "contact": (
        _with_lines("Encarregada de educação: telemóvel 912 345 670"),
        _with_lines("Dúvidas: marta.teixeira.nunes@correio-exemplo.pt", kind="docx"),
        _with_lines("NIF do encarregado de educação: 245 678 913"),
        _with_lines("Visita de estudo: transferir para PT50 0002 0123 1234 5678 9015 4"),
        _with_lines("Contacto da mãe: +351 961234567"),
    ),
    "language": (_with_lines(*ENGLISH * 12), _said(language="fr")),
    "words": (
        _said(title="FICHA DE TRABALHO SOBRE AS FRAÇÕES"),
        _said(title="Documento1"),
        _said(summary=""),
        _said(title="IMG_20261109"),
    ),
}
