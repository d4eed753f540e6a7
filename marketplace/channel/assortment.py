"""What a storefront shows, and what each of its customers sees of it.

Levels: the storefront, the customer's group, and each organization of the customer's line. On every
level that has allow rules, one of them must match; a deny on any level wins. A rule for a category
holds for the categories below it. Reads are the market's, because customers do not see rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, insert, or_, select, true
from sqlalchemy.orm import aliased

from marketplace.catalog.models import Brand, Category, Variant
from marketplace.channel.models import AssortmentRule
from marketplace.core import audit, tenancy
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.identity.access import Actor, authorize
from marketplace.identity.buying import BuyingContext
from marketplace.identity.models import Organization, Storefront


@dataclass(frozen=True)
class Rule:
    """Allow or deny one brand, or one category with all below it."""

    effect: str
    brand_id: str | None = None
    category_id: str | None = None


@dataclass(frozen=True)
class Audience:
    """For whom rules hold: the whole storefront, one of its groups, or one of its customers."""

    organization_id: str | None = None
    customer_group: str | None = None


EVERYBODY = Audience()


class Match(NamedTuple):
    """What one rule is about: a brand, or a category with all below it."""

    brand_id: str | None
    category_ids: frozenset[str]
    names_category: bool


class Level(NamedTuple):
    """The rules of one level."""

    allow: list[Match]
    deny: list[Match]


def levels(context: BuyingContext) -> list[Level]:
    """The levels that have rules for `context`. Costs one statement."""
    found: dict[tuple[str | None, str | None], Level] = defaultdict(lambda: Level([], []))
    for rule, below in _rules(context):
        level = found[rule.organization_id, rule.customer_group]
        (level.allow if rule.effect == "allow" else level.deny).append(Match(rule.brand_id, frozenset(below), bool(rule.category_id)))
    return list(found.values())


def sees(levels: Sequence[Level], brand_id: str, category_id: str | None) -> bool:
    """Whether a product of this brand in this category is seen; the same as `visible`, of what is at hand."""
    def matches(rule: Match) -> bool:
        is_brand = rule.brand_id is None or rule.brand_id == brand_id
        return is_brand and (not rule.names_category or category_id in rule.category_ids)

    return all(
        (not level.allow or any(map(matches, level.allow))) and not any(map(matches, level.deny)) for level in levels)


def visible(context: BuyingContext) -> ColumnElement[bool]:
    """A condition on Variant: `context` may see it. Costs one statement; true without rules."""
    conditions = []
    for level in levels(context):
        if level.allow:
            conditions.append(or_(*map(_condition, level.allow)))
        conditions.extend(~_condition(rule) for rule in level.deny)
    return and_(*conditions) if conditions else true()


def _condition(rule: Match) -> ColumnElement[bool]:
    matches = [Variant.brand_id == rule.brand_id] if rule.brand_id else []
    if rule.names_category:
        matches.append(and_(Variant.category_id.is_not(None), Variant.category_id.in_(sorted(rule.category_ids))))
    return and_(*matches)


def _rules(context: BuyingContext) -> list[tuple[AssortmentRule, list[str]]]:
    """The rules that concern a context, each with the categories it holds for; one statement."""
    asked: dict[str, Any] = {"storefront": context.storefront_id}
    if context.lineage:
        asked["lineage"] = list(context.lineage)
    if context.customer_group:
        asked["customer_group"] = context.customer_group
    found: dict[str, tuple[AssortmentRule, list[str]]] = {}
    with tenancy.as_market():
        for rule, category_id in db.session.execute(_rules_for(bool(context.lineage), bool(context.customer_group)), asked):
            below = found.setdefault(rule.id, (rule, []))[1]
            if category_id:
                below.append(category_id)
    return list(found.values())


@cache
def _rules_for(has_lineage: bool, has_group: bool) -> Select[AssortmentRule, str]:
    """The statement, built once: building it anew costs more than running it."""
    named, inner = aliased(Category), aliased(Category)
    audience = and_(AssortmentRule.organization_id.is_(None), AssortmentRule.customer_group.is_(None))
    if has_lineage:
        audience = or_(audience, AssortmentRule.organization_id.in_(bindparam("lineage", expanding=True)))
    if has_group:
        audience = or_(audience, and_(AssortmentRule.organization_id.is_(None),
                                      AssortmentRule.customer_group == bindparam("customer_group")))
    return (
        select(AssortmentRule, inner.id)
        .outerjoin(named, named.id == AssortmentRule.category_id)
        .outerjoin(inner, or_(inner.id == named.id, inner.path.startswith(named.path + " / ")))
        .where(AssortmentRule.storefront_id == bindparam("storefront"), audience).order_by(AssortmentRule.id)
    )


def rules(actor: Actor, storefront_id: str, audience: Audience = EVERYBODY) -> list[AssortmentRule]:
    """The rules of one level of the actor's own storefront. Raises: Forbidden, NotFound."""
    _own(authorize(actor, "storefront:read", actor.organization_id), storefront_id)
    return list(db.session.scalars(select(AssortmentRule).where(*_level(storefront_id, audience)).order_by(AssortmentRule.id)))


