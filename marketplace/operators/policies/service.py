"""What the operator sees of routing policies: who has one of its own, what it says, and the names in it. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func

from marketplace.catalog.models import Brand
from marketplace.core import paging, tenancy
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.identity import companies
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Kind, Organization, Storefront, User
from marketplace.routing import policy, quota
from marketplace.routing import settings as rules
from marketplace.routing.models import RoutingDecision, RoutingPolicy
from marketplace.routing.settings import Settings

MARKET = "market"
"""What stands in an address for the market's policy, where another has a storefront's id."""
MOST_CHOICES = 2_000
MOST_DIGITS = 9


@dataclass(frozen=True)
class View:
    """A policy as it holds: of the market, or of a storefront by its own version or the market's."""

    scope: str
    storefront: Storefront | None
    newest: RoutingPolicy | None
    """The newest version of its own; None: there never was one."""
    policy: policy.Policy
    """What holds: perhaps the market's."""

    @property
    def version(self) -> int:
        """The number of its own newest version; 0 without one. What a change replaces."""
        return self.newest.version if self.newest else 0

    @property
    def is_own(self) -> bool:
        """Whether what holds is its own: not a storefront's that follows the market."""
        return self.storefront is None or (self.newest is not None and not self.newest.follows_market)

    @property
    def currency(self) -> str:
        """In which its amounts are read and written: its own, else the storefront's; of a market that names none, what `default_currency` says."""
        return self.policy.settings.currency or (self.storefront.currency if self.storefront else "") or default_currency()


def default_currency() -> str:
    """The currency of most storefronts; of a market without one, of its companies."""
    counted = db.session.execute(
        db.select(Storefront.currency).group_by(Storefront.currency).order_by(func.count().desc(), Storefront.currency).limit(1)).scalar()
    return str(counted or next(iter(companies.currencies()), "EUR"))


def storefront_id(scope: str) -> str | None:
    """The storefront that a part of an address names; None for the market."""
    return None if scope == MARKET else scope


def number(version: str) -> int:
    """The version that a part of an address names. Raises: NotFound for what is no number."""
    if not (version.isascii() and version.isdecimal() and len(version) <= MOST_DIGITS):
        raise NotFound
    return int(version)


def view(actor: Actor, scope: str) -> View:
    """The policy of one scope. Raises: Forbidden, NotFound."""
    id_ = storefront_id(scope)
    storefront = policy.scope(actor, id_)
    return View(scope, storefront, policy.latest(id_), policy.current(id_))


def scopes(actor: Actor, ask: paging.Ask = paging.FIRST) -> dict[str, Any]:
    """The storefronts, newest first, each with its newest version, and the market's under "market". A constant number of statements."""
    authorize(actor, "market:read")
    page = paging.sorted_page(db.select(Storefront), Storefront.id, ask, {})
    newest = policy.stand([row.id for row in page.items])
    market = newest.get(None)
    rates = rules.read(market.settings) if market else Settings()
    rows = [_scope(row.id, row.name, row.currency, newest.get(row.id)) for row in page.items]
    for row in rows:
        row["lacks_rate"] = not row["is_own"] and rates.currency not in ("", row["currency"]) and row["currency"] not in rates.rates
    return {"items": rows, "next_cursor": page.next_cursor, "market": _scope(MARKET, "", rates.currency, market)}


def _scope(scope: str, name: str, currency: str, newest: RoutingPolicy | None) -> dict[str, Any]:
    return {
        "scope": scope, "name": name, "currency": currency, "version": newest.version if newest else 0,
        "is_own": scope == MARKET or (newest is not None and not newest.follows_market),
        "changed_at": newest.created_at if newest else None, "changed_by": newest.created_by if newest else None,
    }


def people(rows: Iterable[str | None]) -> dict[str, str]:
    """Names of who made versions, by user id."""
    with tenancy.as_market():
        found = db.session.execute(db.select(User.id, User.name).where(User.id.in_({id_ for id_ in rows if id_})))
        return {row.id: row.name for row in found}


def sellers() -> dict[str, str]:
    """Seller id -> name, told apart by the slug where two have the same; in name order."""
    query = db.select(Organization.id, Organization.name, Organization.slug).where(Organization.kinds.contains([Kind.SELLER.value]))
    return _told_apart(db.session.execute(query.order_by(Organization.name, Organization.id).limit(MOST_CHOICES)).all())


def brands() -> dict[str, str]:
    """Brand id -> name, likewise."""
    return _told_apart(db.session.execute(db.select(Brand.id, Brand.name, Brand.slug).order_by(Brand.name, Brand.id).limit(MOST_CHOICES)).all())


def _told_apart(rows: Iterable[Any]) -> dict[str, str]:
    found = list(rows)
    names = [row.name for row in found]
    twice = {one for one in names if names.count(one) > 1} if len(set(names)) < len(names) else set()
    return {row.id: f"{row.name} ({row.slug})" if row.name in twice else row.name for row in found}


def names(many: Iterable[Settings]) -> dict[str, str]:
    """The names of the sellers and brands that these settings speak of. Two statements."""
    settings = list(many)
    ids = {one["seller_id"] for each in settings for one in each.preferences} | {id_ for each in settings for one in each.quotas for id_ in one["shares"]}
    made = {one["brand_id"] for each in settings for one in each.quotas if one["brand_id"]}
    found = dict(db.session.execute(db.select(Organization.id, Organization.name).where(Organization.id.in_(ids))).all())
    return found | dict(db.session.execute(db.select(Brand.id, Brand.name).where(Brand.id.in_(made))).all())


def standing(held: policy.Policy) -> list[dict[str, Any]]:
    """Of each quota of a policy that holds: how many orders each seller was given. One statement."""
    keys = [quota.key(one, held.storefront_id) for one in held.settings.quotas]
    counts = quota.counts(keys)
    return [{"name": one["name"], "sellers": [
        {"seller_id": id_, "share_bps": bps, "orders": counts[key].get(id_, 0)} for id_, bps in one["shares"].items()]}
        for one, key in zip(held.settings.quotas, keys, strict=True)]


def of_decision(policy_id: str) -> dict[str, Any]:
    """The version by which a decision was made: its scope, the storefront's name, its number."""
    return _versions({policy_id})[policy_id]


def with_versions(decisions: Iterable[RoutingDecision]) -> list[dict[str, Any]]:
    """Decisions as plain rows, each with the version that it was made by. One statement."""
    rows = list(decisions)
    found = _versions({one.policy_id for one in rows})
    return [{**vars(one), "policy_scope": found[one.policy_id]["scope"], "policy_version": found[one.policy_id]["version"]} for one in rows]


def _versions(ids: set[str]) -> dict[str, dict[str, Any]]:
    query = db.select(RoutingPolicy.id, RoutingPolicy.storefront_id, RoutingPolicy.version, Storefront.name).where(RoutingPolicy.id.in_(ids))
    rows = db.session.execute(query.outerjoin(Storefront, Storefront.id == RoutingPolicy.storefront_id))
    return {row.id: {"scope": row.storefront_id or MARKET, "version": row.version, "name": row.name} for row in rows}
