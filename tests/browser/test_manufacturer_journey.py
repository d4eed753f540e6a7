"""A manufacturer in a real browser: a file from upload to live products, a seller authorized, the channel watched."""

import os
import shutil
import threading

import pytest
from werkzeug.serving import make_server

from marketplace.core import jobs, tenancy
from tests.factories import Market
from tests.web import PASSWORD

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine; set CHROMIUM to its path")
ROWS = "MPN;Brand;Name;EAN;Volt\n" + "".join(f"V-{n};Volta;Relay number {n};{'123' if n == 9 else ''};24\n" for n in range(1, 21))


@pytest.fixture
def address(app, committed):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join(10)


@pytest.fixture(params=[1280, 390])
def window(request):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": request.param, "height": 900})
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        yield page
        browser.close()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_manufacturer_brings_its_catalog_authorizes_a_seller_and_looks_at_its_channel(address, window, committed):
    page = window
    market = Market()
    maker, seller = market.manufacturer("Volta Works"), market.seller("Nordkabel")
    user = market.user(maker)
    email, seller_id = user.email, seller.id
    committed.commit()
    page.goto(address + "/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.get_by_role("heading", name="The channel at a glance").wait_for()

    page.goto(address + "/manufacturer/catalog/imports")
    page.set_input_files("[name=file]", {"name": "volta.csv", "mimeType": "text/csv", "buffer": ROWS.encode()})
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="Which column is what?").wait_for()
    page.check("[name=attributes][value=Volt]")
    assert fits(page)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_text("being read and compared").wait_for()
    jobs.drain_all()
    page.reload()
    page.get_by_role("link", name="Refused (1)").click()
    page.get_by_text("BAD_GTIN").wait_for()
    assert fits(page)
    page.get_by_role("button", name="Approve: 19 new, 0 changed").click()
    page.get_by_text("Approved.").wait_for()
    jobs.drain_all()
    page.reload()
    page.get_by_text("19 rows are live.").wait_for()

    page.goto(address + "/manufacturer/catalog/?q=number+1")
    page.get_by_role("link", name="Relay number 1", exact=True).click()
    page.get_by_role("cell", name="24", exact=True).wait_for()

    page.goto(address + "/manufacturer/sellers/new")
    page.select_option("[name=seller_id]", seller_id)
    page.fill("[name=countries]", "DE AT")
    page.get_by_role("button", name="Authorize").click()
    page.get_by_text("The seller may sell the brand now.").wait_for()
    assert fits(page)

    for path in ("", "channel", "stock", "listings"):
        page.goto(f"{address}/manufacturer/{path}")
        assert page.locator("h1").is_visible() and fits(page)
    assert page.problems == []
    tenancy.act_for([tenancy.MARKET])
