"""Every list of the API that can be sorted, found by itself: rising is falling turned round, and pages follow each other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from marketplace.analytics import scores
from marketplace.analytics.models import DailyFact
from marketplace.catalog.models import CatalogImport, ProductChange
from marketplace.channel.models import SellerAuthorization
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.outbox import OutboxRow
from marketplace.offers.models import OfferImport
from marketplace.orders import fulfilment
from marketplace.orders.models import SellerOrder
from marketplace.payments.models import Payout, Transfer
from marketplace.pricing.models import PriceList
from marketplace.web.api import api
from tests.factories import add
from tests.house import matrix
from tests.resellers import shops

PEOPLE = {"operator": "operator", "seller": "seller", "manufacturer": "manufacturer", "reseller": "reseller", "storefront": "buyer_admin"}


@pytest.fixture
def own(market):
    """Somebody with at least two rows in each list, two of which are equal in what most lists are sorted by."""
    own = matrix.World(market)
    own.order(own.buyers[0], own.variants[1:2])
    market.offer(own.sellers[0], own.variants[2])
    for model in (CatalogImport, ProductChange, OfferImport, SellerAuthorization):
        for _ in range(2):
            again(db.session.scalars(db.select(model)).first())
    for organization in (own.sellers[0], own.reseller):
        for number in range(2):
            add(Payout(id=new_id("pyo"), organization_id=organization.id, provider_id=new_id("po"), amount_minor=7, currency="EUR", status="paid",
                       created_at=clock.now()))
            add(Transfer(id=new_id("trf"), organization_id=organization.id, release_key=new_id("key"), order_id=own.own["order"],
                         seller_order_id=own.own["seller_order"], gateway="sandbox", amount_minor=5, currency="EUR", status="sent",
                         reversed_minor=number, created_at=clock.now()))
    for seller in own.sellers[:2]:
        add(DailyFact(day=clock.today(), kind="sell_through", variant_id=own.variants[0].id, seller_id=seller.id, country="DE", region="HH", currency="EUR",
                      manufacturer_id=own.maker.id, brand_id=own.variants[0].brand_id, units=3, amount_minor=300))
    waiting = db.session.scalars(db.select(SellerOrder.id).filter_by(seller_id=own.sellers[0].id, status="open")).first()
    fulfilment.accept(market.actor(own.sellers[0]), waiting)
    scores.compute(clock.today(), clock.today())
    shops.contract(market, own.reseller, own.variants[1], 900, organization_id=own.buyers[0].id)
    market.price(db.session.get(PriceList, own.own["price_list"]), own.variants[1], 900)
    for number in range(3):
        add(OutboxRow(id=new_id("out"), topic="payments.look", key=new_id("key"), payload={}, next_at=clock.now(), attempts=number // 2,
                      created_at=clock.now(), dead_at=clock.now()))
    return own


def again(row: Any) -> None:
    """The same row once more, under another id."""
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    add(type(row)(**values | {"id": new_id(row.id.partition("_")[0])} | ({"sha256": new_id("sha")} if "sha256" in values else {})))


def sortable(app, own) -> list[tuple[str, list[str]]]:
    """Addresses of lists that are sorted by their columns, each with what `sort` may be. (A storefront's products have orders of their own.)"""
    with app.app_context():
        paths = api.spec.to_dict()["paths"]
    return [(path.replace("{price_list_id}", own.own["price_list"]).replace("{seller_id}", own.sellers[0].id), [word for word in given["schema"]["enum"] if word]) for path, methods in paths.items()
            for given in methods.get("get", {}).get("parameters", []) if given["name"] == "sort" and "" in given["schema"]["enum"]]


def asking(client, person: SimpleNamespace, path: str):
    def ask(**query: Any) -> dict[str, Any]:
        answer = client(host=person.host).get(path, query_string={name: value for name, value in query.items() if value}, headers=person.headers)
        assert answer.status_code == 200, (path, query, answer.json)
        return answer.json

    return ask


def ids(found: dict[str, Any]) -> list[str]:
    return [row["id"] for row in found["items"]]


def test_every_list_rises_falls_and_turns_its_pages(app, client, own):
    found, people = sortable(app, own), own.people()
    assert len(found) >= 12, found
    for path, names in found:
        ask = asking(client, people[PEOPLE[path.split("/")[3]]], path)
        for name in (one for one in names if not one.startswith("-")):
            rising, falling = ids(ask(sort=name)), ids(ask(sort=f"-{name}"))
            assert len(rising) > 1 and rising == falling[::-1], (path, name)
            walked, cursor = [], ""
            while cursor is not None:
                page = ask(sort=name, limit=1, cursor=cursor)
                walked, cursor = walked + ids(page), page["next_cursor"]
            assert walked == rising, (path, name)


def test_a_cursor_of_one_order_is_refused_in_another_and_so_is_an_unknown_order(app, client, own):
    people = own.people()
    for path, names in sortable(app, own):
        person = people[PEOPLE[path.split("/")[3]]]
        cursor = asking(client, person, path)(sort=names[0], limit=1)["next_cursor"]
        for query, field in (({"sort": names[1], "cursor": cursor}, "cursor"), ({"sort": "colour"}, "sort")):
            refused = client(host=person.host).get(path, query_string=query, headers=person.headers)
            assert refused.status_code == 422 and refused.json["error"]["field"] == field, (path, query, refused.json)


@pytest.mark.parametrize(("role", "path", "name"), [
    ("operator", "/operator/work", "attempts"), ("operator", "/operator/scores", "score"), ("seller", "/seller/scores/orders", "opened"), ("operator", "/operator/trail", "at"), ("seller", "/seller/imports/", "file"),
    ("seller", "/seller/finances/", "goods"), ("seller", "/seller/authorizations", "brand"), ("manufacturer", "/manufacturer/catalog/imports", "file"), ("manufacturer", "/manufacturer/catalog/changes", "at"),
    ("manufacturer", "/manufacturer/channel", "units"), ("manufacturer", "/manufacturer/sellers/", "brand"), ("reseller", "/reseller/customers", "name"), ("reseller", "/reseller/price-lists", "name"),
])
def test_a_heading_sorts_its_page_and_says_so(client, own, role, path, name):
    person = {"operator": own.market.operator(), "seller": own.sellers[0], "manufacturer": own.maker, "reseller": own.reseller}[role]
    browser = client(own.market.user(person))
    assert f"sort={name}" in browser.get(path).get_data(as_text=True).replace(f"sort=-{name}", f"sort={name}")
    for sort, said in ((name, "ascending"), (f"-{name}", "descending")):
        page = browser.get(f"{path}?sort={sort}").get_data(as_text=True)
        assert page.count(f'aria-sort="{said}"') == 1
