"""The pages in English say nothing in Portuguese, whoever reads them."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from repository import joining, school_import
from repository.app import create_app
from repository.models import Mail, Organisation, User
from repository.vocabularies import Vocabularies
from repository.web.pages import EXAMPLES
from tests.journeys.conftest import addresses

PO = "translations/en/LC_MESSAGES/messages.po"
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}
PORTUGUESE = re.compile(
    r"[ãõçáàâéêíóôúÃÕÇÁÀÂÉÊÍÓÔÚ«»]|\b("
    r"abrir|anular|ano|anos|apagar|aqui|arquivado|aula|aviso|avisos|com|como|conta|contas|correio|criar|da|dados|das|"
    r"dê|depois|descarregar|desde|deste|disciplina|diga|docente|docentes|dos|editar|em|endereço|ensino|entregar|"
    r"entregue|enviar|escola|escolas|escolha|escolher|escreva|fechada|fechar|ficheiro|ficheiros|guardado|guardar|"
    r"grupo|grupos|hoje|imagem|iniciar|isto|mais|mudar|nada|nenhum|nenhuma|nome|nova|novo|onde|outra|outro|palavra|"
    r"para|pelo|procurar|publicado|quando|quem|rascunho|resumo|retirado|retirar|sair|sem|senha|seu|sua|tema|"
    r"terminar|tipo|todas|todos|trabalho|trabalhos|tudo|uma|voltar)\b",
    re.IGNORECASE,
)
# What is Portuguese on purpose: names of languages, searches over Portuguese materials, the words of a table's columns.
COLUMNS = {word for words in school_import.HEADINGS.values() for word in (words[0], ", ".join(words))}
KEPT = "Adapted from «Fractions with bars»."  # whose work it adapts is kept as it was written when the adaptation began
ON_PURPOSE = {"Português", '"ciclo da água"', KEPT, *EXAMPLES, *COLUMNS}
SPOKEN = ("placeholder", "aria-label", "title", "alt", "data-alt", "data-copied", "data-none", "content")


def _known_portuguese() -> frozenset[str]:
    """Return the Portuguese of every message and vocabulary term whose English differs: for what has no accent."""
    pairs: set[tuple[str, str]] = set()
    root = Path(__file__).parents[2]
    for file in (*root.glob(f"repository/{PO}"), *root.glob(f"plugins/*/{PO}")):
        with file.open("rb") as opened:
            pairs |= {(m.id, str(m.string)) for m in read_po(opened) if isinstance(m.id, str)}
    terms = [term for vocabulary in vars(Vocabularies.load()).values() for term in vocabulary]
    pairs |= {(term.label("pt"), term.label("en")) for term in terms}
    english = {said.casefold() for _, said in pairs}
    return frozenset(said.casefold() for said, _ in pairs) - english


KNOWN_PORTUGUESE = _known_portuguese()


class Said(HTMLParser):
    """Collects what a page says to people, with the attributes that are read or shown; `lang` is the page's own."""

    SILENT = ("script", "style", "textarea", "svg", "code")

    def __init__(self) -> None:
        super().__init__()
        self.lang = ""
        self.words: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "html":
            self.lang = known.get("lang") or ""
        elif (known.get("lang") or "").startswith("pt"):
            self._inside.append(tag)  # says itself that it is Portuguese
        if tag in self.SILENT:
            self._inside.append(tag)
        self.words += [text for name, text in attrs if text and (name in SPOKEN or name.startswith("data-words"))]

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.words.append(" ".join(data.split()))


def portuguese_in(answer: TestResponse) -> list[str]:
    """Return what a page says in Portuguese, or that it is not marked as English."""
    said = Said()
    said.feed(answer.text)
    found = [words for words in said.words if words not in ON_PURPOSE and is_portuguese(words)]
    fragment = "<html" not in answer.text
    return found + ([] if fragment or said.lang == "en" else [f'<html lang="{said.lang}">'])


def is_portuguese(words: str) -> bool:
    """Return whether words are a known Portuguese message, or have a Portuguese word or sign in them."""
    rest = words.replace("fichas de frações 3.º ano", "")
    return words.casefold() in KNOWN_PORTUGUESE or PORTUGUESE.search(rest) is not None


