"""`serve` and `worker`: the two processes of an instance, or one for both."""

import gc
import logging
import resource
import signal
import tempfile
from types import FrameType
from typing import Any

import click
import waitress
from flask import Flask
from waitress.server import BaseWSGIServer

from repository import logs
from repository.app import create_app
from repository.cli.receiving import channel_for
from repository.cli.start import first_code
from repository.console import pass_services
from repository.counting import Writer
from repository.house import load_stored
from repository.locks import serve_lock
from repository.schema import is_current
from repository.web import bodies
from repository.web.keeping_up import KeepingUp
from repository.words import N_
from repository.work import Services
from repository.worker import Worker

log = logging.getLogger(__name__)
CONNECTIONS = 1000
FILES = 4 * CONNECTIONS  # a connection may have its socket, its body, and files of a form open; many systems give 1024
PASSED_BY = 4  # over so many times the limit, the connection is cut without reading on
SILENCE_S = 30  # a connection on which nothing moves is closed after this
MB = 1024 * 1024
# So much of an answer lies on the disk when it is sent slower than it is made: a thread that waits answers nobody else.
MADE_AHEAD = 64 * MB


@click.command()
@click.option("--host", help="Address to listen on, instead of the setting.")
@click.option("--port", type=int, help="Port to listen on, instead of the setting; 0 takes a free one.")
@pass_services
def serve(services: Services, host: str | None, port: int | None) -> None:
    """Serve the pages, and run the jobs in the same process unless the settings say otherwise."""
    lock = serve_lock(services.instance)
    lock.require(N_("Já há um servidor a trabalhar nesta instância."))
    allow_open_files()
    logs.configure(services.settings["log_format"])
    # Bodies of requests lie on the same disk as the files, and not in a /tmp that may be memory.
    tempfile.tempdir = str(services.blobs.partial)
    app = create_app(services=services)
    server = make_server(app, host or services.settings["host"], _given(port, services.settings["port"]))
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    counting, keeping_up = Writer(services), KeepingUp(app)
    worker = Worker(services) if services.settings["embedded_worker"] else None
    if worker:
        services.search.engine.write_apart()
        worker.start()
    counting.start()
    keeping_up.start()
    services.search.preload()
    gc.freeze()  # what the start has made stays: to look through all of it for waste would hold up pages, again and again
    try:
        for line in welcome(services, _address(server)):
            click.echo(line)
        server.run()
    finally:
        server.close()
        if worker:
            worker.stop()
        services.search.engine.close()
        keeping_up.stop()
        counting.stop()
        lock.release()


def allow_open_files() -> None:
    """Let this process have as many files open as its connections may need, as far as the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def make_server(app: Flask, host: str, port: int) -> Any:
    """Return a waitress server with the application."""
    services: Services = app.extensions["repository"]
    sockets: dict[int, Any] = {}
    server = waitress.create_server(
        app,
        map=sockets,
        host=host,
        port=port,
        threads=services.settings["threads"],
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,  # select() fails from the 1024th open file on
        channel_timeout=SILENCE_S,
        cleanup_interval=10,
        max_request_body_size=PASSED_BY * bodies.largest(services),
        inbuf_overflow=MB,
        outbuf_high_watermark=MADE_AHEAD,
        ident=None,
        clear_untrusted_proxy_headers=False,  # the application trusts the configured number of proxies itself
    )
    for listening in sockets.values():
        if isinstance(listening, BaseWSGIServer):
            listening.channel_class = channel_for(services)
    return server


def _given(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _end(number: int, _frame: FrameType | None) -> None:
    log.info("%s: finishing what is under way", signal.Signals(number).name)
    raise SystemExit(0)


def _address(server: Any) -> tuple[str, int]:
    if hasattr(server, "effective_listen"):  # several sockets, for a name that means IPv4 and IPv6
        host, port = server.effective_listen[0]
    else:
        host, port = server.effective_host, server.effective_port
    return host, int(port)


def welcome(services: Services, address: tuple[str, int]) -> list[str]:
    """Return what whoever started the server should know: where it is, and how to get in."""
    host, port = address
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    lines = [f"Partilha: http://{f'[{shown}]' if ':' in shown else shown}:{port}"]
    if services.settings["public_url"]:
        lines.append(f"Public address: {services.settings['public_url']}")
    if code := first_code(services):
        lines.append(f"There is no account yet. From another computer the first page asks for {code}")
    return [*lines, *_demonstration_accounts(services)]


def _demonstration_accounts(services: Services) -> list[str]:
    path = services.instance / "demonstration.txt"
    return ["", *path.read_text("utf-8").splitlines()] if path.exists() else []


@click.command()
@click.option("--until-idle", is_flag=True, help="Run what can run now, and end.")
@pass_services
def worker(services: Services, until_idle: bool) -> None:
    """Run jobs: look into files, keep the index, send mail."""
    is_current(services)
    load_stored(services)
    running = Worker(services)
    running.lock.require(N_("Outro processo já trata dos trabalhos desta instância."))
    logs.configure(services.settings["log_format"])
    if until_idle:
        click.echo(f"{running.run_until_idle()} jobs done")
        running.lock.release()
        return
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    running.start()
    try:
        while True:
            signal.pause()
    finally:
        running.stop()
