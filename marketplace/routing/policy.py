"""The operator's routing policy: which settings hold for whom, version by version.

Invariants: a policy is never edited, a change is a new version; a storefront's own beats the market's until a version
says that it follows the market again. Who changes one that changed meanwhile is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from marketplace.catalog.models import Brand
from marketplace.core import audit, clock, locks, paging
from marketplace.core.db import Query, db
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.ids import new_id
from marketplace.identity import companies
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Kind, Organization, Storefront
from marketplace.routing import settings as rules
from marketplace.routing.models import RoutingPolicy
from marketplace.routing.settings import BadPolicy, Change, Settings


class PolicyChanged(Conflict):
    """The version to be replaced is not the newest any more."""

    code: ClassVar[str] = "policy_changed"
    message = "This policy has a newer version. Look at it, then change that one."


class AlreadyFollows(Conflict):
    """The storefront has no policy of its own to give up."""

    code: ClassVar[str] = "already_follows"
    message = "This storefront follows the market's policy already."


@dataclass(frozen=True)
class Policy:
    """Settings with the version they came from; `id` is None while the built-in defaults hold."""

    id: str | None
    version: int
    settings: Settings
    storefront_id: str | None = None
    """Whose version it is; None: the market's."""


@dataclass(frozen=True)
class Version:
    """One version in a history, and what it changed of the one before it; None where there is nothing to compare."""

    row: RoutingPolicy
    changes: list[Change] | None


DEFAULTS = Policy(None, 0, Settings())


def current(storefront_id: str | None = None) -> Policy:
    """The newest version for the storefront, else for the market, else the defaults. One statement."""
    rows = db.session.execute(
        select(RoutingPolicy.id, RoutingPolicy.version, RoutingPolicy.settings, RoutingPolicy.storefront_id, RoutingPolicy.follows_market)
        .where(or_(RoutingPolicy.storefront_id == storefront_id, RoutingPolicy.storefront_id.is_(None)))
        .ext(distinct_on(RoutingPolicy.storefront_id)).order_by(RoutingPolicy.storefront_id.nulls_last(), RoutingPolicy.version.desc())
    )
    row = next((row for row in rows if not row.follows_market), None)
    return Policy(row.id, row.version, rules.read(row.settings), row.storefront_id) if row else DEFAULTS


def latest(storefront_id: str | None) -> RoutingPolicy | None:
    """The newest version of exactly this storefront or, for None, of the market; None without any."""
    return db.session.scalar(_of(storefront_id).order_by(RoutingPolicy.version.desc()).limit(1))


def _of(storefront_id: str | None) -> Query:
    return select(RoutingPolicy).where(RoutingPolicy.storefront_id.is_not_distinct_from(storefront_id))


def scope(actor: Actor, storefront_id: str | None) -> Storefront | None:
    """The storefront whose policies are meant; None for the market's. Raises: Forbidden, NotFound."""
    authorize(actor, "market:read")
    found = db.session.get(Storefront, storefront_id) if storefront_id is not None else None
    if found is None and storefront_id is not None:
        raise NotFound
    return found


def set_policy(actor: Actor, settings: Mapping[str, Any], storefront_id: str | None = None, replaces: int | None = None) -> RoutingPolicy:
    """Make `settings` (over the defaults) the next version.

    Shapes:  `replaces` is the version that the actor has seen (0: none); None: the last word holds.
    Effects: a RoutingPolicy, an audit entry. Raises: Forbidden, NotFound, PolicyChanged, BadPolicy.
    """
    authorize(actor, "market:operate")
    scope(actor, storefront_id)
    made = rules.checked(settings)
    _check_known(made)
    return _add(actor, storefront_id, replaces, made)


def follow_market(actor: Actor, storefront_id: str, replaces: int | None = None) -> RoutingPolicy:
    """Let the storefront have the market's policy again: a version, too. Raises: Forbidden, NotFound, PolicyChanged, AlreadyFollows."""
    authorize(actor, "market:operate")
    scope(actor, storefront_id)
    last = latest(storefront_id)
    if last is None or last.follows_market:
        raise AlreadyFollows
    return _add(actor, storefront_id, replaces, None)


def restore(actor: Actor, version: int, storefront_id: str | None = None, replaces: int | None = None) -> RoutingPolicy:
    """Make what an old version says the next one. Raises: what `version_of` and `set_policy` raise."""
    old = version_of(actor, version, storefront_id)
    if old.follows_market and storefront_id is not None:
        return follow_market(actor, storefront_id, replaces)
    return set_policy(actor, asdict(rules.read(old.settings)), storefront_id, replaces)


