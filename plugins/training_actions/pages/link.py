"""A person's page behind a personal link: no account, one column, made for a phone. The link only ever takes in."""

import hashlib

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time, gettext, ngettext
from werkzeug.wrappers import Response as AnyResponse

from plugins.training_actions import contributions, deadlines, links, missing
from plugins.training_actions.models import Participant
from plugins.training_actions.pages.link_page import (
    files_context,
    home_page,
    item_page,
    proposals,
    read_form,
    receipt_page,
)
from repository.api import (
    EDITABLE,
    N_,
    Conflict,
    DomainError,
    Invalid,
    Item,
    Locked,
    NotFound,
    Work,
    actor,
    begin,
    clean,
    client_address,
    count_asking,
    look,
    offer_undo,
    order,
    put_back,
    put_hidden_back,
    remove,
    services,
    status_of,
    take_in,
    words_of,
)

pages = Blueprint(
    "training_actions_link",
    __name__,
    url_prefix="/u",
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/static",
)


@pages.before_request
def know_the_person() -> AnyResponse | tuple[str, int] | None:
    """Let nobody past whose link opens nothing, and say why; guesses are counted by network address."""
    token = (request.view_args or {}).get("token")
    if token is None:
        return None
    if actor().acting.startswith("participant:"):
        g.participant_id = int(actor().acting.partition(":")[2])
        return None
    found = links.find(look().session, services(), token)
    if found is not None:
        return render_template("training_actions/link_over.html", ended=found.ended, canonical=""), 410
    locked = count_asking(services(), "upload-link", token.partition("-")[0][:20], client_address())
    if isinstance(locked, Locked):
        page = render_template("training_actions/link_over.html", ended=None, canonical="")
        return Response(page, 429, headers={"Retry-After": str(locked.seconds)})
    return render_template("training_actions/link_over.html", ended=None, canonical=""), 404


@pages.after_request
def keep_it_private(response: Response) -> Response:
    """Keep the address out of caches, search engines and the pages that people go on to."""
    if request.endpoint != "training_actions_link.static":
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.errorhandler(DomainError)
def refuse(error: DomainError) -> AnyResponse:
    """Say a refusal on the person's own page, with all that they brought still in sight."""
    words = words_of(error)
    if request.form.get("act") == "autosave" or request.headers.get("X-Part"):
        return Response(
            jsonify(saved=words, errors={}, proposals={}).get_data(), status_of(error), mimetype="application/json"
        )
    if "participant_id" not in g:
        return Response(render_template("training_actions/link_over.html", words=words, canonical=""), status_of(error))
    work = look()
    page = render_template("training_actions/link_home.html", **home_page(work, me_of(work)), refused=words)
    return Response(page, status_of(error))


def me_of(work: Work) -> Participant:
    """Return the person whose link this is."""
    return work.session.get_one(Participant, g.participant_id)


@pages.get("/<token>")
def home(token: str) -> str:
    """What to bring, what was brought, and the place to drop files."""
    work = look()
    if me_of(work).link_opened_at is None:
        links.note_opened(services(), g.participant_id)
    return render_template("training_actions/link_home.html", **home_page(work, me_of(work)))


@pages.post("/<token>")
def create(token: str) -> AnyResponse:
    """Begin a contribution, with the files of a plain form when there are any; a form sent twice begins one."""
    form = _digest_of_files()
    chosen = request.form.get("deliverable", "")
    with begin() as work:
        me = me_of(work)
        standing = missing.standing_of(work, me.edition, me)
        still = missing.still_wanted(me.edition, standing)
        only = still[0][0].id if len(still) == 1 else None  # of several, the person says which
        wanted = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else only
        draft = contributions.begin_once(work, me, form, wanted)
    for name, why in _take_files(draft.id):
        flash(gettext("«%(name)s» não entrou: %(why)s", name=name, why=why), "error")
    return redirect(url_for(".draft", token=token, item_id=draft.id), 303)


@pages.get("/<token>/items/<int:item_id>")
def draft(token: str, item_id: int) -> AnyResponse | str:
    """The one page of a draft, or the receipt of what has been handed in."""
    work = look()
    item = contributions.own(work, me_of(work), item_id)
    if item.state in EDITABLE:
        return render_template("training_actions/link_item.html", **item_page(work, item, me_of(work)))
    if item.state in contributions.GONE and item.revises_id is None:
        words = gettext("«%(title)s» está retirado.", title=item.title)
        offer_undo(words, url_for(".bring_back", token=token, item_id=item_id))
        return redirect(url_for(".home", token=token))
    return render_template("training_actions/link_receipt.html", **receipt_page(work, item, me_of(work)))


@pages.get("/<token>/items/<int:item_id>/files")
def files(token: str, item_id: int) -> Response:
    """The list of files as it is now: the page asks while files are examined."""
    work = look()
    return _files_part(contributions.own(work, me_of(work), item_id))


