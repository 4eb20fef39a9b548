"""What a person puts together before saying for when: one request for several things, all or nothing."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import delete, select

from plugins.physical_loans import bookings, fitting, rules
from plugins.physical_loans.bookings import MOST_AT_ONCE, Wish
from plugins.physical_loans.fitting import Look
from plugins.physical_loans.models import BasketLine, Booking, Thing
from repository.api import N_, Conflict, Invalid, Item, State, User, Work, may_see

MOST_LINES = 12
MOST_OF_ONE = 999


def lines_of(work: Work) -> list[tuple[BasketLine, Thing]]:
    """Return what is in the person's basket and can still be seen, in the order it was put in."""
    wanted = (
        select(BasketLine, Thing)
        .join(Thing, Thing.item_id == BasketLine.thing_id)
        .join(Item, Item.id == Thing.item_id)
        .where(BasketLine.user_id == work.actor.user_id, Item.state == State.PUBLISHED)
        .order_by(BasketLine.added_at, BasketLine.thing_id)
    )
    return [(line, thing) for line, thing in work.session.execute(wanted) if may_see(work, thing.item)]


def put_in(work: Work, user: User, thing_id: int, quantity: int = 1) -> None:
    """Put a thing into the basket; one that is in it already gets the quantity said last."""
    thing = bookings.get_thing(work, thing_id)
    if not 1 <= quantity <= MOST_OF_ONE:
        raise Invalid(N_("Escreva uma quantidade entre 1 e %(most)s."), "quantity", most=MOST_OF_ONE)
    line = work.session.get(BasketLine, (user.id, thing.item_id))
    if line is None:
        if len(lines_of(work)) >= MOST_LINES:
            raise Conflict(N_("Já juntou %(most)s materiais. Reserve estes primeiro."), most=MOST_LINES)
        work.session.add(BasketLine(user_id=user.id, thing_id=thing.item_id, quantity=quantity, added_at=work.now))
    else:
        line.quantity = quantity
    work.session.flush()


def take_out(work: Work, user: User, thing_ids: Sequence[int]) -> None:
    """Take things out of the basket; what is not in it is no matter."""
    mine = (BasketLine.user_id == user.id, BasketLine.thing_id.in_(list(thing_ids)))
    work.session.execute(delete(BasketLine).where(*mine))


def wishes_of(work: Work, common: Wish) -> list[Wish]:
    """Return a wish for each line, for the times and the class that `common` says, each at its nearest desk.

    The desk that `common` names counts where the thing is there.
    """
    lines = lines_of(work)
    desks = fitting.desks_of(work, [thing.item_id for _, thing in lines])
    wishes = []
    for line, thing in lines:
        here = [desk.id for desk in desks[thing.item_id]]
        desk_id = common.desk_id if common.desk_id in here or not here else here[0]
        wishes.append(replace(common, thing_id=thing.item_id, desk_id=desk_id, quantity=line.quantity))
    return wishes[:MOST_AT_ONCE]


def limit_of(work: Work, borrower: User) -> tuple[int, int] | None:
    """Return how many bookings the person may have open, by the rule of what is in the basket that allows the fewest,
    and how many they have; None where no rule says."""
    if work.actor.may_anywhere(rules.DESK):
        return None
    things = [thing for _, thing in lines_of(work)]
    desks = fitting.desks_of(work, [thing.item_id for thing in things])
    near = [(thing, desk) for thing in things for desk in desks[thing.item_id][:1]]
    terms = [bookings.terms_of(work, thing, desk, borrower, Wish(thing.item_id, desk.id)) for thing, desk in near]
    most = min((each.most_open for each in terms if each.most_open is not None), default=None)
    return None if most is None else (most, rules.open_bookings(work, borrower.id))


def look_at(work: Work, common: Wish, borrower: User) -> list[Look]:
    """Return how each line stands for the times that `common` says, by what is free and by the rules.

    Each line counts as one booking more, so that what is too many is said before anything is booked.
    """
    looks = fitting.look_at(work, wishes_of(work, common))
    return [fitting.by_rules(work, one, borrower, beside=number) for number, one in enumerate(looks)]


def book(work: Work, common: Wish, borrower: User, key: str) -> list[Booking]:
    """Book all that is in the basket, or nothing, and empty it; sent again, it is what was booked then."""
    done = bookings.booked_with(work, borrower, key)
    if done:
        return done
    wishes = wishes_of(work, common)
    if not wishes:
        raise Invalid(N_("Ainda não juntou nada. Escolha os materiais na página de cada um."))
    made = bookings.book(work, wishes, borrower, key)
    take_out(work, borrower, [wish.thing_id for wish in wishes])
    return made
