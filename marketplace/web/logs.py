"""JSON logs, one line per request, with the request's id. Never bodies, never secrets."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("marketplace.request")


def register(app: Flask) -> None:
    """Configure logging once and log each request after it was answered."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True),
                    structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_text)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr), cache_logger_on_first_use=True,
    )
    app.after_request(_name)
    if app.config["SETTINGS"].environment != "test":
        app.after_request(_line)


def _text(event: dict[str, Any], **_: object) -> str:
    return orjson.dumps(event, default=str).decode()


def _name(answer: Response) -> Response:
    answer.headers["X-Request-Id"] = g.request_id
    return answer


def _line(answer: Response) -> Response:
    log.info("request", request_id=g.request_id, method=request.method, path=request.path,
             host=request.host, status=answer.status_code, actor=getattr(g.get("actor"), "user_id", None),
             micros=int((time.perf_counter() - g.started) * 1e6))
    return answer
