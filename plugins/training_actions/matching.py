"""Whose file is this? Its path against the people of an edition: an answer only where there is no doubt.

No database here: people and paths go in, people and reasons come out. `first_page` reads what a file says of itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from rapidfuzz.distance import OSA

from plugins.training_actions import names
from plugins.training_actions.names import AND, COMMA, GENERIC, GIVEN, ONLY_NAMES, PARTICLES, SURNAMES, WORDS_TOO, Word
from repository.api import N_

MOST_GUESSES = 3
FULL, FIRST_LAST, FIRST_SURNAME = N_("nome completo"), N_("primeiro e último nome"), N_("primeiro nome e um apelido")
INITIAL_LAST, FIRST_INITIAL = N_("inicial e apelido"), N_("primeiro nome e inicial")
INITIALS, FIRST_ONLY, LAST_ONLY = N_("iniciais"), N_("primeiro nome"), N_("apelido")
ADDRESS, NUMBER, TEAM = N_("endereço de correio"), N_("número na lista"), N_("grupo de trabalho")
SLIP = N_("nome com uma gralha")
SCHOOL = N_("escola")
TWO_ALIKE = N_("há mais do que uma pessoa possível")
DISAGREE = N_("a pasta e o nome do ficheiro dizem pessoas diferentes")
NOBODY = N_("o nome não diz de quem é")


class Trust(IntEnum):
    """How far a sign goes: a guess for the tray, an answer unless the file says otherwise, an answer."""

    GUESS = 1
    SOFT = 2
    FIRM = 3


@dataclass(frozen=True)
class Person:
    """Somebody of the edition; `number` and `group` are those of the participants' list, `spellings` other names."""

    id: int
    name: str
    email: str = ""
    spellings: tuple[str, ...] = ()
    number: int | None = None
    group: str = ""
    school: str = ""
    trainer: bool = False


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


@dataclass(frozen=True)
class Sign:
    """Words of a text that may mean a person: from `start` up to `end`, of which `exact` are whole words."""

    person: int
    start: int
    end: int
    kind: str
    trust: Trust
    exact: int


@dataclass(frozen=True)
class _Said:
    people: frozenset[int] = frozenset()
    kind: str = ""
    trust: Trust = Trust.GUESS
    maybe: tuple[Sign, ...] = ()


@dataclass
class Roster:
    """The people of an edition, prepared for many questions. `numbers_hold` is set when the paths bear the list out."""

    people: Mapping[int, Person]
    forms: Mapping[int, tuple[tuple[Word, ...], ...]]
    joined_by_and: frozenset[int]
    numbers_hold: bool = False
    all_words: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, people: Iterable[Person]) -> "Roster":
        """Return the roster of these people."""
        known = {person.id: person for person in people}
        forms = {
            person.id: tuple(
                dict.fromkeys(form for name in (person.name, *person.spellings) if (form := names.name_words(name)))
            )
            for person in known.values()
        }
        joined = frozenset(
            person.id for person in known.values() if any(word.key == AND for word in names.words(person.name))
        )
        said = frozenset(word.key for each in forms.values() for form in each for word in form)
        return cls(known, forms, joined, all_words=said)

    def teams(self) -> dict[str, tuple[int, ...]]:
        """Return the working groups of the list with their people."""
        found: dict[str, list[int]] = {}
        for person in self.people.values():
            if person.group:
                found.setdefault(team_key(person.group), []).append(person.id)
        return {key: tuple(ids) for key, ids in found.items()}


def team_key(text: str) -> str:
    """Return the key of a working group: «Grupo 03», «G3» and «3» are one."""
    key = re.sub(r"^(grupo|group|equipa|gr|g)?[\W_]*", "", names.plain(text).strip())
    return key.lstrip("0") or key


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
    firm = [sign for sign in _signs(text, roster) if sign.trust == Trust.FIRM]
    return {number for sign in firm if (number := roster.people[sign.person].number) is not None}


def leading_number(text: str) -> int | None:
    """Return the number that a name begins with, as in «07 - Ana» or «n.º 7 Ana»."""
    found = re.match(r"\s*(?:n\.?[ºo°]?\s*|formand[oa]\s*|\()?0*(\d{1,3})(?!\d)", text, re.IGNORECASE)
    return int(found[1]) if found else None


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
    if re.search(r"(?i)\bformador(a|es|as)?\b", text.replace("_", " ")):
        return _Said()  # the trainer is named, who is seldom the author
    signs = [*_signs(text, roster)]
    if not any(sign.trust > Trust.GUESS or sign.exact > 1 for sign in signs):
        signs += _slips(names.words(text), roster)
    if team := _team(text, roster):
        return _Said(frozenset(team), TEAM, Trust.FIRM, tuple(signs))
    said = _settled(_told_apart(text, signs, roster), roster)
    if said.people or said.maybe:
        return said
    return _by_number(text, roster)


