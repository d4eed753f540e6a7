"""Whether this process lives (/healthz) and can serve (/readyz), for load balancers."""

from __future__ import annotations

import redis
from flask import Blueprint, Flask, Response, current_app
from sqlalchemy import text

from marketplace.core.db import db
from marketplace.web import api

blueprint = Blueprint("health", __name__)
ROLE = text("""
    SELECT r.rolsuper OR r.rolbypassrls OR EXISTS (
        SELECT FROM pg_tables t WHERE t.schemaname = 'public' AND t.tableowner = current_user) AS mighty
      FROM pg_roles r WHERE r.rolname = current_user""")


def register(app: Flask) -> None:
    """Serve both on every host."""
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return api.answer({"status": "ok"})


@blueprint.get("/readyz")
def ready() -> Response:
    """The database answers to a harmless role; Valkey down is only degraded."""
    if db.session.scalar(ROLE):
        return api.answer({"status": "refused", "reason": "the database role owns tables or is a superuser"}, 503)
    return api.answer({"status": "ok" if _bell() else "degraded"})


def _bell() -> bool:
    url = current_app.config["SETTINGS"].redis_url
    try:
        return bool(url) and redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5).ping()
    except redis.RedisError:
        return False
