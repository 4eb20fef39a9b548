"""In the demonstration each teacher follows something, with something new in it, once."""

from sqlalchemy import func, select

from plugins.saved_searches import saving
from plugins.saved_searches.demonstration import load
from plugins.saved_searches.models import SavedSearch
from repository import accounts
from repository.demo.centre import demo_centre
from repository.hookspecs import Demonstration
from repository.models import User


def test_each_teacher_follows_their_group_with_something_new_and_loading_again_adds_nothing(
    services, work_as, centre, ana, make_item, run_jobs
):
    people = {key: person for key, person in ((one.key, one) for one in demo_centre().people) if person.featured}
    with work_as() as work:
        for person in people.values():
            user = accounts.create_user(work, person.email, person.name, "")
            accounts.grant(work, user, "teacher", centre)
    make_item(ana, "Frações a dobrar papel", group=["110", "500"], discipline=["MAT"])
    make_item(ana, "Programar um semáforo", group=["550"], discipline=["TIC"])
    run_jobs()
    demonstration = Demonstration(actions={}, people=people, items={}, keep_files=lambda _said, _authors: ())
    load.load(services, demonstration)
    for key, new in (("docente", 2), ("docente-verificado", 2), ("formadora", 2), ("equipa", 0)):
        with work_as() as work:
            user = work.session.scalar(select(User).filter_by(email=people[key].email))
        with work_as(user) as work:
            assert [len(one.new) for one in saving.shown(work, saving.of(work))] == [1] * new, key
    with work_as() as work:
        made = select(func.count()).select_from(SavedSearch)
        first = work.session.scalar(made)
        removed = work.session.scalars(select(SavedSearch)).first()
        removed.removed_at = work.now
    load.load(services, demonstration)
    with work_as() as work:
        assert work.session.scalar(made) == first
        assert work.session.get_one(SavedSearch, removed.id).removed_at is not None
