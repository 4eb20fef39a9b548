"""What a file says of its authors: names at the top of its first page are believed, those in its properties guessed at."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plugins.training_actions import names
from plugins.training_actions.matching import Guess, Match, merged, together
from plugins.training_actions.roster import FIRST_LAST, FIRST_SURNAME, FULL, Roster, Sign, Trust
from plugins.training_actions.signs import runs
from repository.api import N_

ON_PAGE, IN_TEXT, PROPERTIES = (
    N_("nome na primeira página"),
    N_("nome no texto"),
    N_("propriedades do documento"),
)
OTHERWISE = N_("o nome do ficheiro e a primeira página dizem pessoas diferentes")
FIRST_LINES = 12
MOST_AUTHORS = 6  # more names than this are a list of the course, not its authors
LONGEST_LINE = 160
_label = re.compile(
    r"""^\W*(?:nomes?|autor(?:es|as?|ia)?|autor\(a\)|autor\(es\)|formand[oa]s?|formando\(a\)|formand[oa]s?\(as\)|docentes?|
    professor(?:es|as?)?|professor\(a\)|participantes?|
    (?:trabalho\s+|texto\s+|material\s+)?(?:elaborad|realizad|feit|concebid|apresentad)[oa]s?\s+por|trabalho\s+de|
    grupo(?:\s+\w{1,2})?|elementos(?:\s+do\s+grupo)?|authors?|names?|by)\s*(?:\([^)]*\)\s*)?[:.\-–]+\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_of_others = re.compile(
    r"\b(?:formador|orientador|diretor|director|coordenador|avaliador|supervisor|adaptado de|baseado em|fonte|bibliografia)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Page:
    """What was read: those named as authors, those named anywhere on the page, and those in the properties."""

    authors: frozenset[int] = frozenset()
    unclear: frozenset[int] = frozenset()
    mentioned: frozenset[int] = frozenset()
    properties: frozenset[int] = frozenset()


def read_page(text: str, properties: Iterable[str], roster: Roster) -> Page:
    """Return who the first page and the document's properties name; `text` is that of the page, a line a paragraph."""
    authors: set[int] = set()
    unclear: set[int] = set()
    mentioned: set[int] = set()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines[:200]):
        sure, several = _people(line, roster)
        mentioned |= sure | several
        label = _label.match(line)
        if _of_others.search(line) or len(line) > LONGEST_LINE:
            continue
        if label or (number < FIRST_LINES and _only_names(line, sure | several, roster)):
            authors |= sure
            unclear |= several
    if len(authors) > MOST_AUTHORS:
        authors = set()
    said = [_people(each, roster) for each in properties]
    return Page(
        frozenset(authors),
        frozenset(unclear),
        frozenset(mentioned),
        frozenset(each for sure, several in said for each in sure | several),
    )


def _people(text: str, roster: Roster) -> tuple[set[int], set[int]]:
    """Return those whose names stand here in no doubt, and those who may be meant where several may."""
    signs = [sign for sign in _full_names(text, roster) if sign.trust == Trust.FIRM]
    widest = [sign for sign in signs if not any(_wider(other, sign) for other in signs)]
    several = {
        sign.person
        for sign in widest
        if any(o.person != sign.person and sign.start < o.end and o.start < sign.end for o in widest)
    }
    return {sign.person for sign in widest} - several, several


def _wider(other: Sign, sign: Sign) -> bool:
    covers = other.start <= sign.start and sign.end <= other.end
    return covers and (other.exact, other.end - other.start) > (sign.exact, sign.end - sign.start)


def _full_names(text: str, roster: Roster) -> Sequence[Sign]:
    tokens = names.words(text, camel=False)[:80]
    return [
        sign
        for person, forms in roster.forms.items()
        for form in forms
        for start in range(len(tokens))
        for sign in runs(tokens, start, form, person, roster)
    ]


def _only_names(line: str, people: set[int], roster: Roster) -> bool:
    """Return whether the line is made of the names of these people, and of nothing else that says much."""
    if not people:
        return False
    known = {word.old for person in people for form in roster.forms[person] for word in form}
    rest = [
        word
        for word in names.words(line, camel=False)
        if word.old not in known
        and word.key not in names.LABELS
        and word.key not in names.PARTICLES
        and word.key.isalpha()
    ]
    return not rest


def decided(path: Match, page: Page) -> Match:
    """Return whose file it is when path and page are read together; a doubt leaves only guesses."""
    authors = page.authors - page.unclear
    said = tuple(sorted(authors))
    if path.people and path.trust == Trust.FIRM:
        return path
    if path.people:
        borne_out = set(path.people) <= authors or not (authors | page.unclear)
        return path if borne_out else _doubt(path, page, OTHERWISE)
    if said and not page.unclear:
        possible = {each for guess in path.guesses for each in guess.people}
        if not path.guesses or authors & possible or not _whole_names(path):
            return Match(said, ON_PAGE, Trust.FIRM, merged((Guess(said, (ON_PAGE,)), *path.guesses)))
        return _doubt(path, page, OTHERWISE)
    return _confirmed(path, page)


def _whole_names(path: Match) -> bool:
    """Return whether the path's guesses are more than a first name or two letters that happen to be there."""
    return any(why in (FULL, FIRST_LAST, FIRST_SURNAME) for guess in path.guesses for why in guess.why)


def _confirmed(path: Match, page: Page) -> Match:
    """Let one name in the running text decide among the possible ones of the path, when it is only one of them."""
    borne_out = [guess for guess in path.guesses if set(guess.people) <= page.mentioned]
    if len(borne_out) == 1 and len(page.mentioned) == len(borne_out[0].people):
        guess = borne_out[0]
        return Match(guess.people, guess.why[0], Trust.SOFT, path.guesses, path.folder)
    return _doubt(path, page, path.why)


def _doubt(path: Match, page: Page, why: str) -> Match:
    own = [Guess(path.people, (path.why,))] if path.people else []
    told = [Guess(tuple(sorted(page.authors - page.unclear)), (ON_PAGE,))] if page.authors - page.unclear else []
    unclear = [Guess((each,), (ON_PAGE,)) for each in sorted(page.unclear)]
    weak = [Guess((each,), (PROPERTIES,)) for each in sorted(page.properties)]
    spoken = [Guess((each,), (IN_TEXT,)) for each in sorted(page.mentioned)] if len(page.mentioned) <= 3 else []
    guesses = [*told, *own, *path.guesses, *unclear, *weak, *spoken]
    order = sorted(together(guesses), key=lambda guess: -len(guess.why))
    return Match(why=why, guesses=merged(order))
