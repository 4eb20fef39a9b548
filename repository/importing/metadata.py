"""What a table says about the files of an import, checked as a whole before anything is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from repository.errors import DomainError, Invalid
from repository.items import LIMITS
from repository.tables import Row, match_columns, read_table
from repository.vocabularies import Vocabularies
from repository.words import N_

COLUMNS: dict[str, tuple[str, ...]] = {
    "file": ("ficheiro", "ficheiros", "nome do ficheiro", "caminho", "filename"),
    "title": ("título", "títulos", "designação", "nome do recurso", "nome do material"),
    "summary": ("resumo", "descrição", "sinopse", "sumário", "description", "abstract"),
    "level": ("nível", "níveis", "nível de ensino", "ciclo", "ciclo de ensino", "levels"),
    "year": ("ano", "anos", "ano de escolaridade", "anos de escolaridade", "years"),
    "group": ("grupo", "grupos", "grupo de recrutamento", "grupo disciplinar", "groups"),
    "discipline": ("disciplina", "disciplinas", "área disciplinar", "componente curricular", "subject", "disciplines"),
    "type": ("tipo", "tipo de recurso", "tipo de material", "resource type"),
    "licence": ("licença", "direitos", "licença de utilização", "license"),
    "language": ("língua", "idioma", "lang"),
    "keywords": ("palavras-chave", "palavra-chave", "descritores", "etiquetas", "tags", "keyword"),
    "action": ("ação", "ação de formação", "formação", "curso", "turma"),
    "author": ("autor", "autores", "autor(es)", "autoria", "formando", "authors"),
    "email": ("e-mail", "correio", "correio eletrónico", "endereço de correio", "e-mail do autor", "emails"),
    "adapts": ("adapta", "adaptado de", "adaptação de", "baseado em"),
}
LISTS = {"level": "levels", "year": "years", "group": "groups", "discipline": "disciplines"}
SINGLE = {"type": "types", "licence": "licences", "language": "languages"}
EXTRA = ("action", "adapts")
MOST_TOLD = 50


class TableRefused(Invalid):
    """A table with wrong rows; `problems` are all of them (up to fifty), each a sentence with its row's number."""

    def __init__(self, problems: Sequence[Invalid]) -> None:
        super().__init__(N_("A tabela tem erros e nada foi importado."))
        self.problems = problems[:MOST_TOLD]

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *map(str, self.problems)])


@dataclass
class Described:
    """What is said about one item: `values` for the core's fields, `authors` as (name, address), `extra` for plugins.

    `files` are as the table writes them, with the number of their row.
    """

    files: list[tuple[str, int]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    authors: list[tuple[str, str]] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)


def parts(cell: str) -> list[str]:
    """Return the values of a cell, which are separated by |."""
    return [part.strip() for part in cell.split("|") if part.strip()]


def resolve(vocabularies: Vocabularies, given: Mapping[str, str]) -> tuple[dict[str, Any], list[DomainError]]:
    """Return the item's values for what people wrote, and a refusal for each word that no vocabulary knows."""
    values: dict[str, Any] = {name: given[name] for name in ("title", "summary") if given.get(name)}
    if given.get("keywords"):
        values["keywords"] = parts(given["keywords"])
    refused: list[DomainError] = []
    for name, vocabulary in (LISTS | SINGLE).items():
        codes = []
        for text in parts(given.get(name, "")):
            code = vocabularies[vocabulary].find(text)
            if code is None:
                refused.append(Invalid(N_("«%(text)s» não se conhece em %(name)s"), name, text=text, name=name))
            else:
                codes.append(code)
        if len(codes) > 1 and name in SINGLE:
            refused.append(Invalid(N_("só pode haver um valor em %(name)s"), name, name=name))
        if codes:
            values[name] = codes if name in LISTS else codes[0]
    return values, refused


def read_metadata(data: bytes, vocabularies: Vocabularies) -> tuple[list[Described], tuple[str, ...]]:
    """Return what is said of each item, and the columns that nobody knows. Rows of one title and author are one item.

    Raises TableRefused with every wrong row, and Invalid for a table that cannot be read at all.
    """
    table = read_table(data)
    columns = match_columns(table.header, COLUMNS, ("file",))
    problems: list[Invalid] = []
    found: dict[tuple[object, ...], Described] = {}
    for row in table.rows:
        cells = {name: row.cells.get(word, "") for name, word in columns.found.items()}
        described = _described(row, cells, vocabularies, problems)
        key = (
            (cells.get("title", "").casefold(), cells.get("author", "").casefold())
            if cells.get("title")
            else (row.number,)
        )
        if key in found:
            _join(found[key], described)
        else:
            found[key] = described
    if problems:
        raise TableRefused(problems)
    return list(found.values()), columns.unknown


def _described(row: Row, cells: Mapping[str, str], vocabularies: Vocabularies, problems: list[Invalid]) -> Described:
    values, refused = resolve(vocabularies, cells)
    problems += [Invalid(N_("Linha %(row)s: %(why)s."), row=row.number, why=error) for error in refused]
    problems += [
        Invalid(N_("Linha %(row)s: «%(name)s» tem mais de %(most)s caracteres."), row=row.number, name=name, most=most)
        for name, most in LIMITS.items()
        if len(cells.get(name, "")) > most
    ]
    files = parts(cells["file"])
    if not files:
        problems.append(Invalid(N_("Linha %(row)s: falta o nome do ficheiro."), row=row.number))
    names, addresses = parts(cells.get("author", "")), parts(cells.get("email", ""))
    if len(addresses) > len(names):
        problems.append(Invalid(N_("Linha %(row)s: há mais endereços do que autores."), row=row.number))
    return Described(
        files=[(file.replace("\\", "/").removeprefix("./"), row.number) for file in files],
        values=values,
        authors=[(name, addresses[n] if n < len(addresses) else "") for n, name in enumerate(names)],
        extra={name: cells[name] for name in EXTRA if cells.get(name)},
    )


def _join(item: Described, more: Described) -> None:
    """Add a row to the item that earlier rows began: lists grow, what was said once stays."""
    item.files += more.files
    for name, value in more.values.items():
        if isinstance(value, list):
            item.values[name] = list(dict.fromkeys([*item.values.get(name, []), *value]))
        else:
            item.values.setdefault(name, value)
    item.extra = more.extra | item.extra
