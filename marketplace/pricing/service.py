"""Price lists and markups are kept here: a seller's base prices, special lists, whom they serve, a reseller's markup.

A list belongs to one owner. Prices are never edited in place for the past: new rows take over from now on.
Whoever writes locks the list, or the storefront, first: of two at once the later replaces what the earlier wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.catalog.models import Brand, Category
from marketplace.core import audit, clock, money
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.identity import companies
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization, Storefront
from marketplace.offers.service import MAX_QUANTITY
from marketplace.pricing.models import MarkupRule, Price, PriceList, PriceListAssignment

WRITE = {"seller": "offer:write", "reseller": "price_list:write"}
READ = {"seller": "offer:read", "reseller": "price_list:read"}


class PriceListTaken(Conflict):
    """The owner already has a list of this name in this currency."""

    code: ClassVar[str] = "price_list_taken"
    message = "There is already a price list with this name."


class BadTiers(Invalid):
    """Tiers that cannot hold: doubled quantities, or an amount that is not positive or out of range."""

    code: ClassVar[str] = "bad_tiers"
    message = "Each quantity may stand once, from 1 on, with a price above zero."


def _may(actor: Actor, table: dict[str, str]) -> Actor:
    kind = next((kind for kind in table if kind in actor.kinds), "reseller")
    return authorize(actor, table[kind])


def base_list(owner_id: str, currency: str) -> PriceList:
    """The owner's base list in a currency, locked; made when there is none."""
    row = {"id": new_id("pls"), "owner_id": owner_id, "name": "Base", "currency": currency, "is_base": True,
           "created_at": clock.now()}
    db.session.execute(insert(PriceList).values(row).on_conflict_do_nothing())
    mine = select(PriceList).filter_by(owner_id=owner_id, currency=currency, is_base=True)
    return db.session.scalars(mine.with_for_update(key_share=True)).one()


def set_base_prices(actor: Actor, seller_id: str, variant_id: str, currency: str, tiers: Sequence[tuple[int, int]]) -> PriceList:
    """Replace a variant's tiers (min_quantity, amount_minor) in the seller's base list from now on.

    Shapes:  the first tier begins at 1, whatever the offer's minimum quantity: it is the price of one unit.
    Raises:  Forbidden, BadTiers.
    """
    authorize(actor, "offer:write", seller_id)
    if tiers and min(quantity for quantity, _ in tiers) != 1:
        raise BadTiers("The first price begins at 1 unit.", field="tiers")
    found = base_list(seller_id, currency)
    _replace(found, variant_id, tiers)
    audit.record(actor, "price.set", found.id, after={"variant": variant_id, "tiers": [list(tier) for tier in tiers]})
    return found


def create_list(actor: Actor, name: str, currency: str) -> PriceList:
    """Make an empty list of the actor's. Raises: Forbidden, PriceListTaken, NotTraded, Invalid without a name."""
    _may(actor, WRITE)
    companies.check_currency(currency)
    if not name.strip():
        raise Invalid("A price list needs a name.", field="name")
    if db.session.scalar(select(PriceList.id).filter_by(owner_id=actor.organization_id, name=name.strip(), currency=currency)):
        raise PriceListTaken(field="name")
    found = PriceList(id=new_id("pls"), owner_id=actor.organization_id, name=name.strip(), currency=currency,
                      is_base=False, created_at=clock.now())
    db.session.add(found)
    db.session.flush()
    audit.record(actor, "price_list.created", found.id, after={"name": found.name})
    return found


def own_list(actor: Actor, price_list_id: str, *, write: bool = False) -> PriceList:
    """One of the actor's lists, locked to `write` it. Raises: NotFound for another's."""
    _may(actor, WRITE if write else READ)
    found = db.session.get(PriceList, price_list_id, with_for_update={"key_share": True} if write else None)
    if found is None or found.owner_id != actor.organization_id:
        raise NotFound
    return found


def set_prices(actor: Actor, price_list_id: str, rows: Iterable[tuple[str, int, int]]) -> int:
    """Set tiers (variant id, min_quantity, amount_minor) of a list, from now on; each variant's are replaced.

    Returns how many variants were set. Raises: Forbidden, NotFound, BadTiers.
    """
    found = own_list(actor, price_list_id, write=True)
    by_variant: dict[str, list[tuple[int, int]]] = {}
    for variant_id, quantity, amount in rows:
        by_variant.setdefault(variant_id, []).append((quantity, amount))
    for variant_id, tiers in by_variant.items():
        _replace(found, variant_id, tiers)
    audit.record(actor, "price_list.priced", found.id, after={"variants": len(by_variant)})
    return len(by_variant)


def end_prices(actor: Actor, price_list_id: str, variant_id: str, min_quantity: int | None = None) -> None:
    """Take a product off a list from now on, or only its price from `min_quantity` on; orders keep theirs.

    Raises: Forbidden; NotFound for another's list, and where nothing is to be taken off.
    """
    found = own_list(actor, price_list_id, write=True)
    mine = [Price.price_list_id == found.id, Price.variant_id == variant_id]
    if min_quantity is not None:
        mine.append(Price.min_quantity == min_quantity)
    if not _end(mine):
        raise NotFound
    audit.record(actor, "price_list.unpriced", found.id, before={"variant": variant_id, "min_quantity": min_quantity})


