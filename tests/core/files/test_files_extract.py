"""What the readers find in real files, and what they do not fall for."""

import io
import socket
import threading
import zipfile
from types import SimpleNamespace

import file_samples
import pytest
from file_samples import MORE, PROSE, TITLE
from PIL import Image

from repository.files.extract import READERS, extract
from repository.files.extract.choose import MAX_TEXT, rubbish, shortened, title_from_name
from repository.files.extract.plain import decoded
from repository.files.faults import Bomb, Broken, Encrypted, TooBig
from repository.files.kinds import KINDS
from repository.files.names import extension
from repository.files.pictures import hidden_in, without_hidden
from repository.files.thumbnails import page_images, thumbnail


def read(path, name=""):
    name = name or path.name
    return extract(path, KINDS[extension(name)].media_type, name)


def sample(tmp_path, name):
    return read(file_samples.make(name, tmp_path))


def test_every_kind_has_a_reader():
    assert set(READERS) == {kind.media_type for kind in KINDS.values()}


WORDY = ["guia.pdf", "guia.docx", "aula.pptx", "guia.odt", "aula.odp", "livro.epub", "pagina.html", "notas.txt",
         "notas.md", "caderno.ipynb"]  # fmt: skip


@pytest.mark.parametrize("name", WORDY)
def test_title_language_and_summary_are_found_in_a_document(tmp_path, name):
    found = sample(tmp_path, name)
    assert found.title == TITLE
    assert found.language == "pt-PT"
    assert found.summary.startswith("Os alunos dividem o recreio")
    assert len(found.summary) <= 300
    assert "partes iguais" in " ".join(found.pages[0].split())


def test_pdf_paragraphs_are_whole_and_pages_counted(tmp_path):
    found = read(file_samples.pdf(tmp_path / "a.pdf", pages=3, author="Ana", title="Microsoft Word - guia.doc"))
    assert found.title == TITLE
    assert found.page_count == len(found.pages) == 3
    assert PROSE in found.pages[0]
    assert (found.authors, found.hidden) == (("Ana",), ("author",))


def test_a_sensible_pdf_title_wins(tmp_path):
    assert read(file_samples.pdf(tmp_path / "a.pdf", title="O recreio das frações")).title == "O recreio das frações"


def test_word_tables_pages_notes_and_properties(tmp_path):
    path = file_samples.word(tmp_path / "a.docx", author="Ana")
    note = "<w:footnote><w:p><w:r><w:t>nota de rodapé</w:t></w:r></w:p></w:footnote>"
    notes = f'<w:footnotes xmlns:w="x">{note}</w:footnotes>'
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/footnotes.xml", notes)
    found = read(path)
    assert len(found.pages) == found.page_count == 2
    assert "um meio\ndois quartos" in found.pages[0]
    assert MORE in found.pages[1]
    assert "nota de rodapé" in found.pages[1]
    assert (found.keywords, found.authors, found.hidden) == (("frações", "recreio"), ("Ana",), ("author",))


def test_word_text_boxes_are_read_once(tmp_path):
    path = tmp_path / "a.docx"
    box = "<w:txbxContent><w:p><w:r><w:t>caixa</w:t></w:r></w:p></w:txbxContent>"
    body = (
        '<w:document xmlns:w="w" xmlns:mc="mc"><w:body><w:p><w:r><w:t>antes</w:t><mc:AlternateContent><mc:Choice>'
        f"{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p></w:body></w:document>"
    )
    file_samples.packed(path, {"word/document.xml": body})
    assert read(path).pages == ("caixa\nantes",)


def test_slides_keep_their_order_tables_and_notes(tmp_path):
    found = sample(tmp_path, "aula.pptx")
    assert found.page_count == 2
    assert found.pages[0].startswith(TITLE)
    assert "Lembrar as tesouras." in found.pages[0]
    assert "cartolina\tcola" in found.pages[1]


