"""The import of a folder: what is taken, what is left, and that doing it again changes nothing."""

import errno
import zipfile

from click.testing import CliRunner
from sqlalchemy import func, select

from repository.cli import make_group
from repository.console import Console
from repository.files.blobs import write_all
from repository.files.examine import Examiner
from repository.importing import run as importing_run
from repository.importing.plan import plan_files
from repository.importing.run import Order, run
from repository.importing.sources import list_folder
from repository.models import AuditEntry, FileState, FileText, Item, Job, State
from tests.core.importing.conftest import outcomes

PAGE = "<!doctype html><html lang='pt'><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
TEXT = "As frações são partes de um todo e comparam-se com barras do mesmo tamanho. " * 4


def write_page(folder, name, title="Frações com barras", text=TEXT):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAGE.format(title=title, text=text), "utf-8")
    return path


def test_each_file_becomes_a_draft_with_what_is_found_in_it(bring_in, folder, kept, ana, centre):
    write_page(folder, "fracoes.html")
    told = bring_in(folder)
    assert (told["code"], told["counts"]["added"]) == (0, 1)
    (item,) = kept()
    assert (item.title, item.state, item.owner_id) == ("Frações com barras", State.DRAFT, ana.id)
    assert item.organisation_id == centre.id
    assert item.language.startswith("pt")
    assert item.files[0].state == FileState.READY
    assert set(item.proposed) >= {"title"}


def test_a_file_is_looked_into_once_and_its_text_is_there_before_any_job_runs(bring_in, folder, services):
    write_page(folder, "fracoes.html")
    bring_in(folder)
    with services.sessions.reading() as session:
        assert "barras" in session.scalar(select(FileText.text))
        assert session.scalar(select(Job.id).filter_by(name="files.examine")) is None


def test_published_files_with_shared_values_are_found_at_once(bring_in, folder, kept, services):
    write_page(folder, "fracoes.html")
    words = (
        "--publish",
        "--year",
        "3.º ano",
        "--licence",
        "CC BY",
        "--discipline",
        "Matemática",
        "--type",
        "ficha de trabalho",
    )
    told = bring_in(folder, *words)
    assert told["code"] == 0, told["errors"]
    (item,) = kept()
    assert (item.state, item.licence, item.type) == (State.PUBLISHED, "CC-BY-4.0", "worksheet")
    assert (item.codes("level"), item.codes("year"), item.codes("discipline")) == (["1ceb"], ["3"], ["MAT"])
    assert services.search.engine.ids() == {item.id}


def test_what_cannot_be_published_stays_a_draft_and_says_what_is_missing(bring_in, folder, kept):
    write_page(folder, "fracoes.html")
    told = bring_in(folder, "--publish", "--level", "1ceb")
    assert kept()[0].state == State.DRAFT
    assert "Diga o que os colegas podem fazer" in told["files"][0]["words"]


def test_drafts_of_an_import_before_are_published_when_what_they_lacked_is_said(bring_in, folder, kept):
    write_page(folder, "a.html", "Um")
    bring_in(folder, "--publish", "--level", "1ceb")
    told = bring_in(folder, "--publish", "--level", "3ceb", "--licence", "CC BY")
    (item,) = kept()
    assert (item.state, item.licence, item.codes("level")) == (State.PUBLISHED, "CC-BY-4.0", ["1ceb"])
    assert (told["files"][0]["outcome"], told["files"][0]["words"]) == (
        "unchanged",
        "Estava em rascunho e foi publicado.",
    )


def test_a_draft_of_somebody_else_is_not_published_by_an_import(bring_in, folder, kept, make_person):
    write_page(folder, "a.html", "Um")
    bring_in(folder)
    other = make_person("Rui")
    bring_in(folder, "--owner", other.email, "--publish", "--level", "1ceb", "--licence", "CC BY")
    assert kept()[0].state == State.DRAFT


def test_each_thread_of_an_import_has_a_reader_of_its_own_that_ends_with_it(bring_in, folder, kept, monkeypatch):
    made = []

    class Watched(Examiner):
        def __init__(self):
            super().__init__()
            made.append(self)

    monkeypatch.setattr(importing_run, "Examiner", Watched)
    for number in range(3):
        write_page(folder, f"{number}.html", title=f"Ficha {number}", text=f"{number} {TEXT}")
    bring_in(folder)
    assert [item.files[0].state for item in kept()] == [FileState.READY] * 3
    assert made
    assert not any(reader.pid for reader in made)


