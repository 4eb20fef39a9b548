"""A course from its table to the catalogue and out again: every step through pages and mail, as people take them."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from repository.models import User
from repository.work import Services
from tests.conftest import PostOffice

pytestmark = pytest.mark.browser
SITE = "https://partilha.teste.invalid"
ACTIONS = (
    "Ref.\tTítulo\tModalidade\tDuração\tInício\tFim\tEntregas até\tGR\tNíveis\tDisciplinas\tTurma\tAno letivo\n"
    "VM-OF-07\tMatemática com as mãos\tOficina de formação\t25h + 25h\t14/09/2026\t14/11/2099\t30/11/2099\t110\t"
    "1.º ciclo\tMatemática\tturma 1\t2026/2027\n"
)
JOANA, TOME = "joana@escola.invalid", "tome@escola.invalid"
PEOPLE = (
    "Nome;E-mail;Escola;Grupo de recrutamento\r\n"
    f"Joana Teles;{JOANA};AE da Várzea;110\r\n"
    f"Tomé Falcão;{TOME};AE da Várzea;110\r\n"
)
TITLE = "Frações com barras: da metade ao todo"
QUESTION, ANSWER = "De onde vêm as fotografias das barras?", "Fotografei-as na minha sala."
REPORT, REASON = "A terceira página é de um manual.", "A terceira página é de um manual escolar: sai até ser trocada."


@pytest.fixture
def services(make_services: Callable[..., Services], post_office: PostOffice) -> Services:
    """The house as it ships, whose mail goes to the server on loopback, and about decisions without waiting."""
    at_once = {"moderation_mail_minutes": 0, "training_thanks_minutes": 0}
    return make_services(smtp_url=post_office.url, public_url=SITE, **at_once)


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Three files as a teacher has them on her phone."""
    texts = {
        "guiao_FINAL2.txt": f"{TITLE}\n\n" + "Cada grupo recebe dez barras. " * 40,
        "fichas alunos.txt": "Ficha 1\n\n" + "Pinta metade da barra. " * 30,
        "notas.txt": "Notas da aula\n\n" + "Correu bem com pares. " * 20,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in texts]


def path_in(letter: EmailMessage, pattern: str) -> str:
    """Return the path of the first link of the house in a letter that matches a pattern."""
    plain = letter.get_body(("plain",))
    assert plain is not None
    link = re.search(re.escape(SITE) + pattern, plain.get_content())
    assert link, plain.get_content()
    return urlsplit(link[0]).path


def import_course(page: Any, people: Path) -> None:
    """Bring the action in by pasting its row, and its people from a file; then send the links."""
    page.goto("/actions/manage")
    page.get_by_role("link", name="Importar tabela").click()
    page.get_by_label("Ou cole aqui as células").fill(ACTIONS)
    page.get_by_role("button", name="Ler a tabela").click()
    page.get_by_role("button", name="Importar tudo").click()
    page.get_by_role("heading", name="Matemática com as mãos, turma 1").wait_for()
    page.get_by_role("link", name="Importar ou colar a lista").click()
    page.get_by_label("Ficheiro XLSX ou CSV").set_input_files(people)
    page.get_by_role("button", name="Ler a tabela").click()
    page.get_by_role("button", name="Importar tudo").click()
    page.get_by_role("link", name="Recolha").click()
    page.get_by_role("button", name="Enviar 2 ligações").click()
    page.get_by_text("2 ligações enviadas.").wait_for()


def hand_in(phone: Any, path: str, files: list[Path]) -> None:
    """Open the personal link, choose the files, and hand in what was read in them."""
    phone.goto(path)
    phone.set_input_files("input[type=file]", files)
    phone.wait_for_url("**/items/*")
    expect(phone.locator("[data-rows] > li")).to_have_count(3)
    expect(phone.locator("#f-title")).not_to_have_value("")
    phone.get_by_label("Título").fill(TITLE)
    phone.get_by_role("button", name="Entregar", exact=True).tap()
    phone.get_by_role("heading", name="Obrigado, Joana. Está entregue.").wait_for()
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390


