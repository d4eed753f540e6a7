"""What writes: carts that become orders through the API, and an offer file that becomes offers."""

from __future__ import annotations

import json
import time
from typing import Any

from marketplace.core import clock, jobs, tenancy
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity import buying, keys
from marketplace.identity.access import ROLES, Actor
from marketplace.identity.models import Address, Membership, Organization, Storefront, User
from marketplace.orders import carts
from tests.bench import figures, square
from tests.bench.load import request

ORDERS, LINES = 120, 5
FEED_ROWS = 100_000


def per_second(port: int, clients: int) -> float:
    """Five-line carts, filled beforehand, ordered on account by `clients` at once, each for its own company; orders a second."""
    _abound()
    prepared = [_person(number, clients) for number in range(ORDERS * clients)]
    db.session.commit()
    asked: list[list[bytes]] = [[] for _ in range(clients)]
    for number, (host, key, address_id) in enumerate(prepared):
        body = json.dumps({"address_id": address_id, "payment_method": "on_account"}).encode()
        headers = {"Host": host, "Authorization": f"Bearer {key}", "Idempotency-Key": new_id("key")}
        asked[number % clients].append(request("POST", "/api/v1/storefront/orders", headers, body))
    figures.load(port, [requests[:10] for requests in asked], None)
    return figures.load(port, [requests[10:] for requests in asked], None)["per_second"]


def _abound() -> None:
    """Stock and credit to spare, so that no run is refused what the last one took."""
    db.session.execute(db.text("UPDATE credit_lines SET limit_minor = 100000000000"))
    db.session.execute(db.text("""
        UPDATE stock_levels s SET available = 100000, counted = 100000 + reserved + consumed FROM offers o WHERE o.id = s.offer_id AND o.variant_id = ANY(:ids)"""),
        {"ids": [row["id"] for row in _goods()]})


def _person(number: int, clients: int) -> tuple[str, str, str]:
    """One more buyer of one of `clients` companies, with a filled cart and a key; host, key and address."""
    store = db.session.scalars(db.select(Storefront).order_by(Storefront.id)).first()
    companies = db.session.scalars(db.select(Organization).filter_by(reseller_id=store.reseller_id).order_by(Organization.id).limit(clients)).all()
    company = companies[number % len(companies)]
    user = User(id=new_id("usr"), email=f"{new_id('b')}@bench.test", name="Bench", password_hash=None, is_active=True, created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    db.session.add(Membership(id=new_id("mem"), user_id=user.id, organization_id=company.id, role="buyer_admin"))
    actor = Actor(user_id=user.id, organization_id=company.id, kinds=frozenset({"buyer"}), permissions=ROLES["buyer_admin"])
    _, key = keys.make(actor, "bench")
    cart = carts.open_cart(actor, buying.context(store, company))
    goods = _goods()
    for line in range(LINES):
        carts.put_line(actor, cart.id, goods[(number * LINES + line) % len(goods)]["id"], 1 + line)
    return store.host, key, db.session.scalar(db.select(Address.id).filter_by(organization_id=company.id))


def _goods() -> list[dict[str, Any]]:
    if "bench_goods" not in db.session.info:
        db.session.info["bench_goods"] = square.variants(400)
    return db.session.info["bench_goods"]


def imported() -> float:
    """A file of offers of every product, by several sellers that have none yet, until all are ready to sell; offers a second."""
    from marketplace.pricing import feeds

    files = [_seller_and_file() for _ in range(max(1, FEED_ROWS // _products()))]
    db.session.commit()
    started = time.perf_counter()
    rows = 0
    for actor, content, count in files:
        feeds.receive(actor, actor.organization_id, "offers.csv", content)
        db.session.commit()
        jobs.drain(feeds.TOPIC)
        tenancy.act_for([tenancy.MARKET])
        rows += count
    spent = time.perf_counter() - started
    published = db.session.scalar(db.text("SELECT count(*) FROM offers WHERE seller_id = ANY(:ids) AND status = 'active'"),
                                  {"ids": [actor.organization_id for actor, _, _ in files]})
    if published != rows:
        raise RuntimeError(f"{published} of {rows} offers were published")
    return rows / spent


def _products() -> int:
    return int(db.session.scalar(db.text("SELECT count(*) FROM variants WHERE status = 'active'")))


def _seller_and_file() -> tuple[Actor, bytes, int]:
    """A new seller, authorized for every brand, with a warehouse; and its file."""
    id_, now = new_id("org"), clock.now()
    db.session.add(Organization(id=id_, lineage=[id_], slug=id_.replace("_", "-"), name=f"Seller {id_[-6:]}", kinds=["seller"], status="approved",
                                country="DE", currency="EUR", created_at=now))
    db.session.flush()
    user = db.session.scalars(db.select(User).order_by(User.id)).first()
    db.session.execute(db.text("""
        INSERT INTO stock_locations (id, seller_id, code, name, country, postcode) VALUES (:loc, :seller, 'MAIN', 'Main', 'DE', '10115')"""),
        {"loc": new_id("loc"), "seller": id_})
    db.session.execute(db.text("""
        INSERT INTO seller_authorizations (id, manufacturer_id, seller_id, brand_id, countries, valid_from, status, created_by, created_at)
        SELECT 'aut_' || md5(b.id || :seller), b.manufacturer_id, :seller, b.id, '{}', :day, 'active', 'bench', :now FROM brands b"""),
        {"seller": id_, "day": now.date(), "now": now})
    rows = db.session.execute(db.text("SELECT gtin, mpn FROM variants WHERE status = 'active' ORDER BY id")).all()
    lines = ["seller_sku,gtin,price,quantity,lead_time_days"]
    lines += [f"{id_[-6:]}-{mpn},{gtin},{10 + n % 90}.{n % 100:02d},{n % 500},2" for n, (gtin, mpn) in enumerate(rows)]
    actor = Actor(user_id=user.id, organization_id=id_, kinds=frozenset({"seller"}), permissions=ROLES["seller_admin"])
    return actor, "\n".join(lines).encode(), len(rows)