def test_a_second_import_of_the_same_folder_adds_nothing(bring_in, folder, kept, services):
    write_page(folder, "a.html", "Um")
    write_page(folder, "b.html", "Dois")
    bring_in(folder)
    with services.sessions.reading() as session:
        before = session.scalar(select(func.count(AuditEntry.id)))
    (folder / "b.html").rename(folder / "c.html")  # the content counts, not the name
    assert outcomes(bring_in(folder)) == {"a.html": "unchanged", "c.html": "unchanged"}
    assert len(kept()) == 2
    with services.sessions.reading() as session:
        assert session.scalar(select(func.count(AuditEntry.id))) == before


def test_the_same_content_twice_in_one_folder_is_one_item(bring_in, folder, kept):
    for name in ("a.html", "sub/b.html", "sub/c.html"):
        write_page(folder, name)
    told = bring_in(folder)
    assert (told["counts"]["added"], told["counts"]["unchanged"]) == (1, 2)
    assert len(kept()) == 1


def test_what_was_discarded_comes_in_again(bring_in, folder, kept, services):
    write_page(folder, "a.html")
    bring_in(folder)
    with services.sessions.writing() as session:
        session.scalar(select(Item)).state = State.DISCARDED
    assert outcomes(bring_in(folder)) == {"a.html": "added"}


