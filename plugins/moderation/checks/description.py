"""What the item says of itself, against what its files and its course say."""

import re
from collections.abc import Iterator

from plugins.moderation.checks.texts import text_of
from repository.api import N_, Finding, Item, Services, Work, detect_language

ENOUGH = 400  # letters to tell a language by
SHORTEST_SUMMARY = 15
# Names that programs and cameras give, in the languages of the computers at school.
_GIVEN_BY_MACHINE = re.compile(
    r"(documento?|document|imagem?|image|img|dsc|scan|digitaliza\w*|untitled|sem t[ií]tulo|apresenta[cç][aã]o|presentation|"
    r"livro|book|folha|whatsapp\b.*|novo? documento.*|c[oó]pia de .*|copy of .*|final|vers[aã]o final)[\s_\-()\d.]*",
    re.IGNORECASE,
)
MISMATCHES = {
    "level": N_("O nível não é o da formação: %(wanted)s."),
    "group": N_("O grupo de recrutamento não é o da formação: %(wanted)s."),
    "discipline": N_("A disciplina não é a da formação: %(wanted)s."),
}
WORDS_OF = {"level": "levels", "group": "groups", "discipline": "disciplines"}


def other_language(_services: Services, work: Work, item: Item) -> Iterator[Finding]:
    """Find files that are plainly in another language than the item declares."""
    declared = item.language.split("-")[0]
    for file in item.files if declared else ():
        text = text_of(work, file)
        if sum(char.isalpha() for char in text) < ENOUGH:
            continue
        found = detect_language(text)
        if found and found.split("-")[0] != declared:
            words = N_("«%(file)s» está noutra língua (%(found)s) do que a ficha diz (%(declared)s).")
            yield Finding(words, {"file": file.name, "found": found, "declared": item.language}, file.id)


def poor_words(_services: Services, _work: Work, item: Item) -> Iterator[Finding]:
    """Find titles and summaries that tell a reader nothing, or shout."""
    title = item.title.strip()
    letters = [char for char in title if char.isalpha()]
    if len(letters) >= 8 and all(char.isupper() for char in letters):
        yield Finding(N_("O título está todo em maiúsculas."))
    if len(letters) < 4 or _GIVEN_BY_MACHINE.fullmatch(title):
        yield Finding(N_("O título não diz de que trata o material."))
    if len(item.summary.strip()) < SHORTEST_SUMMARY:
        yield Finding(N_("Falta o resumo: é por ele que um colega decide se abre."))


def against_the_course(services: Services, work: Work, item: Item) -> Iterator[Finding]:
    """Find items whose level, group or discipline has nothing in common with those of what they were made for."""
    collections = [found for answer in work.hook.item_collections(work=work, item=item) for found in answer or ()]
    for vocabulary, words in MISMATCHES.items():
        wanted = {code for collection in collections for code in collection.expected.get(vocabulary, ())}
        said = set(item.codes(vocabulary))
        if wanted and said and not said & wanted:
            known = services.vocabularies[WORDS_OF[vocabulary]]
            yield Finding(words, {"wanted": ", ".join(known.label(code) for code in sorted(wanted))})
