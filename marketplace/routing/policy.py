"""The operator's routing policy: what a late day, one more parcel or a preference is worth.

Invariants: a policy is never edited, a change is a new version; a storefront's own beats the market's.
Amounts are policy costs in minor units: they steer, and are never invoiced.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.ids import new_id
from marketplace.identity.access import Actor, authorize
from marketplace.routing.models import RoutingPolicy


class BadPolicy(Invalid):
    """A setting that is unknown or out of range; `field` names it."""

    code = "bad_policy"


@dataclass(frozen=True)
class Settings:
    """Everything the operator can turn."""

    split_minor: int = 400
    """Cost of each seller order after the first."""
    opening_minor: int = 0
    """Cost of each seller order."""
    day_minor: int = 50
    """Cost of each working day until arrival, per offer used on a line."""
    day_bps: int = 0
    """Cost of each working day until arrival, in basis points of the goods."""
    max_sellers: int | None = None
    max_offers: int | None = 3
    """Offers that may share one line."""
    unfilled_minor: int = 1_000_000_000
    """Cost of each unit left without a seller: more than any unit could cost."""
    preference_minor: dict[str, int] = field(default_factory=dict)
    """Seller id -> what preferring its seller order is worth."""


@dataclass(frozen=True)
class Policy:
    """Settings with the version they came from; `id` is None while the built-in defaults hold."""

    id: str | None
    version: int
    settings: Settings


def current(storefront_id: str | None = None) -> Policy:
    """The newest version for the storefront, else for the market, else the defaults. One statement."""
    row = db.session.execute(
        select(RoutingPolicy.id, RoutingPolicy.version, RoutingPolicy.settings)
        .where(or_(RoutingPolicy.storefront_id == storefront_id, RoutingPolicy.storefront_id.is_(None)))
        .order_by(RoutingPolicy.storefront_id.nulls_last(), RoutingPolicy.version.desc()).limit(1)
    ).first()
    return Policy(row.id, row.version, Settings(**row.settings)) if row else Policy(None, 0, Settings())


def set_policy(actor: Actor, settings: dict[str, Any], storefront_id: str | None = None) -> RoutingPolicy:
    """Make `settings` (over the defaults) the next version.

    Raises: BadPolicy for an unknown or impossible setting.
    """
    authorize(actor, "market:operate")
    last = db.session.scalar(
        select(func.max(RoutingPolicy.version)).where(RoutingPolicy.storefront_id.is_not_distinct_from(storefront_id))
    )
    row = RoutingPolicy(
        id=new_id("pol"), storefront_id=storefront_id, version=(last or 0) + 1, settings=asdict(checked(settings)),
        created_by=actor.user_id, created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def checked(settings: dict[str, Any]) -> Settings:
    """The settings, or the refusal of the first bad one."""
    known = {f.name for f in fields(Settings)}
    for name, value in settings.items():
        if name not in known:
            raise BadPolicy("There is no such setting.", field=name)
        if name == "preference_minor":
            good = isinstance(value, dict) and all(type(minor) is int for minor in value.values())
        elif name.startswith("max_"):
            good = value is None or (type(value) is int and value >= 1)
        else:
            good = type(value) is int and 0 <= value <= 10**12
        if not good:
            raise BadPolicy("This value is not possible.", field=name)
    return Settings(**settings)


def stored(policy: Policy) -> str:
    """The id of the row behind `policy`; the defaults are written down as version 1 when first needed."""
    if policy.id is not None:
        return policy.id
    db.session.execute(insert(RoutingPolicy).values(
        id=new_id("pol"), storefront_id=None, version=1, settings=asdict(policy.settings), created_by="market",
        created_at=clock.now(),
    ).on_conflict_do_nothing())
    found = current()
    assert found.id is not None
    return found.id