def _end(mine: Sequence[ColumnElement[bool]]) -> int:
    """End these prices now: what holds ends, what would have begun is gone. Returns how many."""
    now = clock.now()
    gone: Any = db.session.execute(delete(Price).where(*mine, Price.valid_from >= now))
    over = update(Price).where(*mine, Price.valid_to.is_(None) | (Price.valid_to > now)).values(valid_to=now)
    ended: Any = db.session.execute(over)
    return gone.rowcount + ended.rowcount


def _replace(found: PriceList, variant_id: str, tiers: Sequence[tuple[int, int]]) -> None:
    sound = all(1 <= quantity <= MAX_QUANTITY and 1 <= amount <= money.MOST_MINOR for quantity, amount in tiers)
    if not tiers or not sound or len({quantity for quantity, _ in tiers}) != len(tiers):
        raise BadTiers(field="tiers")
    _end([Price.price_list_id == found.id, Price.variant_id == variant_id])
    now = clock.now()
    db.session.execute(insert(Price), [
        {"id": new_id("pri"), "price_list_id": found.id, "owner_id": found.owner_id, "variant_id": variant_id,
         "min_quantity": quantity, "amount_minor": amount, "valid_from": now} for quantity, amount in sorted(tiers)
    ])


def assign(actor: Actor, price_list_id: str, **target: str | None) -> PriceListAssignment:
    """Let a list serve `organization_id`, or `storefront_id`, or a `customer_group` of a storefront; once.

    Raises: Forbidden; NotFound for another's list, customer or storefront; Invalid for no target.
    """
    found = own_list(actor, price_list_id, write=True)
    organization, storefront, group = (target.get(name) for name in ("organization_id", "storefront_id", "customer_group"))
    if (organization is None) == (storefront is None) or (group is not None and storefront is None):
        raise Invalid("A price list serves one organization, one storefront, or one group of a storefront.", field="target")
    _check_target(actor, organization, storefront)
    served = {"price_list_id": found.id, "organization_id": organization, "storefront_id": storefront, "customer_group": group}
    if there := db.session.scalar(select(PriceListAssignment).filter_by(**served).limit(1)):
        return there
    row = PriceListAssignment(id=new_id("pla"), owner_id=found.owner_id, created_at=clock.now(), **served)
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "price_list.assigned", found.id, after={k: v for k, v in target.items() if v})
    return row


def _check_target(actor: Actor, organization_id: str | None, storefront_id: str | None) -> None:
    seller = "seller" in actor.kinds
    if organization_id is not None:
        customer = db.session.get(Organization, organization_id)
        if customer is None or not (seller or customer.reseller_id == actor.organization_id):
            raise NotFound(field="organization_id")
    if storefront_id is not None:
        storefront = db.session.get(Storefront, storefront_id)
        if storefront is None or not (seller or storefront.reseller_id == actor.organization_id):
            raise NotFound(field="storefront_id")


def unassign(actor: Actor, assignment_id: str) -> None:
    """Stop a list from serving a target; open orders keep their prices."""
    row = db.session.get(PriceListAssignment, assignment_id)
    if row is None or row.owner_id != actor.organization_id:
        raise NotFound
    own_list(actor, row.price_list_id, write=True)
    audit.record(actor, "price_list.unassigned", row.price_list_id, before={"assignment": row.id})
    db.session.delete(row)
    db.session.flush()


def set_markup(actor: Actor, storefront_id: str, markup_bps: int, **scope: Any) -> None:
    """Set a storefront's markup: its own, or for one `brand_id` or one `category_id`. Raises: Forbidden, NotFound, Invalid."""
    storefront = _own_storefront(actor, storefront_id)
    if not 0 <= markup_bps <= 100_000:
        raise Invalid("A markup lies between 0 and 1000 %.", field="markup_bps")
    brand, category = scope.get("brand_id"), scope.get("category_id")
    if brand and category:  # read as the brand's alone, it would hold for more than was meant
        raise Invalid("A markup is for one brand or for one category.", field="category_id")
    if brand and db.session.get(Brand, brand) is None:
        raise NotFound(field="brand_id")
    if category and db.session.get(Category, category) is None:
        raise NotFound(field="category_id")
    if brand is None and category is None:
        storefront.markup_bps = markup_bps
    else:
        db.session.execute(delete(MarkupRule).filter_by(storefront_id=storefront_id, brand_id=brand, category_id=category))
        db.session.add(MarkupRule(id=new_id("mkr"), reseller_id=actor.organization_id, storefront_id=storefront_id,
                                  brand_id=brand, category_id=category, markup_bps=markup_bps))
    db.session.flush()
    audit.record(actor, "markup.set", storefront_id, after={"markup_bps": markup_bps, "brand": brand, "category": category})


def remove_markup(actor: Actor, storefront_id: str, markup_id: str) -> None:
    """Take the markup of a brand or category away: the next wider one holds. Raises: Forbidden, NotFound."""
    storefront = _own_storefront(actor, storefront_id)
    row = db.session.scalar(select(MarkupRule).filter_by(id=markup_id, storefront_id=storefront.id))
    if row is None:
        raise NotFound
    audit.record(actor, "markup.removed", storefront_id, before={"markup_bps": row.markup_bps, "brand": row.brand_id, "category": row.category_id})
    db.session.delete(row)
    db.session.flush()


def _own_storefront(actor: Actor, storefront_id: str) -> Storefront:
    authorize(actor, "storefront:write")
    storefront = db.session.get(Storefront, storefront_id, with_for_update={"key_share": True})
    if storefront is None or storefront.reseller_id != actor.organization_id:
        raise NotFound
    return storefront
