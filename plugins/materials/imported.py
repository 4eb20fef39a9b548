"""What a table of an import may say about a material besides what every item says."""

from collections.abc import Mapping

from plugins.materials.adaptations import credit_line, may_be_adapted
from plugins.materials.details import set_details
from plugins.materials.models import Adaptation
from repository.api import N_, Invalid, Item, NotAllowed, Work

DETAILS = ("minutes", "grouping", "needs", "challenge")


def take(work: Work, item: Item, values: Mapping[str, str]) -> list[str]:
    """Keep the details and the source (its number in `adapts`) of a draft, and return the names that were taken.

    Raises Invalid for minutes that are no number, NotAllowed for a source that may not be adapted.
    """
    said: dict[str, object] = {name: values[name] for name in DETAILS if name in values}
    if "minutes" in said:
        said["minutes"] = _minutes(values["minutes"])
    if "needs" in said:
        said["needs"] = [need.strip() for need in values["needs"].split("|") if need.strip()]
    if said:
        set_details(work, item, said)
    if "adapts" in values:
        _set_source(work, item, int(values["adapts"]))
    return [*said, *(["adapts"] if "adapts" in values else [])]


def _minutes(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Invalid(N_("Diga o tempo em minutos, com um número."), field="minutes") from error


def _set_source(work: Work, item: Item, source_id: int) -> None:
    source = work.session.get_one(Item, source_id)
    if not may_be_adapted(source):
        raise NotAllowed(N_("A licença do original não deixa partilhar adaptações."))
    work.session.add(
        Adaptation(
            item_id=item.id,
            source_id=source.id,
            source_version=source.version,
            source_licence=source.licence,
            credit=credit_line(source),
        )
    )
