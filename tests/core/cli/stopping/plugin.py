"""A plugin whose one job never ends the first time, so that its worker can be killed in the middle of it."""

import threading

from repository.api import JobKind, hookimpl


def run_twice(services, payloads):
    """Stop for ever the first time; the second time, end."""
    mark = services.instance / "stopping.mark"
    if not mark.exists():
        mark.touch()
        print("in the middle", flush=True)
        threading.Event().wait()
    print("to the end", flush=True)


@hookimpl
def register_jobs():
    return [JobKind("stopping.twice", run_twice)]
