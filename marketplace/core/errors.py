"""Refusals: what the market says when it will not do what it was asked.

Raise one to roll the whole unit of work back. Each room defines one small subclass per refusal
beside the verb that raises it. Bugs are not wrapped: they surface as they are.
"""

from typing import Any, ClassVar


class MarketError(Exception):
    """A refusal with a stable code, a message for a person, and the fields it is about."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    message: str = "This cannot be done."

    def __init__(self, message: str | None = None, *, field: str | None = None, **details: Any) -> None:
        self.message = message or type(self).message
        self.field = field
        self.details = details
        super().__init__(self.message)


class Invalid(MarketError):
    """What was sent cannot be accepted as it is."""

    code, status, message = "invalid", 422, "Some of what was sent is not valid."


class Unauthenticated(MarketError):
    """Nobody is signed in."""

    code, status, message = "unauthenticated", 401, "Sign in first."


class Forbidden(MarketError):
    """Known and inside, but without the right."""

    code, status, message = "forbidden", 403, "You do not have the right to do this."


class NotFound(MarketError):
    """Not there, or not there for you: the two look the same."""

    code, status, message = "not_found", 404, "There is nothing here."


class Conflict(MarketError):
    """Somebody or something was faster."""

    code, status, message = "conflict", 409, "This has changed in the meantime."


class Unavailable(MarketError):
    """A part of the market does not answer at the moment."""

    code, status, message = "unavailable", 503, "This is not available right now. Try again in a moment."
