"""Whose file is this? Its path against the people of an edition: an answer only where there is no doubt.

No database here: people and paths go in, people and reasons come out. `first_page` reads what a file says of itself.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from plugins.training_actions import names
from plugins.training_actions.roster import FULL, NUMBER, TEAM, Person, Roster, Sign, Trust, leading_number
from plugins.training_actions.signs import signs_in, slips, team_in
from repository.api import N_

MOST_GUESSES = 3
TWO_ALIKE = N_("há mais do que uma pessoa possível")
DISAGREE = N_("a pasta e o nome do ficheiro dizem pessoas diferentes")
NOBODY = N_("o nome não diz de quem é")


@dataclass(frozen=True)
class Guess:
    """Who it may be, and why, in words to be translated."""

    people: tuple[int, ...]
    why: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """What a path says: the people when it is sure of them, else guesses. `folder` says that a folder told."""

    people: tuple[int, ...] = ()
    why: str = NOBODY
    trust: Trust = Trust.GUESS
    guesses: tuple[Guess, ...] = ()
    folder: bool = False

    def doubted(self, why: str = "") -> "Match":
        """Return the same as guesses only."""
        own = [Guess(self.people, (self.why,))] if self.people else []
        return Match(why=why or TWO_ALIKE, guesses=merged((*own, *self.guesses)))


@dataclass(frozen=True)
class _Said:
    people: frozenset[int] = frozenset()
    kind: str = ""
    trust: Trust = Trust.GUESS
    maybe: tuple[Sign, ...] = ()


def match_paths(paths: Sequence[str], roster: Roster) -> dict[str, Match]:
    """Return what each path says of whom its file is, read together: their numbers and roots explain each other."""
    repaired = {path: names.repaired(path) for path in paths}
    roster = replace(roster, numbers_hold=_numbers_hold(list(repaired.values()), roster))
    root = _common_root(list(repaired.values()))
    return {path: _match(meant, roster, root) for path, meant in repaired.items()}


def _common_root(paths: Sequence[str]) -> int:
    """Return how many folders all paths begin with."""
    folders = [path.split("/")[:-1] for path in paths]
    count = 0
    for level in zip(*folders, strict=False):
        if len(set(level)) > 1:
            break
        count += 1
    return count if len(paths) > 1 else 0


def _numbers_hold(paths: Sequence[str], roster: Roster) -> bool:
    """Return whether the numbers before names are those of the list: three agree (two of folders), nobody disagrees."""
    agree: dict[int, bool] = {}
    for path in paths:
        for text, folder in names.segments(path):
            number, known = leading_number(text), _numbers_of_named(text, roster)
            if number is None or not known:
                continue
            if number not in known:
                return False
            agree[number] = agree.get(number, False) or folder
    return len(agree) >= 3 or sum(agree.values()) >= 2


def _numbers_of_named(text: str, roster: Roster) -> set[int]:
    """Return the list's numbers of those who are named here in full."""
    firm = [sign for sign in signs_in(text, roster) if sign.trust == Trust.FIRM]
    return {number for sign in firm if (number := roster.people[sign.person].number) is not None}


def _match(path: str, roster: Roster, root: int) -> Match:
    parts = list(names.segments(path))
    said = [(_read(text, roster), folder) for text, folder in parts]
    if any(each.people for each, _ in said[root:]):
        said = said[root:]  # what all share is the course's name, or its trainer's
    elif root:
        said = [
            (_without_trainers(each, roster), folder) if n < root else (each, folder)
            for n, (each, folder) in enumerate(said)
        ]
    sure = [(each, folder) for each, folder in said if each.people]
    guesses = _guesses([each for each, _ in reversed(said)], roster)
    if not sure:
        return Match(why=TWO_ALIKE if any(each.maybe for each, _ in said) else NOBODY, guesses=guesses)
    return _agreed(sure, guesses, roster)


def _without_trainers(said: _Said, roster: Roster) -> _Said:
    return _Said() if any(roster.people[each].trainer for each in said.people) else said


def _agreed(sure: list[tuple[_Said, bool]], guesses: tuple[Guess, ...], roster: Roster) -> Match:
    """Bring what folders and name say together: one within the other is agreement, and the inner one stands."""
    inner, inner_is_folder = sure[-1]
    people, trust, kind = inner.people, inner.trust, inner.kind
    by_folder = inner_is_folder
    for outer, _ in reversed(sure[:-1]):
        if people <= outer.people or outer.people <= people:
            trust = max(trust, outer.trust)
            continue
        if trust == Trust.SOFT and outer.trust == Trust.FIRM and not inner_is_folder:
            # A single first name or initials in a person's own folder is the title of a work rather than its author.
            people, trust, kind, by_folder = outer.people, outer.trust, outer.kind, True
            continue
        told = tuple(Guess(tuple(sorted(each.people)), (each.kind,)) for each, _ in reversed(sure))
        return Match(why=DISAGREE, guesses=merged((*told, *guesses)))
    ordered = tuple(sorted(people))
    by_folder = by_folder or any(folder and each.people == people for each, folder in sure)
    return Match(ordered, kind, trust, merged((Guess(ordered, (kind,)), *guesses)), by_folder)


def _guesses(said: Iterable[_Said], roster: Roster) -> tuple[Guess, ...]:
    maybe = [Guess(tuple(sorted(each.people)), (each.kind,)) for each in said if each.people]
    signs = sorted(
        (sign for each in said for sign in each.maybe), key=lambda sign: (-sign.trust, -sign.exact, sign.person)
    )
    return merged((*maybe, *(Guess((sign.person,), (sign.kind,)) for sign in signs)))


