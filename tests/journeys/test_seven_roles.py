"""Seven roles in the demonstration centre, at 390 and 1280 px: what nobody's own journey shows already.

The visitor, the teacher, the trainer, the head of the centre and the administrator walk here. The trainee with a personal
link walks in test_links_on_a_phone and test_journey_course, the moderator in test_queue_by_keys and, on a phone,
test_undo_in_the_queue, the desk in test_journey_desk and test_journey_of_a_kit.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from repository.house import build_services
from repository.models import User
from repository.work import Services
from tests.journeys.demonstration import copy_of
from tests.journeys.widths import PHONE, fits

pytestmark = pytest.mark.browser


@pytest.fixture
def services(
    make_services: Callable[..., Services], plugins: list[str], examiner: Any, tmp_path_factory: Any, tmp_path: Any
) -> Iterator[Services]:
    """The loaded house, in a copy that the journey may change."""
    services = build_services(
        copy_of(tmp_path_factory.getbasetemp(), make_services, tmp_path / "loaded"), plugins=plugins
    )
    services.examiner = examiner
    yield services
    services.search.engine.close()
    services.sessions.engine.dispose()


@pytest.fixture
def person(services: Services) -> Callable[[str], User]:
    """Somebody of the demonstration, by the beginning of their address."""

    def found(name: str) -> User:
        with services.sessions.reading() as session:
            return session.scalars(select(User).filter_by(email=f"{name}@demo.invalid")).one()

    return found


@pytest.fixture
def admin(person: Callable[[str], User]) -> User:
    """The demonstration's own administrator."""
    return person("administrador")


def test_a_visitor_asks_in_words_looks_inside_and_sees_what_others_made_of_it(open_page: Callable[..., Any]) -> None:
    page = open_page(width=PHONE, locale="pt-PT")
    page.goto("/")
    page.fill("#q", "planos de aula frações 3º ano")
    page.press("#q", "Enter")
    expect(page.locator("h1")).to_contain_text("«planos de aula frações 3º ano»")
    understood = page.locator("main .chip")
    expect(understood.filter(has_text="3.º ano")).to_be_visible()
    fits(page)
    page.locator("main h3, main h2").get_by_role("link", name="Frações a dobrar papel").click()
    expect(page.get_by_role("heading", name="Ver por dentro")).to_be_visible()
    expect(page.get_by_text("Pode copiar, adaptar e partilhar, se disser quem fez.")).to_be_visible()
    fits(page)
    with page.expect_download() as given:
        page.get_by_role("link", name="Descarregar tudo").click()
    assert given.value.suggested_filename.endswith(".zip")
    page.goto("/search?q=mapa+da+nossa+sala")
    page.get_by_role("link", name="O mapa da nossa sala: ver de cima").click()
    page.locator("a[href*='/beside/']").click()
    expect(page.locator("h1 + p")).to_have_text("O original e 2 adaptações.")
    fits(page)


def test_a_teacher_tells_how_it_went_and_says_a_difficulty_that_others_share(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], person: Callable[[str], User]
) -> None:
    page = open_page(width=PHONE, locale="pt-PT")
    sign_in_page(page, person("docente.verificado"))
    page.goto("/search?q=mapa+da+nossa+sala")
    page.get_by_role("link", name="O mapa da nossa sala: ver de cima").click()
    page.get_by_role("link", name="Contar como correu").click()
    page.select_option("[name=level]", "1ceb")
    page.get_by_role("button", name="Pôr na página").click()
    expect(page.get_by_role("link", name="Conte numa frase o que resultou ou o que mudou.")).to_be_visible()
    page.fill("[name=worked]", "As caixas como mesas.")
    page.get_by_role("button", name="Pôr na página").click()
    page.get_by_role("link", name="Mudar a sua nota").click()
    page.fill("[name=worked]", "Nada disto.")
    page.get_by_role("button", name="Pôr na página").click()
    expect(page.get_by_text("Nada disto.")).to_be_visible()
    page.locator(".undo button").click()
    expect(page.get_by_text("As caixas como mesas.")).to_be_visible()
    fits(page)
    page.goto("/levels/challenges")
    page.get_by_role("link", name="Ler um enunciado até ao fim").click()
    page.get_by_role("button", name="Tenho este problema").click()
    expect(page.get_by_text("4 docentes têm este problema")).to_be_visible()
    fits(page)


def test_a_trainer_sees_from_their_own_page_what_the_class_has_handed_in(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], person: Callable[[str], User]
) -> None:
    page = open_page(width=PHONE, locale="pt-PT")
    sign_in_page(page, person("formadora"))
    page.goto("/me")
    fits(page)
    page.get_by_role("link", name="Ciência perto de casa: experiências com materiais simples, Turma 2").click()
    expect(page.get_by_role("heading", name="O que a turma entregou")).to_be_visible()
    expect(page.get_by_text("O íman que atravessa a mesa")).to_be_visible()
    fits(page)


def test_the_head_reads_the_year_asks_for_what_lacks_and_takes_the_report_along(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], person: Callable[[str], User]
) -> None:
    page = open_page(width=PHONE, locale="pt-PT")
    sign_in_page(page, person("equipa"))
    page.goto("/reports")
    expect(page.locator(".bigline")).to_contain_text("descarregamentos")
    fits(page)
    paper = page.get_by_role("link", name="Relatório em PDF").get_attribute("href")
    assert page.request.get(paper).body().startswith(b"%PDF")
    page.get_by_role("link", name="Onde falta", exact=True).click()
    fits(page)
    page.get_by_role("link", name=re.compile("Pôr no quadro dos desafios, .*, 1.º ciclo")).first.click()
    expect(page.get_by_role("heading", name="Dizer uma dificuldade")).to_be_visible()
    expect(page.get_by_role("checkbox", name="1.º ciclo")).to_be_checked()


def test_an_administrator_teaches_the_search_a_word_and_the_next_question_uses_it(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], admin: User
) -> None:
    page = open_page(width=PHONE, locale="pt-PT")
    sign_in_page(page, admin)
    page.goto("/search?q=tracinhos")
    expect(page.locator("h1")).to_have_text("Nada com «tracinhos»")
    page.goto("/admin/synonyms")
    fits(page)
    page.fill("main textarea", "tracinhos\nfrações")
    page.get_by_role("button", name="Juntar grupo").click()
    page.goto("/search?q=tracinhos")
    expect(page.get_by_role("link", name="Frações a dobrar papel")).to_be_visible()
    page.goto("/admin")
    fits(page)
