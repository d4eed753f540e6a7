"""Refusals and bugs, rendered once: as JSON for programs, as a page for people.

The JSON shape is ``{"error": {"code", "message", "field", "details", "request_id"}}``.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, TooManyRequests

from marketplace.core import outage
from marketplace.core.db import db
from marketplace.core.errors import Invalid, MarketError, Unauthenticated, Unavailable
from marketplace.web import auth, forms
from marketplace.web.security import limiter


class Stale(MarketError):
    """A form whose proof of origin is missing or old."""

    code, status, message = "stale_form", 400, "This page was open for too long to be sent. Nothing was changed."


class TooLarge(MarketError):
    """More bytes than this address takes."""

    code, status, message = "request_entity_too_large", 413, "This is larger than what is taken here. Send it in smaller parts."


class TooMany(MarketError):
    """One of the limits against guessing."""

    code, status, message = "too_many_requests", 429, "This was tried too often. Wait a minute, then try again."


class Bug(MarketError):
    """What should not have happened."""

    code, status, message = "internal_error", 500, "Something went wrong on our side. Nothing was changed."


OURS: dict[type[HTTPException], type[MarketError]] = {CSRFError: Stale, RequestEntityTooLarge: TooLarge, TooManyRequests: TooMany}
"""What the framework refuses with words of its own, and what we say."""
WHOLE = "_schema"
"""What is wrong with an object as a whole, in the words of the library."""
log = structlog.get_logger("marketplace.errors")


def register(app: Flask) -> None:
    """Render every exception of `app` here."""
    app.register_error_handler(MarketError, _refusal)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def wants_json() -> bool:
    """Whether this request is a program's."""
    return request.path.startswith(("/api/", "/webhooks/"))


def _refusal(error: MarketError) -> Response:
    if isinstance(error, Unauthenticated) and not wants_json():
        return _to_sign_in()
    return _render(error.status, error.code, error.message, error.field, error.details)


def _to_sign_in() -> Response:
    """To sign in, and back to the page that asked; a part of a page asked for by script leads the whole page there."""
    address = "/sign-in?next=" + quote(auth.page_of())
    part = "HX-Request" in request.headers
    answer = make_response("", 401 if part else 303)
    answer.headers["HX-Redirect" if part else "Location"] = address
    return answer


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    messages = (getattr(error, "data", None) or {}).get("messages")
    if messages:
        fields = _fields(messages)
        name, first = _first(fields)
        return _render(error.code, Invalid.code, f"{name}: {first}" if wants_json() else first, name, {"fields": fields})
    for kind, ours in OURS.items():
        if isinstance(error, kind) and not (ours is Stale and wants_json()):
            return _ours(ours())
    code = error.name.lower().replace(" ", "_")
    answer = _render(error.code, code, error.description or error.name, None, {})
    for header, value in error.get_headers():
        if header.lower() in {"allow", "retry-after"}:
            answer.headers[header] = value
    return answer


def _ours(error: MarketError) -> Response:
    """A limit says when it ends; a part of a page asked for by script loads the whole page anew, with a new proof of origin."""
    answer = _refusal(error)
    if isinstance(error, TooMany) and (limit := limiter.current_limit):
        answer.headers["Retry-After"] = str(max(1, int(limit.reset_at - time.time())))
    if isinstance(error, Stale) and "HX-Request" in request.headers:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _typed_again() -> list[tuple[str, str]]:
    """What a form held that came too late, for sending it once more; nothing of a form that another site sent, or with a password."""
    if request.origin != request.host_url.rstrip("/") or "password" in request.form or request.files:
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _fields(messages: dict[str, Any]) -> dict[str, Any]:
    """What is wrong, by field; what is wrong with a whole place stands under the place's name."""
    found: dict[str, Any] = {}
    for place, wrong in messages.items():
        found |= {place if name == WHOLE else name: what for name, what in wrong.items()} if isinstance(wrong, dict) else {place: wrong}
    return {str(name): what for name, what in found.items()}


def _first(wrong: Any) -> tuple[str, str]:
    """Where the first thing is wrong, such as rows.0.number, and what."""
    path: list[str] = []
    while isinstance(wrong, dict) and wrong:
        name, wrong = next(iter(wrong.items()))
        path += [str(name)] if name != WHOLE else []
    return ".".join(path), next(iter(forms.texts(wrong)), Invalid.message)


def _bug(error: Exception) -> Response:
    db.session.rollback()
    if isinstance(error, DBAPIError) and (error.connection_invalidated or outage.unserved(error)):
        log.warning("database unreachable", request_id=g.get("request_id"), because=str(error.orig))
        return _refusal(Unavailable())
    log.error("bug", request_id=g.get("request_id"), path=request.path, exc_info=error)
    return _refusal(Bug())


def _render(status: int, code: str, message: str, field: str | None, details: dict[str, Any]) -> Response:
    request_id = g.get("request_id")
    if wants_json():
        error = {"code": code, "message": message, "field": field, "details": details, "request_id": request_id}
        return make_response(jsonify({"error": error}), status)
    again = _typed_again() if code == Stale.code else []
    page = render_template("error.html", status=status, code=code, message=message, field=field, request_id=request_id, again=again)
    return make_response(page, status)