def merged(guesses: Iterable[Guess]) -> tuple[Guess, ...]:
    """Return at most three guesses, those of the same people as one, in the order of their first mention."""
    return tuple(together(guesses)[:MOST_GUESSES])


def together(guesses: Iterable[Guess]) -> list[Guess]:
    """Return the guesses, those of the same people as one with all its reasons."""
    found: dict[tuple[int, ...], list[str]] = {}
    for guess in guesses:
        why = found.setdefault(guess.people, [])
        why += [each for each in guess.why if each not in why]
    return [Guess(people, tuple(why)) for people, why in found.items()]


def _read(text: str, roster: Roster) -> _Said:
    """Return what one folder's or file's name says of people."""
    if text not in roster.read:
        roster.read[text] = _said_by(text, roster)
    said: _Said = roster.read[text]
    return said


def _said_by(text: str, roster: Roster) -> _Said:
    if re.search(r"(?i)\bformador(a|es|as)?\b", text.replace("_", " ")):
        return _Said()  # the trainer is named, who is seldom the author
    signs = [*signs_in(text, roster)]
    if not any(sign.trust > Trust.GUESS or sign.exact > 1 for sign in signs):
        signs += slips(names.words(text), roster)
    if team := team_in(text, roster):
        return _Said(frozenset(team), TEAM, Trust.FIRM, tuple(signs))
    said = _settled(_told_apart(text, signs, roster), roster)
    if said.people or said.maybe:
        return said
    return _by_number(text, roster)


def _told_apart(text: str, signs: Sequence[Sign], roster: Roster) -> list[Sign]:
    """Drop the signs that a longer or a surer one explains, and those whom the list's number or the school exclude."""
    kept = [sign for sign in signs if not any(_explains(other, sign) for other in signs)]
    number, flat = leading_number(text), names.plain(text)
    firm = {sign.person for sign in kept if sign.trust == Trust.FIRM}
    numbered = {each for each in firm if roster.people[each].number == number}
    if roster.numbers_hold and number is not None and len(numbered) == 1:
        return [sign for sign in kept if sign.person in numbered or not _rivals(sign, kept, numbered)]
    same = {each for each in firm if any(_alike(roster.people[each], roster.people[other]) for other in firm - {each})}
    by_school = {each for each in same if _says_school(flat, roster.people[each], [roster.people[o] for o in same])}
    if len(by_school) == 1:
        return [sign for sign in kept if sign.person not in same - by_school]
    return kept


def _rivals(sign: Sign, signs: Sequence[Sign], chosen: set[int]) -> bool:
    return any(sign.start < o.end and o.start < sign.end for o in signs if o.person in chosen)


def _alike(one: Person, other: Person) -> bool:
    return names.plain(one.name) == names.plain(other.name)


def _says_school(flat: str, person: Person, alike: Sequence[Person]) -> bool:
    """Return whether the text holds a word of this person's school that no namesake's school has."""
    mine = {word.key for word in names.words(person.school) if len(word.key) > 3}
    others = {word.key for other in alike if other.id != person.id for word in names.words(other.school)}
    return any(re.search(rf"\b{re.escape(word)}\b", flat.replace("_", " ")) for word in mine - others - {"escola"})


def _explains(longer: Sign, sign: Sign) -> bool:
    if longer is sign:
        return False
    covers = longer.start <= sign.start and sign.end <= longer.end
    if longer.person == sign.person:
        return covers and (longer.trust, longer.exact) > (sign.trust, sign.exact)
    longest = longer.end - longer.start > sign.end - sign.start
    wider = covers and longest and (longer.exact > sign.exact or sign.end - sign.start == 1)
    surer = covers and longer.kind == FULL and sign.trust < Trust.FIRM and sign.exact < 2
    whole = covers and longer.kind == FULL and longer.exact >= 3 and sign.exact < longer.exact
    return wider or surer or whole


def _settled(signs: Sequence[Sign], roster: Roster) -> _Said:
    """Return the people of the signs when each place in the text means one person, else all as possible ones."""
    good = [sign for sign in signs if sign.trust > Trust.GUESS]
    unclear = [
        sign
        for sign in good
        if any(other.person != sign.person and sign.start < other.end and other.start < sign.end for other in signs)
    ]
    firm = [sign for sign in good if sign.trust == Trust.FIRM]
    if not good or unclear or (len({sign.person for sign in good}) > 1 and len({sign.person for sign in firm}) == 1):
        if firm and not any(sign in unclear for sign in firm):
            good = firm
        else:
            return _Said(maybe=tuple(signs))
    people = frozenset(sign.person for sign in good)
    best = max(good, key=lambda sign: (sign.trust, sign.exact))
    if len(people) > 1 and len(firm) < len(people):
        return _Said(maybe=tuple(signs))
    return _Said(
        people, best.kind, min(Trust.FIRM, best.trust), tuple(sign for sign in signs if sign.person not in people)
    )


def _by_number(text: str, roster: Roster) -> _Said:
    number = leading_number(text)
    if number is None:
        return _Said()
    told = [person for person in roster.people.values() if person.number == number]
    if len(told) != 1:
        return _Said()
    if roster.numbers_hold:
        return _Said(frozenset((told[0].id,)), NUMBER, Trust.SOFT)
    return _Said(maybe=(Sign(told[0].id, 0, 1, NUMBER, Trust.GUESS, 0),))
