"""Every message has its translations; what the catalogues say is what the sources ask for."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "repository", *sorted(path.parent for path in ROOT.glob("plugins/*/plugin.py"))]
NAMES = [folder.name for folder in FOLDERS]
LANGUAGES = ("en", "sv", "de")
CATALOGUES = [(folder, language) for folder in FOLDERS for language in LANGUAGES]
PLACE = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")
# Portuguese as it is written in Brazil, and the gerund that goes with it.
BRAZILIAN = re.compile(
    r"\b(usuári[oa]s?|telas?|salv(ar|e|o|a|os|as)|delet(ar|e|ad[oa]s?)|baix(ar|e|ad[oa]s?)|mouse|celular|time|ônibus|"
    r"senha do usuário|cadastr(o|ar|e|ad[oa]s?)|acess(ar|e)|link|e-?mail|login|logar|clique|deletad[oa]s?|fato|equipe|"
    r"registr(o|ar|e)|contato|ação de capacitação|aqui você|você|seu arquivo|seus arquivos|enviar arquivos?|"
    r"(está|estão|estou|estamos) \w+ndo|aguardando|carregando|processando|salvando|enviando)\b",
    re.IGNORECASE,
)
ARCHIVES = ("arquivo ZIP", "O arquivo não deixa ler")  # where the word means an archive


def forms(text: object) -> tuple[str, ...]:
    """Return a message or its translation as a tuple: singular and plural, or the one sentence."""
    return tuple(str(part) for part in text) if isinstance(text, tuple | list) else (str(text),)


@cache
def catalogue(folder: Path, language: str = "en") -> Catalog:
    """Return the written catalogue of the core or a plugin in a language."""
    with (folder / "translations" / language / "LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


def messages(folder: Path, language: str = "en") -> Iterator[Message]:
    """Yield the catalogue's messages without its header."""
    return (message for message in catalogue(folder, language) if message.id)


def translated(folder: Path, language: str = "en") -> list[Message]:
    """Return the messages that have a translation; one test says which have none."""
    return [message for message in messages(folder, language) if all(forms(message.string))]


@cache
def asked_for(folder: Path) -> frozenset[object]:
    """Return the messages that the sources of the core or a plugin ask for, found as `make messages` finds them."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(folder, methods, options)
    return frozenset(message for _file, _line, message, _comments, _context in found)


@pytest.fixture(params=FOLDERS, ids=NAMES)
def folder(request: pytest.FixtureRequest) -> Path:
    """The core, then each plugin."""
    path: Path = request.param
    return path


@pytest.fixture(params=CATALOGUES, ids=[f"{folder.name}-{language}" for folder, language in CATALOGUES])
def book(request: pytest.FixtureRequest) -> tuple[Path, str]:
    """The core, then each plugin, in each language that it has a catalogue for."""
    path_and_language: tuple[Path, str] = request.param
    return path_and_language


def test_the_catalogue_holds_what_the_sources_say_and_nothing_else(book: tuple[Path, str]) -> None:
    folder, language = book
    known = {message.id for message in messages(folder, language)}
    assert (asked_for(folder) - known, known - asked_for(folder)) == (set(), set()), "run: make messages"


def test_every_message_has_a_translation_that_somebody_decided_on(book: tuple[Path, str]) -> None:
    missing = [m.id for m in messages(*book) if m.fuzzy or not all(form.strip() for form in forms(m.string))]
    assert missing == []
    assert catalogue(*book).obsolete == {}


def test_a_message_with_a_plural_has_both_forms(book: tuple[Path, str]) -> None:
    assert catalogue(*book).num_plurals == 2
    assert [m.id for m in messages(*book) if len(forms(m.id)) != len(forms(m.string))] == []


def test_a_translation_keeps_every_place_to_fill(book: tuple[Path, str]) -> None:
    def places(text: object) -> set[str]:
        return {place for form in forms(text) for place in PLACE.findall(form)}

    assert [m.id for m in translated(*book) if places(m.id) != places(m.string)] == []


def test_a_translation_fills_its_places_without_an_error(book: tuple[Path, str]) -> None:
    for message in messages(*book):
        for form in forms(message.string):
            if names := re.findall(r"%\((\w+)\)", form):
                assert form % dict.fromkeys(names, "x")


def test_a_translation_ends_as_the_portuguese_does(book: tuple[Path, str]) -> None:
    def end(text: object) -> list[str]:
        return [form[-1:] if form.endswith((".", ":", "?", "…")) else "" for form in forms(text)]

    assert [m.id for m in translated(*book) if end(m.id) != end(m.string)] == []


def test_the_compiled_catalogue_says_what_the_written_one_does(book: tuple[Path, str]) -> None:
    folder, language = book
    with (folder / "translations" / language / "LC_MESSAGES/messages.mo").open("rb") as file:
        compiled = {forms(message.id): forms(message.string) for message in read_mo(file) if message.id}
    written = {forms(message.id): forms(message.string) for message in translated(*book)}
    assert compiled == written, "run: make messages"


def test_no_template_says_a_word_that_is_not_marked(folder: Path) -> None:
    found = {path.name: words for path in folder.rglob("templates/**/*.html") if (words := bare_words(path))}
    assert found == {}


def bare_words(template: Path) -> list[str]:
    """Return the words of a template that stand outside expressions, tags and scripts; the site's name is no word."""
    text = re.sub(r"\{#.*?#\}|<script.*?</script>", "", template.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\0", text, flags=re.DOTALL)
    spoken = re.findall(r'\b(?:placeholder|aria-label|title|alt|data-words-\w+|data-copied)="([^"]*)"', text)
    text = re.sub(r'<[^>]*>|[\w-]+="[^"]*"', "\0", text)
    parts = [part.strip(" ·\n") for part in [*text.split("\0"), *spoken]]
    return [part for part in parts if re.search(r"[^\W\d_]{2}", part) and part not in ("Partilha", "k-box")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_of_several_catalogues_has_one_translation(language: str) -> None:
    """Flask-Babel joins the catalogues into one: the last would win, on the pages of all."""
    said: dict[object, set[object]] = {}
    for folder in (folder for folder, has in CATALOGUES if has == language):
        for message in translated(folder, language):
            said.setdefault(forms(message.id)[0], set()).add(forms(message.string)[0])
    assert {message: words for message, words in said.items() if len(words) > 1} == {}


def test_the_messages_are_portuguese_of_portugal_and_calm(folder: Path) -> None:
    texts = [PLACE.sub("", form) for message in messages(folder) for form in forms(message.id)]
    assert [text for text in texts if BRAZILIAN.search(text)] == []
    assert [text for text in texts if "arquivo" in text.lower() and not text_means_archive(text)] == []
    assert [text for m in messages(folder) for text in (*forms(m.id), *forms(m.string)) if "!" in text] == []


def text_means_archive(text: str) -> bool:
    """Return whether “arquivo” is used for what holds many files; a single one is a “ficheiro”."""
    return any(use in text for use in ARCHIVES)


@pytest.mark.parametrize(
    "words", ["A tela do usuário", "O ficheiro está carregando", "Clique para baixar", "Deletar o rascunho"]
)
def test_brazilian_words_would_be_noticed(words: str) -> None:
    assert BRAZILIAN.search(words)
