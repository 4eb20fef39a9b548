"""What each check finds, and what it lets pass."""

import io
import random

import pytest
from PIL import Image, ImageDraw

from plugins.moderation import prints
from plugins.moderation.checks import pupils, rights
from plugins.moderation.models import Print
from repository.models import File, FileState, FileText, Item
from repository.registry import collect
from repository.work import SYSTEM, open_work

PLAIN = "A turma lê o texto em pares, escreve duas perguntas e troca com outro par antes de responder. " * 6
CLASS = "\n".join(
    f"{n}  {name}" for n, name in enumerate(("Ana Silva", "Bruno Costa", "Eva Reis", "Hugo Vaz", "Rui Pinto"), 1)
)
MARKS = "\n".join(f"{name}\t{n + 9}" for n, name in enumerate(("Ana Silva", "Bruno Costa", "Eva Reis", "Hugo Vaz")))


@pytest.fixture
def services(make_services):
    return make_services(plugins=["materials", "moderation"])


@pytest.fixture
def look(services, ana, make_item):
    """Return the codes of what the checks say of an item with this text and these values."""

    def checked(text: str = PLAIN, name: str = "ficha.txt", **values) -> dict[str, str]:
        said = {"summary": "Um guia para ler em pares e fazer perguntas."} | values
        item = make_item(ana, publish=False, **said)
        with open_work(services, SYSTEM) as work:
            file = work.session.get_one(Item, item.id).files[0]
            file.state, file.name = FileState.READY, name
            work.session.add(FileText(file_id=file.id, page=1, text=text))
        return codes(services, item.id)

    return checked


def codes(services, item_id: int) -> dict[str, str]:
    with open_work(services, SYSTEM) as work:
        item = work.session.get_one(Item, item_id)
        checks = collect(services.hook.register_checks)
        return {check.code: found.weight for check in checks for found in check.run(services, work, item)}


def test_a_sound_material_makes_no_check_speak(look):
    assert look() == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Alunos da turma\n" + CLASS, "class_list"),
        ("N.º\tNome\n" + CLASS.replace("  ", "\t"), "class_list"),
        ("Pauta\n" + MARKS, "class_list"),
        ("Nome: Beatriz Rocha Pinto  N.º: 7", "pupil_name"),
        ("NIF do encarregado: 245 678 913", "contact"),
        ("Ligar para 912 345 670", "contact"),
        ("Ligar para +351 961234567", "contact"),
        ("marta.teixeira@correio-exemplo.pt", "contact"),
        ("IBAN PT50 0002 0123 1234 5678 9015 4", "contact"),
        ("Todos os direitos reservados", "publisher"),
        ("© 2020 Porto Editora", "publisher"),
        ("ISBN 978-972-0-00001-9", "publisher"),
    ],
)
def test_what_has_no_place_in_a_shared_material_is_found(look, text, code):
    assert code in look(f"{PLAIN}\n{text}\n")


@pytest.mark.parametrize(
    "text",
    [
        "Nome: ____________ N.º: ___ Turma: ___",
        "1. Fernando Pessoa\n2. José Saramago\n3. Sophia de Mello\n4. Luís de Camões",
        "1. A Maria comprou 3 maçãs.\n2. O João tem 5.\n3. A Ana deu 2.\n4. O Rui comeu 1.",
        "Calcula 912 345 678 901 : 3 e 123 456 789 x 2",
        "Contactos: geral@escola.pt, biblioteca@escola.pt",
        "Bibliografia\nSantos, A. (2019). Ler. ISBN 978-972-0-00001-9",
        "ISBN 978-972-0-00001-8 tem um erro no último algarismo",
        "NIF: 123 456 780 não é um número válido",
    ],
)
def test_what_only_looks_like_it_is_let_pass(look, text):
    assert look(f"{PLAIN}\n{text}\n") == {}


THREE = ("Ana Silva", "Bruno Costa", "Eva Reis")


@pytest.mark.parametrize(
    "sentence",
    [
        "A aluna Mafalda Sousa tem dislexia.",
        "No fim, o João Silva da turma 10.º C não conseguiu acabar.",
        "O Tiago Ferreira Lopes (n.º 14) leu em voz alta.",
        "O Diogo do 5.º B leu duas vezes.",
    ],
)
def test_a_pupil_named_in_a_sentence_is_noticed_in_files_title_and_summary(look, sentence):
    assert look(f"{PLAIN}\n{sentence}")["pupil_name"] == "stop"
    assert look(summary=f"Um guia para ler em pares. {sentence}")["pupil_name"] == "stop"
    assert look(title=sentence)["pupil_name"] == "stop"


def test_numbers_and_a_filled_line_are_noticed_in_title_and_summary(look):
    assert look(title="Nome do aluno: Rodrigo Matias Antunes")["pupil_name"] == "stop"
    assert look(summary="Dúvidas para o 912345678, depois das aulas.")["pupil_name"] == "warn"