def test_hidden_and_system_files_and_links_are_left_out_and_said(bring_in, folder, tmp_path, kept):
    write_page(folder, "bom.html")
    for name in (".DS_Store", "Thumbs.db", "~$fracoes.docx", "__MACOSX/x.html", ".git/config"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    (tmp_path / "secret.txt").write_text("de outra pasta")
    (folder / "ligacao.txt").symlink_to(tmp_path / "secret.txt")
    told = outcomes(bring_in(folder))
    assert told.pop("bom.html") == "added"
    assert set(told) == {".DS_Store", "Thumbs.db", "~$fracoes.docx", "__MACOSX", ".git", "ligacao.txt"}
    assert set(told.values()) == {"skipped"}
    assert bring_in(folder)["code"] == 0  # what nobody meant to bring in is no failure


def test_programs_and_empty_files_are_refused_each_with_its_reason(bring_in, folder, kept, services):
    (folder / "jogo.exe").write_bytes(b"MZ" + bytes(500))
    (folder / "nada.pdf").write_bytes(b"")
    write_page(folder, "bom.html")
    told = bring_in(folder)
    assert outcomes(told) == {"jogo.exe": "refused", "nada.pdf": "refused", "bom.html": "added"}
    assert told["code"] == 1
    words = {line["file"]: line["words"] for line in told["files"]}
    assert "É um programa" in words["jogo.exe"]
    assert "vazio" in words["nada.pdf"]
    assert len(list(services.blobs.digests())) == 1


def test_a_file_over_the_limit_is_refused(make_services, folder, tmp_path):
    services = make_services(max_file_mb=1)
    (folder / "grande.txt").write_bytes(b"palavra " * 200_000)
    (lines,) = run(services, plan_files(list_folder(folder), {}, services.vocabularies), Order(owner_id=1))
    assert (lines[0].outcome, "1 MB" in lines[0].words) == ("refused", True)


def test_a_broken_document_comes_in_with_its_name_as_title(bring_in, folder, kept):
    (folder / "ficha_de_frações.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")
    bring_in(folder)
    (item,) = kept()
    assert (item.title, item.proposed) == ("Ficha de frações", ["title"])
    assert item.files[0].problem


def test_a_broken_document_is_published_with_a_warning_in_the_report(bring_in, folder):
    (folder / "partido.pdf").write_bytes(b"%PDF-1.4 nada")
    said = bring_in(folder, "--publish", "--level", "1.º ciclo", "--licence", "CC BY", "--type", "ficha")
    assert "pode estar danificado" in said["files"][0]["words"]


def test_a_dry_run_says_what_would_be_done_and_changes_nothing(bring_in, folder, kept, services):
    write_page(folder, "bom.html")
    (folder / "jogo.exe").write_bytes(b"MZ" + bytes(500))
    told = bring_in(folder, "--dry-run", "--publish")
    assert outcomes(told) == {"bom.html": "added", "jogo.exe": "refused"}
    assert told["dry_run"] is True
    assert kept() == []
    assert list(services.blobs.digests()) == []


def test_a_dry_run_shows_the_titles_and_the_warnings_that_the_import_then_has(bring_in, folder, kept, services):
    write_page(folder, "fracoes.html")
    (folder / "sem_titulo.csv").write_text("a;b\n1;2\n", "utf-8")
    (folder / "partido.pdf").write_bytes(b"%PDF-1.4 nada")
    rehearsed, done = bring_in(folder, "--dry-run"), bring_in(folder)
    said = [{line["file"]: (line["title"], line["words"]) for line in told["files"]} for told in (rehearsed, done)]
    assert said[0] == said[1]
    assert said[0]["fracoes.html"][0] == "Frações com barras"
    assert list(services.blobs.partial.iterdir()) == []


def test_the_report_says_how_many_materials_were_published_and_how_many_were_left_as_drafts(
    bring_in, folder, services, ana
):
    for name in ("a.html", "b.html"):
        write_page(folder, name, text=f"{name} {TEXT}")
    told = bring_in(folder, "--level", "1ceb")
    assert told["materials"] == {"published": 0, "draft": 2}
    assert [line["state"] for line in told["files"]] == ["draft", "draft"]
    write_page(folder, "c.html", text=f"outra {TEXT}")
    told = bring_in(folder, "--publish", "--level", "1ceb", "--licence", "CC BY", "--type", "ficha")
    assert (told["counts"]["added"], told["materials"]) == (1, {"published": 3, "draft": 0})
    write_page(folder, "d.html", text=f"mais uma {TEXT}")
    command = ["import", str(folder), "--owner", ana.email, "--publish", "--level", "1ceb"]
    said = CliRunner().invoke(make_group(services.hook), command, obj=Console(lambda: services)).stdout
    assert "1 added, 3 unchanged, 0 refused, 0 skipped. Materials: 0 published, 1 left as drafts." in said


def test_an_unknown_owner_or_word_stops_the_import_before_it_begins(bring_in, folder, kept):
    write_page(folder, "bom.html")
    told = bring_in(folder, "--level", "9.º ciclo")
    assert (told["code"], "«9.º ciclo»" in told["errors"]) == (1, True)
    told = bring_in(folder, "--owner", "ninguem@teste.invalid")
    assert (told["code"], "ninguem@teste.invalid" in told["errors"]) == (1, True)
    assert kept() == []


def test_a_full_disk_stops_the_import_and_the_next_one_goes_on(bring_in, folder, kept, monkeypatch):
    for number in range(4):
        write_page(folder, f"{number}.html", f"Ficha {number}")
    calls = []

    def full_after_two(fd, data):
        calls.append(fd)
        if len(calls) > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_all(fd, data)

    monkeypatch.setattr("repository.files.blobs.write_all", full_after_two)
    told = bring_in(folder)
    assert told["code"] == 1
    assert "disco" in told["errors"]
    monkeypatch.undo()
    assert bring_in(folder)["code"] == 0
    assert sorted(item.title for item in kept()) == [f"Ficha {number}" for number in range(4)]


def test_the_report_is_written_as_a_table_that_runs_nothing(bring_in, folder, tmp_path):
    write_page(folder, "=1+1.html", "=cmd()")
    bring_in(folder, "--report", str(tmp_path / "report.csv"))
    report = (tmp_path / "report.csv").read_text("utf-8-sig").splitlines()
    assert report[0] == "file;outcome;words;item_id;title;state"
    assert report[1].startswith("'=1+1.html;added;")
    assert report[1].endswith(";'=cmd();draft")


def test_a_zip_inside_a_folder_is_kept_whole(bring_in, folder, kept, tmp_path):
    with zipfile.ZipFile(folder / "tudo.zip", "w") as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("b.txt", TEXT)
    bring_in(folder)
    (item,) = kept()
    assert [file.name for file in item.files] == ["tudo.zip"]


def test_an_empty_folder_is_no_fault(bring_in, folder, kept):
    assert bring_in(folder)["code"] == 0
    assert kept() == []
