"""What a plugin may answer, with the one shape of each answer. `docs/hooks.md` explains each hook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pluggy

from repository.figures import ReportCount, ReportDimension
from repository.portals import Arrangement, Chosen, Door, LevelView
from repository.search.fields import SearchField

if TYPE_CHECKING:
    import click
    from flask import Blueprint, Request
    from sqlalchemy.orm import Session

    from repository.demo.centre import DemoAction, DemoPerson
    from repository.files.blobs import Blob
    from repository.models import Item, User
    from repository.rest.blueprint import ApiBlueprint
    from repository.work import Actor, Services, Work

PROJECT = "repository"
API_VERSION = 1
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True)
class Setting:
    """A declared setting; `kind` is str, int, bool or list. `secret` values are never shown."""

    name: str
    kind: type
    default: Any
    label: str
    help: str = ""
    secret: bool = False
    editable: bool = False  # an administrator may change it in the browser
    least: int | None = None  # the smallest number that makes sense


@dataclass(frozen=True)
class Permission:
    """Something a role may do in its organisation and all below it; `of_house` only with a role at the top."""

    name: str
    label: str
    roles: tuple[str, ...]
    of_house: bool = False  # concerns the whole instance: an administrator of one cluster does not have it


@dataclass(frozen=True)
class Scope:
    """What a personal token may be for, in words; without it, a token has none of the `permissions` of its owner."""

    name: str
    label: str
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Promise:
    """Something that always holds, in words; `prove` reads, and returns how much it looked at and what is wrong."""

    words: str
    prove: Callable[[Work], tuple[int, list[str]]]


@dataclass(frozen=True)
class JobKind:
    """A kind of job. `run` gets the payloads of up to `batch` jobs and may be called twice for the same ones."""

    name: str
    run: Callable[[Services, list[dict[str, Any]]], None]
    batch: int = 1
    period: timedelta | None = None  # put into the queue by itself, this often
    apart: bool = False  # takes long: runs in a thread of its own, so that nothing else waits for it
    label: str = ""  # what it does, in words, for the administration


@dataclass(frozen=True)
class AuditAction:
    """A code that the audit trail keeps, such as "item.publish", and how it is said: who "published a material"."""

    code: str
    label: str


@dataclass(frozen=True)
class AuditSubject:
    """A kind of row that the audit trail tells of, by its class in small letters ("edition"), and what people call it.

    `fields` are the names of what is kept before and after a change, `values` the codes among it, each in words.
    """

    kind: str
    label: str
    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditPerson:
    """Somebody without an account, by the code that the audit trail keeps ("participant:12"), in the reader's words."""

    code: str
    label: str


@dataclass(frozen=True)
class NavEntry:
    """A line of the main menu, or of the administration menu when `section` is "admin".

    `count` tells how much waits there for this person; it is asked for every page, so it is one cheap question.
    """

    label: str
    endpoint: str
    weight: int = 50
    section: str = "main"
    icon: str = ""
    permission: str = ""
    count: Callable[[Work], int] | None = None


@dataclass(frozen=True)
class Panel:
    """A part of a page, drawn by `template` with `context`; `slot` is main, aside or top.

    `paper` says whether it is printed with the page: what one does there, and what leads elsewhere, is not.
    """

    name: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    weight: int = 50
    slot: str = "main"
    paper: bool = True


@dataclass(frozen=True)
class Task:
    """Something that waits for a person: what, in one line more `text`, and where they see to it (`act` is the button).

    `tone` is good, info, warn, bad or mute.
    """

    title: str
    url: str
    act: str
    text: str = ""
    icon: str = "clock"
    tone: str = "info"


@dataclass(frozen=True)
class ItemAction:
    """A button on the item page, or where nothing was found; `method` is get or post, and there always get."""

    label: str
    url: str
    icon: str = ""
    method: str = "get"
    weight: int = 50
    main: bool = False


@dataclass(frozen=True)
class Contact:
    """Somebody to write to. `url` is where this person sees the item in question; `user_id` is None without an account."""

    name: str
    address: str
    locale: str = "pt_PT"
    url: str = ""
    user_id: int | None = None


@dataclass(frozen=True)
class MailKind:
    """A kind of mail that people may stop, as `label` tells them; `digest` sums up what came together since the last one.

    `name` carries the plugin's name: "moderation.digest".
    """

    name: str
    label: str
    digest: bool = False


@dataclass(frozen=True)
class Collection:
    """What an item was made for and is decided with, such as an edition of a training action.

    `key` is its lasting name ("edition:7"), `parent` that of what it belongs to ("action:3"). `expected` says which
    codes the items in it should have, by vocabulary.
    """

    key: str
    label: str
    url: str = ""
    parent: str = ""
    note: str = ""
    expected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """A sentence that waits for those responsible for an item, with the place where they answer it."""

    text: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True)
class SearchParameter:
    """A parameter of the plugin's own in the address of a search, such as `free`; `description` is for the API."""

    name: str
    description: str


@dataclass(frozen=True)
class Narrowing:
    """What a search is narrowed by through the parameters `names`, in words, and the items that must not appear.

    Narrowing that only adds notes to the results leaves nothing out.
    """

    names: tuple[str, ...]
    label: str
    without: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Understood:
    """Words of a question that say something else than what is looked for: `words` as they were typed.

    `asked` are the search parameters that they stand for, `label` how that is said.
    """

    words: str
    label: str
    asked: Mapping[str, str]


@dataclass(frozen=True)
class SearchNote:
    """A line beside a result: an icon, a sentence, its tone (good, warn, bad or none), and what one can do (words, url).

    `drawing` is the shape in `static/drawings.svg` that stands for an item without a picture; a note without a sentence
    gives that alone.
    """

    item_id: int
    icon: str = ""
    text: str = ""
    tone: str = ""
    act: tuple[str, str] | None = None
    drawing: str = ""


@dataclass(frozen=True)
class Relative:
    """An item of the same family: `depth` counts the steps from the first original, `note` says what was changed."""

    item_id: int
    depth: int = 0
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """What a check has to say, in words; `weight` is stop, warn or note, `fix` the name of a repair or empty."""

    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)
    file_id: int | None = None
    weight: str = "warn"
    fix: str = ""


@dataclass(frozen=True)
class Check:
    """A small function that looks at a submitted item before a person does. It may be run again at any time.

    What an `early` one finds is also said to the authors before they hand in: it tells nothing of others' items.
    """

    code: str
    label: str
    run: Callable[[Services, Work, Item], Iterable[Finding]]
    early: bool = False


@dataclass(frozen=True)
class UploadPlace:
    """Where resumable uploads may go that are not for a draft; `name` carries the plugin's name.

    Metadata `target` of an upload is "<name>/<place>". `announce(services, actor, place, name, size)` raises for what the
    person may not send there, before a byte is sent; it says the largest size too. `take(services, actor, place, blob,
    name)` gets the kept bytes, asks again whether the person may, and returns what the sender is told (`Upload-File`).
    """

    name: str
    announce: Callable[[Services, Actor, str, str, int], None]
    take: Callable[[Services, Actor, str, Blob, str], str]


@dataclass(frozen=True)
class Demonstration:
    """The demonstration centre as plugins find it when they add to it.

    `actions` are its training actions and `people` its accounts, by key; `items` the ids of its materials by the key of
    the action they come from. `keep_files(said, authors)` makes the files of one material, said as in
    repository/demo/materials, signed by `authors` (one line), and returns their names and contents.
    """

    actions: Mapping[str, DemoAction]
    people: Mapping[str, DemoPerson]
    items: Mapping[str, Sequence[int]]
    keep_files: Callable[[Mapping[str, Any], str], Sequence[tuple[str, Blob]]]


