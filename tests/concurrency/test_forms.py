"""One form sent six times at once: what it asks for is there once, and nobody is told of a fault of ours."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from psycopg.errors import UniqueViolation
from sqlalchemy import Engine, event

from marketplace.channel.models import SellerAuthorization
from marketplace.core import locks, tenancy
from marketplace.core.db import db
from marketplace.identity.models import CostCenter, Organization
from marketplace.offers.models import FreightRule, Offer, OrderMinimum, StockLocation
from marketplace.orders.models import Shipment
from marketplace.pricing.models import MarkupRule, Price, PriceList, PriceListAssignment
from tests.concurrency.test_stock import wide
from tests.factories import Market
from tests.marketplace.orders import world as orders
from tests.resellers import shops
from tests.web import Browserless, form_of

TOGETHER = 6
__all__ = ["wide"]


@pytest.fixture
def square(wide):
    made = shops.square(Market())
    event.listen(Engine, "before_cursor_execute", _hesitate)
    yield made
    event.remove(Engine, "before_cursor_execute", _hesitate)


def _hesitate(_connection, _cursor, statement: str, *_rest) -> None:
    """All six have looked before the first one writes."""
    if statement.lstrip().startswith(("INSERT", "DELETE")):
        time.sleep(0.05)


def at_once(app, organization, role, path: str, body: dict, host: str = "localhost", method: str = "POST") -> list[int]:
    """Send one request six times at the same moment; the statuses of the answers."""
    key = shops.key(Market().actor(organization, role))
    db.session.commit()
    gate = threading.Barrier(TOGETHER)

    def one(_):
        client = FlaskClient(app, app.response_class)
        gate.wait(30)
        return client.open(path, method=method, json=body, base_url=f"http://{host}", headers={"Authorization": f"Bearer {key}"}).status_code

    with ThreadPoolExecutor(TOGETHER) as pool:
        return sorted(pool.map(one, range(TOGETHER)))


def count(model, **values) -> int:
    """How many such rows there are by now."""
    db.session.rollback()
    with tenancy.as_market():
        return db.session.query(model).filter_by(**values).count()


SAVED = {
    "locations": ({"code": "HAM", "name": "Hamburg", "country": "DE", "postcode": "20095"}, StockLocation, {"code": "HAM"}),
    "freight-rules": ({"currency": "EUR", "country": "AT", "freight_minor": 900, "transit_days": 2}, FreightRule, {"country": "AT"}),
    "minimums": ({"currency": "EUR", "minimum_minor": 5000}, OrderMinimum, {}),
}


@pytest.mark.parametrize("name", SAVED)
def test_terms_saved_six_times_at_once_are_there_once(wide, square, name):
    body, model, values = SAVED[name]
    assert at_once(wide, square.seller, "seller_admin", f"/api/v1/seller/{name}", body) == [201] * TOGETHER
    assert count(model, seller_id=square.seller.id, **values) == 1


def test_an_offer_published_six_times_at_once_is_one_offer_with_one_price(wide, square):
    variant = square.market.variant(square.brand)
    body = {"variant_id": variant.id, "seller_sku": "N-1", "tiers": [{"min_quantity": 1, "amount_minor": 900}]}
    assert at_once(wide, square.seller, "seller_admin", "/api/v1/seller/offers", body) == [201] * TOGETHER
    assert count(Offer, seller_sku="N-1") == 1
    assert count(Price, variant_id=variant.id, valid_to=None) == 1


def test_a_price_list_made_six_times_at_once_is_made_once_and_refused_then(wide, square):
    told = at_once(wide, square.reseller, "reseller_admin", "/api/v1/reseller/price-lists", {"name": "Autumn", "currency": "EUR"})
    assert told == [201, *[409] * (TOGETHER - 1)]
    assert count(PriceList, name="Autumn") == 1


def test_a_price_a_target_and_a_markup_set_six_times_at_once_hold_once(wide, square):
    contract = shops.contract(square.market, square.reseller, square.variant, 2000, organization_id=square.buyer.id)
    own = f"/api/v1/reseller/price-lists/{contract.id}"
    rows = {"rows": [{"variant_id": square.variant.id, "amount_minor": 1900}]}
    assert set(at_once(wide, square.reseller, "reseller_admin", f"{own}/prices", rows, method="PUT")) == {204}
    assert count(Price, price_list_id=contract.id, valid_to=None) == 1
    assert set(at_once(wide, square.reseller, "reseller_admin", f"{own}/assignments", {"storefront_id": square.storefront.id})) == {201}
    assert count(PriceListAssignment, price_list_id=contract.id) == 2
    markup = f"/api/v1/reseller/storefronts/{square.storefront.id}/markup"
    assert set(at_once(wide, square.reseller, "reseller_admin", markup, {"markup_bps": 500, "brand_id": square.brand.id}, method="PUT")) == {204}
    assert count(MarkupRule, storefront_id=square.storefront.id) == 1


def test_a_cost_center_opened_six_times_at_once_is_opened_once_and_refused_then(wide, square):
    told = at_once(wide, square.buyer, "buyer_admin", "/api/v1/storefront/cost-centers", {"code": "4711", "name": "Works"},
                   square.storefront.host)
    assert told == [201, *[409] * (TOGETHER - 1)]
    assert count(CostCenter, code="4711") == 1


def test_one_page_saved_by_six_people_at_once_is_saved_by_one_and_the_others_are_told(wide, square):
    page = f"/reseller/storefronts/{square.storefront.id}"
    gate, people = threading.Barrier(TOGETHER), [Browserless(wide, wide.response_class) for _ in range(TOGETHER)]
    for one in people:
        one.sign_in(square.market.user(square.reseller))
    tokens = [one.token() for one in people]
    form = form_of(people[0].get(page).get_data(as_text=True), page)

    def save(number: int) -> int:
        gate.wait(30)
        data = {**form, "name": f"Shop {number}", "csrf_token": tokens[number]}
        return FlaskClient.open(people[number], page, method="POST", data=data, base_url="http://localhost").status_code

    with ThreadPoolExecutor(TOGETHER) as pool:
        assert sorted(pool.map(save, range(TOGETHER))) == [303, *[409] * (TOGETHER - 1)]


def test_a_race_for_the_first_row_that_is_not_run_again_is_caught(wide, square, monkeypatch):
    monkeypatch.setattr(locks, "LOST", tuple(kind for kind in locks.LOST if kind is not UniqueViolation))
    told = at_once(wide, square.seller, "seller_admin", "/api/v1/seller/minimums", SAVED["minimums"][0])
    assert 500 in told


def test_a_seller_authorized_six_times_at_once_is_authorized_once(wide, square):
    maker = db.session.get(Organization, square.brand.manufacturer_id)
    newcomer = square.market.seller()
    body = {"seller_id": newcomer.id, "brand_id": square.brand.id, "countries": ["DE"]}
    assert at_once(wide, maker, "manufacturer_admin", "/api/v1/manufacturer/authorizations", body) == [201] * TOGETHER
    assert count(SellerAuthorization, seller_id=newcomer.id) == 1


def test_a_parcel_sent_six_times_at_once_is_one_parcel(wide, square):
    order = orders.paid(orders.square(square.market), 5)
    (part,) = orders.parts(order)
    (line,) = orders.allocations(part)
    seller = db.session.get(Organization, part.seller_id)
    assert at_once(wide, seller, "seller_admin", f"/api/v1/seller/orders/{part.id}/accept", {}) == [200, *[409] * (TOGETHER - 1)]
    body = {"carrier": "DHL", "tracking_number": "T-1", "lines": [{"allocation_id": line.id, "quantity": 2}]}
    assert at_once(wide, seller, "seller_admin", f"/api/v1/seller/orders/{part.id}/shipments", body) == [201, *[409] * (TOGETHER - 1)]
    assert count(Shipment) == 1
