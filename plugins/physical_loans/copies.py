"""Copies of a thing: added, described, sent to repair, written off or found again; and their own log."""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from plugins.physical_loans import catalogue, holding, moves, rehoming
from plugins.physical_loans.models import Booking, Copy, CopyEvent, CopyState, Desk, Hold, HoldState, Thing
from plugins.physical_loans.rehoming import Replaced, is_lendable
from repository.api import N_, Conflict, Invalid, NotFound, User, Work, fold, record

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without those that are taken for another when read aloud
LABEL_LENGTH = 8
MOST_AT_ONCE = 100
FIELDS = (
    "desk_id",
    "inventory",
    "stock",
    "place",
    "owner",
    "custodian_id",
    "condition",
    "note",
    "value",
    "weight",
    "checked_on",
)
ALIKE = ("desk_id", "stock", "place", "owner", "custodian_id", "condition", "value", "weight")
CONDITIONS = ("new", "good", "worn", "damaged")
LIMITS = {"inventory": 40, "place": 200, "owner": 200, "note": 4000}
NUMBERS = {"value": 100_000_000, "weight": 2_000_000}
MOST_STOCK = 1_000
S = CopyState
MOVES = {
    "repair": ((S.AVAILABLE, S.ON_SITE), S.REPAIR),
    "back": ((S.REPAIR,), S.AVAILABLE),
    "keep_on_site": ((S.AVAILABLE, S.REPAIR), S.ON_SITE),
    "let_leave": ((S.ON_SITE,), S.AVAILABLE),
    "lose": ((S.AVAILABLE, S.ON_SITE, S.REPAIR), S.LOST),
    "find": ((S.LOST,), S.AVAILABLE),
    "write_off": ((S.AVAILABLE, S.ON_SITE, S.REPAIR, S.LOST), S.WRITTEN_OFF),
    "take_up_again": ((S.WRITTEN_OFF,), S.AVAILABLE),
}
UNENDED = {S.LOST: "find", S.WRITTEN_OFF: "take_up_again"}
STOOD: dict[str, tuple[str, ...]] = {
    S.AVAILABLE: (),
    S.ON_SITE: ("keep_on_site",),
    S.REPAIR: ("repair",),
    S.LOST: ("lose",),
}
EVENTS = ("note", "bought", "checked", "repaired", "moved", "counted")
AUDIT = {
    "copy.added": N_("juntou um exemplar"),
    "copy.changed": N_("mudou os dados de um exemplar"),
    "copy.noted": N_("escreveu no registo de um exemplar"),
    "copy.repair": N_("mandou um exemplar para reparação"),
    "copy.back": N_("recebeu um exemplar da reparação"),
    "copy.keep_on_site": N_("deixou um exemplar só para usar no local"),
    "copy.let_leave": N_("voltou a deixar sair um exemplar"),
    "copy.lose": N_("deu um exemplar por perdido"),
    "copy.find": N_("encontrou um exemplar perdido"),
    "copy.write_off": N_("abateu um exemplar"),
    "copy.take_up_again": N_("voltou a pôr ao uso um exemplar abatido"),
}


def get(work: Work, copy_id: int) -> Copy:
    """Return a copy of a desk the person works at. Raises NotFound."""
    copy = work.session.get(Copy, copy_id)
    if copy is None or not may_keep(work, copy):
        raise NotFound(N_("Este exemplar não existe."))
    return copy


def may_keep(work: Work, copy: Copy) -> bool:
    """Return whether the person works at the copy's desk."""
    return catalogue.may_manage(work.actor, work.session.get_one(Desk, copy.desk_id).organisation_id)


def by_label(work: Work, label: str) -> Copy | None:
    """Return the copy with a label or an inventory number, as it is scanned or typed; None when there is none."""
    typed = label.strip()
    scanned = typed.rstrip("/").rpartition("/")[2] if "/c/" in typed else typed
    for column in (Copy.label, Copy.inventory):
        found = work.session.scalar(select(Copy).where(column.in_({scanned, scanned.upper(), _grouped(scanned)})))
        if found is not None:
            return found
    return None


def _grouped(text: str) -> str:
    plain = text.upper().replace("-", "").replace(" ", "")
    return f"{plain[:4]}-{plain[4:]}" if len(plain) == LABEL_LENGTH else plain


def add(work: Work, thing: Thing, values: Mapping[str, Any], count: int = 1) -> list[Copy]:
    """Add copies that say the same but for their inventory numbers, the first as given and the others after it.

    Raises Invalid, NotAllowed, and Conflict for a number that is taken.
    """
    catalogue.require_manager(work, thing.item.organisation_id)
    if not 1 <= count <= MOST_AT_ONCE:
        raise Invalid(N_("Junte entre 1 e %(most)s exemplares de cada vez."), "count", most=MOST_AT_ONCE)
    said = {name: values[name] for name in FIELDS if name in values}
    first = str(said.pop("inventory", "")).strip() or propose_inventory(work, thing)
    _check(work, said | {"inventory": first, "desk_id": said.get("desk_id")})
    _check_free(work, numbers := series(first, count))
    added = []
    for inventory in numbers:
        copy = Copy(thing_id=thing.item_id, inventory=inventory, label=new_label(work), created_at=work.now, **said)
        work.session.add(copy)
        work.session.flush()
        note(work, copy, "bought", "", audited=False)
        record(work, "copy.added", copy, after={"inventory": inventory, "thing": thing.item_id})
        added.append(copy)
    work.session.expire(thing, ["copies"])
    return added


