"""Every list is a file, too: its rows, its filters, in both kinds, and only for whom the page is."""

from __future__ import annotations

import io
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from python_calamine import CalamineWorkbook

from marketplace.analytics import scores
from marketplace.core import clock
from tests.house.matrix import World

LISTS = {
    "seller": ["/seller/orders/orders", "/seller/offers/offers", "/seller/finances/splits", "/seller/scores/orders"],
    "manufacturer": ["/manufacturer/catalog/products", "/manufacturer/channel/sell-through", "/manufacturer/stock", "/manufacturer/listings",
                     "/manufacturer/sellers/sellers"],
    "reseller": ["/reseller/orders", "/reseller/customers/customers"],
    "operator": ["/operator/orders", "/operator/companies", "/operator/trail", "/operator/scores"],
}
EMPTY = {"/seller/finances/splits", "/manufacturer/channel/sell-through"}


@pytest.fixture
def world(market):
    found = World(market)
    scores.compute(clock.today(), clock.today())
    return found


def rows(content: bytes) -> list:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("role", sorted(LISTS))
def test_every_list_is_a_file_for_spreadsheets(world, client, role):
    browser = client()
    headers = world.people()[role].headers
    for path in LISTS[role]:
        plain, book = browser.get(path + ".csv", headers=headers), browser.get(path + ".xlsx", headers=headers)
        assert (plain.status_code, book.status_code) == (200, 200), path
        assert book.headers["Content-Disposition"] == f'attachment; filename="{book.headers["Content-Disposition"].split(chr(34))[1]}"'
        lines, sheet = plain.get_data().decode("utf-8-sig").splitlines(), rows(book.get_data())
        assert len(lines) == len(sheet) and lines[0].split(",") == sheet[0], path
        assert len(lines) > 1 or path in EMPTY, path
        assert browser.get(path + ".pdf", headers=headers).status_code == 404


def test_a_file_has_the_filters_of_its_page(world, client):
    browser, headers = client(), world.people()["reseller"].headers
    everything = browser.get("/reseller/orders.csv", headers=headers).get_data(as_text=True).splitlines()
    ones = browser.get(f"/reseller/orders.csv?buyer_id={world.buyers[0].id}", headers=headers).get_data(as_text=True).splitlines()
    assert (len(everything), len(ones)) == (3, 2)
    assert f"{clock.today():%y%m%d}-" in ones[1]


def test_a_seller_sees_its_own_orders_in_the_file(world, client):
    content = client().get("/seller/orders/orders.csv", headers=world.people()["seller"].headers).get_data(as_text=True)
    assert len(content.splitlines()) == 3


@pytest.mark.parametrize("page", ["/operator/orders?sort=total", "/operator/companies?sort=-name&q=a", "/seller/orders/?sort=placed",
                                  "/manufacturer/catalog/?sort=-name", "/reseller/customers?sort=-name"])
def test_a_pages_links_to_its_files_keep_its_order_and_filters(world, client, page):
    role = page.split("/")[1]
    shown = client().get(page, headers=world.people()[role].headers).get_data(as_text=True)
    links = [parse_qs(urlsplit(unescape(link)).query) for link in re.findall(r'href="([^"]+\.(?:csv|xlsx)[^"]*)"', shown)]
    wanted = parse_qs(urlsplit(page).query)
    assert len(links) == 2 and all(wanted.items() <= link.items() for link in links), links
