"""A buyer in a real browser: search, product, cart, checkout, the payment page, the order; wide, narrow, by keyboard."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from marketplace.core import config, jobs
from marketplace.web.sandbox import app as sandbox
from tests.factories import Market
from tests.resellers.shops import square
from tests.web import PASSWORD

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine; set CHROMIUM to its path")
AXE = (Path(__file__).parent / "axe.min.js").read_text()


def serve(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    return server, thread


@pytest.fixture
def port(app, committed, tmp_path, monkeypatch):
    """The market's port, with the payment sandbox beside it."""
    market, thread = serve(app)
    books = sandbox.create(tmp_path / "books.sqlite", config.DEVELOPMENT_SECRET, "", f"http://127.0.0.1:{market.server_port}/webhooks/sandbox")
    payment, other = serve(books)
    address = f"http://localhost:{payment.server_port}"
    books.config["ADDRESS"] = address
    monkeypatch.setenv("SANDBOX_URL", address)
    monkeypatch.setenv("PUBLIC_PORT", str(market.server_port))
    yield market.server_port
    for server, worker in ((market, thread), (payment, other)):
        server.shutdown()
        worker.join(10)


@pytest.fixture(params=[1280, 390])
def window(request):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": request.param, "height": 900})
        page.set_default_timeout(20_000)
        yield page
        browser.close()


def sound(page, name: str) -> None:
    """The page fits its window, and axe finds nothing serious on it. Its picture is kept where asked for."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{name} is too wide"
    page.evaluate(AXE)
    found = page.evaluate("axe.run().then(r => r.violations)")
    bad = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}]
    assert bad == [], f"{name}: {bad}"


def test_a_buyer_finds_orders_and_pays(port, window, committed):
    here = square(Market())
    user = here.market.user(here.buyer)
    email, shop = user.email, f"http://{here.storefront.host}:{port}"
    committed.commit()
    page = window
    page.goto(shop + "/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="New in the catalog").wait_for()
    sound(page, "home")
    page.focus("#home-search")
    page.keyboard.type("hammer")
    page.keyboard.press("Enter")
    page.get_by_text("1 product", exact=True).wait_for()
    sound(page, "search")
    page.get_by_role("link", name="Drill hammer 800").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Offers for you").wait_for()
    sound(page, "product")
    page.get_by_label("Quantity of Drill hammer 800").fill("12")
    page.keyboard.press("Enter")
    page.get_by_text("In your cart.").wait_for()
    page.goto(shop + "/cart")
    page.get_by_text("What will happen").wait_for()
    sound(page, "cart")
    page.get_by_role("link", name="Go to checkout").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Your purchase order number").fill("PO-2026-7")
    sound(page, "checkout")
    page.get_by_role("button", name="Place order").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Pay your order").wait_for()
    page.get_by_role("button", name="Pay", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The payment is on its way").wait_for()
    jobs.drain_all()
    page.reload()
    page.get_by_role("heading", name="Thank you").wait_for()
    sound(page, "paid")
    page.get_by_role("link", name="Follow your order").click()
    page.get_by_text("PO-2026-7").wait_for()
    sound(page, "order")
