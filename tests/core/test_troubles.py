"""What the system refuses is told in words: whole paths in a terminal, the last name alone on a page."""

import errno
import os

import pytest
from sqlalchemy.exc import OperationalError

from repository.errors import Invalid
from repository.troubles import refusal_of


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "Falta permissão para ler ou escrever «{}»."),
        (errno.EPERM, "Falta permissão para ler ou escrever «{}»."),
        (errno.EROFS, "O disco só se deixa ler: não se consegue escrever «{}»."),
        (errno.EISDIR, "No lugar do ficheiro «{}» está uma pasta."),
        (errno.ENOENT, "No such file or directory: {}"),
    ],
)
def test_a_path_is_whole_in_a_terminal_and_a_name_on_a_page(number, words):
    error = OSError(number, os.strerror(number), "/srv/casa/secret")
    assert str(refusal_of(error)) == words.format("/srv/casa/secret")
    assert str(refusal_of(error, whole=False)) == words.format("secret")


def test_below_a_file_it_is_the_file_that_stands_in_the_way(tmp_path):
    (tmp_path / "blobs").write_text("a file")
    with pytest.raises(NotADirectoryError) as caught:
        (tmp_path / "blobs" / "ab" / "abcd").read_bytes()
    assert str(refusal_of(caught.value, whole=False)) == "No lugar da pasta «blobs» está um ficheiro."


def test_why_a_database_refuses_is_told_in_the_terminal_alone():
    error = OperationalError("SELECT 1", {}, Exception("no route to 10.1.2.3"))
    assert str(refusal_of(error)) == "A base de dados recusa: no route to 10.1.2.3"
    assert str(refusal_of(error, whole=False)) == "A base de dados não responde."


def test_a_refusal_stays_what_it_is_and_a_fault_of_the_code_is_none():
    refused = Invalid("Não.")
    assert refusal_of(refused) is refused
    assert refusal_of(KeyError("x")) is None
    assert refusal_of(OSError("without a number")) is None
    assert refusal_of(BrokenPipeError(errno.EPIPE, "Broken pipe")) is None