def test_sheets_are_pages(tmp_path):
    for name in ("contas.xlsx", "contas.ods"):
        found = sample(tmp_path, name)
        assert found.page_count == 2
        assert found.pages[0].startswith("Registo\ngrupo\tfração")
        assert found.pages[1] == "Contas\ntotal do recreio"
        assert found.keywords == (("frações",) if name.endswith("ods") else ())
    assert "azul\t0.5" in sample(tmp_path, "contas.xlsx").pages[0]


def test_open_document_notes_spaces_and_tables(tmp_path):
    text = sample(tmp_path, "guia.odt").pages[0]
    assert "nota de rodapé" in text
    assert "muito espaço" in text
    assert "um meio\tdois quartos" in text
    show = sample(tmp_path, "aula.odp")
    assert show.page_count == 2
    assert "Lembrar as tesouras." in show.pages[0]
    assert show.pages[1] == "cartolina"


def test_an_epub_is_read_in_the_order_of_its_spine(tmp_path):
    found = sample(tmp_path, "livro.epub")
    assert [page.split("\n")[0] for page in found.pages] == ["Primeiro", "Segundo"]
    assert found.authors == ("Ana",)


def test_html_says_only_what_is_seen(tmp_path):
    found = sample(tmp_path, "pagina.html")
    assert "não" not in found.pages[0]
    assert "p {" not in found.pages[0]
    assert "um\tdois" in found.pages[0]
    (tmp_path / "b.html").write_bytes(b"<meta charset=iso-8859-1><title>untitled</title><h1>A\xe7\xe3o na \xe1gua</h1>")
    assert read(tmp_path / "b.html").title == "Ação na água"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_is_decoded(encoding):
    assert decoded("ação “sim”".encode(encoding)) == "ação “sim”"


def test_rtf_is_read_without_its_tables(tmp_path):
    found = sample(tmp_path, "guia.rtf")
    assert found.pages == (f"{TITLE}\nOs alunos €medem\ttudo {{bem}}.",)
    assert found.title == TITLE
    assert found.hidden == ("author",)


def test_a_table_and_a_program_are_titled_by_their_name(tmp_path):
    assert sample(tmp_path, "lista.csv").title == "Lista"
    assert sample(tmp_path, "lista.csv").pages == ("grupo\tfração\nazul\t1/2",)
    assert sample(tmp_path, "programa.py").summary == "Conta frações no recreio da escola, grupo a grupo."


@pytest.mark.parametrize("name", ["som.mp3", "som.m4a", "filme.mp4", "jogo.h5p", "figura.ggb", "desenho.svg"])
def test_a_title_inside_sound_film_and_activity_is_found(tmp_path, name):
    assert sample(tmp_path, name).title == TITLE


def test_an_old_document_is_titled_by_its_name(tmp_path):
    assert sample(tmp_path, "velho.doc").title == "Velho"


def test_an_old_document_is_read_where_the_optional_reader_is_installed(tmp_path, monkeypatch):
    def extract_file_sync(path, media_type):
        if path.endswith("velho.xls"):
            raise KreuzbergError("x")
        assert media_type == "application/msword"
        return SimpleNamespace(content=f"{TITLE}\n{PROSE}")

    class KreuzbergError(Exception):
        pass

    optional = SimpleNamespace(extract_file_sync=extract_file_sync, KreuzbergError=KreuzbergError)
    monkeypatch.setattr("repository.files.extract.old_office.kreuzberg", optional)
    assert sample(tmp_path, "velho.doc").title == TITLE
    with pytest.raises(Broken):
        sample(tmp_path, "velho.xls")


def test_a_summary_is_found_behind_a_table_of_contents_and_nobody_is_no_author(tmp_path):
    path = tmp_path / "a.html"
    path.write_text(
        f"<meta name=author content='Unknown Author'><h1>{TITLE}</h1>"
        f"<p>1.1.4. Partes iguais e partes diferentes de um inteiro<p>Índice<p>{PROSE}",
        encoding="utf-8",
    )
    found = read(path)
    assert found.summary.startswith("Os alunos")
    assert found.authors == ()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("fracoes_guiao_FINAL2.pdf", "Fracoes guiao"),
        ("guia-do-professor (1).docx", "Guia do professor"),
        ("Ficha 3 - Água v2.odt", "Ficha 3 - Água"),
        ("5.º ano.pdf", "5.º ano"),
        ("final.pdf", "Final"),
        ("", "Ficheiro"),
    ],
)
def test_a_title_is_made_of_a_name(name, title):
    assert title_from_name(name) == title


