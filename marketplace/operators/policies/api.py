"""Routing policies by the operator's JSON API; the same verbs and rules as the pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marketplace.identity.access import Actor
from marketplace.operators.policies import schemas
from marketplace.operators.policies import service as policies
from marketplace.routing import policy
from marketplace.routing import settings as rules
from marketplace.routing.models import RoutingPolicy
from marketplace.routing.settings import Change
from marketplace.web import api, lists
from marketplace.web.auth import require_actor

blueprint = api.blueprint("operator-policies-api", __name__, "/api/v1/operator/policies", "How the market chooses among sellers.")


@blueprint.get("")
@blueprint.arguments(lists.PageQuery, location="query")
@blueprint.response(200, schemas.ScopePage)
def scopes(paged: dict[str, Any]) -> Any:
    """The storefronts, newest first, each with its newest version; the market's own is at /policies/market."""
    return policies.scopes(require_actor(), lists.given(paged))


@blueprint.get("/<scope>")
@blueprint.response(200, schemas.PolicyRow)
def show(scope: str) -> Any:
    """What holds for the market, or for a storefront."""
    return _held(require_actor(), scope)


@blueprint.put("/<scope>")
@blueprint.arguments(schemas.PolicyBody)
@blueprint.response(200, schemas.PolicyRow)
def change(body: dict[str, Any], scope: str) -> Any:
    """Make these settings the next version."""
    actor = require_actor()
    policy.set_policy(actor, body["settings"], policies.storefront_id(scope), body["version"])
    return _held(actor, scope)


@blueprint.post("/<scope>/follow")
@blueprint.arguments(schemas.VersionSeen)
@blueprint.response(200, schemas.PolicyRow)
def follow(body: dict[str, Any], scope: str) -> Any:
    """Let a storefront have the market's policy again."""
    actor = require_actor()
    policy.follow_market(actor, scope, body["version"])
    return _held(actor, scope)


@blueprint.get("/<scope>/versions")
@blueprint.arguments(lists.PageQuery, location="query")
@blueprint.response(200, schemas.VersionPage)
def versions(paged: dict[str, Any], scope: str) -> Any:
    """Every version, newest first, with what it changed."""
    page = policy.versions(require_actor(), policies.storefront_id(scope), lists.given(paged))
    return {"items": [_row(one.row, one.changes) for one in page.items], "next_cursor": page.next_cursor}


@blueprint.get("/<scope>/versions/<version>")
@blueprint.response(200, schemas.VersionRow)
def version(scope: str, version: str) -> Any:
    """One version, as it was."""
    row = policy.version_of(require_actor(), policies.number(version), policies.storefront_id(scope))
    return _row(row, policy.changes(row, policy.before(row)))


@blueprint.post("/<scope>/versions/<version>/restore")
@blueprint.arguments(schemas.VersionSeen)
@blueprint.response(200, schemas.PolicyRow)
def restore(body: dict[str, Any], scope: str, version: str) -> Any:
    """Make what an old version says the next one."""
    actor = require_actor()
    policy.restore(actor, policies.number(version), policies.storefront_id(scope), body["version"])
    return _held(actor, scope)


def _held(actor: Actor, scope: str) -> dict[str, Any]:
    view = policies.view(actor, scope)
    return {"scope": scope, "version": view.version, "is_own": view.is_own, "policy_id": view.policy.id,
            "settings": _said(asdict(view.policy.settings)), "quotas": policies.standing(view.policy)}


def _row(row: RoutingPolicy, changes: list[Change] | None) -> dict[str, Any]:
    settings = None if row.follows_market else _said(asdict(rules.read(row.settings)))
    return {**{name: getattr(row, name) for name in ("id", "version", "created_at", "created_by", "follows_market")},
            "settings": settings, "changes": None if changes is None else [asdict(one) for one in changes]}


def _said(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings as they may be sent back: without a currency where none is named."""
    return {name: value for name, value in settings.items() if name != "currency" or value}
