"""Every template draws with little and with much, within the security policy, and lets nothing through unescaped."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, flash, render_template, render_template_string
from house import Around, Person, Site, Thing, make_house
from samples import BUSY, FULL, HOSTILE, MINIMAL

import repository

ROOT = Path(repository.__path__[0])
ICONS = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static/vendor/icons.svg").read_text()))
DRAWINGS = set(re.findall(r'id="([\w-]+)"', (ROOT / "static/drawings.svg").read_text()))
PAGES = [("full", name, BUSY, *FULL[name]) for name in FULL] + [
    ("minimal", name, Around(), *MINIMAL[name]) for name in MINIMAL
]
VOID = {"meta", "link", "input", "img", "br", "hr", "use"}


class Page(HTMLParser):
    """Collects the tags and ids of a page and notices wrong nesting."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def draw(around: Around, template: str, context: dict, flashes: tuple[tuple[str, str], ...] = ()) -> str:
    app = make_house(around)
    with app.test_request_context("/here"):
        for text, category in flashes:
            flash(text, category)
        return render_template(template, **context)


@cache
def drawn(number: int) -> str:
    """Return one of PAGES, drawn once for all that is asked of it."""
    _, _, around, template, context = PAGES[number]
    return draw(around, template, context)


@pytest.fixture(params=range(len(PAGES)), ids=lambda number: "-".join(PAGES[number][:2]))
def html(request) -> str:
    return drawn(request.param)


def test_a_page_is_whole_and_has_one_title_one_heading_and_one_main_part(html):
    page = Page(html)
    assert not page.wrong
    assert not page.open
    tags = [tag for tag, _ in page.tags]
    assert (tags.count("title"), tags.count("main")) == (1, 1)
    assert "<title> ·" not in html
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids)), "an id stands twice"


def test_every_word_that_names_another_element_finds_it(html):
    page = Page(html)
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    for tag, attrs in page.tags:
        named = " ".join(attrs.get(name) or "" for name in ("for", "aria-labelledby", "aria-describedby", "data-copy"))
        target = attrs.get("href") or ""
        assert set(named.split()) <= ids, (tag, named)
        assert not target.startswith("#") or target[1:] in ids, target


def test_nothing_stands_in_the_page_that_the_security_policy_forbids(html):
    for tag, attrs in Page(html).tags:
        assert not [name for name in attrs if name == "style" or (name.startswith("on") and name != "on")], (tag, attrs)
        assert tag != "style"
        assert tag != "script" or attrs.get("src") or attrs.get("type") == "application/ld+json"
        assert not (attrs.get("src") or "").startswith(("http:", "https:", "//"))
        assert (
            tag not in ("link", "script")
            or "example" not in (attrs.get("href") or "")
            or attrs.get("rel") == "canonical"
        )


def test_every_icon_and_drawing_that_is_used_exists(html):
    used = re.findall(r"/static/vendor/icons\.svg#i-([\w-]*)", html)
    assert used
    assert set(used) <= ICONS
    assert set(re.findall(r"/static/drawings\.svg#([\w-]*)", html)) <= DRAWINGS


def test_ornament_is_hidden_from_screen_readers_and_every_picture_says_what_it_shows(html):
    for tag, attrs in Page(html).tags:
        if tag == "svg":
            assert attrs.get("aria-hidden") == "true"
        if tag == "img":
            assert "alt" in attrs


def test_every_posting_form_carries_the_token(html):
    for form in re.findall(r'<form[^>]*method="post".*?</form>', html, re.S):
        assert 'name="csrf_token"' in form


@pytest.mark.parametrize("name", [name for name in FULL if name not in ("shell",)])
def test_what_people_wrote_is_escaped_wherever_it_stands(name):
    template, context = FULL[name]

    def poison(value):
        if isinstance(value, Thing):
            return Thing(
                title=HOSTILE,
                summary=HOSTILE,
                note=HOSTILE,
                snippet=HOSTILE,
                levels=(HOSTILE,),
                type=HOSTILE,
                marks=(("x", HOSTILE, HOSTILE),),
            )
        if isinstance(value, dict):
            return {key: poison(part) for key, part in value.items()}
        if isinstance(value, list):
            return [poison(part) for part in value]
        if isinstance(value, tuple):
            return tuple(poison(part) for part in value)
        return HOSTILE if type(value) is str else value

    hostile = Around(
        site=Site(HOSTILE, HOSTILE, HOSTILE), actor=Person(True, HOSTILE), undo={"text": HOSTILE, "url": HOSTILE}
    )
    html = draw(hostile, template, poison(context), flashes=((HOSTILE, "warn"),))
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert not [attrs for _, attrs in Page(html).tags if any(name.startswith("<") or "'" in name for name in attrs)]