@pytest.mark.parametrize("title", ["Documento1", "untitled", "guia.doc", "Apresentação do PowerPoint", "Slide 1",
                                   "Unknown Title", "IMG_2034", "Sem título", "PowerPoint Presentation",
                                   "123", "Livro1", "scan0001"])  # fmt: skip
def test_what_programs_write_is_no_title(title):
    assert rubbish(title)


@pytest.mark.parametrize("title", ["Água", "O livro da selva", "Documento de apoio às famílias", "Title IX explicado"])
def test_what_people_write_is_a_title(title):
    assert not rubbish(title)


def test_a_summary_ends_with_a_sentence_or_a_word():
    assert shortened("Uma frase. " * 50).endswith("frase.")
    assert shortened("palavra " * 50).endswith("palavra…")
    assert len(shortened("x" * 1000)) <= 300


def test_text_is_capped_and_free_of_control_characters(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Título\n" + "a\u0301\x1b\x07b\ufffe " * 700_000, encoding="utf-8")
    found = read(path)
    assert sum(map(len, found.pages)) <= MAX_TEXT
    assert found.pages[0].startswith("Título\ná b á b")


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]>"  # fmt: skip


def hostile(tmp_path, ending, doctype, entity):
    path = tmp_path / f"a.{ending}"
    if ending == "docx":
        said = f"<w:body><w:p><w:r><w:t>&{entity};</w:t></w:r></w:p></w:body>"
        body = f'{doctype}<w:document xmlns:w="w">{said}</w:document>'
        return file_samples.packed(path, {"word/document.xml": body})
    if ending == "odt":
        return file_samples.odf(path, doctype=doctype, body=f"<text:p>&{entity};</text:p>")
    if ending == "epub":
        return file_samples.epub(path, doctype=doctype)
    path.write_text(f'{doctype}<svg xmlns="http://www.w3.org/2000/svg"><text>&{entity};</text></svg>')
    return path


@pytest.mark.parametrize("ending", ["docx", "odt", "epub", "svg"])
def test_t25_billion_laughs_are_not_laughed(tmp_path, ending):
    with pytest.raises(Bomb):
        read(hostile(tmp_path, ending, LAUGHS, "j"))


@pytest.mark.parametrize("ending", ["docx", "odt", "epub", "svg"])
def test_t25_no_file_is_read_and_no_connection_made_for_a_document(tmp_path, ending):
    secret = tmp_path / "segredo.txt"
    secret.write_text("segredo")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        port = listener.getsockname()[1]
        for target in (f"file://{secret}", f"http://127.0.0.1:{port}/x"):
            doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{target}">]>'
            with pytest.raises(Bomb):
                read(hostile(tmp_path, ending, doctype, "e"))
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_member_that_unpacks_to_more_than_it_declares_is_broken(tmp_path):
    path = file_samples.make("guia.odt", tmp_path)
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02", 0, data.index(b"content.xml", data.index(b"PK\x01\x02")))
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises((Broken, Bomb)):
        read(path)


def test_more_than_the_total_is_not_unpacked(tmp_path, monkeypatch):
    path = file_samples.make("livro.epub", tmp_path)
    monkeypatch.setattr("repository.files.zips.SafeZip.__init__.__defaults__", (500,))
    with pytest.raises(Bomb):
        read(path)


def test_endless_xml_is_too_big(tmp_path, monkeypatch):
    monkeypatch.setattr("repository.files.extract.markup.STREAMED", 100)
    with pytest.raises(TooBig):
        sample(tmp_path, "guia.docx")


