"""What the views of levels hold in journeys: a challenge with its answer, a shelf, a family of items, and tried notes."""

from collections.abc import Callable
from typing import Any

from plugins.level_views import asking, challenges, tried
from plugins.level_views.models import Adoption, Asking
from plugins.level_views.tried import Said
from plugins.materials.adaptations import adapt
from repository import items
from repository.models import Item, Organisation, User


def busy_levels(work_as: Callable[..., Any], school: Organisation, author: User, other: User, item_id: int) -> None:
    """Pose and answer a challenge, put the item on a shelf, adapt it, and let a colleague tell how it went."""
    with work_as(other) as work:
        posed = challenges.pose(work, "Fractions as parts of a whole", "They count the parts.", ["1ceb"])
        challenges.pose(work, "Reading a ruler", "", ["1ceb", "sec"])
        work.session.flush()
        challenges.answer(work, posed.id, str(item_id), "With paper strips.")
        challenges.set_same(work, posed.id, True)
        own = Said(
            "1ceb", "Two years together", "In pairs.", "Fold first.", "Why eighths?", "The strips.", "Less text."
        )
        tried.tell(work, item_id, own)
        tried.thank(work, item_id, True)
        adapted = adapt(work, work.session.get_one(Item, item_id))
        items.describe(work, adapted, {"title": "Fractions with ribbons", "summary": "Cut ribbons."})
        items.submit(work, adapted)
    with work_as() as work:
        items.publish(work, work.session.get_one(Item, adapted.id))
        work.session.add(
            Adoption(
                item_id=item_id, organisation_id=school.id, group_code="110", user_id=other.id, adopted_at=work.now
            )
        )
        asking.used(work, work.session.get_one(Item, adapted.id), author.id)
        work.session.get_one(Asking, (author.id, adapted.id)).used_at -= asking.SOONEST