def like(copy: Copy) -> dict[str, Any]:
    """Return what a further copy has in common with one that is there."""
    return {name: getattr(copy, name) for name in ALIKE}


def series(first: str, count: int) -> list[str]:
    """Return inventory numbers from `first` on: CUI-09, CUI-10 … A name without a number at its end gets one."""
    found = re.fullmatch(r"(.*?)(\d{1,9})", first)
    if count == 1:
        return [first]
    stem, digits = (found[1], found[2]) if found else (f"{first}-", "01")
    return [f"{stem}{int(digits) + n:0{len(digits)}}" for n in range(count)]


def propose_inventory(work: Work, thing: Thing) -> str:
    """Return the next inventory number of a thing: after its last copy, or three letters of its title and 01."""
    mine = list(work.session.scalars(select(Copy.inventory).filter_by(thing_id=thing.item_id)))
    found = [match for text in mine if (match := re.fullmatch(r"(.*?)(\d{1,9})", text))]
    if found:
        last = max(found, key=lambda match: int(match[2]))
        stem, number, width = last[1], int(last[2]), len(last[2])
    else:
        letters = re.sub(r"[^a-z]", "", fold(thing.item.title))[:3].upper() or "MAT"
        stem, number, width = f"{letters}-", 0, 2
    taken = set(work.session.scalars(select(Copy.inventory).where(Copy.inventory.startswith(stem, autoescape=True))))
    while True:
        number += 1
        if (proposal := f"{stem}{number:0{width}}") not in taken:
            return proposal


def new_label(work: Work) -> str:
    """Return a label that no copy has, made once and never changed: it may be printed and stuck on."""
    while True:
        text = "".join(secrets.choice(LETTERS) for _ in range(LABEL_LENGTH))
        label = f"{text[:4]}-{text[4:]}"
        if not work.session.scalar(select(Copy.id).filter_by(label=label)):
            return label


