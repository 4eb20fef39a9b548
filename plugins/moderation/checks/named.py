"""A pupil named in a sentence: "a aluna Mafalda Sousa", "Tiago Lopes, n.º 14", "o João Silva da turma 10.º C".

A name alone is no pupil: books, exercises and schools are full of them. It is one beside what only pupils have.
"""

import re
from collections.abc import Iterator

from plugins.moderation.checks import pupils
from plugins.moderation.checks.short_texts import NO_PUPIL, SAID, known_people
from plugins.moderation.checks.texts import pages_of
from repository.api import N_, Finding, Item, Services, Work, spelling_key

_SURNAME = rf"[ \t]+(?:d[aeo]s?[ ])?{pupils.WORD}"
_CUED = re.compile(rf"\b[Aa]lun[oa][ \t]+(?:chamad[oa][ \t]+)?({pupils.WORD})((?:{_SURNAME}){{1,4}})")
_OF_CLASS = re.compile(
    rf"(?<![\w.-])({pupils.WORD})((?:{_SURNAME}){{0,4}})[ \t]*[,(]?[ \t]*(?:d[ao][ \t]+)?"
    r"(?:turma\b|n\.?[ \t]?º[ \t]*\d|\d{1,2}\.?[ \t]?º[ \t]*(?:ano[ \t]+)?[A-Z]\b)"
)
_BEFORE = 60  # characters in which a school, a street or a colleague would be named


def pupils_named(services: Services, work: Work, item: Item) -> Iterator[Finding]:
    """Find pupils by name: in the files, where they have written it or are spoken of, in the title and in the summary."""
    written = list(pupils.filled_header(services, work, item))
    yield from written
    authors = {spelling_key(credit.name) for credit in item.credits}
    told = {finding.file_id for finding in written}
    for file, page, text in pages_of(work, item):
        name = next((one for one in names_in(text) if spelling_key(one) not in authors), "")
        if name and file.id not in told:
            told.add(file.id)
            words = N_("«%(file)s», página %(page)s: «%(found)s» parece o nome de um aluno.")
            yield Finding(words, {"file": file.name, "page": page, "found": name}, file.id, "stop")
    described = f"{item.title}\n{item.summary}"
    for name in dict.fromkeys((*names_in(described), *_names(pupils.HEADER, described))):
        yield Finding(
            N_("No título ou no resumo: «%(found)s» parece o nome de um aluno."), {"found": name}, None, "stop"
        )
    for kind, found in dict.fromkeys(pupils.numbers_in(described)):
        yield Finding(SAID[kind], {"found": found})


def names_in(text: str) -> Iterator[str]:
    """Yield each name in a text that stands where a pupil's would."""
    for pattern in (_CUED, _OF_CLASS):
        yield from _names(pattern, text)


def _names(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for found in pattern.finditer(text):
        name = found.group(1) + found.group(2)
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        if pupils.is_given(found.group(1)) and spelling_key(name) not in known_people() and not NO_PUPIL.search(before):
            yield name
