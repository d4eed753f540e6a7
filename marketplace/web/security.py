"""The browser's side of safety: CSRF tokens, a content security policy with a nonce, request limits.

A request with a bearer key carries no cookie's authority, so it needs no CSRF token.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from marketplace.core.errors import Invalid

STATE_LASTS = timedelta(days=31)
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=False)
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
PRIVATE = "private, no-cache"
"""Each buyer has prices of its own: no cache between us and the reader keeps an answer, unless the answer says so itself."""
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


class State(SecureCookieSession):
    """What forms are checked by. It outlives the browser, as the sign-in does: a form that a browser brings back can be sent."""

    permanent = True


class States(SecureCookieSessionInterface):
    """Keeps `State` in its cookie."""

    session_class = State


def register(app: Flask) -> None:
    """Put the protections on `app`; limits count in Valkey, in memory while it is down."""
    settings = app.config["SETTINGS"]
    app.session_interface = States()
    app.config.update(
        PERMANENT_SESSION_LIFETIME=STATE_LASTS, SESSION_REFRESH_EACH_REQUEST=False,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://", RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_SWALLOW_ERRORS=True,
    )
    csrf.init_app(app)
    limiter.init_app(app)
    limiter.enabled = settings.environment != "test"
    app.context_processor(lambda: {"csp_nonce": nonce})
    app.after_request(_headers)


def check_csrf() -> None:
    """Refuse an unsafe request that rides on a cookie without its token."""
    if request.method in UNSAFE and not g.get("by_key") and request.blueprint != "webhooks":
        csrf.protect()


def check_text() -> None:
    """Refuse an address or a form with a NUL in it, which no database holds, and a part of a form without a name. Raises: Invalid."""
    places = [request.args, request.form] if request.mimetype in FORMS else [request.args]
    given = [(name, value) for place in places for name, values in place.lists() for value in [name, *values]]
    given += [(name, str(value)) for name, value in (request.view_args or {}).items()]
    given += [(name, file.filename or "") for name, file in request.files.items()] if request.mimetype in FORMS else []
    for name, value in given:
        if name is None:
            raise Invalid("A part of this form has no name.")
        if "\0" in value:
            raise Invalid("This holds characters that are not allowed.", field=name.replace("\0", ""))


def nonce() -> str:
    """This answer's nonce for inline scripts and styles."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return g.nonce


def _headers(answer: Response) -> Response:
    answer.headers.setdefault("Cache-Control", PRIVATE)
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "same-origin")
    answer.headers.setdefault("X-Frame-Options", "DENY")
    if answer.mimetype == "text/html":
        answer.headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'self'; script-src 'self' 'nonce-{nonce()}'; style-src 'self' 'nonce-{nonce()}';"
            " img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        )
    return answer
