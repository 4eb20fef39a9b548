"""A course's files as people name them: 25 people, 60 files, and whose each one is."""

import io
import random
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from docx import Document
from fpdf import FPDF
from pptx import Presentation

GIVEN = (
    "Ana", "Maria", "Joana", "Inês", "Rita", "Sofia", "Helena", "Cátia", "Marta", "Beatriz", "Filipa", "Conceição",
    "Maria João", "Ana Rita", "João", "José", "Rui", "Luís", "Álvaro", "Nuno", "Duarte", "Vítor", "Miguel", "António",
    "João Pedro", "José Manuel", "Tomé", "Simão", "Gonçalo", "Fátima",
)  # fmt: skip
SURNAMES = (
    "Silva", "Santos", "Ferreira", "Pereira", "Oliveira", "Costa", "Rodrigues", "Martins", "Sousa", "Gonçalves",
    "Gomes", "Lopes", "Marques", "Almeida", "Ribeiro", "Pinto", "Carvalho", "Teixeira", "Moreira", "Correia", "Nunes",
    "Simões", "Antunes", "Falcão", "Assunção", "Teles", "Tavares", "Vaz", "Pimentel", "Lourenço", "Sequeira", "Amado",
    "Reis", "Ramalho", "Figueiredo", "Salgueiro", "Batista", "Queirós",
)  # fmt: skip
SUBJECTS = (
    "Frações com barras", "Os rios de Portugal", "Ciclo da água", "Azulejos e simetrias", "Medir o recreio",
    "Verbos irregulares", "Circuitos elétricos", "A célula", "Mapas antigos", "Gráficos de barras", "Poemas em voz alta",
    "Energia em casa", "Jogo da glória das tabuadas", "Robôs no chão", "Tempo e relógios", "Rimas e lengalengas",
    "Estados da matéria", "Lendas da serra", "Ângulos com dobragens", "Orçamento da turma", "Sismos", "Cartas de 1917",
)  # fmt: skip
KINDS = ("ficha", "plano de aula", "sequência", "reflexão", "guião", "trabalho final", "tarefa 2")
SCHOOLS = ("AE da Várzea do Rio", "AE do Alto da Serra", "EB1 do Choupal", "EB1 da Ponte")
CODES = ("110", "230", "500", "300", "510")


@dataclass(frozen=True)
class Person:
    """Somebody of the course, as the participants' list has them."""

    number: int
    name: str
    email: str
    school: str
    group: str
    team: str = ""

    @property
    def first(self) -> str:
        return self.name.split()[0]

    @property
    def last(self) -> str:
        return self.name.split()[-1]


