"""Refusals in the user's words; one table in `http.py` turns each into an HTTP status."""

from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """A refusal: `message` is a translatable sentence with %(name)s places filled from `params`.

    `field` names the form field the sentence belongs to, or is None when it concerns the whole request.
    """

    def __init__(self, message: str, field: str | None = None, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFound(DomainError):
    """There is no such thing, or the person may not know that there is."""


class NotAllowed(DomainError):
    """The person is known and may not do this."""


class Conflict(DomainError):
    """The thing has changed since, or its state does not allow the move."""


class Invalid(DomainError):
    """What was given cannot be used as it is."""


class Doubtful(Invalid):
    """Something in what was given should perhaps not be said: it can be changed, or sent again with `token`.

    `doubts` are (field, sentence, what fills its places); `token` stands for them all, and for what was confirmed before.
    """

    def __init__(self, doubts: Sequence[tuple[str, str, Mapping[str, object]]], token: str) -> None:
        field, message, params = doubts[0]
        super().__init__(message, field, **params)
        self.doubts = doubts
        self.token = token


class TooLarge(Invalid):
    """What was given is over a limit."""


class Unavailable(DomainError):
    """It cannot be done now, and may be done later."""


class TooMany(Unavailable):
    """There were too many requests of this kind: it may be tried again in `seconds`."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class NoRoom(Unavailable):
    """There is no room for what was sent; for less there may be."""
