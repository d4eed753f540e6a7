"""The first wall: who may do what. Roles are checked in the verbs, so page and JSON share them.

`ROLES` is the one table of rights. An outsider is told that nothing is there (404); an insider without
the right is told so (403).
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.core.db import Query
from marketplace.core.errors import Forbidden, NotFound, Unauthenticated

ROLES: dict[str, frozenset[str]] = {
    "manufacturer_admin": frozenset({
        "catalog:read", "catalog:write", "authorization:read", "authorization:write", "channel:read",
        "key:manage", "activity:read",
    }),
    "seller_admin": frozenset({
        "offer:read", "offer:write", "seller_order:read", "seller_order:fulfil", "finance:read", "payout:write",
        "authorization:read", "key:manage", "activity:read",
    }),
    "seller_clerk": frozenset({"offer:read", "seller_order:read", "seller_order:fulfil"}),
    "reseller_admin": frozenset({
        "storefront:read", "storefront:write", "customer:read", "customer:write", "price_list:read",
        "price_list:write", "order:read", "finance:read", "payout:write", "payment:record", "key:manage",
    }),
    "sales_rep": frozenset({"customer:read", "order:read", "storefront:read"}),
    "buyer_admin": frozenset({"storefront:buy", "order:read", "order:place", "company:write", "key:manage"}),
    "buyer": frozenset({"storefront:buy", "order:read", "order:place"}),
    "viewer": frozenset({"storefront:buy", "order:read"}),
    "operator": frozenset({
        "market:read", "market:operate", "money:read", "money:operate", "payment:record", "company:read", "key:manage", "activity:read",
    }),
    "operator_viewer": frozenset({"market:read", "money:read", "company:read", "activity:read"}),
}


@dataclass(frozen=True)
class Actor:
    """Who acts in this request: a person (or its API key) within one organization."""

    user_id: str
    organization_id: str
    kinds: frozenset[str]
    permissions: frozenset[str]
    name: str = ""
    organization_name: str = ""
    session_id: str | None = None
    key_id: str | None = None
    on_behalf_of: str | None = None
    request_id: str | None = None
    email: str = ""


def authorize(actor: Actor | None, permission: str, organization_id: str | None = None) -> Actor:
    """Let the verb go on only for an actor of `organization_id` (any when None) with `permission`.

    Raises: Unauthenticated without an actor; NotFound for an outsider; Forbidden for an insider
    without the right.
    """
    if actor is None:
        raise Unauthenticated
    if organization_id is not None and organization_id != actor.organization_id:
        raise NotFound
    if permission not in actor.permissions:
        raise Forbidden
    return actor


def visible_to(query: Query, actor: Actor, *columns: InstrumentedAttribute[str]) -> Query:
    """Narrow `query` to the rows whose `columns` name the actor's organization; the operator sees all."""
    if "market:read" in actor.permissions:
        return query
    mine: list[ColumnElement[bool]] = [column == actor.organization_id for column in columns]
    return query.where(or_(*mine))