@dataclass
class Course:
    """A course: its people, and its files with the names of their authors (none: nobody can tell)."""

    people: list[Person]
    files: dict[str, bytes] = field(default_factory=dict)
    authors: dict[str, frozenset[str]] = field(default_factory=dict)
    decidable: set[str] = field(default_factory=set)

    def table(self) -> bytes:
        """Return the participants' list as Portuguese Excel writes it: `;` and Windows-1252."""
        lines = ["N.º;Nome;E-mail;Escola;Grupo de recrutamento;Grupo de trabalho"]
        lines += [f"{p.number};{p.name};{p.email};{p.school};{p.group};{p.team}" for p in self.people]
        return ("\r\n".join(lines) + "\r\n").encode("windows-1252")

    def archive(self, encoding: str = "utf-8") -> bytes:
        """Return the files as a ZIP; in cp850 as old Windows wrote it, without saying so."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, data in self.files.items():
                info = zipfile.ZipInfo(path, (2026, 11, 20, 9, 30, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, data)
        data = out.getvalue()
        return data if encoding == "utf-8" else renamed(self.files, encoding)


def renamed(files: dict[str, bytes], encoding: str) -> bytes:
    """Return a ZIP whose names are written in `encoding` and whose flags do not say so."""

    class Old(zipfile.ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:
            return self.filename.encode(encoding, "replace"), self.flag_bits & ~0x800

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in files.items():
            archive.writestr(Old(path, (2026, 11, 20, 9, 30, 0)), data)
    return out.getvalue()


def make_people(chance: random.Random, count: int = 25) -> list[Person]:
    """Return people of different names, some of whom share a first name or a surname; five of them work in two groups."""
    people: list[Person] = []
    seen: set[tuple[str, str]] = set()
    while len(people) < count:
        names = [chance.choice(GIVEN), *chance.sample(SURNAMES, chance.choice((1, 2, 2, 3)))]
        name = f"{names[0]} {' '.join(names[1:])}"
        if chance.random() < 0.2 and len(names) > 2:
            name = f"{names[0]} {names[1]} {chance.choice(('da', 'de', 'dos'))} {' '.join(names[2:])}"
        key = (plain(name.split()[0]), plain(name.split()[-1]))
        if key in seen:
            continue
        seen.add(key)
        local = f"{plain(name.split()[0])}.{plain(name.split()[-1])}{chance.choice(('', '', chance.randint(60, 99)))}"
        team = "3" if len(people) in (2, 7, 11) else "5" if len(people) in (4, 9) else ""
        number = len(people) + 1
        person = Person(number, name, f"{local}@escola.invalid", chance.choice(SCHOOLS), chance.choice(CODES), team)
        people.append(person)
    return sorted(people, key=lambda each: each.number)


def plain(text: str) -> str:
    """Return `text` in small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def bare(text: str) -> str:
    """Return `text` without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


Style = Callable[[Person, str, random.Random], str]
STYLES: tuple[Style, ...] = (
    lambda p, s, r: f"{p.name}/{s}",
    lambda p, s, r: f"{p.number:02} - {p.name}/{s}",
    lambda p, s, r: f"{bare(p.first)}_{bare(p.last)}_{s.replace(' ', '_')}",
    lambda p, s, r: f"{p.last}, {p.first} - {s}",
    lambda p, s, r: f"Cópia de {s} - {p.first} {p.last} (2)",
    lambda p, s, r: f"{bare(p.first)}{bare(p.last)}_{s}",
    lambda p, s, r: f"{p.last} {p.first}/{s}",
    lambda p, s, r: f"{p.name}_{r.randint(100000, 999999)}_assignsubmission_file_/{s}",
    lambda p, s, r: f"{plain(p.email.partition('@')[0])}/{s}",
    lambda p, s, r: f"{p.number} {p.name.upper()} {s}",
    lambda p, s, r: f"{s} {p.first[0]} {p.last}",
    lambda p, s, r: f"{s}_{p.first}_{p.last[0]}",
    lambda p, s, r: f"{p.number:02} - {s}",
    lambda p, s, r: f"{s} ({p.first} {p.last})",
)
HIDDEN: tuple[Style, ...] = (lambda p, s, r: s, lambda p, s, r: f"{r.choice(KINDS)} {p.first[0]} {p.last[0]}")


def make_course(seed: int, files: int = 60) -> Course:
    """Return a course in which most files carry a name in one way or another, some only inside, and a few not at all."""
    chance = random.Random(seed)
    course = Course(make_people(chance))
    for number in range(files):
        person = course.people[number % len(course.people)]
        subject = f"{chance.choice(SUBJECTS)} {number}" if chance.random() < 0.8 else f"{chance.choice(KINDS)} {number}"
        teams = sorted({p.team for p in course.people} - {""})
        if number in (30, 45):
            team = teams[number % len(teams)]
            authors = [p for p in course.people if p.team == team]
            _add(course, f"Grupo {team}/{subject}", authors, chance, told=False, decidable=True)
        elif number in (20, 50):
            other = course.people[(number + 5) % len(course.people)]
            _add(course, f"{person.first} {person.last} e {other.first} {other.last} - {subject}", [person, other], chance,
                 told=False, decidable=True)  # fmt: skip
        elif number % 10 == 3:
            _add(course, chance.choice(HIDDEN)(person, subject, chance), [person], chance, told=True, decidable=True)
        elif number == 41:
            _add(course, subject, [person], chance, told=False, decidable=False)
        else:
            _add(course, chance.choice(STYLES)(person, subject, chance), [person], chance, told=chance.random() < 0.4,
                 decidable=True)  # fmt: skip
    course.files["__MACOSX/._lixo"] = b"x"
    course.files["Thumbs.db"] = b"x"
    return course


def _add(
    course: Course, path: str, people: list[Person], chance: random.Random, *, told: bool, decidable: bool
) -> None:
    ending = chance.choice(("docx", "docx", "docx", "pdf", "pdf", "pptx"))
    path = f"Turma 1/{path}.{ending}"
    if path in course.files:
        path = path.replace(f".{ending}", f" b.{ending}")
    names = [person.name for person in people] if told else []
    # The computer's owner is often somebody else: properties must never decide.
    owner = chance.choice(course.people).name if chance.random() < 0.5 else "Utilizador"
    course.files[path] = document(ending, path.rpartition("/")[2], names, owner, chance)
    course.authors[path] = frozenset(person.name for person in people)
    if decidable:
        course.decidable.add(path)


def document(ending: str, title: str, names: list[str], owner: str, chance: random.Random) -> bytes:
    """Return a small document with the authors' names on its first page, if there are any, and the owner in its properties."""
    lines = [
        f"Atividade {chance.randint(1, 999)}",
        *(f"{chance.choice(('Nome', 'Autora', 'Formando'))}: {n}" for n in names),
    ]
    lines += [" ".join(chance.choices(SUBJECTS, k=12)) for _ in range(4)]
    out = io.BytesIO()
    if ending == "docx":
        word = Document()
        word.core_properties.author = owner
        for line in lines:
            word.add_paragraph(line)
        word.save(out)
    elif ending == "pptx":
        slides = Presentation()
        slides.core_properties.author = owner
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text = lines[0]
        slide.placeholders[1].text = "\n".join(lines[1:])
        slides.save(out)
    else:
        pdf = FPDF()
        pdf.set_author(owner)
        pdf.add_page()
        pdf.set_font("helvetica", size=11)
        for line in lines:
            pdf.multi_cell(0, 7, line.encode("latin-1", "replace").decode("latin-1"), new_x="LMARGIN", new_y="NEXT")
        out.write(bytes(pdf.output()))
    return out.getvalue()


def write(folder: Path, seed: int, files: int = 60) -> Course:
    """Write the ZIP and the participants' list of a course into `folder`, and return the course."""
    folder.mkdir(parents=True, exist_ok=True)
    course = make_course(seed, files)
    (folder / "turma.zip").write_bytes(course.archive("utf-8" if seed % 2 else "cp850"))
    (folder / "formandos.csv").write_bytes(course.table())
    return course
