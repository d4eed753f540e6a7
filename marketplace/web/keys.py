"""API keys by page and by API: the same in every portal and on every storefront, below its own address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from marketplace.core.errors import MarketError
from marketplace.identity import keys
from marketplace.web import api as programs
from marketplace.web import auth, forms, lists
from marketplace.web.api import Line, Schema


class KeyIn(Schema):
    """A key to be made."""

    name = Line(required=True, validate=validate.Length(1, 100))
    permissions = fields.List(fields.String(validate=validate.Length(max=40)), validate=validate.Length(max=50))


class KeyOut(Schema):
    """A key, without its secret."""

    id = fields.String()
    name = fields.String()
    permissions = fields.List(fields.String())
    user_id = fields.String()
    created_at = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime(allow_none=True)


class KeyMade(KeyOut):
    """A key, with the token that is shown this once."""

    token = fields.String()


KeyPage = lists.page_of(KeyOut)


def register(app: Flask, name: str, prefix: str, layout: str) -> None:
    """Open the pages below `prefix`/keys and the API below /api/v1`prefix`/keys, for those who stand there."""
    app.register_blueprint(_pages(name, prefix, layout))
    programs.api.register_blueprint(_programs(name, f"/api/v1{'/storefront' if name == 'storefront' else prefix}"))


def _pages(name: str, prefix: str, layout: str) -> Blueprint:
    blueprint = Blueprint(f"{name}_keys", __name__, url_prefix=f"{prefix}/keys")

    def page(status: int = 200, **values: Any) -> Response:
        actor = auth.require_actor()
        found = keys.listed(actor, lists.asked())
        shown = render_template("keys.html", layout=layout, keys=found.items, next_url=lists.next_url(".index", found.next_cursor), grantable=keys.grantable(actor), here=f"{name}_keys",
                                **{"errors": {}, "made": None, "values": {}, **values})
        return make_response(shown, status)

    @blueprint.get("")
    def index() -> Response:
        """The organization's keys."""
        return page()

    @blueprint.post("")
    def make() -> Response:
        """Make a key and show its token, once."""
        try:
            data = forms.load(KeyIn)
            key, token = keys.make(auth.require_actor(), data["name"], data.get("permissions", []))
        except MarketError as refused:
            if refused.status != 422:
                raise
            return page(422, errors=forms.errors(refused), values=request.form)
        answer = page(201, made={"name": key.name, "token": token})
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @blueprint.post("/<key_id>/revoke")
    def revoke(key_id: str) -> Response:
        """End a key."""
        key = keys.revoke(auth.require_actor(), key_id)
        flash(_("%(name)s is revoked: no program gets in with it any more.", name=key.name))
        return redirect(url_for(f"{name}_keys.index"), 303)

    return blueprint


def _programs(name: str, prefix: str) -> programs.Blueprint:
    blueprint = programs.blueprint(f"{name}-keys-api", __name__, prefix, "API keys. Made and revoked by people only.")

    @blueprint.get("/keys")
    @blueprint.arguments(lists.PageQuery, location="query")
    @blueprint.response(200, KeyPage)
    def listed(paged: dict[str, Any]) -> Any:
        """The organization's keys, newest first, revoked ones too."""
        return keys.listed(auth.require_actor(), lists.given(paged))

    @blueprint.post("/keys")
    @blueprint.arguments(KeyIn)
    @blueprint.response(201, KeyMade)
    def make(data: dict[str, Any]) -> Any:
        """Make a key; its token is in this answer and nowhere else. Needs a signed-in person."""
        key, token = keys.make(auth.require_actor(), data["name"], data.get("permissions"))
        return {**KeyOut().dump(key), "created_at": key.created_at, "revoked_at": None, "token": token}

    @blueprint.post("/keys/<key_id>/revoke")
    @blueprint.response(200, KeyOut)
    def revoke(key_id: str) -> Any:
        """End a key at once. Needs a signed-in person."""
        return keys.revoke(auth.require_actor(), key_id)

    return blueprint
