"""The example of docs/plugins.md: what a plugin says of an item to plugins that it does not know."""

from collections.abc import Iterable, Iterator

from repository.api import N_, Check, Collection, Contact, Finding, Item, MailKind, Notice, Services, Work, hookimpl


def short_title(_services: Services, _work: Work, item: Item) -> Iterator[Finding]:
    """Find titles that are too short to tell anything."""
    if len(item.title) < 6:
        yield Finding(N_("O título «%(title)s» é curto."), {"title": item.title})


@hookimpl
def register_checks() -> Iterable[Check]:
    return [Check("course.short", N_("Título curto"), short_title)]


@hookimpl
def item_collections(work: Work, item: Item) -> Iterable[Collection]:
    return [Collection(key="course:1", label="Um curso", expected={"level": ("1ceb",)})]


@hookimpl
def item_contacts(work: Work, item: Item) -> Iterable[Contact]:
    return [Contact("Rita", "rita@exemplo.invalid", url=f"/course/{item.id}")]


@hookimpl
def item_notices(work: Work, item: Item) -> Iterable[Notice]:
    return [Notice("Falta o anexo.", f"/course/{item.id}", "Juntar")]


@hookimpl
def register_mail_kinds() -> Iterable[MailKind]:
    return [MailKind("course.news", N_("Novidades do curso"))]
