"""What a report says in sentences: the year in a few lines, its four figures, and the finding above each picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from plugins.reports.grids import Number
from plugins.reports.pages.tables import GapTable, Table, shown
from plugins.reports.yearly import Yearly
from repository.api import N_

FACTS = ("share", "decision_days", "downloaded", "lent", "published", "adapted", "seen")
UNDER = {
    "share": N_("dos formandos entregaram"),
    "decision_days": N_("dias até decidir (mediana)"),
    "downloaded": N_("descarregamentos"),
    "lent": N_("empréstimos"),
    "published": N_("materiais publicados"),
    "adapted": N_("adaptações publicadas"),
    "seen": N_("visitas a materiais"),
}
MOST_FACTS = 4


@dataclass(frozen=True)
class Fact:
    """A figure of the year, what it counts, and what it was a year before."""

    number: str
    words: str
    before: str


def year_words(year: int) -> str:
    """Return a school year as people write it: 2026/2027."""
    return f"{year}/{year + 1}"


def sentences(found: Yearly) -> list[str]:
    """Return the year in a few sentences, of what is known."""
    told = [_published(found)]
    expected, delivered = _told(found.total("expected")), _told(found.total("delivered"))
    if expected and delivered is not None:
        told.append(
            gettext(
                "Entregaram %(some)s de %(all)s formandos (%(share)s).",
                some=shown(delivered),
                all=shown(expected),
                share=percent(delivered, expected),
            )
        )
    used = [words for name, words in _used(found) if found.total(name)]
    if used:
        told.append(gettext("No mesmo ano, houve %(list)s.", list=_listed(used)))
    return told


def _told(number: Number) -> float | None:
    return number if isinstance(number, int | float) else None


def _published(found: Yearly) -> str:
    number, actions = int(_told(found.total("published")) or 0), found.actions
    if not number:
        return gettext("Não se publicou nenhum material.")
    if not actions:
        return ngettext("Publicou-se %(num)s material.", "Publicaram-se %(num)s materiais.", number)
    return ngettext(
        "Publicou-se %(num)s material, num ano com %(actions)s ações de formação.",
        "Publicaram-se %(num)s materiais, num ano com %(actions)s ações de formação.",
        number,
        actions=shown(actions),
    )


def _used(found: Yearly) -> list[tuple[str, str]]:
    number = {name: int(_told(found.total(name)) or 0) for name in ("downloaded", "adapted", "lent")}
    return [
        (
            "downloaded",
            ngettext(
                "%(n)s descarregamento", "%(n)s descarregamentos", number["downloaded"], n=shown(number["downloaded"])
            ),
        ),
        ("adapted", ngettext("%(n)s adaptação", "%(n)s adaptações", number["adapted"], n=shown(number["adapted"]))),
        ("lent", ngettext("%(n)s empréstimo", "%(n)s empréstimos", number["lent"], n=shown(number["lent"]))),
    ]


def _listed(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return str(gettext("%(some)s e %(last)s", some=", ".join(words[:-1]), last=words[-1]))


def percent(part: float, whole: float) -> str:
    """Return a share in whole percent."""
    return f"{shown(round(100 * part / whole))}\u00a0%"


def facts(found: Yearly) -> list[Fact]:
    """Return the four figures of the year that are known and told, with those of the year before."""
    told: list[Fact] = []
    for name in FACTS:
        if len(told) < MOST_FACTS and (now := _fact(found.total, name)):
            before = _fact(found.before, name)
            was = gettext("%(number)s no ano anterior", number=before) if before else ""
            told.append(Fact(now, gettext(UNDER[name]), was))
    return told


def _fact(total: Callable[[str], Number], name: str) -> str:
    if name == "share":
        expected, delivered = _told(total("expected")), _told(total("delivered"))
        return percent(delivered, expected) if expected and delivered is not None else ""
    number = total(name)
    return shown(number) if number else ""


def finding_of_levels(table: Table) -> str:
    """Return what a picture of the levels shows: which has the most."""
    found = sorted(table.column("published"), key=lambda pair: -pair[1])
    named = [line.words for line, _ in found if line.code]
    if not named:
        return gettext("Materiais por nível")
    if len(found) > 1 and found[0][1] == found[1][1]:
        return gettext("Mais do que um nível à frente, com o mesmo número")
    return gettext("Mais materiais: %(level)s", level=named[0])


def finding_of_downloads(table: Table) -> str:
    """Return what a picture of several years shows: how the downloads of the last differ from those of the one before."""
    numbers = [number for _, number in table.column("downloaded")]
    if len(numbers) < 2 or not numbers[-2]:
        return gettext("O primeiro ano com descarregamentos")
    change = round(100 * (numbers[-1] - numbers[-2]) / numbers[-2])
    if not change:
        return gettext("Descarregou-se o mesmo que no ano anterior")
    if change >= 200:
        return gettext(
            "%(times)s vezes os descarregamentos do ano anterior", times=shown(round(numbers[-1] / numbers[-2]))
        )
    share = f"{shown(abs(change))}\u00a0%"
    if change > 0:
        return gettext("Descarregou-se mais %(share)s do que no ano anterior", share=share)
    return gettext("Descarregou-se menos %(share)s do que no ano anterior", share=share)


def finding_of_gaps(gaps: GapTable) -> str:
    """Return how many disciplines of levels have nothing yet."""
    if not gaps.empty:
        return gettext("Todas as disciplinas de todos os níveis têm material.")
    return ngettext(
        "Falta material em %(num)s de %(all)s disciplinas e níveis.",
        "Falta material em %(num)s de %(all)s disciplinas e níveis.",
        gaps.empty,
        all=shown(gaps.taught),
    )