def _signs(text: str, roster: Roster) -> Iterator[Sign]:
    tokens = names.words(text)
    generic = all(word.key in GENERIC or word.key.isdecimal() or len(word.key) == 1 for word in tokens)
    for person_id, forms in roster.forms.items():
        for form in forms:
            for start in range(len(tokens)):
                yield from runs(tokens, start, form, person_id, roster)
            yield from _lone(tokens, form, person_id, roster)
    if not generic:
        yield from _joined(text, roster)
    yield from _addresses(text, roster)


def runs(tokens: Sequence[Word], start: int, form: Sequence[Word], person: int, roster: Roster) -> Iterator[Sign]:
    """Yield the readings of the words from `start` as this name: given name first, and surname first."""
    found = _given_first(tokens, start, form, 0, roster, person)
    if found and (sign := _classified(found, form, person, start, tokens)):
        yield sign
    for cut in range(1, len(form)):
        end = start
        for word in form[cut:]:
            end = _skip(tokens, end, person, roster)
            if end >= len(tokens) or not _same(tokens[end], word):
                break
            end += 1
        else:
            end = end + 1 if end < len(tokens) and tokens[end].key == COMMA else end
            rest = _given_first(tokens, end, form[:cut], 0, roster, person)
            if rest:
                taken = {place: exact for place, exact in rest[0].items()} | {n: True for n in range(cut, len(form))}
                if sign := _classified((taken, rest[1]), form, person, start, tokens):
                    yield sign


def _given_first(
    tokens: Sequence[Word], start: int, form: Sequence[Word], place: int, roster: Roster, person: int
) -> tuple[dict[int, bool], int] | None:
    """Return which words of the name stand here in order (place: whether in full), and where they end."""
    if start >= len(tokens) or not (_same(tokens[start], form[0]) or _initial(tokens[start], form[0])):
        return None
    taken, end, at = {0: _same(tokens[start], form[0])}, start + 1, 1
    while True:
        here = _skip(tokens, end, person, roster)
        if here >= len(tokens):
            break
        match = next((n for n in range(at, len(form)) if _same(tokens[here], form[n])), None)
        if match is None:
            match = next((n for n in range(at, len(form)) if _initial(tokens[here], form[n])), None)
        if match is None:
            break
        taken[match], end, at = _same(tokens[here], form[match]), here + 1, match + 1
    return taken, end


def _skip(tokens: Sequence[Word], at: int, person: int, roster: Roster) -> int:
    while at < len(tokens) and (
        tokens[at].key in PARTICLES or (tokens[at].key == AND and person in roster.joined_by_and)
    ):
        at += 1
    return at


def _same(word: Word, other: Word) -> bool:
    return word.key == other.key or (len(word.key) > 2 and word.old == other.old)


def _initial(word: Word, other: Word) -> bool:
    return word.single and word.key == other.key[:1]


def _classified(
    found: tuple[dict[int, bool], int], form: Sequence[Word], person: int, start: int, tokens: Sequence[Word]
) -> Sign | None:
    taken, end = found
    exact, last = sum(taken.values()), len(form) - 1
    first_exact, last_exact = taken.get(0), taken.get(last)
    if len(form) < 2 or len(taken) < 2:
        return None
    if exact == len(form):
        kind, trust = FULL, Trust.FIRM
    elif first_exact and last_exact:
        kind, trust = FIRST_LAST, Trust.FIRM
    elif first_exact and exact >= 2:
        kind, trust = FIRST_SURNAME, Trust.FIRM if exact >= 3 else Trust.GUESS
    elif last_exact:
        kind, trust = INITIAL_LAST, Trust.SOFT
    elif first_exact and last in taken:
        kind, trust = FIRST_INITIAL, Trust.SOFT
    elif exact == 0 and last in taken:
        kind, trust = INITIALS, Trust.SOFT if _telling(tokens, start, end) else Trust.GUESS
    else:
        return None
    sign = Sign(person, start, end, kind, trust, exact)
    return replace(sign, trust=Trust.GUESS) if exact < 3 and _goes_on(sign, tokens) else sign


def _telling(tokens: Sequence[Word], start: int, end: int) -> bool:
    """Return whether capitals are initials rather than the letters of a list (A B, vitamina C D)."""
    letters = [tokens[n].key for n in range(start, end) if tokens[n].single]
    whole = (
        start == 0 or end == len(tokens) or all(each.key in GENERIC or each.key.isdecimal() for each in tokens[end:])
    )
    return whole and any(letter > "f" for letter in letters)


