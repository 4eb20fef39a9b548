"""What a table of an import says of an action joins the item to an edition, by those who made it."""

import pytest
from sqlalchemy import func, select

from plugins.training_actions import actions, joining, participants
from plugins.training_actions.models import Author, Contribution
from repository.errors import Invalid
from repository.items import set_credits
from repository.models import Item, Mail


@pytest.fixture
def person(edition, work_as, ana):
    with work_as() as work:
        edition = work.session.merge(edition)
        person = participants.add_participant(work, edition, {"name": "Ana", "email": ana.email})
        work.session.flush()
        participants.link_accounts(work, edition)
    return person


@pytest.mark.parametrize("said", ["VM-OF-07", " vm-of-07 ", "CCPFC/ACC-999/26", "Matemática com as mãos"])
def test_an_edition_is_meant_by_its_reference_or_its_actions_number_or_title(make_edition, work_as, said):
    edition = make_edition(accreditation="CCPFC/ACC-999/26")
    make_edition("Outra ação", reference="VM-OF-08")
    with work_as() as work:
        assert joining.edition_named(work, said).id == edition.id


def test_a_title_with_two_editions_asks_for_the_reference(edition, work_as):
    with work_as() as work:
        actions.add_edition(work, work.session.merge(edition).action, {"reference": "VM-OF-07B"})
        work.session.flush()
        with pytest.raises(Invalid, match="referência da turma"):
            joining.edition_named(work, "Matemática com as mãos")
        assert joining.edition_named(work, "VM-OF-07B").id != edition.id


@pytest.mark.parametrize("said", ["", "Não existe"])
def test_what_means_no_edition_is_refused(edition, work_as, said):
    with work_as() as work, pytest.raises(Invalid):
        joining.edition_named(work, said)


def test_an_item_is_joined_once_by_its_author_and_gets_a_receipt_but_nobody_is_written_to(
    person, edition, ana, make_item, work_as, services
):
    item = make_item(ana)
    with work_as() as work:
        set_credits(work, work.session.get_one(Item, item.id), [(ana.name, ana.id)])
    for _ in range(2):
        with work_as() as work:
            taken = work.hook.item_imported(
                work=work, item=work.session.get_one(Item, item.id), values={"action": edition.reference}
            )
    assert ["action"] in taken
    with work_as() as work:
        assert work.session.get(Contribution, item.id).receipt_code
        assert work.session.get(Author, (item.id, person.id)) is not None
    with services.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Mail)) == 0