class Hooks:
    """The hooks, in the order: set-up, display, data, decisions, events."""

    @hookspec
    def register_blueprints(self) -> Iterable[Blueprint]:  # type: ignore[empty-body]
        """Pages of the plugin; the blueprint is named as the plugin."""

    @hookspec
    def register_api(self) -> Iterable[ApiBlueprint]:  # type: ignore[empty-body]
        """Addresses under /api/v1, which the OpenAPI document names; the blueprint is named as the plugin."""

    @hookspec
    def register_commands(self) -> Iterable[click.Command]:  # type: ignore[empty-body]
        """Commands for the command line."""

    @hookspec
    def register_settings(self) -> Iterable[Setting]:  # type: ignore[empty-body]
        """Settings, each with its type, default and words."""

    @hookspec
    def register_permissions(self) -> Iterable[Permission]:  # type: ignore[empty-body]
        """Permissions and the roles that have them."""

    @hookspec
    def register_scopes(self) -> Iterable[Scope]:  # type: ignore[empty-body]
        """What personal tokens may be for."""

    @hookspec
    def register_promises(self) -> Iterable[Promise]:  # type: ignore[empty-body]
        """What `repository check` proves about the plugin."""

    @hookspec
    def register_search_fields(self) -> Iterable[SearchField]:  # type: ignore[empty-body]
        """Fields that the index keeps for the plugin."""

    @hookspec
    def register_search_parameters(self) -> Iterable[SearchParameter]:  # type: ignore[empty-body]
        """Parameters of the plugin's own in the address of a search."""

    @hookspec
    def register_level_views(self) -> Iterable[LevelView]:  # type: ignore[empty-body]
        """Views of a level of education, or of whatever else has a page of its own at /levels."""

    @hookspec
    def register_jobs(self) -> Iterable[JobKind]:  # type: ignore[empty-body]
        """Kinds of jobs that the worker can run."""

    @hookspec
    def register_audit_actions(self) -> Iterable[AuditAction]:  # type: ignore[empty-body]
        """The codes that the plugin records in the audit trail, in words."""

    @hookspec
    def register_audit_subjects(self) -> Iterable[AuditSubject]:  # type: ignore[empty-body]
        """What the plugin's rows are called where the audit trail tells of them."""

    @hookspec
    def audit_people(self, work: Work, acting: Sequence[str]) -> Iterable[AuditPerson]:  # type: ignore[empty-body]
        """How the audit page says those who acted without an account, named where the reader may know them."""

    @hookspec
    def register_checks(self) -> Iterable[Check]:  # type: ignore[empty-body]
        """Checks of submitted items, run before a person looks."""

    @hookspec
    def register_report_counts(self) -> Iterable[ReportCount]:  # type: ignore[empty-body]
        """What the plugin counts for reports, without persons."""

    @hookspec
    def register_report_dimensions(self) -> Iterable[ReportDimension]:  # type: ignore[empty-body]
        """What reports may tell figures apart by, besides what the core knows."""

    @hookspec
    def register_mail_kinds(self) -> Iterable[MailKind]:  # type: ignore[empty-body]
        """Kinds of mail that people may stop."""

    @hookspec
    def register_upload_places(self) -> Iterable[UploadPlace]:  # type: ignore[empty-body]
        """Where resumable uploads may go besides into drafts."""

    @hookspec
    def load_demonstration(self, services: Services, demonstration: Demonstration) -> None:
        """Add what the plugin has to the demonstration centre; asked at every load, so each thing comes in once."""

    @hookspec
    def nav_entries(self, actor: Actor) -> Iterable[NavEntry]:  # type: ignore[empty-body]
        """Lines of the menus for this person."""

    @hookspec
    def first_page_doors(self, work: Work) -> Iterable[Door]:  # type: ignore[empty-body]
        """Ways from the first page into parts of the house; when there are none, the core's own by level stand there."""

    @hookspec
    def account_uses(self) -> Iterable[str]:  # type: ignore[empty-body]
        """What an account is good for, in words that follow "with an account you can"."""

    @hookspec
    def item_panels(self, work: Work, item: Item) -> Iterable[Panel]:  # type: ignore[empty-body]
        """Parts of the item's page."""

    @hookspec
    def item_actions(self, work: Work, item: Item) -> Iterable[ItemAction]:  # type: ignore[empty-body]
        """Buttons on the item's page."""

    @hookspec
    def citation_notes(self, work: Work, item: Item) -> Iterable[str]:  # type: ignore[empty-body]
        """Sentences that belong to the item's citation, such as whose work it adapts."""

    @hookspec
    def admin_panels(self, work: Work) -> Iterable[Panel]:  # type: ignore[empty-body]
        """Parts of the administration's first page."""

    @hookspec
    def me_panels(self, work: Work) -> Iterable[Panel]:  # type: ignore[empty-body]
        """Parts of a person's own page."""

    @hookspec
    def me_tasks(self, work: Work) -> Iterable[Task]:  # type: ignore[empty-body]
        """What waits for a person, shown first on their own page."""

    @hookspec
    def item_notices(self, work: Work, item: Item) -> Iterable[Notice]:  # type: ignore[empty-body]
        """What waits for those responsible for the item."""

    @hookspec
    def facet_labels(self, work: Work, facet: str, values: Sequence[str]) -> Iterable[tuple[str, str]]:  # type: ignore[empty-body]
        """Pairs of value and words, for a facet whose values are the plugin's own."""

    @hookspec
    def search_panels(self, work: Work, asked: Mapping[str, str]) -> Iterable[Panel]:  # type: ignore[empty-body]
        """Parts of the forms that search: slot "aside" above the facets of the results, "top" on the first page."""

    @hookspec
    def places_to_ask(self, work: Work, filters: Chosen) -> Iterable[tuple[str, str]]:  # type: ignore[empty-body]
        """Where a person can ask for what a search with these filters does not find: pairs of words and address."""

    @hookspec
    def arrange_search(self, work: Work, filters: Chosen, asked: Mapping[str, str]) -> Iterable[Arrangement]:  # type: ignore[empty-body]
        """How the results of a search are shown and what comes gently first, from its filters and search parameters."""

    @hookspec
    def nothing_found_actions(self, work: Work, question: str, filters: Chosen) -> Iterable[ItemAction]:  # type: ignore[empty-body]
        """What else one can do where a search has found nothing, such as asking colleagues."""

    @hookspec
    def search_notes(self, work: Work, asked: Mapping[str, str], items: Sequence[Item]) -> Iterable[SearchNote]:  # type: ignore[empty-body]
        """Lines beside the results of one page, in the same few queries for any number of them."""

    @hookspec
    def collection_panels(self, work: Work, key: str, item_ids: Sequence[int]) -> Iterable[Panel]:  # type: ignore[empty-body]
        """Parts of the page of a collection, whose key is "action:3", from what is known of the items in it."""

    @hookspec
    def read_question(self, work: Work, question: str) -> Iterable[Understood]:  # type: ignore[empty-body]
        """What words of a question say besides what is looked for."""

    @hookspec
    def narrow_search(self, work: Work, asked: Mapping[str, str]) -> Iterable[Narrowing]:  # type: ignore[empty-body]
        """What the plugin's parameters in a search leave out, and how that is said."""

    @hookspec
    def item_needs(self, work: Work, item: Item) -> Iterable[str]:  # type: ignore[empty-body]
        """What a lesson with the item needs, each in the author's words."""

    @hookspec
    def text_doubts(self, work: Work, text: str) -> Iterable[Finding]:  # type: ignore[empty-body]
        """What should be asked about a short text before others read it; whoever wrote it may confirm it as it is."""

    @hookspec
    def item_relatives(self, work: Work, item: Item) -> Iterable[Relative]:  # type: ignore[empty-body]
        """The family of the item as far as the person may see, the first original first and itself included."""

    @hookspec
    def search_document(self, work: Work, item: Item) -> Mapping[str, Any] | None:
        """The plugin's own search fields: a string for a TEXT field, strings in a list for the others."""

    @hookspec
    def version_said(self, work: Work, item: Item) -> Mapping[str, Any] | None:
        """What the plugin keeps about a published version, under the plugin's name, as plain values."""

    @hookspec
    def version_restored(self, work: Work, item: Item, said: Mapping[str, Any]) -> None:
        """An item says again what one of its versions said; `said` is what plugins kept with it, by name."""

    @hookspec
    def item_imported(self, work: Work, item: Item, values: Mapping[str, str]) -> Iterable[str]:  # type: ignore[empty-body]
        """A table says more about a draft than the core keeps; answer with the names that the plugin took."""

    @hookspec
    def item_audiences(self, item: Item) -> Iterable[str]:  # type: ignore[empty-body]
        """Labels that open the item to those who hold them."""

    @hookspec
    def actor_audiences(self, actor: Actor, session: Session) -> Iterable[str]:  # type: ignore[empty-body]
        """Labels that the person holds."""

    @hookspec
    def person_data(self, work: Work, user: User) -> Mapping[str, Any] | None:
        """What the plugin keeps about a person, for that person, under the plugin's name, as plain values."""

    @hookspec
    def account_ties(self, work: Work, user: User) -> Iterable[str]:  # type: ignore[empty-body]
        """What should be settled before the account is closed or deleted, in sentences for whoever is about to do it."""

    @hookspec(firstresult=True)
    def actor_of_request(self, services: Services, request: Request) -> Actor | None:
        """Who makes a request that no signed-in person makes, when the plugin recognises them."""

    @hookspec
    def item_contacts(self, work: Work, item: Item) -> Iterable[Contact]:  # type: ignore[empty-body]
        """Whom to write to about the item."""

    @hookspec
    def item_collections(self, work: Work, item: Item) -> Iterable[Collection]:  # type: ignore[empty-body]
        """What the item was made for."""

    @hookspec
    def allow(self, actor: Actor, action: str, target: object) -> bool | None:
        """May this be done? One False vetoes, True allows, and silence denies."""

    @hookspec(firstresult=True)
    def needs_review(self, work: Work, item: Item) -> bool | None:
        """Does a submitted item wait for a decision? The first plugin with an answer decides."""

    @hookspec
    def account_forgotten(self, work: Work, user: User) -> None:
        """An account is being deleted, in the same transaction; who it was is still known."""

    @hookspec
    def item_submitted(self, work: Work, item: Item) -> None:
        """An item was submitted, in the same transaction."""

    @hookspec
    def item_published(self, work: Work, item: Item, restored: bool) -> None:
        """An item was published, or a new version of it was, in the same transaction; `restored` when it only came back."""

    @hookspec
    def item_returned(self, work: Work, item: Item, note: str) -> None:
        """An item went back to its author with a note, in the same transaction."""

    @hookspec
    def item_declined(self, work: Work, item: Item, note: str) -> None:
        """The centre decided not to publish an item, with a note, in the same transaction."""

    @hookspec
    def item_withdrawn(self, work: Work, item: Item) -> None:
        """An item is no longer to be found, in the same transaction."""

    @hookspec
    def item_used(self, work: Work, item: Item, user_id: int) -> None:
        """A signed-in person took files of an item along, or brought a kit back; not who made it. Nothing is kept of it."""

    @hookspec
    def item_copied(self, work: Work, source: Item, copy: Item) -> None:
        """`copy` takes over what `source` says: a new version is begun or taken over, or an adaptation is begun."""