def set_rules(
    actor: Actor, storefront_id: str, rules: Iterable[Rule], audience: Audience = EVERYBODY
) -> None:
    """Replace the rules of one level of a storefront.

    Effects: deletes the level's other rules and writes those that are new; what it shows changes at once.
    Raises:  Forbidden; NotFound for another's storefront or customer and for unknown brands and
             categories; Invalid for a rule about nothing.
    """
    authorize(actor, "storefront:write", actor.organization_id)
    storefront = _own(actor, storefront_id)
    given = list(rules)
    _check(given)
    wanted = list(dict.fromkeys(given))
    if audience.organization_id:
        buyer = db.session.get(Organization, audience.organization_id)
        if buyer is None or buyer.reseller_id != storefront.reseller_id:
            raise NotFound(field="organization_id")
    held = {Rule(row.effect, row.brand_id, row.category_id): row.id
            for row in db.session.scalars(select(AssortmentRule).where(*_level(storefront_id, audience)))}
    db.session.execute(delete(AssortmentRule).where(*_level(storefront_id, audience), AssortmentRule.id.not_in([held[rule] for rule in wanted if rule in held])))
    if new := [rule for rule in wanted if rule not in held]:
        db.session.execute(insert(AssortmentRule), [
            {"id": new_id("asr"), "reseller_id": storefront.reseller_id, "storefront_id": storefront_id,
             "organization_id": audience.organization_id, "customer_group": audience.customer_group,
             "effect": rule.effect, "brand_id": rule.brand_id, "category_id": rule.category_id}
            for rule in new
        ])
    audit.record(actor, "assortment:set", storefront_id, after={"rules": [vars(rule) for rule in wanted]})


def _check(given: list[Rule]) -> None:
    for rule in given:
        if rule.effect not in {"allow", "deny"} or not (rule.brand_id or rule.category_id):
            raise Invalid("A rule allows or denies a brand or a category.", field="rules")
    for model, name in ((Brand, "brand_id"), (Category, "category_id")):
        named = [getattr(rule, name) for rule in given]
        known = set(db.session.scalars(select(model.id).where(model.id.in_(set(named) - {None})))) if any(named) else set()
        for number, id_ in enumerate(named):
            if id_ and id_ not in known:
                raise NotFound(field=f"rules.{number}.{name}")


def _own(actor: Actor, storefront_id: str) -> Storefront:
    storefront = db.session.get(Storefront, storefront_id)
    if storefront is None or storefront.reseller_id != actor.organization_id:
        raise NotFound
    return storefront


def _level(storefront_id: str, audience: Audience) -> list[ColumnElement[bool]]:
    return [
        AssortmentRule.storefront_id == storefront_id,
        AssortmentRule.organization_id.is_not_distinct_from(audience.organization_id),
        AssortmentRule.customer_group.is_not_distinct_from(audience.customer_group),
    ]
