"""T21: a name is shown and offered as given, and can do nothing else."""

import unicodedata

import pytest

from repository.files.names import ascii_name, clean_name, disposition, extension

RTL = "\u202e"
NAMES = {
    "../../etc/passwd": "passwd",
    "C:\\Users\\ana\\ficha.docx": "ficha.docx",
    "a\x00b.pdf": "ab.pdf",
    f"fatura{RTL}fdp.exe": "faturafdp.exe",
    "\u2066isolado\u2069.pdf": "isolado.pdf",
    "CON": "_CON",
    "con.txt": "_con.txt",
    "LPT1.pdf": "_LPT1.pdf",
    "console.txt": "console.txt",
    ".htaccess": "htaccess",
    'diz "olá".pdf': 'diz "olá".pdf',
    "duas\r\nlinhas.pdf": "duas linhas.pdf",
    "🍎 maçã.pdf": "🍎 maçã.pdf",
    "cafe\u0301.pdf": "café.pdf",
    "fim. ": "fim",
    "": "ficheiro",
    "/": "ficheiro",
    "...": "ficheiro",
    "\u202e\u200f": "ficheiro",
    "\ud800.pdf": "pdf",
}


@pytest.mark.parametrize(("given", "shown"), NAMES.items())
def test_a_name_is_cleaned(given, shown):
    assert clean_name(given) == shown


@pytest.mark.parametrize("given", ["x" * 5000 + ".docx", "é" * 5000 + ".tar.gz", "." * 5000, "a." + "b" * 5000])
def test_a_long_name_keeps_its_extension(given):
    name = clean_name(given)
    assert 1 <= len(name) <= 200
    assert given.count(".") > 2 or extension(name) == extension(given)


@pytest.mark.parametrize("given", NAMES)
def test_cleaning_again_changes_nothing(given):
    once = clean_name(given)
    assert clean_name(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize("given", [*NAMES, 'x"; filename="y.exe', "a\r\nSet-Cookie: x=1", "%0d%0a.pdf", "x" * 5000])
def test_no_name_splits_the_header(given):
    value = disposition(given)
    assert value.isascii()
    assert value.isprintable()
    assert value.count('"') == 2
    assert value.startswith('attachment; filename="')
    assert "; filename*=UTF-8''" in value
    assert disposition(given, inline=True).startswith("inline; ")


def test_browsers_get_the_right_name_back():
    value = disposition('Ação "um" 🍎.pdf')
    assert value == (
        "attachment; filename=\"Acao _um_ _.pdf\"; filename*=UTF-8''A%C3%A7%C3%A3o%20%22um%22%20%F0%9F%8D%8E.pdf"
    )


def test_a_name_without_a_latin_letter_still_has_a_plain_form():
    assert ascii_name("Фракції.pdf") == "ficheiro.pdf"
    assert ascii_name("分数") == "ficheiro"


def test_the_extension_is_the_last_one_or_a_packed_folder():
    assert extension("a.PDF") == "pdf"
    assert extension("a.tar.gz") == "tar.gz"
    assert extension("a.b.gz") == "gz"
    assert extension(".pdf") == ""
    assert extension("nada") == ""
    assert extension("a.pdf\n") == ""
