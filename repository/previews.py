"""How a file is seen in a page: page pictures, an image, sound, film or its text."""

from typing import Any

from flask import url_for
from sqlalchemy import select

from repository.models import File, FileText
from repository.work import Work

MOST_TEXT = 20_000


def preview_of(work: Work, file: File) -> dict[str, Any] | None:
    """Return how the file is seen in the page: page pictures, an image, sound, film or its text; None when it is not."""
    show: dict[str, Any] = {"family": file.family, "title": file.name, "media_type": file.media_type}
    if file.preview_count:
        pages = range(1, file.preview_count + 1)
        show["pages"] = [{"url": url_for("files.page_image", file_id=file.id, page=n), "number": n} for n in pages]
        show["wide"] = file.family == "slides"
    elif file.family in ("image", "audio", "video") and not file.problem and file.media_type != "image/svg+xml":
        show["src"] = url_for("files.view", file_id=file.id)
    else:
        texts = work.session.scalars(select(FileText.text).filter_by(file_id=file.id).order_by(FileText.page).limit(20))
        text = "\n\n".join(texts)
        if not text.strip():
            return None
        show |= {"text": text[:MOST_TEXT], "truncated": len(text) > MOST_TEXT}
    return show