@pytest.mark.parametrize(
    "sentence",
    [
        "O João comprou três maçãs e a Maria duas.",
        "Lemos «A Maior Flor do Mundo», de José Saramago, no 4.º ano.",
        "A Escola António Nobre, n.º 12, recebeu a turma.",
        "Gil Vicente, 9.º ano: o Auto da Barca do Inferno.",
        "O aluno lê em voz alta. A aluna escolhida responde.",
        "A professora Helena Matos da turma 5.º B ajudou.",
    ],
)
def test_people_of_books_exercises_and_schools_are_no_pupils(look, sentence):
    assert look(f"{PLAIN}\n{sentence}", summary=f"Um guia para ler em pares. {sentence}") == {}


@pytest.mark.parametrize(
    "name", ["Pauta turma 5B.docx", "turma_5B.xlsx", "Lista de alunos.pdf", "nomes-dos-alunos.docx"]
)
@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{n}  {who}" for n, who in enumerate(THREE, 1)),
        "Nome\nNIF\nNota\n" + "\n".join(f"{who}\n245678913\n14" for who in THREE),
        "\n".join(f"{who}\t{n + 9}" for n, who in enumerate(THREE)),
    ],
)
def test_three_pupils_are_enough_in_a_file_that_says_it_is_of_a_class(look, name, text):
    assert look(f"{PLAIN}\n{text}\n", name)["class_list"] == "stop"
    assert "class_list" not in look(f"{PLAIN}\n{text}\n", "Ficha de leitura.docx")


@pytest.mark.parametrize("name", ["Plano para a turma.docx", "pauta musical.pdf", "Lista de alunos.docx"])
def test_the_name_of_a_file_alone_is_no_list_of_a_class(look, name):
    assert look(f"{PLAIN}\n1. Ana Silva conta 3 maçãs.\n2. O João tem 5.\n", name) == {}


def test_no_finding_repeats_the_personal_data_that_it_warns_of(services, ana, make_item):
    item = make_item(ana, publish=False, summary="Um guia para ler em pares.")
    with open_work(services, SYSTEM) as work:
        file = work.session.get_one(Item, item.id).files[0]
        work.session.add(
            FileText(file_id=file.id, page=1, text=f"turma\n{CLASS}\n912 345 670\nNome: Beatriz Rocha Pinto")
        )
    with open_work(services, SYSTEM) as work:
        item = work.session.get_one(Item, item.id)
        said = [found for check in collect(services.hook.register_checks) for found in check.run(services, work, item)]
    told = " ".join(found.reason % found.params for found in said)
    assert "Bruno" not in told
    assert "912" not in told
    assert "Beatriz" not in told


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"licence": ""}, "licence"),
        ({"title": "FICHA DE TRABALHO"}, "words"),
        ({"title": "Documento1"}, "words"),
        ({"title": "IMG_20261109"}, "words"),
        ({"summary": ""}, "words"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_a_description_lacks_is_said(look, values, code):
    assert code in look(**values)


def test_a_title_with_an_abbreviation_in_capitals_is_no_shout(look):
    assert look(title="O ADN") == {}


def test_bytes_that_another_material_has_are_told_with_its_title(services, ana, rui, make_item):
    make_item(ana, "Metades e quartos", text="o mesmo", summary="Um guia para ler em pares.")
    twin = make_item(rui, "Outro", text="o mesmo", summary="Um guia para ler em pares.")
    with open_work(services, SYSTEM) as work:
        item = work.session.get_one(Item, twin.id)
        found = [
            f for c in collect(services.hook.register_checks) if c.code == "copy" for f in c.run(services, work, item)
        ]
    assert [finding.params["other"] for finding in found] == ["Metades e quartos"]


def with_text(services, item_id: int, text: str) -> None:
    with open_work(services, SYSTEM) as work:
        item = work.session.get_one(Item, item_id)
        work.session.add(FileText(file_id=item.files[0].id, page=1, text=text))
        work.session.flush()
        prints.write(services, work, item)


def words(seed: int, count: int = 400) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices("aeioubcdlmnprst", k=6)) for _ in range(count)]


@pytest.mark.parametrize(("changed", "told"), [(0, True), (20, True), (40, True), (400, False)])
def test_a_text_with_some_words_changed_is_a_near_copy_and_another_text_is_not(services, ana, make_item, changed, told):
    said = words(1)
    first, second = make_item(ana, "Primeiro", text="um"), make_item(ana, "Segundo", text="dois")
    with_text(services, first.id, " ".join(said))
    with_text(services, second.id, " ".join([*words(2)[:changed], *said[changed:]]))
    assert ("similar" in codes(services, second.id)) is told


def test_a_new_version_is_not_told_to_be_like_what_it_revises(services, ana, make_item):
    first = make_item(ana, "Primeiro", text="um")
    draft = make_item(ana, "Primeiro, revisto", text="um", publish=False)
    with open_work(services, SYSTEM) as work:
        work.session.get_one(Item, draft.id).revises_id = first.id
    with_text(services, first.id, " ".join(words(1)))
    with_text(services, draft.id, " ".join(words(1)))
    assert {"similar", "copy"}.isdisjoint(codes(services, draft.id))


