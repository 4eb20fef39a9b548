"""The only door for plugins: what is named here stays, and changes only with API_VERSION and a line in the changelog."""

from typing import TYPE_CHECKING, Any

from repository.accounts import find_user, get_user
from repository.attachments import (
    CLEANABLE,
    attach,
    clean,
    cleanable,
    erase,
    get_file,
    order,
    originals,
    put_back,
    put_hidden_back,
    remove,
    rename,
    restrict,
    used_bytes,
)
from repository.audit import record
from repository.console import in_terminal, json_option, pass_prepared_services, pass_services, report
from repository.counting import add as count
from repository.counting import counts_of
from repository.days import day_in_figures, day_in_full, day_in_words, month_in_words
from repository.db import Base, Numbered, UtcDateTime, contains_words
from repository.errors import Conflict, DomainError, Doubtful, Invalid, NotAllowed, NotFound, TooLarge, Unavailable
from repository.examining import look_into, thumbnail_path, write_findings
from repository.figures import Figure, ReportCount, ReportDimension, ReportScope, school_year_of
from repository.files.blobs import Blob
from repository.files.examine import Examination
from repository.files.language import detect as detect_language
from repository.findings import ask_before_showing, checks_of, early_findings, run_checks
from repository.following import as_kept, newest, read_kept
from repository.guards import has_guard
from repository.hookspecs import (
    API_VERSION,
    Arrangement,
    AuditAction,
    AuditPerson,
    AuditSubject,
    Check,
    Collection,
    Contact,
    Demonstration,
    Door,
    Finding,
    ItemAction,
    JobKind,
    LevelView,
    MailKind,
    Narrowing,
    NavEntry,
    Notice,
    Panel,
    Permission,
    Promise,
    Relative,
    Scope,
    SearchField,
    SearchNote,
    SearchParameter,
    Setting,
    Task,
    Understood,
    UploadPlace,
    hookimpl,
)
from repository.http import (
    actor,
    begin,
    client_address,
    doubts_of,
    look,
    offer_undo,
    safe_target,
    services,
    status_of,
    words_of,
)
from repository.idempotency import Answer
from repository.importing.outcome import Line as ImportLine
from repository.importing.outcome import Outcome
from repository.importing.run import title_of_name
from repository.importing.sources import Listing, SourceFile, is_system_file, keep_file, open_source, refuse_kind
from repository.incoming import join, open_draft, take_in
from repository.items import (
    EDITABLE,
    UNDECIDED,
    begin_version,
    copy,
    create_draft,
    describe,
    discard,
    get,
    grant,
    missing,
    publish,
    recall,
    recover,
    reindex,
    restore,
    revoke,
    set_credits,
    submit,
    withdraw,
)
from repository.jobs import enqueue, has_job
from repository.joining import link_for, new_teacher
from repository.letters import Enclosure
from repository.mail import has_server as has_mail_server
from repository.mail import post
from repository.models import (
    AuditEntry,
    Credit,
    File,
    FileState,
    FileText,
    Item,
    ItemTerm,
    ItemVersion,
    Membership,
    Organisation,
    State,
    User,
)
from repository.own_figures import councils_of, counted_by_year
from repository.panels import draw
from repository.permissions import actor_of, allowed, may_fetch, may_see, require, require_permission
from repository.portals import LevelBlock, Way
from repository.previews import preview_of
from repository.registry import collect
from repository.remembered import each_time, remembered
from repository.rest.answers import Problem, check_revision, show, tag_of
from repository.rest.answers import problem as problem_of
from repository.rest.blueprint import IF_MATCH, KEY, TOKEN_ONLY, ApiBlueprint, needs_scope, takes_files, was_answered
from repository.rest.blueprint import done as api_done
from repository.rest.shapes import Line, Paragraphs, RowId, Sentence, Told, Whole, address, moment
from repository.results import Speech, filter_words, search_page, visible_items
from repository.reviewing import begin_review, decline, reopen, send_back, take_back, undo_publish
from repository.sealing import seal
from repository.search.analysis import fold
from repository.search.fields import FieldKind
from repository.search.page import SearchPage
from repository.search.request import SearchRequest
from repository.signin import Locked, count_asking
from repository.spreadsheets import XLSX, write_workbook
from repository.tables import Row, Table, csv_lines, match_columns, read_tables
from repository.views import ItemView, view_of, views_of
from repository.vocabularies import Vocabularies, Vocabulary, spelling_key
from repository.words import N_, in_language
from repository.work import ANONYMOUS, SYSTEM, Actor, Services, Work, now, open_look, open_work

if TYPE_CHECKING:
    from repository.paper import Sheet

