"""Plain text goes out with an HTML twin that says the same, fetches nothing and lets nothing through unescaped."""

import re

import pytest

from repository.letters import Letter, as_html, as_text, html_of, linked, make

LETTER = Letter(
    sender="partilha@teste.invalid",
    address="ana@teste.invalid",
    subject="Duas linhas",
    body="Olá, Ana.\n\nFaltam:\n- a ficha\n- o plano\n\nhttps://partilha.teste.invalid/x\n",
    locale="pt_PT",
    house="Centro de teste",
    site="https://partilha.teste.invalid",
    why="Porque sim.",
    stop_url="",
    name="partilha-7",
)
STOPPABLE = Letter(**{**vars(LETTER), "stop_url": "https://partilha.teste.invalid/mail/stop/" + "a" * 140})


def test_paragraphs_lists_and_links_become_what_they_are():
    assert html_of("Um\ndois\n\n- três\n* quatro\nCinco\n\n15. novembro") == (
        "<p>Um<br>\ndois</p>\n<ul><li>três</li><li>quatro</li></ul>\n<p>Cinco</p>\n"
        '<ol><li value="15">novembro</li></ol>'
    )


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("Veja https://a.invalid/b?c=1&d=2.", "https://a.invalid/b?c=1&amp;d=2"),
        ("(https://a.invalid/b)", "https://a.invalid/b"),
        ("«https://a.invalid/b»", "https://a.invalid/b"),
        ("https://a.invalid/b,", "https://a.invalid/b"),
    ],
)
def test_a_link_ends_before_the_sign_that_closes_the_sentence(said, address):
    assert f'<a href="{address}">{address}</a>' in linked(said)


@pytest.mark.parametrize("said", ["javascript:alert(1)", "ftp://a.invalid", "data:text/html,x"])
def test_only_web_addresses_become_links(said):
    assert "<a" not in linked(said)


def test_what_people_wrote_is_escaped_everywhere():
    nasty = '"><script>alert(1)</script>'
    letter = Letter(**{**vars(LETTER), "body": f"- {nasty}\n\n{nasty} https://a.invalid/{nasty}", "house": nasty})
    html = as_html(Letter(**{**vars(letter), "subject": nasty, "why": nasty}))
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 6


def test_nothing_in_the_html_is_fetched_from_anywhere():
    html = as_html(STOPPABLE)
    assert not re.search(r"<(img|link|script|iframe)\b|url\(|@import", html)


def test_both_bodies_say_who_writes_why_and_how_to_stop_it():
    for said in (as_text(STOPPABLE), as_html(STOPPABLE)):
        assert "Centro de teste" in said
        assert "Porque sim." in said
        assert "Deixar de receber estas mensagens" in said
        assert STOPPABLE.stop_url in said
    assert "Deixar de receber" not in as_text(LETTER) + as_html(LETTER)


def test_the_message_has_two_bodies_and_the_headers_of_mail_that_can_be_stopped():
    message = make(STOPPABLE)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["List-Unsubscribe"] == f"<{STOPPABLE.stop_url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"List-Unsubscribe: <{STOPPABLE.stop_url}>".encode() in message.as_bytes(), (
        "the address is neither cut nor encoded"
    )
    assert all(len(line) < 998 for line in message.as_bytes().splitlines())
    assert make(LETTER)["List-Unsubscribe"] is None


def test_a_reader_in_english_gets_the_footer_in_english():
    english = Letter(**{**vars(STOPPABLE), "locale": "en"})
    assert "Stop receiving these messages" in as_text(english)
    assert '<html lang="en">' in as_html(english)
