"""The log on standard error: lines for people, or JSON for machines, each with the name of its request."""

import errno
import json
import logging
from datetime import UTC, datetime
from typing import TextIO

from flask import g, has_app_context
from sqlalchemy.exc import OperationalError

# What the machine refuses, and no line of the code is at fault for.
OF_THE_SYSTEM = (
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOMEM,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EIO,
    errno.ESTALE,
    errno.EACCES,
    errno.EPERM,
)
TEXT = "%(asctime)s %(levelname)-7s %(request_id)s %(name)s: %(message)s"


class NameRequest(logging.Filter):
    """Adds the name of the request, the one that an error page shows; "-" outside of any request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, with `request_id`."""
        record.request_id = g.get("request_id", "-") if has_app_context() else "-"
        return True


class InOneLine(logging.Filter):
    """Says in one line what the system or the database refuses: a traceback is for faults of our own."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass; one about a refusal has its words in the place of a traceback."""
        error = record.exc_info[1] if record.exc_info else None
        refused = isinstance(error, OSError) and error.errno in OF_THE_SYSTEM
        if refused or isinstance(error, OperationalError):
            why = " ".join(str(getattr(error, "orig", error)).split())
            record.msg, record.args = f"{record.getMessage()}: {why}", ()
            record.exc_info = record.exc_text = None
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, request_id, message, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def handler_of(form: str, stream: TextIO | None = None) -> logging.Handler:
    """Return what writes the log in the `form` text or json to `stream`, or to standard error."""
    handler = logging.StreamHandler(stream)
    handler.addFilter(NameRequest())
    handler.addFilter(InOneLine())
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(TEXT))
    return handler


def configure(form: str) -> None:
    """Send the log to standard error; `form` is the setting log_format, text or json."""
    handler = handler_of(form)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("alembic", "PIL"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # It warns of every request that waits a moment for a thread, which is what the queue is for.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