def _goes_on(sign: Sign, tokens: Sequence[Word]) -> bool:
    """Return whether the name goes on with a name that this person does not have: it may be somebody else's."""
    after = tokens[sign.end].key if sign.end < len(tokens) else ""
    before = tokens[sign.start - 1].key if sign.start else ""
    return after in SURNAMES or before in ONLY_NAMES


def _lone(tokens: Sequence[Word], form: Sequence[Word], person: int, roster: Roster) -> Iterator[Sign]:
    """Yield a first name or a surname that stands by itself."""
    rest = [word.key for word in tokens]
    for n, word in enumerate(tokens):
        if len(word.key) < 3:
            continue
        if _same(word, form[0]):
            others = rest[:n] + rest[n + 1 :]
            bare = all(other in GENERIC or other.isdecimal() for other in others) and word.key not in WORDS_TOO
            yield Sign(person, n, n + 1, FIRST_ONLY, Trust.SOFT if bare else Trust.GUESS, 1)
        elif len(form) > 1 and _same(word, form[-1]):
            yield Sign(person, n, n + 1, LAST_ONLY, Trust.GUESS, 1)
        elif len(form) > 1 and len(word.key) in (2, 3) and word.key == "".join(each.key[0] for each in form):
            yield Sign(person, n, n + 1, INITIALS, Trust.GUESS, 0)


def _joined(text: str, roster: Roster) -> Iterator[Sign]:
    """Yield names written as one word: anasilva, silvaana, asilva."""
    for n, word in enumerate(names.words(text, camel=False)):
        if len(word.key) < 5:
            continue
        for person_id, forms in roster.forms.items():
            for form in (each for each in forms if len(each) > 1):
                first, last = form[0].key, form[-1].key
                whole = "".join(each.key for each in form)
                if word.key in (whole, first + last, last + first):
                    yield Sign(person_id, n, n + 1, FULL if word.key == whole else FIRST_LAST, Trust.FIRM, 2)
                elif word.key == first[0] + last and word.key not in GENERIC:
                    yield Sign(person_id, n, n + 1, INITIAL_LAST, Trust.SOFT, 1)


def _addresses(text: str, roster: Roster) -> Iterator[Sign]:
    """Yield the addresses that stand in the text, whole or up to their @; they count as all of its words."""
    flat = names.plain(text)
    for person in roster.people.values():
        local = names.plain(person.email.partition("@")[0])
        if len(local) < 5 or local in GENERIC or not re.search(r"[a-z]{3}", local):
            continue
        if re.search(rf"(?<![a-z0-9]){re.escape(local)}(?![a-z0-9])", flat):
            yield Sign(person.id, 0, max(1, len(names.words(text))), ADDRESS, Trust.FIRM, 2)


def _slips(tokens: Sequence[Word], roster: Roster) -> Iterator[Sign]:
    """Yield names with one slip of one letter in one long word, when nobody is called what was written."""
    for person_id, forms in roster.forms.items():
        for form in forms:
            shapes = {tuple(form), (form[0], form[-1])} if len(form) > 1 else set()
            for shape in shapes:
                for start in range(len(tokens) - len(shape) + 1):
                    if _slipped(tokens[start : start + len(shape)], shape, roster):
                        yield Sign(person_id, start, start + len(shape), SLIP, Trust.SOFT, len(shape) - 1)


def _slipped(written: Sequence[Word], shape: Sequence[Word], roster: Roster) -> bool:
    different = [(word, meant) for word, meant in zip(written, shape, strict=True) if not _same(word, meant)]
    if len(different) != 1:
        return False
    word, meant = different[0]
    known = word.key in GIVEN or word.key in SURNAMES or word.key in roster.all_words
    return len(meant.key) >= 5 and not known and OSA.distance(word.key, meant.key) == 1


def _team(text: str, roster: Roster) -> tuple[int, ...]:
    """Return the people of the working group that a name speaks of: «Grupo 3», «G3 - azulejos», «3.º grupo»."""
    found = re.search(r"(?:^|[\W_])(?:grupo|group|equipa|gr|g)[\W_]*0*(\d{1,2}|[a-z])(?![a-z0-9])", names.plain(text))
    found = found or re.search(r"(?:^|[\W_])0*(\d{1,2})\.?[oa]?[\W_]*grupo", names.plain(text))
    return roster.teams().get(team_key(found[1]), ()) if found else ()


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
    wider = covers and (longer.end - longer.start) > (sign.end - sign.start) and longer.exact > sign.exact
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
