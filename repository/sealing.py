"""Names that only this instance can make: links and codes that are derived when needed and stored nowhere."""

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress

from repository.work import Services


def secret_key(services: Services) -> str:
    """Return the configured secret, or the instance's own, made at first need and readable by its owner only."""
    if services.settings["secret_key"]:
        return str(services.settings["secret_key"])
    path = services.instance / "secret"
    if not path.exists():
        temporary = services.instance / f"secret.{secrets.token_hex(4)}"
        temporary.touch(mode=0o600)
        temporary.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(temporary, path)  # the first of two processes wins, and both read the same
        temporary.unlink()
    return path.read_text().strip()


def seal(services: Services, purpose: str, text: str) -> str:
    """Return 32 URL-safe characters that follow from the instance's secret, the purpose and the text (HMAC, RFC 2104).

    Compare with `hmac.compare_digest`. A copy of the database alone does not give them away.
    """
    digest = hmac.digest(secret_key(services).encode(), f"{purpose}\0{text}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:24]).decode()