def ask(page: Any) -> None:
    """Find the material in the queue and ask its author something, by keys."""
    page.goto("/moderation")
    page.get_by_role("heading", name="Matemática com as mãos, turma 1", exact=True).wait_for()
    page.get_by_role("heading", name=TITLE).wait_for()
    page.keyboard.press("p")
    page.locator("#n-ask").fill(QUESTION)
    page.keyboard.press("Control+Enter")
    page.get_by_text("À espera de resposta desde").wait_for()


def answer(phone: Any, path: str) -> None:
    """Open the link of the question's letter and answer, without an account."""
    phone.goto(path)
    phone.get_by_text(QUESTION).wait_for()
    phone.get_by_label("A sua resposta").fill(ANSWER)
    phone.get_by_role("button", name="Enviar a resposta").tap()
    phone.get_by_text("A resposta chegou ao centro. Obrigado.").wait_for()


def approve(page: Any) -> None:
    """Read the answer and approve."""
    page.goto("/moderation")
    page.get_by_text(ANSWER, exact=True).wait_for()
    page.keyboard.press("a")
    page.get_by_role("heading", name="Nada por decidir").wait_for()


def look_for(visitor: Any, *, until_found: bool) -> None:
    """Search for the material's own words, again while the index is behind what was decided."""
    for _ in range(200):
        visitor.goto("/search?q=barras")
        if bool(visitor.get_by_role("link", name=TITLE).count()) is until_found:
            return
    raise AssertionError("the search still says otherwise")


def report(visitor: Any) -> None:
    """Tell the centre of a problem from the material's page, without an account."""
    look_for(visitor, until_found=True)
    visitor.get_by_role("link", name=TITLE).first.click()
    visitor.get_by_role("link", name="Comunicar um problema").first.click()
    visitor.get_by_label("O que se passa?").select_option("rights")
    visitor.get_by_label("Conte o que viu").fill(REPORT)
    visitor.get_by_role("button", name="Enviar aviso").click()
    visitor.wait_for_url("**/report/*")  # the receipt; the form is at /report?item=1


def take_down(page: Any) -> None:
    """Decide the report as staff: the material goes, with a reason."""
    page.goto("/admin/reports")
    page.get_by_text(REPORT).wait_for()
    page.get_by_label("A razão da decisão").fill(REASON)
    page.get_by_role("button", name="Retirar o material").click()
    page.get_by_text("Decidido", exact=True).wait_for()


def test_a_course_comes_from_its_table_into_the_catalogue_and_leaves_it_with_a_reason(
    open_page: Callable[..., Any],
    sign_in_page: Callable[[Any, User], None],
    staff: User,
    post_office: PostOffice,
    three: list[Path],
    tmp_path: Path,
) -> None:
    (tmp_path / "formandos.csv").write_bytes(PEOPLE.encode("windows-1252"))
    desk, visitor = open_page(locale="pt-PT"), open_page(locale="pt-PT")
    phone = open_page(390, locale="pt-PT", has_touch=True, is_mobile=True)
    sign_in_page(desk, staff)
    import_course(desk, tmp_path / "formandos.csv")
    hand_in(phone, path_in(post_office.wait_for(JOANA, "Matemática com as mãos"), r"/u/\S+"), three)
    look_for(visitor, until_found=False)
    ask(desk)
    answer(phone, path_in(post_office.wait_for(JOANA, "pergunta"), r"/moderation/answers/\S+"))
    approve(desk)
    visitor.goto(path_in(post_office.wait_for(JOANA, "Está publicado"), r"/receipts/\S+"))
    visitor.get_by_text(TITLE).first.wait_for()
    report(visitor)
    take_down(desk)
    assert REASON in post_office.wait_for(JOANA, "Decisão sobre um material seu").get_body(("plain",)).get_content()
    look_for(visitor, until_found=False)
    assert not [letter["Subject"] for letter in post_office.letters if letter["To"] == TOME][1:], "the links alone"
