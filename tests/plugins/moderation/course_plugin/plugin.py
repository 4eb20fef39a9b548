"""Collections by title ("… @7"), a check that dislikes a word, and a receipt for what is published."""

from collections.abc import Iterable

from repository.api import Check, Collection, Finding, Item, Notice, Services, State, Work, hookimpl


@hookimpl
def item_collections(work: Work, item: Item) -> Iterable[Collection]:
    number = item.title.rpartition("@")[2] if "@" in item.title else ""
    if number.isdecimal():
        yield Collection(f"edition:{number}", f"Course {number}", parent=f"action:{number}", note="closes soon")


@hookimpl
def register_checks() -> Iterable[Check]:
    return (Check("course.word", "No odd words", look),)


def look(services: Services, work: Work, item: Item) -> Iterable[Finding]:
    if "stop" in item.title:
        yield Finding("Says “%(word)s”", {"word": "stop"}, weight="stop")
    if "note" in item.title:
        yield Finding("Says a note", weight="note")


@hookimpl
def item_notices(work: Work, item: Item) -> Iterable[Notice]:
    if item.state == State.PUBLISHED:
        yield Notice("Receipt:", f"/receipts/{item.id}", "Receipt")
