"""Mail and feed of kept searches: each item once, only what the person may see, and nothing after it is revoked."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from plugins.saved_searches import digest, feeds, saving
from plugins.saved_searches.models import SavedSearch, ToldItem
from repository import mail
from repository.items import withdraw
from repository.models import Item, Mail

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def letters(work_as):
    """The texts that wait in the outbox."""

    def read():
        with work_as() as work:
            return [row.body for row in work.session.scalars(select(Mail).filter_by(kind=digest.KIND.name))]

    return read


@pytest.fixture
def a_week_later(work_as):
    """Let the last letters lie a week back."""

    def go():
        with work_as() as work:
            for row in work.session.scalars(select(SavedSearch)):
                row.mailed_at = row.mailed_at and row.mailed_at - timedelta(days=7)

    return go


def test_a_new_item_is_told_once_however_many_searches_and_runs_find_it(
    services, work_as, rui, ana, make_item, run_jobs, kept, letters, a_week_later
):
    with work_as(rui) as work:
        saving.set_mail(work, saving.save(work, "q=barras").id, "weekly")
    make_item(ana, "Frações com barras")
    run_jobs()
    digest.run(services, [{}])
    digest.run(services, [{}])
    a_week_later()
    digest.run(services, [{}])
    assert [text.count("Frações com barras") for text in letters()] == [1]
    make_item(ana, "Mais frações")
    run_jobs()
    a_week_later()
    digest.run(services, [{}])
    assert [("Mais frações" in text, "com barras" in text) for text in letters()] == [(False, True), (True, False)]


def test_a_letter_lists_the_newest_and_says_where_the_others_are(
    services, ana, make_item, run_jobs, kept, letters, monkeypatch
):
    monkeypatch.setattr(digest, "LISTED", 1)
    for number in range(3):
        make_item(ana, f"Frações com barras {number}")
    run_jobs()
    digest.run(services, [{}])
    (text,) = letters()
    assert "barras 2: http" in text
    assert "barras 1" not in text
    assert "Mais 2 nos resultados: http" in text
    assert "/search?q=fra%C3%A7%C3%B5es&sort=date" in text
    digest.run(services, [{}])
    assert len(letters()) == 1


@pytest.mark.parametrize("step", ["_found", "_write"])
def test_what_fails_for_one_person_delays_nobody_and_is_said(
    services, work_as, rui, ana, make_item, run_jobs, kept, letters, monkeypatch, step
):
    with work_as(ana) as work:
        saving.set_mail(work, saving.save(work, "q=fra%C3%A7%C3%B5es").id, "daily")
    make_item(ana, "Frações com barras")
    run_jobs()
    real, failed = getattr(digest, step), []

    def fails_for_the_first(work, person, *rest):
        failed.append(person.id)
        if person.id == failed[0]:
            raise ValueError("broken")
        return real(work, person, *rest)

    with monkeypatch.context() as broken:
        broken.setattr(digest, step, fails_for_the_first)
        with pytest.raises(ExceptionGroup):
            digest.run(services, [{}])
    assert len(letters()) == 1
    digest.run(services, [{}])
    assert len(letters()) == 2


def test_stopped_between_the_letter_and_its_mark_nothing_is_lost_or_told_twice(
    services, ana, make_item, run_jobs, kept, letters, monkeypatch
):
    make_item(ana, "Frações com barras")
    run_jobs()

    def killed(*_args, **_known):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(digest, "ToldItem", killed_at(ToldItem, killed))
        with pytest.raises(KeyboardInterrupt):
            digest.run(services, [{}])
    assert letters() == []
    digest.run(services, [{}])
    digest.run(services, [{}])
    assert len(letters()) == 1


def killed_at(table, killed):
    """Return a stand-in for a table that can be asked for, but dies when a row is made."""
    return type("Dying", (), {"item_id": table.item_id, "user_id": table.user_id, "__new__": killed})


def test_daily_is_no_more_than_once_a_day_and_weekly_once_a_week(
    services, work_as, rui, ana, make_item, run_jobs, kept, letters
):
    make_item(ana, "Frações com barras")
    run_jobs()
    digest.run(services, [{}])
    make_item(ana, "Mais frações")
    run_jobs()
    for mail_as, back, sent in (("daily", 0, 1), ("weekly", 3, 1), ("daily", 3, 2)):
        with work_as() as work:
            row = work.session.get_one(SavedSearch, kept.id)
            row.mail, row.mailed_at = mail_as, row.mailed_at - timedelta(days=back)
        digest.run(services, [{}])
        assert len(letters()) == sent, mail_as


def test_what_is_withdrawn_or_was_there_before_is_told_to_nobody(
    services, work_as, rui, ana, make_item, run_jobs, letters
):
    make_item(ana, "Frações antigas")
    run_jobs()
    with work_as(rui) as work:
        saving.set_mail(work, saving.save(work, "q=fra%C3%A7%C3%B5es").id, "daily")
    item = make_item(ana, "Frações com barras")
    run_jobs()
    with work_as(ana) as work:
        withdraw(work, work.session.get_one(Item, item.id))
    digest.run(services, [{}])
    assert letters() == []


def test_who_stopped_these_letters_or_says_never_gets_none(
    services, work_as, rui, ana, make_item, run_jobs, kept, letters
):
    with work_as(rui) as work:
        mail.stop(work, mail.digest_of(rui.email), digest.KIND.name)
    make_item(ana, "Frações com barras")
    run_jobs()
    digest.run(services, [{}])
    assert letters() == []
    with work_as(rui) as work:
        mail.resume(work, mail.digest_of(rui.email), digest.KIND.name)
        saving.set_mail(work, kept.id, "never")
    make_item(ana, "Mais frações")
    run_jobs()
    digest.run(services, [{}])
    assert letters() == []


def test_the_feed_is_read_by_its_secret_address_until_it_is_revoked(
    client, sign_in, work_as, rui, ana, make_item, run_jobs, kept
):
    browser = sign_in(rui)
    make_item(ana, "Frações <com> barras")
    run_jobs()
    browser.post(f"/saved-searches/{kept.id}/feed")
    with work_as(rui) as work:
        address = f"/saved-searches/{feeds.token_of(work, saving.get(work, kept.id))}.atom"
    assert address in browser.get("/saved-searches/").text
    answer = client.get(address)
    assert answer.mimetype == "application/atom+xml"
    titles = [entry.findtext(f"{ATOM}title") for entry in ElementTree.fromstring(answer.data).iter(f"{ATOM}entry")]
    assert titles == ["Frações <com> barras"]
    assert client.get(f"{address[:-6]}x.atom").status_code == 404
    browser.post(f"/saved-searches/{kept.id}/feed/revoke")
    assert client.get(address).status_code == 404
    browser.post(f"/saved-searches/{kept.id}/feed")
    assert client.get(address).status_code == 404  # opened anew it has another address


def test_the_feed_has_only_what_its_person_may_see(client, work_as, rui, ana, make_item, run_jobs, kept):
    item = make_item(ana, "Frações com barras")
    run_jobs()
    with work_as(rui) as work:
        row = feeds.open_feed(work, kept.id)
        address = f"/saved-searches/{feeds.token_of(work, row)}.atom"
    assert "com barras" in client.get(address).text
    with work_as(ana) as work:
        withdraw(work, work.session.get_one(Item, item.id))
    assert "com barras" not in client.get(address).text