def walk(app: Flask, browser: FlaskClient, known: dict[str, tuple[Any, ...]]) -> dict[str, list[str]]:
    """Return what each page says in Portuguese, by its address; pages that say nothing so are left out."""
    found = {}
    for address in addresses(app, known):
        answer = browser.get(address, headers=ENGLISH, buffered=True)
        assert answer.status_code < 500, (address, answer.status_code)
        if answer.mimetype == "text/html" and answer.status_code != 302:
            found[address] = portuguese_in(answer)
    assert len(found) > 30
    return {address: words for address, words in found.items() if words}


def test_a_visitor_with_an_english_browser_reads_english(app: Flask, client: FlaskClient, busy: Any) -> None:
    assert walk(app, client, busy) == {}


def test_a_teacher_who_chose_english_reads_english(app: Flask, sign_in: Any, ana: User, busy: Any) -> None:
    assert walk(app, sign_in(ana), busy) == {}


def test_an_administrator_who_chose_english_reads_english(app: Flask, sign_in: Any, admin: User, busy: Any) -> None:
    assert not (found := walk(app, sign_in(admin), busy)), found


@pytest.mark.parametrize(
    "address",
    ["/login", "/register", "/report", "/password/forgot", "/password/stale"],
)
def test_a_refused_form_says_why_in_english(client: FlaskClient, school: Organisation, address: str) -> None:
    answer = client.post(address, data={}, headers=ENGLISH)
    assert answer.status_code in (403, 404, 422), answer.status_code
    assert portuguese_in(answer) == []


def test_the_administration_refuses_in_english(app: Flask, sign_in: Any, admin: User, busy: Any) -> None:
    browser = sign_in(admin)
    forms = {
        "/admin/accounts": {"email": "no address"},
        "/admin/organisations": {"kind": "school"},
        "/admin/settings": {"session_days": "many"},
        "/admin/vocabularies/disciplines": {"code": "no code"},
        "/admin/synonyms": {"ways": "one"},
        "/admin/synonyms/1": {"ways": "one"},
        f"/admin/accounts/{admin.id}/delete": {"confirm": "other"},
        "/me/tokens": {"name": ""},
        "/me/password": {"present": "wrong"},
        "/me/delete": {"keep": ""},
    }
    for address, form in forms.items():
        answer = browser.post(address, data=form, headers=ENGLISH)
        assert answer.status_code in (409, 422), (address, answer.status_code)
        assert portuguese_in(answer) == [], address


def test_what_a_draft_still_needs_is_said_in_english(sign_in: Any, ana: User, busy: Any) -> None:
    browser = sign_in(ana)
    draft = browser.post("/deposit", headers=ENGLISH).location
    answer = browser.post(draft, data={"act": "submit", "title": "", "minutes": "long"}, headers=ENGLISH)
    assert answer.status_code == 422
    assert portuguese_in(answer) == []


@pytest.mark.parametrize("address", ["/", "/search", "/search?q=bars", "/login", "/register"])
def test_an_empty_centre_speaks_english_too(client: FlaskClient, school: Organisation, address: str) -> None:
    assert portuguese_in(client.get(address, headers=ENGLISH)) == []


def test_the_first_page_of_all_speaks_english_too(services: Any) -> None:
    answer = create_app(services=services).test_client().get("/welcome", headers=ENGLISH)
    assert answer.status_code == 200
    assert portuguese_in(answer) == []


def test_the_walk_would_notice_portuguese(client: FlaskClient, school: Organisation) -> None:
    assert len(portuguese_in(client.get("/register"))) > 20


def test_a_problem_of_the_api_is_told_in_the_language_asked_for(client: FlaskClient, admin: User) -> None:
    said = {
        language: client.get("/api/v1/items/999", headers={"Accept-Language": language}).get_json()["title"]
        for language in ("pt", "en")
    }
    assert said == {"pt": "Não há nada neste endereço.", "en": "There is nothing at this address."}


def test_who_registers_in_english_gets_mail_and_pages_in_english(
    client: FlaskClient, school: Organisation, run_jobs: Callable[[], int], services: Any
) -> None:
    form = {"name": "Joan", "email": "joan@example.org", "organisation": school.id, "group_code": ""}
    assert client.post("/register", data=form, headers=ENGLISH).status_code == 302
    run_jobs()
    with services.sessions.reading() as session:
        mail = session.query(Mail).one()
        assert session.query(User).filter_by(email="joan@example.org").one().locale == "en"
    assert mail.subject == "Your account on Partilha"
    assert mail.body.startswith("Hello Joan,")


def test_a_mail_without_a_known_language_stays_portuguese() -> None:
    assert joining.in_language(joining.WELCOME[0], "xx") == "A sua conta na Partilha"
