"""Words of a folder's or a file's name that may mean somebody: each reading of them, and how far it goes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from plugins.training_actions import names
from plugins.training_actions.names import (
    AND,
    COMMA,
    GENERIC,
    GIVEN,
    ONLY_NAMES,
    PARTICLES,
    SURNAMES,
    WORDS_TOO,
    Word,
    old_spelling,
)
from plugins.training_actions.roster import (
    ADDRESS,
    FIRST_INITIAL,
    FIRST_LAST,
    FIRST_ONLY,
    FIRST_SURNAME,
    FULL,
    INITIAL_LAST,
    INITIALS,
    LAST_ONLY,
    SLIP,
    Roster,
    Sign,
    Trust,
    team_key,
)


def signs_in(text: str, roster: Roster) -> Iterator[Sign]:
    tokens = names.words(text)
    generic = all(word.key in GENERIC or word.key.isdecimal() or len(word.key) == 1 for word in tokens)
    there = {word.old for word in tokens}
    letters = {word.key for word in tokens if word.single}
    for person_id, forms in roster.forms.items():
        for form in forms:
            if not _worth_reading(form, there, letters):
                continue
            for start in range(len(tokens)):
                yield from runs(tokens, start, form, person_id, roster)
            yield from _lone(tokens, form, person_id, roster)
    if not generic:
        yield from _joined(text, roster)
    yield from _addresses(text, roster)


def _worth_reading(form: Sequence[Word], there: set[str], letters: set[str]) -> bool:
    """Return whether anything of the name may stand in a text of these words: most texts speak of few people."""
    together = "".join(word.key[0] for word in form)
    return bool(letters) or not there.isdisjoint(word.old for word in form) or old_spelling(together) in there


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
                taken = rest[0] | dict.fromkeys(range(cut, len(form)), True)
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
            possible = [n for n in range(at, len(form)) if _initial(tokens[here], form[n])]
            more = here + 1 < len(tokens) and tokens[here + 1].single
            match = (possible[0] if more else possible[-1]) if possible else None
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
    elif exact == 0:
        kind, trust = INITIALS, Trust.SOFT if last in taken and _telling(tokens, start, end) else Trust.GUESS
    else:  # an initial with another name than the last: enough to doubt that it is somebody else
        kind, trust = FIRST_INITIAL if first_exact else INITIAL_LAST, Trust.GUESS
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
        if len(local) < 5 or local not in flat or local in GENERIC or not re.search(r"[a-z]{3}", local):
            continue
        if re.search(rf"(?<![a-z0-9]){re.escape(local)}(?![a-z0-9])", flat):
            yield Sign(person.id, 0, max(1, len(names.words(text))), ADDRESS, Trust.FIRM, 2)


def slips(tokens: Sequence[Word], roster: Roster) -> Iterator[Sign]:
    """Yield names with one slip of one letter in one long word, when nobody is called what was written."""
    there = {word.old for word in tokens}
    for person_id, forms in roster.forms.items():
        for form in forms:
            if there.isdisjoint(word.old for word in form):
                continue
            shapes = {tuple(form), (form[0], form[-1])} if len(form) > 1 else set()
            for shape in shapes:
                for start in range(len(tokens) - len(shape) + 1):
                    if _slipped(tokens[start : start + len(shape)], shape, roster):
                        yield Sign(person_id, start, start + len(shape), SLIP, Trust.SOFT, len(shape) - 1)


def _slipped(written: Sequence[Word], shape: Sequence[Word], roster: Roster) -> bool:
    different = [(word, meant) for word, meant in zip(written, shape, strict=True) if not _same(word, meant)]
    if len(different) != 1:
        return False
    from rapidfuzz.distance import OSA  # loads slowly, and a server starts without it

    word, meant = different[0]
    known = word.key in GIVEN or word.key in SURNAMES or word.key in roster.all_words
    return len(meant.key) >= 5 and not known and OSA.distance(word.key, meant.key) == 1


def team_in(text: str, roster: Roster) -> tuple[int, ...]:
    """Return the people of the working group that a name speaks of: «Grupo 3», «G3 - azulejos», «3.º grupo»."""
    found = re.search(r"(?:^|[\W_])(?:grupo|group|equipa|gr|g)[\W_]*0*(\d{1,2}|[a-z])(?![a-z0-9])", names.plain(text))
    found = found or re.search(r"(?:^|[\W_])0*(\d{1,2})\.?[oa]?[\W_]*grupo", names.plain(text))
    return roster.teams().get(team_key(found[1]), ()) if found else ()
