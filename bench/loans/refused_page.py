"""What it costs to refuse on the page: the form was seen while the kit was free, and is sent when it is taken."""

import re
import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from bench.instance import PASSWORD, csrf_token
from repository import accounts
from repository.app import create_app
from repository.models import Membership, Organisation
from repository.work import SYSTEM, Services, open_work

TIMES = 20


@dataclass(frozen=True)
class Reader:
    """A teacher in a browser with the form open."""

    browser: FlaskClient
    address: str
    fields: dict[str, Any]

    @classmethod
    def who_sees(cls, services: Services, thing_id: int, day: str) -> "Reader":
        """Sign a teacher in and open the form that books the thing for a day."""
        with open_work(services, SYSTEM) as work:
            centre = work.session.scalars(select(Organisation).order_by(Organisation.id)).first()
            person = accounts.create_user(work, "leitora@exemplo.invalid", "Leitora", PASSWORD)
            person.memberships.append(
                Membership(organisation_id=centre.id if centre else 0, role="teacher", valid_from=date(2020, 1, 1))
            )
        browser = create_app(services=services).test_client()
        known = {"email": "leitora@exemplo.invalid", "password": PASSWORD}
        browser.post("/login", data=known | {"csrf_token": csrf_token(browser.get("/login").text)})
        address, asked = f"/loans/things/{thing_id}/book", {"mode": "days", "first": day, "last": day}
        page = browser.get(address, query_string=asked).text
        seen = re.search(r'name="seen" value="([^"]+)"', page)
        if seen is None:
            raise RuntimeError("the form shows no plan")
        return cls(browser, address, asked | {"seen": seen[1], "csrf_token": csrf_token(page)})

    def refusal_ms(self) -> float:
        """Return the processor time of one refusal with what could be had instead, in milliseconds."""
        began = time.process_time()
        for _ in range(TIMES):
            if self.browser.post(self.address, data=self.fields).status_code != 409:
                raise RuntimeError("it was not refused")
        return (time.process_time() - began) / TIMES * 1000
