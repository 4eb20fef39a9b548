"""Serve an instance without the lock that keeps a second server away: `python -m bench.loans.server PORT`.

Two servers on one instance are not how the house is run; they show that the database alone keeps its promise. With a
second word, `empty`, the same server answers everything with an empty page: what the machine and the clients cost alone.
"""

import sys
import tempfile

import waitress
from flask import Flask

from repository.app import create_app
from repository.cli.serve import make_server
from repository.house import build_services

THREADS = 4  # as many as the house has unless its settings say otherwise


def main(port: int, empty: bool) -> None:
    """Serve until the process is ended; no worker runs."""
    if empty:
        app = Flask("empty")
        app.add_url_rule("/<path:anything>", view_func=lambda anything: {}, methods=["GET", "POST"])
        waitress.serve(app, host="127.0.0.1", port=port, threads=THREADS)
        return
    services = build_services()
    tempfile.tempdir = str(services.blobs.partial)
    make_server(create_app(services=services), "127.0.0.1", port).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), "empty" in sys.argv[2:])
