"""Which files become which items: one each, or as a table says, which is checked before anything is done."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from repository.errors import Invalid
from repository.importing.metadata import Described, TableRefused
from repository.importing.outcome import Line, Outcome
from repository.importing.sources import Listing, SourceFile
from repository.vocabularies import Vocabularies
from repository.words import N_

NEEDED = {"level": N_("Linha %(row)s: falta o nível de ensino."), "licence": N_("Linha %(row)s: falta a licença.")}
NOT_NAMED = Invalid(N_("a tabela não fala deste ficheiro"))


@dataclass(frozen=True)
class Planned:
    """One item to be: its files in order, and what is already known of it."""

    files: tuple[SourceFile, ...]
    values: Mapping[str, Any]
    authors: Sequence[tuple[str, str]] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


def plan_files(listing: Listing, shared: Mapping[str, Any], vocabularies: Vocabularies) -> list[Planned]:
    """Return one item for each file, with the values that all of them share."""
    values = with_levels(shared, vocabularies)
    return [Planned((file,), values) for file in listing.files]


def plan_table(
    listing: Listing,
    described: Sequence[Described],
    shared: Mapping[str, Any],
    vocabularies: Vocabularies,
    *,
    complete: bool,
) -> list[Planned]:
    """Return the items of a table; files that it does not name are left out and said so in `listing.left`.

    What a row says stands over what is shared. With `complete`, each item must say all that publishing needs.
    Raises TableRefused with every row that names no file, a file twice, or too little.
    """
    problems: list[Invalid] = []
    finder = _Finder(listing.files)
    planned = []
    for item in described:
        values = with_levels(dict(shared) | item.values, vocabularies)
        files = tuple(file for name, row in item.files if (file := finder.take(name, row, problems)))
        if complete:
            row = item.files[0][1] if item.files else 0
            problems += [Invalid(words, row=row) for name, words in NEEDED.items() if not values.get(name)]
        planned.append(Planned(files, values, item.authors, item.extra))
    if problems:
        raise TableRefused(problems)
    left = [file for file in listing.files if file.name not in finder.taken]
    listing.left.extend(Line(file.name, Outcome.SKIPPED, (NOT_NAMED,)) for file in left)
    return planned


class _Finder:
    """Finds the file a table means: by its path, whatever the case, or by its name alone where only one has it."""

    def __init__(self, files: Sequence[SourceFile]) -> None:
        self.taken: dict[str, int] = {}
        self._exact = {file.name: file for file in files}
        self._loose: dict[str, list[SourceFile]] = {}
        for file in files:
            for key in {file.name.casefold(), file.name.rpartition("/")[2].casefold()}:
                self._loose.setdefault(key, []).append(file)

    def take(self, name: str, row: int, problems: list[Invalid]) -> SourceFile | None:
        """Return the file, or None after saying in `problems` what is wrong."""
        name = unicodedata.normalize("NFC", name)
        exact = self._exact.get(name)
        possible = [exact] if exact else self._loose.get(name.casefold(), [])
        if len(possible) != 1:
            words = (
                N_("Linha %(row)s: o ficheiro «%(name)s» está em mais do que uma pasta; escreva o caminho.")
                if possible
                else N_("Linha %(row)s: o ficheiro «%(name)s» não está na pasta.")
            )
            problems.append(Invalid(words, row=row, name=name))
            return None
        file = possible[0]
        if file.name in self.taken:
            words = N_("Linha %(row)s: o ficheiro «%(name)s» já está na linha %(other)s.")
            problems.append(Invalid(words, row=row, name=name, other=self.taken[file.name]))
            return None
        self.taken[file.name] = row
        return file


def with_levels(values: Mapping[str, Any], vocabularies: Vocabularies) -> dict[str, Any]:
    """Return the values with the levels that follow from the years, or else from the groups, where none is said."""
    filled = dict(values)
    if not filled.get("level"):
        levels = [level for year in filled.get("year", ()) if (level := vocabularies.level_of_year(year))]
        if not levels:
            levels = [
                code for group in filled.get("group", ()) for code in vocabularies.suggest_from_group(group).levels
            ]
        if levels:
            filled["level"] = list(dict.fromkeys(levels))
    return filled
