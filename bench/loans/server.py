"""Serve an instance without the lock that keeps a second server away: `python -m bench.loans.server PORT`.

Two servers on one instance are not how the house is run; they show that the database alone keeps its promise.
"""

import sys
import tempfile

from repository.cli.serve import make_server
from repository.house import build_services


def main(port: int) -> None:
    """Serve until the process is ended; no worker runs."""
    services = build_services()
    tempfile.tempdir = str(services.blobs.partial)
    make_server(services, "127.0.0.1", port).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
