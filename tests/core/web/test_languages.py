"""The languages of pages and mail: who is answered in which, and what is said where a catalogue has gaps."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.support import Translations
from flask_babel import Domain

from repository.web import languages
from repository.web.languages import NAMES, CataloguesWithEnglish
from repository.words import CATALOGUES, in_language


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("de-AT,de;q=0.9,en;q=0.5", "de"), ("sv-FI", "sv"), ("en-GB", "en"), ("pt-BR", "pt-PT"), ("fi", "pt-PT")],
)
def test_a_browser_is_answered_in_its_language_and_otherwise_in_portuguese(client, admin, asked, answered):
    assert f'<html lang="{answered}"' in client.get("/login", headers={"Accept-Language": asked}).text


def test_each_language_is_offered_by_its_own_name(client, admin):
    page = client.get("/login").text
    assert all(name in page for name in NAMES.values())
    assert 'lang="de" rel="nofollow">Deutsch<' in page


def test_mail_says_in_english_what_a_catalogue_does_not_have(tmp_path: Path) -> None:
    for locale, words in (("en", {"Olá": "Hello", "Sim": "Yes"}), ("sv", {"Olá": "Hej"})):
        catalogue = Catalog(locale=locale)
        for message, said in words.items():
            catalogue.add(message, said)
        (tmp_path / locale / "LC_MESSAGES").mkdir(parents=True)
        with (tmp_path / locale / "LC_MESSAGES/messages.mo").open("wb") as file:
            write_mo(file, catalogue)
    assert [in_language("Olá", "sv", tmp_path), in_language("Sim", "sv", tmp_path)] == ["Hej", "Yes"]
    assert [in_language("Sim", "de", tmp_path), in_language("Sim", "pt_PT", tmp_path)] == ["Yes", "Sim"]


def test_a_page_in_a_language_without_catalogue_is_in_english(client, admin, services, monkeypatch):
    assert not (CATALOGUES / "fr").exists()
    monkeypatch.setattr("repository.words.YOUNG", {"fr"})
    monkeypatch.setitem(services.settings._values, "languages", ["pt_PT", "fr"])
    page = client.get("/login", headers={"Accept-Language": "fr"}).text
    assert '<html lang="fr"' in page
    assert "Sign in" in page
    assert "Iniciar sessão" not in page


def test_two_first_requests_at_once_leave_what_no_catalogue_says_in_portuguese(monkeypatch):
    both, joined, english = Barrier(2, timeout=30), Translations(), Translations()

    def when_both_are_here(self):
        both.wait()
        return english

    monkeypatch.setattr(CataloguesWithEnglish, "_english", property(when_both_are_here))
    monkeypatch.setattr(Domain, "get_translations", lambda self: joined)
    monkeypatch.setattr(languages, "get_locale", lambda: "sv")
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(CataloguesWithEnglish().get_translations) for _ in range(2)]
    assert [each.result().gettext("Não está em lado nenhum") for each in asked] == ["Não está em lado nenhum"] * 2
