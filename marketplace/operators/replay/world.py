"""Who takes part in the replay: one maker, twelve sellers, one reseller with its storefront, the file's customers.

The seeded rule (docs/replay.md) is here and in `goods`: same file, same limit and same SEED give the same market.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity import companies, onboarding
from marketplace.identity.access import ROLES, Actor
from marketplace.identity.models import Kind, Membership, Organization, Storefront, User
from marketplace.offers import service as offers
from marketplace.offers.service import FreightInput, LocationInput, MinimumInput
from marketplace.operators.replay.lines import Invoice
from marketplace.payments import conditions
from marketplace.payments.models import CommissionRule

SEED = 20101201
CURRENCY = "GBP"
SELLER_COUNTRIES = ("GB",) * 8 + ("IE", "DE", "FR", "NL")
MARKUP_BPS = 1500
CREDIT_MINOR = 100_000_000
TERMS_DAYS = 30
NOBODY = "!"  # no password fits


@dataclass
class World:
    """The parties as they act; customers by the file's number, their addresses by (number, country)."""

    operator: Actor
    maker: Actor
    reseller: Actor
    storefront: Storefront
    sellers: dict[str, Actor] = field(default_factory=dict)
    customers: dict[str, Actor] = field(default_factory=dict)
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)


def make(host: str) -> World:
    """Operator, maker, reseller with a storefront, and the sellers with warehouse, freight and minimum."""
    chance = random.Random(SEED)
    operator = person(_company(Kind.OPERATOR, "Replay Operator", "GB"), "operator")
    maker = person(_company(Kind.MANUFACTURER, "Online Retail Goods", "GB"), "manufacturer_admin")
    reseller = person(_company(Kind.RESELLER, "Online Retail", "GB"), "reseller_admin")
    store = Storefront(id=new_id("sto"), reseller_id=reseller.organization_id, host=host, name="Online Retail", tagline=None,
                       primary_color="#0a5f9e", currency=CURRENCY, locale="en", markup_bps=MARKUP_BPS, settings={},
                       created_at=clock.now())
    db.session.add(store)
    db.session.add(CommissionRule(id=new_id("com"), rate_bps=800, fixed_minor=0, floor_minor=0, cap_minor=None, currency=CURRENCY,
                                  base="seller", tax_bps=2000, on_freight=False, valid_from=clock.now()))
    world = World(operator, maker, reseller, store)
    for number, country in enumerate(SELLER_COUNTRIES, 1):
        seller = person(_company(Kind.SELLER, f"Replay Seller {number:02d}", country), "seller_admin")
        world.sellers[seller.organization_id] = seller
        _terms(seller, country, chance)
    return world


def _company(kind: Kind, name: str, country: str) -> Organization:
    return onboarding.ensure_organization(kind, name, country=country, currency=CURRENCY)


def person(company: Organization, role: str) -> Actor:
    """A company's one person, who cannot sign in, as it acts."""
    user = User(id=new_id("usr"), email=f"{company.slug}@replay.test", name=company.name, password_hash=NOBODY, is_active=True,
                created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    db.session.add(Membership(id=new_id("mem"), user_id=user.id, organization_id=company.id, role=role))
    return Actor(user_id=user.id, organization_id=company.id, kinds=frozenset(company.kinds), permissions=ROLES[role],
                 name=user.name, organization_name=company.name, email=user.email)


def _terms(seller: Actor, country: str, chance: random.Random) -> None:
    id_ = seller.organization_id
    offers.save_location(seller, id_, LocationInput("MAIN", "Main warehouse", country, "1"))
    home, abroad = chance.choice((395, 495, 595, 795)), chance.choice((1250, 1500, 1900, 2500))
    free = chance.choice((15_000, 25_000, 40_000))
    offers.save_freight_rule(seller, id_, FreightInput(CURRENCY, home, chance.choice((1, 2, 3)), "GB", free))
    offers.save_freight_rule(seller, id_, FreightInput(CURRENCY, abroad, chance.choice((3, 4, 6)), None, free * 3))
    if chance.random() < 0.25:
        offers.save_minimum(seller, id_, MinimumInput(CURRENCY, 2_000, "surcharge", 350))


def add_customers(world: World, invoices: Iterable[Invoice]) -> None:
    """A company for each customer that orders, with an address in each country it has ever had goods sent to.

    Shapes:  the methods go by the customer's number: 0 to 3 of ten pay by card, the others on account.
    """
    for invoice in invoices:
        if invoice.customer not in world.customers:
            _customer(world, invoice)
        if (invoice.customer, invoice.country) not in world.addresses:
            actor = world.customers[invoice.customer]
            saved = companies.save_address(actor, {
                "label": invoice.country, "name": actor.organization_name, "line1": "1 High Street", "postcode": "1",
                "city": invoice.country, "country": invoice.country})
            world.addresses[invoice.customer, invoice.country] = saved.id


def _customer(world: World, invoice: Invoice) -> None:
    company = _company(Kind.BUYER, f"Customer {invoice.customer}", invoice.country)
    company.reseller_id = world.reseller.organization_id
    world.customers[invoice.customer] = person(company, "buyer_admin")
    conditions.set_methods(world.reseller, company.id, ["card", "on_account"])
    conditions.set_credit(world.reseller, company.id, CREDIT_MINOR, TERMS_DAYS)


def by_card(customer: str) -> bool:
    """Whether this customer pays by card."""
    return int(customer) % 10 < 4