def test_deep_json_and_deep_markup_end_in_words(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text('{"cells":' + "[" * 100_000)
    with pytest.raises(Broken):
        read(path)


def test_a_locked_pdf_is_encrypted_and_noise_is_broken(tmp_path):
    with pytest.raises(Encrypted):
        read(file_samples.pdf(tmp_path / "a.pdf", password="x"))
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4 nada")
    with pytest.raises(Broken):
        read(tmp_path / "b.pdf")


def test_place_and_author_are_seen_and_taken_out_of_a_photo(tmp_path):
    path = file_samples.photo(tmp_path / "a.jpg", hidden=True)
    assert read(path).hidden == ("gps", "author")
    out = tmp_path / "b.jpg"
    without_hidden(path, out)
    assert hidden_in(out) == ()
    assert b"Ana Autora" not in out.read_bytes()
    assert b"segredo" not in out.read_bytes()
    with Image.open(path) as before, Image.open(out) as after:
        assert before.getexif()[0x0112] == after.getexif()[0x0112] == 6
        assert before.tobytes() == after.tobytes()


def test_words_are_taken_out_of_a_png(tmp_path):
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "Ana Autora")
    path, out = tmp_path / "a.png", tmp_path / "b.png"
    file_samples.picture().save(path, pnginfo=info)
    assert hidden_in(path) == ("author",)
    without_hidden(path, out)
    assert hidden_in(out) == ()
    with Image.open(path) as before, Image.open(out) as after:
        assert before.tobytes() == after.tobytes()
    with pytest.raises(Broken):
        without_hidden(file_samples.make("foto.gif", tmp_path), out)


PICTURED = [name for name in file_samples.SAMPLES if KINDS[extension(name)].family not in ("audio", "video", "archive",
            "interactive") and not name.startswith(("velho", "desenho", "placa"))]  # fmt: skip


@pytest.mark.parametrize("name", PICTURED)
def test_every_document_has_a_picture_of_its_beginning(tmp_path, name):
    out = tmp_path / "thumb.webp"
    assert thumbnail(file_samples.make(name, tmp_path), KINDS[extension(name)].media_type, out)
    with Image.open(out) as image:
        assert image.format == "WEBP"
        assert 250 <= image.width <= 480
        shades = image.convert("L").histogram()
        assert sum(shades[:100]) > 0 < sum(shades[200:])
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("name", ["som.mp3", "filme.mp4", "tudo.zip", "desenho.svg", "velho.doc", "jogo.h5p"])
def test_what_cannot_be_pictured_is_not(tmp_path, name):
    out = tmp_path / "thumb.webp"
    assert not thumbnail(file_samples.make(name, tmp_path), KINDS[extension(name)].media_type, out)
    assert not out.exists()


def test_a_photo_is_turned_as_it_was_taken(tmp_path):
    thumbnail(file_samples.make("foto.jpg", tmp_path), "image/jpeg", tmp_path / "a.webp")
    with Image.open(tmp_path / "a.webp") as image:
        assert image.height > image.width


def test_letters_that_cannot_be_drawn_make_no_picture(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Частини цілого\n\nДіти ділять яблуко на рівні частини.", encoding="utf-8")
    assert not thumbnail(path, "text/plain", tmp_path / "a.webp")


def test_the_first_page_that_a_document_carries_is_used(tmp_path):
    red = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((256, 362)).save(red, "PNG")
    path = file_samples.odf(tmp_path / "a.odt", extra={"Thumbnails/thumbnail.png": red.getvalue()})
    thumbnail(path, KINDS["odt"].media_type, tmp_path / "a.webp")
    with Image.open(tmp_path / "a.webp") as image:
        assert image.size == (256, 362)


def test_the_first_pages_of_a_pdf_are_pictured(tmp_path):
    path = file_samples.pdf(tmp_path / "a.pdf", pages=4)
    assert page_images(path, tmp_path, limit=3) == 3
    assert sorted(out.name for out in tmp_path.glob("page-*")) == ["page-1.webp", "page-2.webp", "page-3.webp"]
    with Image.open(tmp_path / "page-1.webp") as image:
        assert image.width == 1000


def test_reading_is_the_same_in_a_thread(tmp_path):
    path = file_samples.make("guia.odt", tmp_path)
    found = []
    thread = threading.Thread(target=lambda: found.append(read(path)))
    thread.start()
    thread.join()
    assert found == [read(path)]
