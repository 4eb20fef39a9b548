"""Pages of words (licences, accessibility, privacy, help), and what robots read."""

from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape

import nh3
from flask import Blueprint, Response, render_template, url_for
from flask_babel import get_locale
from markdown_it import MarkdownIt
from markupsafe import Markup
from sqlalchemy import select

from repository.errors import NotFound
from repository.http import look, services
from repository.models import Item, State
from repository.words import N_, SECOND, falls_back

words = Blueprint("words", __name__)
PAGES = ("licencas", "acessibilidade", "privacidade", "ajuda", "pesquisa")
MOST_ADDRESSES = 50_000  # of one sitemap file, https://www.sitemaps.org/protocol.html


@words.get("/info/<name>")
def info(name: str) -> str:
    """A page of words in the person's language."""
    if name not in PAGES:
        raise NotFound(N_("Não há nada neste endereço."))
    title, html = read_page(name, str(get_locale()))
    return render_template("pages/info.html", title=title, html=html, licences=list(services().vocabularies.licences))


@cache
def read_page(name: str, locale: str) -> tuple[str, Markup]:
    """Return the title and the cleaned HTML of a page of words; English, then Portuguese, where there is no other."""
    folder = files("repository").joinpath("texts")
    wanted = (locale, *([SECOND] if falls_back(locale) else []), "pt_PT")
    source = next(file for code in wanted if (file := folder.joinpath(code, f"{name}.md")).is_file())
    title, _, body = source.read_text("utf-8").partition("\n")
    return title.lstrip("# ").strip(), markdown(body)


def markdown(text: str) -> Markup:
    """Return Markdown as HTML without anything that could act."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return Markup(nh3.clean(html))  # noqa: S704  (cleaned)


@words.get("/robots.txt")
def robots() -> Response:
    """What search engines may read."""
    closed = ("/admin", "/me", "/deposit", "/login", "/register", "/password", "/api/", "/report", "/language", "/mail")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        f"Sitemap: {services().settings.public_url}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@words.get("/sitemap.xml")
def sitemap() -> Response:
    """The addresses of what everybody may see, https://www.sitemaps.org/protocol.html"""
    base = services().settings.public_url
    query = (
        select(Item.id, Item.updated_at)
        .where(Item.state == State.PUBLISHED, Item.audience == "public")
        .order_by(Item.id.desc())
    )
    rows = look().session.execute(query.limit(MOST_ADDRESSES))
    entries = "".join(
        f"<url><loc>{escape(base + url_for('pages.item', item_id=item_id))}</loc><lastmod>{updated:%Y-%m-%d}</lastmod></url>"
        for item_id, updated in rows
    )
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>\n'
    return Response(xml, mimetype="application/xml")
