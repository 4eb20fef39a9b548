"""The log on standard error: lines for people, or JSON for machines, each with the name of its request."""

import json
import logging
from datetime import UTC, datetime

from flask import g, has_app_context

TEXT = "%(asctime)s %(levelname)-7s %(request_id)s %(name)s: %(message)s"


class NameRequest(logging.Filter):
    """Adds the name of the request, the one that an error page shows; "-" outside of any request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, with `request_id`."""
        record.request_id = g.get("request_id", "-") if has_app_context() else "-"
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


def configure(form: str) -> None:
    """Send the log to standard error; `form` is the setting log_format, text or json."""
    handler = logging.StreamHandler()
    handler.addFilter(NameRequest())
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("alembic", "PIL"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # It warns of every request that waits a moment for a thread, which is what the queue is for.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