__all__ = [
    "ANONYMOUS",
    "API_VERSION",
    "CLEANABLE",
    "EDITABLE",
    "IF_MATCH",
    "KEY",
    "N_",
    "SYSTEM",
    "TOKEN_ONLY",
    "UNDECIDED",
    "XLSX",
    "Actor",
    "Answer",
    "ApiBlueprint",
    "Arrangement",
    "AuditAction",
    "AuditEntry",
    "AuditPerson",
    "AuditSubject",
    "Base",
    "Blob",
    "Check",
    "Collection",
    "Conflict",
    "Contact",
    "Credit",
    "Demonstration",
    "DomainError",
    "Door",
    "Doubtful",
    "Enclosure",
    "Examination",
    "FieldKind",
    "Figure",
    "File",
    "FileState",
    "FileText",
    "Finding",
    "ImportLine",
    "Invalid",
    "Item",
    "ItemAction",
    "ItemTerm",
    "ItemVersion",
    "ItemView",
    "JobKind",
    "LevelBlock",
    "LevelView",
    "Line",
    "Listing",
    "Locked",
    "MailKind",
    "Membership",
    "Narrowing",
    "NavEntry",
    "NotAllowed",
    "NotFound",
    "Notice",
    "Numbered",
    "Organisation",
    "Outcome",
    "Panel",
    "Paragraphs",
    "Permission",
    "Problem",
    "Promise",
    "Relative",
    "ReportCount",
    "ReportDimension",
    "ReportScope",
    "Row",
    "RowId",
    "Scope",
    "SearchField",
    "SearchNote",
    "SearchPage",
    "SearchParameter",
    "SearchRequest",
    "Sentence",
    "Services",
    "Setting",
    "Sheet",
    "SourceFile",
    "Speech",
    "State",
    "Table",
    "Task",
    "Told",
    "TooLarge",
    "Unavailable",
    "Understood",
    "UploadPlace",
    "User",
    "UtcDateTime",
    "Vocabularies",
    "Vocabulary",
    "Way",
    "Whole",
    "Work",
    "actor",
    "actor_of",
    "address",
    "allowed",
    "api_done",
    "as_kept",
    "ask_before_showing",
    "attach",
    "begin",
    "begin_review",
    "begin_version",
    "check_revision",
    "checks_of",
    "clean",
    "cleanable",
    "client_address",
    "collect",
    "contains_words",
    "copy",
    "councils_of",
    "count",
    "count_asking",
    "counted_by_year",
    "counts_of",
    "create_draft",
    "csv_lines",
    "day_in_figures",
    "day_in_full",
    "day_in_words",
    "decline",
    "describe",
    "detect_language",
    "discard",
    "doubts_of",
    "draw",
    "each_time",
    "early_findings",
    "enqueue",
    "erase",
    "filter_words",
    "find_user",
    "fold",
    "get",
    "get_file",
    "get_user",
    "grant",
    "has_guard",
    "has_job",
    "has_mail_server",
    "hookimpl",
    "in_language",
    "in_terminal",
    "is_system_file",
    "join",
    "json_option",
    "keep_file",
    "link_for",
    "look",
    "look_into",
    "match_columns",
    "may_fetch",
    "may_see",
    "missing",
    "moment",
    "month_in_words",
    "needs_scope",
    "new_teacher",
    "newest",
    "now",
    "offer_undo",
    "open_draft",
    "open_look",
    "open_source",
    "open_work",
    "order",
    "originals",
    "pass_prepared_services",
    "pass_services",
    "post",
    "preview_of",
    "problem_of",
    "publish",
    "put_back",
    "put_hidden_back",
    "read_kept",
    "read_tables",
    "recall",
    "record",
    "recover",
    "refuse_kind",
    "reindex",
    "remembered",
    "remove",
    "rename",
    "reopen",
    "report",
    "require",
    "require_permission",
    "restore",
    "restrict",
    "revoke",
    "run_checks",
    "safe_target",
    "school_year_of",
    "seal",
    "search_page",
    "send_back",
    "services",
    "set_credits",
    "show",
    "spelling_key",
    "status_of",
    "submit",
    "tag_of",
    "take_back",
    "take_in",
    "takes_files",
    "thumbnail_path",
    "title_of_name",
    "undo_publish",
    "used_bytes",
    "view_of",
    "views_of",
    "visible_items",
    "was_answered",
    "withdraw",
    "words_of",
    "write_findings",
    "write_workbook",
]


def __getattr__(name: str) -> Any:
    """Bring what makes sheets of paper when it is asked for: a server need not wait for it at its start (PEP 562)."""
    if name == "Sheet":
        from repository.paper import Sheet

        return Sheet
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
