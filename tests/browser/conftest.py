"""One Chromium for all journeys, a window for each, and the market with its payment sandbox on free ports."""

from __future__ import annotations

import os
import shutil
import threading

import pytest
from werkzeug.serving import make_server

from marketplace.core import config
from marketplace.web.sandbox import app as sandbox

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
WIDTHS = [1280, 390]


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
    monkeypatch.setenv("SANDBOX_URL", f"http://127.0.0.1:{payment.server_port}")  # a bare machine may not know the name localhost
    monkeypatch.setenv("PUBLIC_PORT", str(market.server_port))
    yield market.server_port
    for server, worker in ((market, thread), (payment, other)):
        server.shutdown()
        worker.join(10)


@pytest.fixture
def address(port):
    """The market's own host, where the portals are."""
    return f"http://localhost:{port}"


@pytest.fixture(scope="package")
def chromium():
    """The browser; without one the journeys are skipped."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine; set CHROMIUM to its path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_window(chromium):
    """`open_window(width, **options)`: a page of its own, with its script errors in `problems`."""
    contexts = []

    def make(width: int = 1280, **options):
        contexts.append(chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(params=WIDTHS)
def window(request, open_window):
    """A wide and a narrow window."""
    return open_window(request.param)