def test_the_number_of_results_and_the_reference_of_an_error_are_said():
    assert "64 resultados" in draw(BUSY, *FULL["search"])
    assert "Um resultado" in draw(BUSY, FULL["search"][0], {**FULL["search"][1], "total": 1})
    assert "7F3A-22" in draw(BUSY, *FULL["error"])


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 418, 422, 429, 500, 503])
def test_every_status_has_a_page_with_words_and_a_way_on(status):
    html = draw(Around(), "errors/error.html", {"status": status})
    assert re.search(r"<h1>\w+", html)
    assert 'href="/"' in html


def test_a_page_beyond_the_last_says_so_and_leads_back():
    html = draw(BUSY, *FULL["beyond"])
    assert "Não há página 99" in html
    assert "/search?page=9" in html


def test_the_chosen_theme_stands_in_the_page_and_an_invented_one_does_not():
    app = make_house()
    for cookie, shown in (("dark", True), ('x" onload="', False)):
        with app.test_request_context("/", headers={"Cookie": f"theme={cookie}"}):
            assert (' data-theme="dark"' in render_template("pages/empty.html", title="x").split(">")[1]) is shown


def macro(app: Flask, source: str, **context) -> str:
    with app.test_request_context("/"):
        return render_template_string(
            '{% import "_macros.html" as ui %}{% import "_forms.html" as form %}' + source, **context
        )


def test_what_a_panel_keeps_off_paper_is_not_printed_beside_the_text_nor_below():
    panels = [{"id": f"{slot}{paper}", "slot": slot, "paper": paper} for slot in ("main", "aside") for paper in (0, 1)]
    template, context = MINIMAL["item"]
    page = Page(draw(Around(), template, context | {"panels": panels}))
    classes = {attrs.get("aria-labelledby"): attrs.get("class") or "" for tag, attrs in page.tags if tag == "section"}
    assert [panel["id"] for panel in panels if "noprint" in classes[panel["id"]]] == ["main0", "aside0"]


def test_years_are_told_as_people_tell_them():
    told = {
        (3,): "3.º ano",
        (3, 4): "3.º e 4.º ano",
        ("1", "2", "3", "4"): "1.º ao 4.º ano",
        (1, 3, 9): "1.º, 3.º, 9.º ano",
        (12, 10, 11): "10.º ao 12.º ano",
    }
    for numbers, words in told.items():
        assert macro(make_house(), "{{ ui.years(n) }}", n=numbers) == words


def test_a_field_with_an_error_is_wired_to_it_and_the_summary_leads_to_the_field():
    app = make_house()
    html = macro(
        app,
        '{{ form.error_summary({"title": "Diga."}) }}{{ form.field("title", "Título", none, "Diga.", hint="Curto.") }}',
    )
    assert 'href="#f-title"' in html
    assert 'aria-invalid="true" aria-describedby="f-title-e f-title-h"' in html
    assert 'value=""' in html


def test_choices_keep_what_was_chosen():
    app = make_house()
    html = macro(
        app,
        '{{ form.checks("year", "Anos", [(1, "a"), (2, "b")], ["2"]) }}'
        '{{ form.select("t", "T", [("a", "A"), ("b", "B")], "b") }}',
    )
    assert 'value="2" checked' in html
    assert 'value="1" checked' not in html
    assert '<option value="b" selected>' in html


def test_the_pager_shows_the_ends_and_the_neighbours():
    html = macro(make_house(), "{{ ui.pager(5, 9, url) }}", url=lambda n: f"?page={n}")
    assert re.findall(r'href="\?page=(\d+)"', html) == ["4", "1", "4", "5", "6", "9", "6"]
    assert macro(make_house(), "{{ ui.pager(1, 1, url) }}", url=str) == ""


def test_the_same_seed_lays_the_same_wall_and_another_seed_another():
    app = make_house()
    walls = [
        macro(app, '{% import "_drawings.html" as art %}{{ art.mosaic(5, 4, seed) }}', seed=seed) for seed in (0, 0, 3)
    ]
    assert walls[0] == walls[1] != walls[2]


def test_styles_and_templates_stay_small_enough_to_read():
    for path in [*ROOT.glob("static/css/*.css"), *ROOT.glob("static/js/*.js"), *ROOT.glob("templates/**/*.html")]:
        assert len(path.read_text().splitlines()) <= 300, path.name