@pages.post("/<token>/items/<int:item_id>")
def save(token: str, item_id: int) -> AnyResponse:
    """Keep what the form says, then do what its button says."""
    act = request.form.get("act", "save")
    said = read_form(request.form, services().vocabularies)
    with begin() as work:
        item = _draft_of(work, item_id)
        errors = contributions.save(work, item, said, me_of(work))
        _do(work, item, act)
    if refused := _take_files(item_id):
        which = " ".join(f"«{name}»: {why}" for name, why in refused)
        errors["files"] = Invalid(N_("Nem todos os ficheiros entraram. %(which)s"), field="files", which=which)
    if act == "autosave":
        return _saved(item_id, errors)
    if request.headers.get("X-Part") == "files":
        work = look()
        return _files_part(contributions.own(work, me_of(work), item_id))
    if not errors and act == "submit":
        with begin() as work:
            errors |= contributions.hand_in(work, _draft_of(work, item_id), me_of(work), said.deliverable)
        if not errors:
            return redirect(url_for(".draft", token=token, item_id=item_id), 303)
    if errors:
        work = look()
        item = contributions.own(work, me_of(work), item_id)
        page = item_page(work, item, me_of(work), typed=request.form, errors=errors)
        return Response(render_template("training_actions/link_item.html", **page), 422)
    if act == "save":
        flash(gettext("Guardado às %(time)s.", time=format_time(format="HH:mm")), "success")
    removed = act.removeprefix("remove:") if act.startswith("remove:") else None
    return redirect(url_for(".draft", token=token, item_id=item_id, removed=removed), 303)


def _draft_of(work: Work, item_id: int) -> Item:
    item = contributions.own(work, me_of(work), item_id)
    if item.state not in EDITABLE:
        raise Conflict(N_("Este material já foi entregue. Escolha «Corrigir» para o mudar."))
    if deadlines.too_late(item, me_of(work).edition, work.now):
        raise Conflict(N_("O prazo já passou. O que enviou está guardado: fale com o centro para o entregar."))
    return item


def _do(work: Work, item: Item, act: str) -> None:
    if act == "order":
        order(work, item, [int(text) for text in request.form.getlist("order") if text.isdecimal() and len(text) < 19])
    verb, _, number = act.partition(":")
    file = next((one for one in item.all_files if str(one.id) == number), None)
    if verb == "remove" and file is not None and file.removed_at is None:
        remove(work, file)
    if verb == "put_back" and file is not None and file.removed_at is not None:
        put_back(work, file)
    if verb in ("clean", "unclean") and file is not None and file.removed_at is None:
        (clean if verb == "clean" else put_hidden_back)(work, file)


@pages.post("/<token>/items/<int:item_id>/correct")
def correct(token: str, item_id: int) -> AnyResponse:
    """Open what was handed in again; of what is published, a new version is begun."""
    with begin() as work:
        item = contributions.correct(work, contributions.own(work, me_of(work), item_id))
    return redirect(url_for(".draft", token=token, item_id=item.id), 303)


@pages.post("/<token>/items/<int:item_id>/take-away")
def take_away(token: str, item_id: int) -> AnyResponse:
    """Take one's own out again; the next page offers to undo it."""
    with begin() as work:
        item = contributions.own(work, me_of(work), item_id)
        if item.state not in contributions.GONE:
            contributions.take_away(work, item)
    offer_undo(gettext("Foi retirado."), url_for(".bring_back", token=token, item_id=item_id))
    return redirect(url_for(".home", token=token), 303)


@pages.post("/<token>/items/<int:item_id>/bring-back")
def bring_back(token: str, item_id: int) -> AnyResponse:
    """Undo `take_away`."""
    with begin() as work:
        contributions.bring_back(work, contributions.own(work, me_of(work), item_id))
    return redirect(url_for(".home", token=token), 303)


def _digest_of_files() -> str:
    """Return one digest for the files of a plain form, their names and bytes, or "" when there are none."""
    whole = hashlib.sha256()
    files = [sent for sent in request.files.getlist("files") if sent.filename]
    for sent in files:
        whole.update(hashlib.sha256((sent.filename or "").encode("utf-8", "replace")).digest())
        whole.update(hashlib.file_digest(sent.stream, "sha256").digest())  # type: ignore[arg-type]
        sent.stream.seek(0)
    return whole.hexdigest() if files else ""


def _take_files(item_id: int) -> list[tuple[str, str]]:
    """Join the files of a plain form; return the name of each that was refused and why. The others are in."""
    refused = []
    for sent in request.files.getlist("files"):
        if not sent.filename:
            continue
        try:
            take_in(services(), actor(), item_id, sent.stream, sent.filename)  # type: ignore[arg-type]
        except Invalid as error:
            refused.append((sent.filename[:80], words_of(error)))
    return refused


def _saved(item_id: int, errors: dict[str, DomainError]) -> Response:
    work = look()
    words = {name: words_of(error) for name, error in errors.items()}
    said = gettext("Guardado às %(time)s", time=format_time(format="HH:mm"))
    if errors:
        said = ngettext(
            "Falta corrigir uma coisa; o resto está guardado.",
            "Falta corrigir %(num)s coisas; o resto está guardado.",
            len(errors),
        )
    return jsonify(saved=said, errors=words, proposals=proposals(contributions.own(work, me_of(work), item_id)))


def _files_part(item: Item) -> Response:
    if item.state not in EDITABLE:
        raise NotFound(N_("Não há nada neste endereço."))
    context = files_context(look(), item, request.form.get("act", ""))
    page = render_template("training_actions/_link_files.html", **context)
    return jsonify(html=page, pending=context["pending"], proposals=proposals(item))
