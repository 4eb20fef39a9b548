"""A photograph's hidden data is pointed out, and taken out when its person asks."""

import zipfile
from io import BytesIO

import docx
import pytest
from PIL import Image
from sqlalchemy import select

from repository import attachments, items
from repository.models import File, Item

GPS, LATITUDE_REF, LATITUDE = 0x8825, 1, 2


def photograph() -> bytes:
    """Return a small JPEG that says where it was taken."""
    picture, exif = Image.new("RGB", (40, 30), "orange"), Image.Exif()
    exif.get_ifd(GPS)[LATITUDE_REF], exif.get_ifd(GPS)[LATITUDE] = "N", (40.0, 12.0, 0.0)
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def draft(services, work_as, ana, run_jobs):
    with work_as(ana) as work:
        item = items.create_draft(work)
        attachments.attach(work, item, services.blobs.receive(BytesIO(photograph()), limit=None), "rua.jpg")
    run_jobs()
    return item


def the_file(work_as):
    with work_as() as work:
        return work.session.scalars(select(File)).one()


def test_the_place_of_a_photograph_is_pointed_out_with_a_way_to_take_it_out(sign_in, ana, draft):
    page = sign_in(ana).get(f"/deposit/{draft.id}").text
    assert "o local onde a fotografia foi tirada" in page
    assert "Retirar estes dados" in page


def test_taken_out_the_photograph_is_the_same_picture_without_the_place(
    services, sign_in, work_as, ana, draft, run_jobs
):
    before = the_file(work_as)
    browser = sign_in(ana)
    for _twice in range(2):
        assert browser.post(f"/deposit/{draft.id}", data={"act": f"clean:{before.id}"}).status_code == 303
    run_jobs()
    after = the_file(work_as)
    assert (after.hidden, after.state, after.name) == ([], "ready", "rua.jpg")
    with Image.open(services.blobs.path(after.sha256)) as clean, Image.open(services.blobs.path(before.sha256)) as old:
        assert not clean.getexif()
        assert clean.tobytes() == old.tobytes()
    assert "Retirar estes dados" not in browser.get(f"/deposit/{draft.id}").text


def test_a_photograph_handed_in_meanwhile_stays_as_its_person_saw_it(services, work_as, ana, draft, run_jobs):
    before = the_file(work_as)
    with work_as(ana) as work:
        item = work.session.get_one(Item, draft.id)
        attachments.clean(work, item.files[0])
        items.describe(work, item, {"title": "Rua", "licence": "CC-BY-4.0", "level": ["pre"]})
        items.submit(work, item)
    run_jobs()
    assert the_file(work_as).sha256 == before.sha256


def test_nobody_else_can_have_a_drafts_photograph_changed(sign_in, work_as, rui, draft, run_jobs):
    before = the_file(work_as)
    assert sign_in(rui).post(f"/deposit/{draft.id}", data={"act": f"clean:{before.id}"}).status_code == 404
    run_jobs()
    assert the_file(work_as).sha256 == before.sha256


def test_what_was_taken_out_comes_back_with_one_press_while_the_original_is_kept(
    services, sign_in, work_as, ana, draft, run_jobs
):
    before, browser = the_file(work_as), sign_in(ana)
    browser.post(f"/deposit/{draft.id}", data={"act": f"clean:{before.id}"})
    run_jobs()
    assert "Os dados escondidos foram retirados." in browser.get(f"/deposit/{draft.id}").text
    for _twice in range(2):
        assert browser.post(f"/deposit/{draft.id}", data={"act": f"unclean:{before.id}"}).status_code == 303
    run_jobs()
    assert (the_file(work_as).sha256, the_file(work_as).hidden) == (before.sha256, ["gps"])
    browser.post(f"/deposit/{draft.id}", data={"act": f"clean:{before.id}"})
    run_jobs()
    cleaned = the_file(work_as)
    services.blobs.path(before.sha256).unlink()
    answer = browser.post(f"/deposit/{draft.id}", data={"act": f"unclean:{before.id}"})
    assert answer.status_code == 409
    assert "original já não está guardado" in answer.text
    assert the_file(work_as).sha256 == cleaned.sha256


def test_a_signed_document_stays_and_says_why(services, sign_in, work_as, ana, run_jobs):
    document, out = docx.Document(), BytesIO()
    document.core_properties.author = "Ana"
    document.save(out)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("_xmlsignatures/sig1.xml", "<Signature/>")
    with work_as(ana) as work:
        item = items.create_draft(work)
        attachments.attach(work, item, services.blobs.receive(BytesIO(out.getvalue()), limit=None), "ata.docx")
    run_jobs()
    page = sign_in(ana).get(f"/deposit/{item.id}").text
    assert "O ficheiro está assinado" in page
    assert "Retirar estes dados" not in page


def test_a_file_that_cannot_be_cleaned_stays_whole_and_the_button_goes(
    services, sign_in, work_as, ana, draft, run_jobs, monkeypatch
):
    before, browser = the_file(work_as), sign_in(ana)
    monkeypatch.setattr(services.examiner, "clean", lambda *_known: "broken")
    browser.post(f"/deposit/{draft.id}", data={"act": f"clean:{before.id}"})
    run_jobs()
    after = the_file(work_as)
    assert (after.sha256, after.state, after.hidden) == (before.sha256, "ready", ["gps", "stays"])
    page = browser.get(f"/deposit/{draft.id}").text
    assert "Retirar estes dados" not in page
    assert "sem estragar o ficheiro" in page
