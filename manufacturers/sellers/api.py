"""Authorizations as JSON; the same verbs and rules as the pages."""

from typing import Any

from flask_smorest import Blueprint

from manufacturers.sellers import queries, schemas
from marketplace.channel import authorization
from marketplace.core.paging import Page
from marketplace.web import api, lists
from marketplace.web.auth import require_actor

blueprint: Blueprint = api.blueprint(
    "manufacturer-sellers-api", __name__, "/api/v1/manufacturer/authorizations", "Who may sell a manufacturer's brands.")


@blueprint.get("")
@blueprint.arguments(schemas.AuthorizationQuery, location="query")
@blueprint.response(200, schemas.GrantedAuthorizationPage)
def list_authorizations(query: dict[str, Any]) -> Page:
    """Authorizations, newest first or as asked; `q` are words of the seller's name."""
    return queries.authorizations(require_actor(), lists.given(query), query["q"])


@blueprint.post("")
@blueprint.arguments(schemas.AuthorizationGrant)
@blueprint.response(201, schemas.GrantedAuthorization)
def grant(data: dict[str, Any]) -> dict[str, Any]:
    """Let a seller sell a brand."""
    actor = require_actor()
    record = authorization.grant(actor, actor.organization_id, **data)
    return queries.authorization(actor, record.id)


@blueprint.get("/choices")
@blueprint.response(200, schemas.GrantChoices)
def choices() -> dict[str, Any]:
    """Who can be authorized for what: the market's sellers, and the manufacturer's brands."""
    return queries.choices(require_actor())


@blueprint.get("/<authorization_id>")
@blueprint.response(200, schemas.GrantedAuthorization)
def show(authorization_id: str) -> dict[str, Any]:
    """One authorization."""
    return queries.authorization(require_actor(), authorization_id)


@blueprint.post("/<authorization_id>/revoke")
@blueprint.arguments(schemas.AuthorizationRevocation)
@blueprint.response(200, schemas.GrantedAuthorization)
def revoke(data: dict[str, Any], authorization_id: str) -> dict[str, Any]:
    """Take an authorization back; offers it covered are hidden at once, open orders stay."""
    actor = require_actor()
    authorization.revoke(actor, authorization_id, data["because"])
    return queries.authorization(actor, authorization_id)
