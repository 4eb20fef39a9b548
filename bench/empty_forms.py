"""Send every form empty and see whether it says what is missing: in a summary that gets the focus, and beside each field."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from playwright.sync_api import Page


@dataclass
class Form:
    """A form that posts: where to, what it sends unseen, and what a person fills in."""

    action: str
    page: str
    hidden: dict[str, str] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    button: tuple[str, str] | None = None


class Reader(HTMLParser):
    """Reads the forms of a page, and what is wrong in it: ids, errors, the summary and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.ids: set[str] = set()
        self.described: list[tuple[str, list[str]]] = []
        self.links: list[str] = []
        self.summary: dict[str, str | None] | None = None
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if said.get("id"):
            self.ids.add(said["id"] or "")
        if said.get("aria-invalid") == "true":
            self.described.append(
                (said.get("name") or said.get("id") or tag, (said.get("aria-describedby") or "").split())
            )
        if "sum" in (said.get("class") or "").split():
            self.summary = said
        if tag == "a" and self.summary is not None and (said.get("href") or "").startswith("#"):
            self.links.append((said["href"] or "")[1:])
        if tag == "form" and said.get("method", "").lower() == "post":  # type: ignore[union-attr]
            self.forms.append(Form(urljoin(self.page, said.get("action") or self.page), self.page))
            self._depth = 1
        elif self._depth and tag in ("input", "select", "textarea", "button"):
            self._add(tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._depth = 0

    def _add(self, tag: str, said: dict[str, str | None]) -> None:
        form, name, kind = (
            self.forms[-1],
            said.get("name") or "",
            said.get("type") or ("submit" if tag == "button" else ""),
        )
        if not name and kind != "submit":
            return
        if kind == "hidden":
            form.hidden[name] = said.get("value") or ""
        elif kind == "submit":
            form.button = form.button or ((name, said.get("value") or "") if name else None)
        else:
            form.fields.add(name)


def read(page: str, text: str) -> Reader:
    """Return what a page holds."""
    reader = Reader(page)
    reader.feed(text)
    return reader


def walk(page: Page, url: str, addresses: list[str]) -> dict[str, list[str]]:
    """Return what is missing in the answers to the forms of some pages, one of each kind, as the person who is signed in."""
    kinds: dict[tuple[str, frozenset[str]], Form] = {}
    for address in addresses:
        answer = page.context.request.get(url + address)
        for form in read(address, answer.text()).forms:
            if form.fields and "/logout" not in form.action:
                kinds.setdefault(
                    (re.sub(r"/\d+(?=/|$)", "/0", form.action.partition("?")[0]), frozenset(form.fields)), form
                )
    found = {}
    for form in sorted(kinds.values(), key=lambda form: "delete" in form.action):
        data = form.hidden | dict.fromkeys(form.fields, "") | (dict([form.button]) if form.button else {})
        answer = page.context.request.post(
            url + form.action, form=data, headers={"Referer": url + form.page}, max_redirects=0  # type: ignore[arg-type]
        )  # fmt: skip
        found[f"{form.page} -> {form.action}"] = wrong(form, answer.status, answer.text())
    return found


def wrong(form: Form, status: int, text: str) -> list[str]:
    """Return what is missing in the answer to a form that was sent empty."""
    if status in (302, 303):
        return []
    read_again = read(form.page, text)
    if status not in (200, 422, 409, 400, 404):
        return [f"answers {status}"]
    found = []
    if not any(f.fields >= form.fields for f in read_again.forms):
        found.append(f"{status}: the form is gone")
    if read_again.summary is None:
        found.append(f"{status}: no summary")
    elif read_again.summary.get("tabindex") != "-1" or "data-focus" not in read_again.summary:
        found.append("the summary does not get the focus")
    found += [f"a link of the summary leads nowhere: {link}" for link in read_again.links if link not in read_again.ids]
    found += [f"{name} is wrong without words" for name, ids in read_again.described if not set(ids) & read_again.ids]
    if read_again.links and not read_again.described:
        found.append("no field is marked")
    return found
