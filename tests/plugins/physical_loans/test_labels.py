"""Labels: a code that leads to the copy, on sheets that printers' labels come on."""

from datetime import UTC, datetime

import pypdfium2
import pytest

from plugins.physical_loans import printing
from plugins.physical_loans.labels import FORMATS, Label, sheets
from repository.api import Invalid

MADE = datetime(2027, 3, 1, tzinfo=UTC)


def label(number: int = 1) -> Label:
    url = f"https://centro.invalid/loans/c/ABCD-{number:04}"
    return Label(url, "Barras Cuisenaire, caixa de turma", f"CUI-{number:02}", "Centro de teste", f"ABCD-{number:04}")


def pages_of(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [document[n].get_textpage().get_text_bounded() for n in range(len(document))]
    finally:
        document.close()


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_fits_on_an_a4_sheet(name):
    form = FORMATS[name]
    right = form.left + form.across * form.width + (form.across - 1) * form.gap
    assert right <= 210 + 0.01
    assert form.top + form.down * form.height <= 297
    assert f"{form.across}x{form.down}" == name


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_sheet_is_filled_before_the_next_begins_and_used_places_stay_empty(name):
    form = FORMATS[name]
    many = [label(number) for number in range(1, form.per_sheet + 1)]
    assert len(pages_of(sheets(many, form, "Etiquetas", "pt-PT", MADE))) == 1
    assert len(pages_of(sheets(many, form, "Etiquetas", "pt-PT", MADE, used=1))) == 2


def test_a_label_says_what_it_is_to_people_too():
    text = pages_of(sheets([label()], FORMATS["3x7"], "Etiquetas", "pt-PT", MADE))[0]
    for words in ("CUI-01", "Barras", "Centro de teste", "ABCD-0001"):
        assert words in text, words


def test_a_title_that_is_too_long_is_cut_and_stays_on_its_label():
    long = Label("https://centro.invalid/loans/c/X", "Palavra " * 60, "CUI-01", "Centro", "X")
    text = pages_of(sheets([long], FORMATS["5x13"], "Etiquetas", "pt-PT", MADE))[0]
    assert text.count("Palavra") < 10


def test_the_code_holds_the_public_address_of_the_copy(at, thing, staff):
    with at(staff) as work:
        copies = printing.printable(work)
        made = printing.labels_of(work, copies)
        assert made[0].url == f"{work.services.settings.public_url or ''}/loans/c/{copies[0].label}"
        with pytest.raises(Invalid):
            printing.labels_of(work, [])


def test_the_page_gives_a_pdf_of_the_chosen_copies(sign_in, staff, make_thing):
    thing = make_thing(copies=3)
    browser = sign_in(staff)
    ids = [copy.id for copy in thing.copies]
    answer = browser.post("/loans/things/labels", data={"copy": ids[:2], "format": "3x7", "used": "20"})
    assert answer.mimetype == "application/pdf"
    assert len(pages_of(answer.data)) == 2
    refused = browser.post("/loans/things/labels", data={"format": "3x7"})
    assert refused.status_code == 422
    assert 'id="f-copy" aria-invalid="true" aria-describedby="f-copy-e"' in refused.text
    assert 'id="f-copy-e"' in refused.text


def test_the_command_writes_a_pdf(run_command, make_thing, tmp_path):
    make_thing(copies=2)
    out = tmp_path / "etiquetas.pdf"
    told = run_command(["loans", "labels", "--format", "2x7", "-o", str(out)])
    assert told.exit_code == 0, told.output
    assert "T1-02" in pages_of(out.read_bytes())[0]
    told = run_command(["loans", "labels", "--copies", "NADA", "-o", str(out)])
    assert told.exit_code != 0