def _add(actor: Actor, storefront_id: str | None, replaces: int | None, made: Settings | None) -> RoutingPolicy:
    """The next version; of two at once the later waits, and finds the earlier's."""
    locks.alone(f"policy:{storefront_id}")
    last = latest(storefront_id)
    number = last.version if last else 0
    if replaces not in (None, number):
        raise PolicyChanged
    row = RoutingPolicy(
        id=new_id("pol"), storefront_id=storefront_id, version=number + 1, settings=asdict(made) if made else {},
        follows_market=made is None, created_by=actor.user_id, created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    after = {"version": row.version, "storefront_id": storefront_id, "follows_market": row.follows_market}
    audit.record(actor, "policy.set", row.id, before={"version": number}, after=after)
    return row


def _check_known(made: Settings) -> None:
    """Refuse sellers, brands and currencies that are not there. Raises: BadPolicy."""
    for setting, ids in (("preferences", {one["seller_id"] for one in made.preferences}), ("quotas", {id_ for one in made.quotas for id_ in one["shares"]})):
        query = select(Organization.id).where(Organization.id.in_(sorted(ids)), Organization.kinds.contains([Kind.SELLER.value]))
        if ids and ids != set(db.session.scalars(query)):
            raise BadPolicy("One of these is no seller of the market.", field=setting)
    brands = {one["brand_id"] for one in made.quotas if one["brand_id"]}
    if brands and brands != set(db.session.scalars(select(Brand.id).where(Brand.id.in_(sorted(brands))))):
        raise BadPolicy("There is no such brand.", field="quotas")
    if made.currency and not {made.currency, *made.rates} <= set(companies.currencies()):
        raise BadPolicy("The market does not trade in one of these currencies.", field="currency")


def version_of(actor: Actor, version: int, storefront_id: str | None = None) -> RoutingPolicy:
    """One version of the market or of a storefront. Raises: Forbidden, NotFound."""
    scope(actor, storefront_id)
    found = db.session.scalar(_of(storefront_id).where(RoutingPolicy.version == version))
    if found is None:
        raise NotFound
    return found


def versions(actor: Actor, storefront_id: str | None = None, ask: paging.Ask = paging.FIRST) -> paging.Page:
    """The history, newest first: Versions, each compared with the one before it. Two statements. Raises: Forbidden, NotFound."""
    scope(actor, storefront_id)
    page = paging.sorted_page(_of(storefront_id), RoutingPolicy.id, ask, {})
    rows = {row.version: row for row in page.items}
    older = min(rows, default=1) - 1
    if older >= 1:
        rows |= {row.version: row for row in db.session.scalars(_of(storefront_id).where(RoutingPolicy.version == older))}
    return paging.Page([Version(row, changes(row, rows.get(row.version - 1))) for row in page.items], page.next_cursor)


def changes(row: RoutingPolicy, before: RoutingPolicy | None) -> list[Change] | None:
    """What a version changed of the one before it, the market's first of the defaults; None where one of them follows the market."""
    if row.follows_market or (before.follows_market if before else row.storefront_id is not None):
        return None
    return rules.differences(rules.read(before.settings) if before else Settings(), rules.read(row.settings))


def before(row: RoutingPolicy) -> RoutingPolicy | None:
    """The version before this one."""
    return db.session.scalar(_of(row.storefront_id).where(RoutingPolicy.version == row.version - 1))


def stand(storefronts: list[str]) -> dict[str | None, RoutingPolicy]:
    """The newest version of each of these storefronts, and under None the market's; none of those that never had one. One statement."""
    query = select(RoutingPolicy).where(or_(RoutingPolicy.storefront_id.is_(None), RoutingPolicy.storefront_id.in_(storefronts)))
    newest = query.ext(distinct_on(RoutingPolicy.storefront_id)).order_by(RoutingPolicy.storefront_id, RoutingPolicy.version.desc())
    rows = db.session.scalars(newest)
    return {row.storefront_id: row for row in rows}


def stored(policy: Policy) -> str:
    """The id of the row behind `policy`; the defaults are written down as version 1 when first needed."""
    if policy.id is not None:
        return policy.id
    db.session.execute(insert(RoutingPolicy).values(
        id=new_id("pol"), storefront_id=None, version=1, settings=asdict(policy.settings), follows_market=False, created_by="market",
        created_at=clock.now(),
    ).on_conflict_do_nothing())
    found = current()
    assert found.id is not None
    return found.id