def change(work: Work, copy: Copy, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Say something else of a copy; return whether anything changed. With `version`, only what was seen is changed.

    Raises Invalid, and Conflict when somebody else changed it meanwhile or the number is taken.
    """
    _require(work, copy)
    if version in (None, copy.version) and not _other(copy, values):
        return False
    _settle(work, copy)
    if version is not None and version != copy.version:
        raise Conflict(N_("Alguém mudou este exemplar entretanto. Volte a abri-lo e veja como está."))
    said = _other(copy, values)
    if not said:
        return False
    _check(work, said, copy)
    if "inventory" in said:
        _check_free(work, [said["inventory"]])
    if "stock" in said or "desk_id" in said:
        _check_kept(work, copy, said)
    before = {name: _plain(getattr(copy, name)) for name in said}
    for name, value in said.items():
        setattr(copy, name, value)
    work.session.flush()
    record(work, "copy.changed", copy, before=before, after={name: _plain(value) for name, value in said.items()})
    if said.get("place"):
        note(work, copy, "moved", said["place"], audited=False)
    return True


def _other(copy: Copy, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of the values the copy does not say yet."""
    return {name: values[name] for name in FIELDS if name in values and values[name] != getattr(copy, name)}


def _settle(work: Work, copy: Copy) -> None:
    """Read a copy as it stands once nobody else changes it, or what is kept of it."""
    holding.lock(work, [copy.thing_id])
    work.session.refresh(copy)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _require(work: Work, copy: Copy) -> None:
    catalogue.require_manager(work, work.session.get_one(Desk, copy.desk_id).organisation_id)


def _check(work: Work, values: Mapping[str, Any], copy: Copy | None = None) -> None:
    for name, most in LIMITS.items():
        if len(values.get(name) or "") > most:
            raise Invalid(N_("Use no máximo %(most)s caracteres."), name, most=most)
    if "inventory" in values and not values["inventory"].strip():
        raise Invalid(N_("Dê um número de inventário ao exemplar."), "inventory")
    if values.get("condition", "good") not in CONDITIONS:
        raise Invalid(N_("Escolha o estado de conservação."), "condition")
    if not 1 <= values.get("stock", 1) <= MOST_STOCK:
        raise Invalid(N_("Diga quantas unidades há, entre 1 e %(most)s."), "stock", most=MOST_STOCK)
    catalogue.check_numbers(values, NUMBERS)
    if "desk_id" in values:
        _check_desk(work, values["desk_id"])
    if values.get("custodian_id") is not None and work.session.get(User, values["custodian_id"]) is None:
        raise Invalid(N_("Não há nenhuma conta dessa pessoa."), "custodian")


def _check_desk(work: Work, desk_id: int | None) -> None:
    desk = work.session.get(Desk, desk_id) if desk_id is not None else None
    if desk is None or not catalogue.may_manage(work.actor, desk.organisation_id):
        raise Invalid(N_("Escolha o balcão que o empresta."), "desk")


def _check_free(work: Work, inventory: Sequence[str]) -> None:
    taken = work.session.scalar(select(Copy.inventory).where(Copy.inventory.in_(inventory)).limit(1))
    if taken is not None:
        raise Conflict(N_("Já há um exemplar com o número %(number)s."), "inventory", number=taken)


def _check_kept(work: Work, copy: Copy, said: Mapping[str, Any]) -> None:
    """Refuse fewer units than are promised, and another desk while something is."""
    kept = select(Hold).where(
        Hold.copy_id == copy.id, Hold.state.in_((HoldState.RESERVED, HoldState.OUT)), Hold.ends > work.now
    )
    holds = list(work.session.scalars(kept))
    if "desk_id" in said and holds:
        raise Conflict(N_("Este exemplar tem reservas neste balcão. Passe-o para outro quando não tiver."), "desk")
    most = max((hold.unit for hold in holds), default=0)
    if said.get("stock", most) < most:
        raise Conflict(N_("Unidades prometidas: %(most)s. Resolva primeiro essas reservas."), "stock", most=most)


def set_state(work: Work, copy: Copy, act: str, why: str = "", cost: int | None = None) -> Replaced:
    """Send a copy to repair, back, write it off, and so on (MOVES); reservations go to another copy where one is free.

    What cannot be moved is in the answer, and its borrowers are told by a letter. Raises Conflict from a state that the
    act does not lead on from, and while the copy is out.
    """
    _require(work, copy)
    _settle(work, copy)
    sources, target = MOVES[act]
    if copy.state == target:
        return Replaced()  # sent twice
    if copy.state not in sources:
        raise Conflict(N_("O exemplar já mudou de estado. Veja como está agora."))
    if target != CopyState.AVAILABLE and _is_out(work, copy):
        raise Conflict(N_("Este exemplar está emprestado. Receba-o, ou dê o empréstimo por perdido, e depois mude-o."))
    before, copy.state = copy.state, target
    work.session.flush()
    note(work, copy, act, why, cost, audited=False)
    record(work, f"copy.{act}", copy, before={"state": before}, after={"state": target, "why": why})
    if is_lendable(copy):
        return Replaced()
    replaced = rehoming.clear(work, copy)
    for booking in replaced.affected:
        moves.tell(work, booking, "affected", after={"copy": copy.id, "state": copy.state})
    return replaced


def take_back_end(work: Work, copy: Copy, was: str) -> None:
    """Take back at once that a copy was given up for lost or written off: it stands as it `was`. Done twice it is once."""
    if copy.state == was:
        return
    if copy.state not in UNENDED or was not in STOOD:
        raise Conflict(N_("O exemplar já mudou de estado. Veja como está agora."))
    for act in (UNENDED[copy.state], *STOOD[was]):
        set_state(work, copy, act)


def lent_of(work: Work, copy: Copy) -> list[Booking]:
    """Return the loans with which units of the copy are out, the first to come back first."""
    out = select(Hold.booking_id).filter_by(copy_id=copy.id, state=HoldState.OUT)
    return list(work.session.scalars(select(Booking).where(Booking.id.in_(out)).order_by(Booking.ends_at, Booking.id)))


def _is_out(work: Work, copy: Copy) -> bool:
    out = select(Hold.id).filter_by(copy_id=copy.id, state=HoldState.OUT).limit(1)
    return work.session.scalar(out) is not None


def note(
    work: Work, copy: Copy, kind: str, text: str = "", cost: int | None = None, *, audited: bool = True
) -> CopyEvent:
    """Write a line into the copy's log; a check also says when the copy was last looked at. Raises Invalid."""
    if audited:
        _require(work, copy)
        if kind not in EVENTS:
            raise Invalid(N_("Escolha o que aconteceu."), "kind")
    if len(text) > 2000:
        raise Invalid(N_("Use no máximo %(most)s caracteres."), "text", most=2000)
    if audited and kind == "note" and not text.strip():
        raise Invalid(N_("Escreva o que aconteceu."), "text")
    catalogue.check_numbers({"cost": cost}, {"cost": 100_000_000})
    event = CopyEvent(copy_id=copy.id, kind=kind, text=text, cost=cost, actor_id=work.actor.user_id, at=work.now)
    work.session.add(event)
    if kind == "checked":
        copy.checked_on = work.now.date()
    work.session.flush()
    if audited:
        record(work, "copy.noted", copy, after={"kind": kind})
    return event


def log_of(work: Work, copy: Copy) -> list[CopyEvent]:
    """Return the copy's log, the latest first."""
    mine = select(CopyEvent).filter_by(copy_id=copy.id)
    return list(work.session.scalars(mine.order_by(CopyEvent.at.desc(), CopyEvent.id.desc())))
