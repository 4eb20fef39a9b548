"""What machines ask: is the process alive, can the house serve, and how is it doing."""

import secrets
import time
from collections.abc import Iterable

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from repository import readiness
from repository.errors import NotFound
from repository.http import from_this_machine, services
from repository.words import N_
from repository.work import Services

health = Blueprint("health", __name__)


class HouseCollector:
    """Counts what lies in the database at the moment somebody asks."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the names are known once the database is asked."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield jobs and items by state, and the age of the last good check."""
        jobs_by, items_by = readiness.counts(self.services)
        for name, words, found in (("jobs", "Jobs by state", jobs_by), ("items", "Items by state", items_by)):
            family = GaugeMetricFamily(f"partilha_{name}", words, labels=["state"])
            for state, count in found.items():
                family.add_metric([state], count)
            yield family
        waited = readiness.queue_age(self.services).total_seconds()
        yield GaugeMetricFamily("partilha_queue_age_seconds", "Age of the oldest job that could run", value=waited)
        report = readiness.report(self.services, "check")
        age = readiness.age_of(report) if report and report.get("ok") else None
        if age is not None:
            words = "Age of the last check that found nothing wrong"
            yield GaugeMetricFamily("partilha_check_age_seconds", words, value=age.total_seconds())


def prepare(app: Flask, services: Services) -> None:
    """Count every request of this application, by route and status."""
    registry = CollectorRegistry()
    requests = Counter("partilha_requests", "Requests answered", ["method", "route", "status"], registry=registry)
    seconds = Histogram("partilha_request_seconds", "Time to an answer", ["route"], registry=registry)
    registry.register(HouseCollector(services))
    app.extensions["metrics"] = registry

    def answered(method: str, route: str, status: int, lasted: float | None) -> None:
        requests.labels(method, route, status).inc()
        if lasted is not None:
            seconds.labels(route).observe(lasted)

    app.extensions["answered"] = answered  # for answers that are given without the application

    def start() -> None:
        g.started = time.perf_counter()

    def count(response: Response) -> Response:
        # The rule, never the address: addresses are without number, and may hold secrets.
        route = request.url_rule.rule if request.url_rule else "none"
        lasted = time.perf_counter() - g.started if "started" in g else None
        answered(request.method if request.url_rule else "any", route, response.status_code, lasted)
        return response

    app.before_request(start)
    app.after_request(count)


@health.get("/healthz")
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@health.get("/readyz")
def readyz() -> tuple[Response, int, dict[str, str]]:
    """Whether database, index and files answer; 503 names what does not."""
    checks = readiness.ready(services())
    failing = [check.name for check in checks if not check.ok]
    said = {check.name: "ok" if check.ok else check.detail for check in checks}
    headers = {"Retry-After": "30"} if failing else {}
    answer = jsonify(status="failing" if failing else "ok", failing=failing, checks=said)
    return answer, 503 if failing else 200, headers


@health.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus, for this machine or for who brings the token. Raises NotFound for all others."""
    token = services().settings["metrics_token"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    known = bool(token) and secrets.compare_digest(given.encode(), token.encode())
    if not known and not from_this_machine():
        raise NotFound(N_("Não há nada neste endereço."))
    return Response(generate_latest(current_app.extensions["metrics"]), content_type=CONTENT_TYPE_LATEST)
