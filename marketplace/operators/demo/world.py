"""The people of the demo market: organizations, their sign-ins, storefronts, customers.

Everything comes from one seed, so two demos are the same but for their ids.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity import sign_in
from marketplace.identity.models import Address, CostCenter, Membership, Organization, Storefront, User
from marketplace.operators.demo import people, words
from marketplace.payments.models import CreditLine, PaymentMethodRule

KEY_ACCOUNTS = "key accounts"


@dataclass
class World:
    """Who takes part."""

    operator: Organization
    manufacturers: list[Organization] = field(default_factory=list)
    sellers: list[Organization] = field(default_factory=list)
    resellers: list[Organization] = field(default_factory=list)
    storefronts: list[Storefront] = field(default_factory=list)
    buyers: list[Organization] = field(default_factory=list)
    people: dict[str, User] = field(default_factory=dict)


def make(chance: random.Random, base_domain: str) -> World:
    """Everybody: 1 operator, 12 manufacturers, 40 sellers, 5 resellers with a storefront, 30 customers."""
    secret = sign_in.hash_password(people.PASSWORD)
    world = World(_company("operator", "Marketsquare", "DE"))
    _person(world, world.operator, ("operator@demo.test", "operator"), secret)
    for number, (name, country) in enumerate(words.MAKERS):
        maker = _company("manufacturer", name, country)
        world.manufacturers.append(maker)
        _person(world, maker, (f"maker{number + 1}@demo.test", "manufacturer_admin"), secret)
    for number in range(40):
        name = f"{words.SELLER_WORDS[number // 2]} {words.SELLER_KINDS[number % 2]}"
        seller = _company("seller", name, chance.choice(words.SELLER_COUNTRIES))
        world.sellers.append(seller)
        _person(world, seller, (f"seller{number + 1}@demo.test", "seller_admin"), secret)
    for number, row in enumerate(words.RESELLERS):
        _reseller(world, number, row, secret, base_domain)
    for number, name in enumerate(words.BUYER_WORDS):
        _buyer(world, number, name, secret, chance)
    return world


def _company(kind: str, name: str, country: str, **values: str | None) -> Organization:
    id_ = new_id("org")
    row = Organization(id=id_, lineage=[id_], slug=people.slug(name), name=name, kinds=[kind], status="approved", country=country,
                       currency="EUR", created_at=clock.now(), **values)
    db.session.add(row)
    db.session.flush()
    return row


def _person(world: World, company: Organization, person: tuple[str, str], secret: str) -> User:
    email, role = person
    user = User(id=new_id("usr"), email=email, name=people.name(len(world.people)), password_hash=secret, is_active=True, created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    db.session.add(Membership(id=new_id("mem"), user_id=user.id, organization_id=company.id, role=role))
    world.people[email] = user
    return user


def _reseller(world: World, number: int, row: tuple[str, str, str, str], secret: str, base_domain: str) -> None:
    name, country, color, tagline = row
    reseller = _company("reseller", name, country)
    world.resellers.append(reseller)
    storefront = Storefront(
        id=new_id("sto"), reseller_id=reseller.id, host=f"{reseller.slug}.{base_domain}", name=name, tagline=tagline,
        primary_color=color, currency="EUR", locale={"ES": "es"}.get(country, "en"), markup_bps=800 + 200 * number,
        settings={}, created_at=clock.now(),
    )
    db.session.add(storefront)
    world.storefronts.append(storefront)
    _person(world, reseller, (f"reseller{number + 1}@demo.test", "reseller_admin"), secret)


def _buyer(world: World, number: int, word: str, secret: str, chance: random.Random) -> None:
    reseller = world.resellers[number % len(world.resellers)]
    country = reseller.country if chance.random() < 0.7 else chance.choice(sorted(words.TOWNS))
    buyer = _company("buyer", f"{word} {words.BUYER_KINDS[number % len(words.BUYER_KINDS)]}", country,
                     reseller_id=reseller.id, customer_group=KEY_ACCOUNTS if number % 4 == 0 else None)
    world.buyers.append(buyer)
    _person(world, buyer, (f"buyer{number + 1}@demo.test", "buyer_admin"), secret)
    town, postcode = words.TOWNS[country]
    db.session.add(Address(id=new_id("adr"), organization_id=buyer.id, label="Works", name=buyer.name,
                           line1=f"Industrial Road {number + 1}", postcode=postcode, city=town, country=country))
    for code, name in (("1000", "Maintenance"), ("2000", "Projects")):
        db.session.add(CostCenter(id=new_id("cc"), organization_id=buyer.id, code=code, name=name, is_active=True))
    db.session.add(PaymentMethodRule(id=new_id("pmr"), reseller_id=reseller.id, organization_id=buyer.id,
                                     methods=["card", "on_account"], max_minor=None))
    db.session.add(CreditLine(id=new_id("crl"), buyer_id=buyer.id, reseller_id=reseller.id, currency="EUR",
                              limit_minor=50_000_000, reserved_minor=0, receivable_minor=0, terms_days=30))
    db.session.flush()
