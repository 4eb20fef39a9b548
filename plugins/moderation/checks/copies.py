"""What is there already: the same bytes, nearly the same words, nearly the same picture."""

from collections.abc import Iterator

from sqlalchemy import select

from plugins.moderation import prints
from repository.api import N_, File, Finding, Item, Services, Work


def same_bytes(_services: Services, work: Work, item: Item) -> Iterator[Finding]:
    """Find files that another material has, byte for byte."""
    by_digest = {file.sha256: file for file in item.files}
    others = (
        select(File.sha256, Item.id, Item.title)
        .join(Item, File.item_id == Item.id)
        .where(File.sha256.in_(by_digest), File.removed_at.is_(None), Item.state.in_(prints.SEEN))
        .where(Item.id.not_in(prints.kin(item)))
        .order_by(Item.id)
    )
    told: set[str] = set()
    for digest, other_id, title in work.session.execute(others):
        if digest not in told:
            told.add(digest)
            words = N_("«%(file)s» é exatamente igual a um ficheiro de «%(other)s».")
            params = {"file": by_digest[digest].name, "other": title, "item": other_id}
            yield Finding(words, params, by_digest[digest].id)


def similar_text(services: Services, work: Work, item: Item) -> Iterator[Finding]:
    """Find materials that say nearly the same, with how much they share; what is shared byte for byte is said elsewhere."""
    for file in item.files:
        near = prints.nearest_text(work, item, file)
        if near is not None and near.share >= prints.SIMILAR:
            words = N_("«%(file)s» tem %(share)s %% do texto em comum com «%(other)s».")
            params = {"file": file.name, "share": round(near.share * 100), "other": near.title, "item": near.item_id}
            yield Finding(words, params, file.id)


def similar_picture(services: Services, work: Work, item: Item) -> Iterator[Finding]:
    """Find pictures that look like one of another material."""
    for file in item.files:
        near = prints.nearest_picture(services, work, item, file)
        if near is not None:
            words = N_("«%(file)s» é quase igual a uma imagem de «%(other)s».")
            yield Finding(words, {"file": file.name, "other": near.title, "item": near.item_id}, file.id)
