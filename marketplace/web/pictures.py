"""Product pictures, from the catalog, cached for good: a picture's id never changes its content."""

from __future__ import annotations

from flask import Blueprint, Flask, Response

from marketplace.catalog.models import Picture
from marketplace.core.db import db
from marketplace.core.errors import NotFound

blueprint = Blueprint("pictures", __name__)


def register(app: Flask) -> None:
    """Serve pictures on every host."""
    app.register_blueprint(blueprint)


@blueprint.get("/pictures/<picture_id>")
def show(picture_id: str) -> Response:
    """One picture. An SVG cannot run scripts: it is served with a policy that allows nothing."""
    picture = db.session.get(Picture, picture_id)
    if picture is None:
        raise NotFound
    answer = Response(picture.content, mimetype=picture.media_type)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer
