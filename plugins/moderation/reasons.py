"""Texts that are ready to adapt, and the criteria of the rubric: shipped ones, or the centre's own."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from repository.api import N_, Invalid, in_language

SHIPPED = Path(__file__).parent / "reasons"
CATALOGUES = Path(__file__).parent / "translations"
CRITERIA = (
    N_("Serve numa aula tal como está"),
    N_("Diz a quem se destina"),
    N_("Diz de onde vem o que é de outros"),
    N_("Não mostra nem nomeia alunos"),
)
KINDS = ("ask", "return", "decline")


@dataclass(frozen=True)
class Reason:
    """A text that is ready to adapt, by its short title."""

    title: str
    text: str


def reasons_for(settings: Mapping[str, Any], locale: str) -> dict[str, list[Reason]]:
    """Return the texts for asking, returning and declining, in the language of those who will read them.

    The setting `moderation_reasons` names a folder with files such as pt_PT.toml. Raises Invalid for one that is broken.
    """
    folder = Path(settings["moderation_reasons"]) if settings["moderation_reasons"] else SHIPPED
    known = (locale, "pt_PT") if locale.startswith("pt") else (locale, "en", "pt_PT")
    wanted = (*(folder / f"{code}.toml" for code in known), SHIPPED / "pt_PT.toml")
    return _read(next(path for path in wanted if path.is_file()))


@lru_cache(maxsize=16)
def _read(path: Path) -> dict[str, list[Reason]]:
    try:
        said = tomllib.loads(path.read_text("utf-8"))
        return {
            kind: [Reason(str(row["title"]), str(row["text"]).strip()) for row in said.get(kind, ())] for kind in KINDS
        }
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise Invalid(N_("%(file)s não se consegue ler: %(error)s"), file=path.name, error=str(error)) from error


def criteria(settings: Mapping[str, Any], locale: str) -> list[str]:
    """Return the criteria of the rubric: those of the setting, separated by semicolons, or the shipped ones."""
    own = [" ".join(line.split()) for line in settings["moderation_rubric"].split(";")]
    return [line for line in own if line] or [in_language(line, locale, CATALOGUES) for line in CRITERIA]
