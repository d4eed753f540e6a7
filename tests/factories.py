"""Small worlds for tests: rows that are there before the story begins.

Every maker flushes and gives back the row. Names are numbered, so two calls never collide.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher

from marketplace.catalog.models import Brand, Category, Picture, Product, Variant
from marketplace.channel.models import SellerAuthorization
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity.access import ROLES, Actor
from marketplace.identity.models import Address, CostCenter, Membership, Organization, Storefront, User
from marketplace.offers.models import FreightRule, Offer, StockLevel, StockLocation
from marketplace.payments.models import CreditLine, PaymentMethodRule, PayoutAccount
from marketplace.pricing.models import Price, PriceList
from tests.web import PASSWORD

numbers = itertools.count(1)
ADMIN = {"manufacturer": "manufacturer_admin", "seller": "seller_admin", "reseller": "reseller_admin",
         "buyer": "buyer_admin", "operator": "operator"}


@cache
def password_hash() -> str:
    """The hash of the tests' one password, cheap to verify."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def add(row):
    db.session.add(row)
    db.session.flush()
    return row


def digits13(number: int) -> str:
    """A valid GTIN-14 made from `number`."""
    body = f"0400{number:09d}"
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(body))
    return body + str(-total % 10)


class Market:
    """Makers, by the glossary's names."""

    def organization(self, kind: str, name: str = "", country: str = "DE", **values) -> Organization:
        n = next(numbers)
        id_ = new_id("org")
        values.setdefault("kinds", [kind])
        parent = values.pop("parent", None)
        lineage = [id_, *(parent.lineage if parent else [])]
        return add(Organization(
            id=id_, parent_id=parent.id if parent else None, lineage=lineage, slug=f"{kind}-{n}",
            name=name or f"{kind.title()} {n}", status=values.pop("status", "approved"), country=country,
            currency=values.pop("currency", "EUR"), created_at=clock.now(), **values,
        ))

    def manufacturer(self, name: str = "", **values) -> Organization:
        return self.organization("manufacturer", name, **values)

    def operator(self, name: str = "", **values) -> Organization:
        return self.organization("operator", name, **values)

    def seller(self, name: str = "", *, freight_minor: int = 0, free_from_minor: int | None = None, **values) -> Organization:
        seller = self.organization("seller", name, **values)
        add(FreightRule(id=new_id("frt"), seller_id=seller.id, country=None, currency=seller.currency,
                        freight_minor=freight_minor, free_from_minor=free_from_minor, transit_days=2))
        self.location(seller)
        return seller

    def location(self, seller: Organization, code: str = "MAIN", country: str = "") -> StockLocation:
        return add(StockLocation(id=new_id("loc"), seller_id=seller.id, code=code, name=f"Warehouse {code}",
                                 country=country or seller.country, postcode="10115"))

    def reseller(self, name: str = "", **values) -> Organization:
        return self.organization("reseller", name, **values)

    def storefront(self, reseller: Organization, host: str = "", **values) -> Storefront:
        n = next(numbers)
        return add(Storefront(
            id=new_id("sto"), reseller_id=reseller.id, host=host or f"store{n}.localhost", name=f"Store {n}",
            tagline=None, primary_color=values.pop("primary_color", "#0a5f9e"),
            currency=values.pop("currency", reseller.currency), locale=values.pop("locale", "en"),
            markup_bps=values.pop("markup_bps", 1000), settings={}, created_at=clock.now(), **values,
        ))

    def buyer(self, reseller: Organization, name: str = "", *, credit_minor: int | None = None, **values) -> Organization:
        buyer = self.organization("buyer", name, reseller_id=reseller.id, **values)
        self.address(buyer)
        if credit_minor is not None:
            self.credit(buyer, reseller, credit_minor)
        return buyer

    def credit(self, buyer: Organization, reseller: Organization, limit_minor: int) -> CreditLine:
        add(PaymentMethodRule(id=new_id("pmr"), reseller_id=reseller.id, organization_id=buyer.id,
                              customer_group=None, methods=["card", "on_account"], max_minor=None))
        return add(CreditLine(id=new_id("crl"), buyer_id=buyer.id, reseller_id=reseller.id, currency=buyer.currency,
                              limit_minor=limit_minor, reserved_minor=0, receivable_minor=0, terms_days=30))

    def address(self, organization: Organization, **values) -> Address:
        return add(Address(
            id=new_id("adr"), organization_id=organization.id, label=values.pop("label", "Main"),
            name=organization.name, line1="Hafenstr. 1", line2=None, postcode="10115", city="Berlin",
            region=None, country=values.pop("country", organization.country), **values,
        ))

    def cost_center(self, organization: Organization, code: str = "1000") -> CostCenter:
        return add(CostCenter(id=new_id("cc"), organization_id=organization.id, code=code, name=f"Center {code}",
                              is_active=True))

    def user(self, organization: Organization, role: str = "", **values) -> User:
        n = next(numbers)
        user = add(User(id=new_id("usr"), email=f"person{n}@example.com", name=f"Person {n}",
                        password_hash=password_hash(), locale=None, is_active=True, created_at=clock.now(), **values))
        self.member(user, organization, role)
        return user

    def member(self, user: User, organization: Organization, role: str = "") -> Membership:
        return add(Membership(id=new_id("mem"), user_id=user.id, organization_id=organization.id,
                              role=role or ADMIN[organization.kinds[0]]))

    def actor(self, organization: Organization, role: str = "", user: User | None = None) -> Actor:
        role = role or ADMIN[organization.kinds[0]]
        user = user or self.user(organization, role)
        return Actor(user_id=user.id, organization_id=organization.id, kinds=frozenset(organization.kinds),
                     permissions=ROLES[role], name=user.name, organization_name=organization.name, email=user.email)

    def brand(self, manufacturer: Organization, name: str = "") -> Brand:
        n = next(numbers)
        name = name or f"Brand {n}"
        return add(Brand(id=new_id("brd"), manufacturer_id=manufacturer.id, name=name,
                         name_key="".join(c for c in name.upper() if c.isalnum()), slug=f"brand-{n}"))

    def category(self, name: str = "", parent: Category | None = None) -> Category:
        n = next(numbers)
        name = name or f"Category {n}"
        return add(Category(id=new_id("cat"), parent_id=parent.id if parent else None, name=name,
                            path=f"{parent.path} / {name}" if parent else name, slug=f"category-{n}"))

    def variant(self, brand: Brand, name: str = "", *, category: Category | None = None, mpn: str = "",
                attributes: dict | None = None) -> Variant:
        n = next(numbers)
        name, mpn, gtin = name or f"Thing {n}", mpn or f"MPN-{n}", digits13(n)
        picture = add(Picture(id=new_id("pic"), media_type="image/svg+xml", content=b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
        shared = {"manufacturer_id": brand.manufacturer_id, "brand_id": brand.id, "created_at": clock.now(),
                  "category_id": category.id if category else None, "updated_at": clock.now(), "name": name}
        product = add(Product(id=new_id("prd"), description=f"{name} by {brand.name}", attributes=attributes or {},
                              picture_id=picture.id, **shared))
        text = " ".join([brand.name, name, mpn, gtin, *map(str, (attributes or {}).values())]).lower()
        return add(Variant(
            id=new_id("var"), product_id=product.id, gtin=gtin, mpn=mpn,
            mpn_key="".join(c for c in mpn.upper() if c.isalnum()), attributes=attributes or {}, unit="C62",
            status="active", sort_key=name.lower()[:40], text=text, **shared,
        ))

    def authorize(self, seller: Organization, brand: Brand, countries: list[str] | None = None,
                  **values) -> SellerAuthorization:
        today = clock.today()
        return add(SellerAuthorization(
            id=new_id("aut"), manufacturer_id=brand.manufacturer_id, seller_id=seller.id, brand_id=brand.id,
            countries=countries or [], valid_from=values.pop("valid_from", today - timedelta(days=30)),
            valid_to=values.pop("valid_to", None), status=values.pop("status", "active"), created_by="test",
            created_at=clock.now(),
        ))

    def base_list(self, seller: Organization, currency: str = "") -> PriceList:
        currency = currency or seller.currency
        found = db.session.scalar(db.select(PriceList).filter_by(owner_id=seller.id, currency=currency, is_base=True))
        return found or add(PriceList(id=new_id("pls"), owner_id=seller.id, name="Base", currency=currency,
                                      is_base=True, created_at=clock.now()))

    def price(self, price_list: PriceList, variant: Variant, amount_minor: int, min_quantity: int = 1, **values) -> Price:
        return add(Price(
            id=new_id("pri"), price_list_id=price_list.id, owner_id=price_list.owner_id, variant_id=variant.id,
            min_quantity=min_quantity, amount_minor=amount_minor,
            valid_from=values.pop("valid_from", clock.now() - timedelta(days=30)), valid_to=values.pop("valid_to", None),
        ))

    def offer(self, seller: Organization, variant: Variant, price_minor: int = 1000, stock: int = 100, **values) -> Offer:
        """An authorized, priced, stocked offer; `price_minor` is the seller's own base price."""
        if values.pop("authorized", True) and not db.session.scalar(
            db.select(SellerAuthorization).filter_by(seller_id=seller.id, brand_id=variant.brand_id)
        ):
            self.authorize(seller, db.session.get(Brand, variant.brand_id))
        now = clock.now()
        currency = values.pop("currency", seller.currency)
        offer = add(Offer(
            id=new_id("off"), seller_id=seller.id, variant_id=variant.id, brand_id=variant.brand_id,
            seller_sku=values.pop("seller_sku", f"SKU-{next(numbers)}"), currency=currency, condition="new",
            lead_time_days=values.pop("lead_time_days", 1), min_quantity=values.pop("min_quantity", 1),
            multiple=values.pop("multiple", 1), max_quantity=values.pop("max_quantity", None),
            valid_from=values.pop("valid_from", now - timedelta(days=30)), valid_to=values.pop("valid_to", None),
            status=values.pop("status", "active"), created_at=now, updated_at=now,
        ))
        self.stock(offer, values.pop("location", None) or self._main(seller), stock)
        for min_quantity, amount in {1: price_minor, **values.pop("tiers", {})}.items():
            self.price(self.base_list(seller, currency), variant, amount, min_quantity)
        assert not values, f"unknown: {values}"
        return offer

    def stock(self, offer: Offer, location: StockLocation, available: int) -> StockLevel:
        return add(StockLevel(id=new_id("stk"), offer_id=offer.id, location_id=location.id,
                              seller_id=offer.seller_id, available=available, reserved=0, consumed=0, counted=available))

    def payout_account(self, organization: Organization, gateway: str = "sandbox") -> PayoutAccount:
        return add(PayoutAccount(id=new_id("pac"), organization_id=organization.id, gateway=gateway,
                                 provider_account_id=f"acct_{next(numbers)}", status="active", created_at=clock.now()))

    def _main(self, seller: Organization) -> StockLocation:
        found = db.session.scalar(db.select(StockLocation).filter_by(seller_id=seller.id).order_by(StockLocation.id))
        return found or self.location(seller)