def test_the_near_prints_are_those_that_comparing_one_by_one_finds(services, ana, make_item):
    item, chance, mask = make_item(ana, "Primeiro", text="um"), random.Random(7), (1 << 64) - 1
    values = [chance.getrandbits(64) for _ in range(1500)]
    values += [values[n] ^ sum(1 << bit for bit in chance.sample(range(64), n % 30)) for n in range(300)]
    values += [0, mask, 1 << 63]
    with open_work(services, SYSTEM) as work:
        known = {"item_id": item.id, "size": 1, "state": FileState.READY, "created_at": work.now}
        files = [File(name=f"{n}.txt", sha256=f"{n:064}", position=n, **known) for n in range(len(values))]
        work.session.add_all(files)
        work.session.flush()
        signed = [value - (1 << 64) if value >> 63 else value for value in values]
        rows = zip(files, signed, strict=True)
        work.session.add_all(Print(file_id=file.id, kind="text", item_id=item.id, value=value) for file, value in rows)
        work.session.flush()
        for value in [*values[:20], *values[-3:]]:
            near = {one: (value ^ one).bit_count() for one in values if (value ^ one).bit_count() <= prints.NEAR_TEXT}
            found = prints.near_values(work, "text", value, prints.NEAR_TEXT)
            assert {one & mask: distance for one, distance in found.items()} == near
        assert prints.near_values(work, "picture", 0, 64) == {}


def drawing(seed: int, size: int) -> Image.Image:
    chance = random.Random(seed)
    image = Image.new("RGB", (400, 300), (250, 240, 200))
    for _ in range(12):
        x, y = chance.randrange(400), chance.randrange(300)
        shade = tuple(chance.randrange(256) for _ in range(3))
        ImageDraw.Draw(image).rectangle((x, y, x + 120, y + 60), fill=shade)
    return image.resize((size, size * 3 // 4))


def test_a_picture_made_smaller_keeps_its_print_and_another_has_another():
    shown = prints.difference_hash(drawing(1, 800))
    out = io.BytesIO()
    drawing(1, 320).save(out, "JPEG", quality=50)
    smaller = prints.difference_hash(Image.open(out))
    assert (shown ^ smaller).bit_count() <= prints.NEAR_PICTURE
    assert (shown ^ prints.difference_hash(drawing(2, 800))).bit_count() > prints.NEAR_PICTURE


@pytest.mark.parametrize(
    ("problem", "code"), [("encrypted", "file"), ("broken", "file"), ("truncated", "file"), ("memory", "file")]
)
def test_a_file_that_does_not_open_is_told(services, ana, make_item, problem, code):
    item = make_item(ana, publish=False, summary="Um guia para ler em pares.")
    with open_work(services, SYSTEM) as work:
        work.session.get_one(Item, item.id).files[0].problem = problem
    assert codes(services, item.id)[code] == "stop"


def test_a_pdf_of_pictures_is_told_and_one_with_words_is_not(services, ana, make_item):
    item = make_item(ana, publish=False, summary="Um guia para ler em pares.")
    with open_work(services, SYSTEM) as work:
        file = work.session.get_one(Item, item.id).files[0]
        file.media_type, file.page_count = "application/pdf", 4
    assert "scan" in codes(services, item.id)
    with open_work(services, SYSTEM) as work:
        file = work.session.get(File, file.id)
        work.session.add(FileText(file_id=file.id, page=1, text=PLAIN))
    assert "scan" not in codes(services, item.id)


def test_the_place_of_a_photograph_is_told_with_its_repair_and_an_authors_name_only_noted(services, ana, make_item):
    item = make_item(ana, publish=False, summary="Um guia para ler em pares.")
    with open_work(services, SYSTEM) as work:
        file = work.session.get_one(Item, item.id).files[0]
        file.media_type, file.hidden = "image/jpeg", ["gps"]
    with open_work(services, SYSTEM) as work:
        item = work.session.get_one(Item, item.id)
        found = [
            f for c in collect(services.hook.register_checks) if c.code == "hidden" for f in c.run(services, work, item)
        ]
        assert [(finding.weight, finding.fix) for finding in found] == [("warn", "clean")]
        item.files[0].hidden, item.files[0].media_type = ["author"], "application/pdf"
    assert codes(services, item.id)["hidden"] == "note"


@pytest.mark.parametrize("number", ["245678913", "501234560"])
def test_a_tax_number_needs_its_check_digit(number):
    right = next(digit for digit in "0123456789" if pupils.is_nif(number[:8] + digit))
    assert [pupils.is_nif(number[:8] + digit) for digit in "0123456789"].count(True) == 1, right


def test_account_and_book_numbers_need_their_check_digits():
    assert pupils.is_iban("PT50000201231234567890154")
    assert not pupils.is_iban("PT50000201231234567890155")
    assert rights.is_isbn("9789720000019")
    assert not rights.is_isbn("9789720000018")
    assert rights.is_isbn("080442957X")
