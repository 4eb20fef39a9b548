"""Tables and papers as files that a browser keeps."""

from collections.abc import Sequence

from flask import Response

from repository.api import XLSX, csv_lines, write_workbook

MIMES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}


def as_file(rows: Sequence[Sequence[str]], kind: str) -> bytes:
    """Return rows as a file of `kind` csv or xlsx."""
    if kind == "xlsx":
        return write_workbook([("Folha1", rows)])
    return "".join(csv_lines(rows)).encode()


def as_attachment(rows: Sequence[Sequence[str]], kind: str, name: str) -> Response:
    """Return rows as a file that the browser keeps under a name."""
    return attachment(as_file(rows, kind), kind, name)


def attachment(data: bytes, kind: str, name: str) -> Response:
    """Return bytes as a file that the browser keeps under a name, and nobody in between."""
    response = Response(data, mimetype=MIMES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
