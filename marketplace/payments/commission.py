"""The operator's commission: which rule holds, and what it takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from marketplace.core import audit, clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import percent
from marketplace.payments.models import CommissionRule

TERMS = ("rate_bps", "fixed_minor", "floor_minor", "cap_minor", "base", "tax_bps", "on_freight")
NONE: dict[str, Any] = {"id": None, "rate_bps": 0, "fixed_minor": 0, "floor_minor": 0, "cap_minor": None, "base": "seller",
                        "tax_bps": 0, "on_freight": False}


def rules(currency: str, at: datetime) -> list[CommissionRule]:
    """The rules that hold at a moment, newest first."""
    return list(db.session.scalars(
        select(CommissionRule).where(CommissionRule.currency == currency, CommissionRule.valid_from <= at,
                                     CommissionRule.valid_to.is_(None) | (CommissionRule.valid_to > at))
        .order_by(CommissionRule.id.desc())))


def set_rule(rate_bps: int, tax_bps: int, currency: str, seller_id: str | None) -> CommissionRule:
    """Take this part of the sellers' prices from now on: of one seller, or of everybody without a rule of its own.

    Units:   basis points; the tax is on the commission.
    Effects: the rule before it ends, and orders that are placed keep it; an audit entry.
    """
    now = clock.now()
    same = select(CommissionRule).filter_by(currency=currency, seller_id=seller_id, brand_id=None, category_id=None, valid_to=None)
    for before in db.session.scalars(same):
        before.valid_to = now
    made = CommissionRule(id=new_id("com"), seller_id=seller_id, rate_bps=rate_bps, fixed_minor=0, floor_minor=0, currency=currency,
                          base="seller", tax_bps=tax_bps, on_freight=False, valid_from=now)
    db.session.add(made)
    db.session.flush()
    audit.record("command", "commission.set", made.id, after={"rate_bps": rate_bps, "tax_bps": tax_bps, "currency": currency, "seller": seller_id})
    return made


def choose(known: Sequence[CommissionRule], seller_id: str, brand_id: str | None, category_id: str | None) -> dict[str, Any]:
    """The terms of the most specific rule: seller before brand before category before all; then the newest."""
    best: tuple[int, CommissionRule] | None = None
    for rule in known:
        pairs = ((rule.seller_id, seller_id, 4), (rule.brand_id, brand_id, 2), (rule.category_id, category_id, 1))
        if any(asked is not None and asked != given for asked, given, _ in pairs):
            continue
        weight = sum(value for asked, _, value in pairs if asked is not None)
        if best is None or weight > best[0]:
            best = weight, rule
    return {"id": best[1].id, **{name: getattr(best[1], name) for name in TERMS}} if best else NONE


def take(terms: dict[str, Any], base_minor: int) -> tuple[int, int]:
    """The commission and the tax on it, for a base in minor units."""
    commission = max(percent(base_minor, terms["rate_bps"]) + terms["fixed_minor"], terms["floor_minor"])
    if terms["cap_minor"] is not None:
        commission = min(commission, terms["cap_minor"])
    return commission, percent(commission, terms["tax_bps"])
