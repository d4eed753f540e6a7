"""The shell's application: settings, the unit of work, and the order in which the parts are put together.

One request is one transaction: committed when the answer is a success, rolled back otherwise, tried again
when it lost a race. One of the two places that commit.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Response, g, request
from flask.json.provider import JSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace.core import config, ids, locks, tenancy
from marketplace.core.config import Settings
from marketplace.core.db import db
from marketplace.web import api, auth, errors, forms, health, i18n, jsons, logs, metrics, pictures, portal, security, webhooks, wiring

BODY_LIMIT = 1_000_000
UPLOAD_LIMIT = 50_000_000


class Market(Flask):
    """Flask, with one unit of work around each view."""

    json_provider_class: type[JSONProvider] = jsons.Orjson

    def dispatch_request(self) -> Any:
        """Run the view as one transaction; a lost race runs it again."""
        return locks.retrying(self._unit_of_work)

    def _unit_of_work(self) -> Response:
        try:
            answer = self.make_response(self._view())
            if answer.status_code < 400:
                db.session.commit()
            else:
                db.session.rollback()
            return answer
        except BaseException:
            db.session.rollback()
            raise

    def _view(self) -> Any:
        auth.identify()
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        view = self.view_functions[request.endpoint or ""]
        request.max_content_length = UPLOAD_LIMIT if forms.takes_files(view) else BODY_LIMIT
        portal.guard()
        security.check_text()
        security.check_csrf()
        return super().dispatch_request()


def create_shell(settings: Settings | None = None) -> Market:
    """The market's shell without the portals; `wsgi.create_app` adds those."""
    settings = settings or config.from_environment()
    config.check(settings)
    app = Market("marketplace.web")
    app.config.update(
        SETTINGS=settings, SECRET_KEY=settings.secret_key, SQLALCHEMY_DATABASE_URI=config.psycopg_url(settings.database_url)
        or "postgresql+psycopg://", SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 10, "max_overflow": 20, "pool_recycle": 1800},
        SESSION_COOKIE_NAME="market_state", SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.environment == "production", MAX_CONTENT_LENGTH=UPLOAD_LIMIT,
        MAX_FORM_MEMORY_SIZE=BODY_LIMIT, WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None,
    )
    believe(app, settings.trusted_proxies)
    db.init_app(app)
    app.before_request(_begin)
    app.teardown_request(_end)
    for part in (logs, metrics, security, i18n, auth, api, errors, portal, pictures, health, webhooks):
        part.register(app)
    wiring.wire(app)
    return app


def believe(app: Flask, hops: int) -> None:
    """Take address, scheme and host of a request from what so many proxies before us say; anybody could say more."""
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = ids.new_id("req")


def _end(error: BaseException | None) -> None:
    tenancy.forget()
