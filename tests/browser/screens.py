"""Takes the README's pictures from a running demo: `make screens`, while `make demo` runs.

Each is one window of 1280 by 860, light, still; a picture of more than 150 KB is refused.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
MOST_BYTES = 150_000
WINDOW = {"width": 1280, "height": 860}


def people() -> dict[str, dict[str, str]]:
    """Role -> sign-in of the demo that runs."""
    found = Path(os.environ.get("MARKETSQUARE_VAR", ROOT / "var")) / "demo.json"
    if not found.exists():
        sys.exit("No demo runs here. Start one with: make demo")
    return {person["role"]: person for person in reversed(json.loads(found.read_text())["sign_ins"])}


def sign_in(page: Page, person: dict[str, str]) -> str:
    """Sign in; the address of the host."""
    base = "/".join(person["url"].split("/")[:3])
    page.goto(base + "/sign-in")
    page.fill("[name=email]", person["email"])
    page.fill("[name=password]", person["password"])
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
    return base


def keep(page: Page, name: str) -> None:
    """Write the window as docs/pictures/NAME.png."""
    path = PICTURES / f"{name}.png"
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)
    if path.stat().st_size > MOST_BYTES:
        sys.exit(f"{path.name} is {path.stat().st_size:,} bytes; at most {MOST_BYTES:,} are wanted.")
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} KB")


def storefront(page: Page, person: dict[str, str]) -> None:
    """A buyer's search, with its own prices."""
    page.goto(sign_in(page, person) + "/search?q=motor&in_stock=1&view=grid")
    keep(page, "storefront")


def decision(page: Page, person: dict[str, str]) -> None:
    """Why the lines of a large order went where: the one of the newest twelve with the most offers compared."""
    base = sign_in(page, person)
    page.goto(base + "/operator/orders")
    orders = page.eval_on_selector_all("main td a", "found => found.slice(0, 12).map(one => one.href)")
    best = ("", 0)
    for order in orders:
        page.goto(order)
        link = page.locator("a[href*='/decisions/']").first.get_attribute("href") or ""
        page.goto(base + link)
        best = max(best, (link, page.locator("main tbody tr").count()), key=lambda one: one[1])
    page.goto(base + best[0])
    keep(page, "decision")


def channel(page: Page, person: dict[str, str]) -> None:
    """A manufacturer's channel at a glance."""
    page.goto(sign_in(page, person) + "/manufacturer/")
    page.wait_for_selector(".chart-canvas svg")
    keep(page, "channel")


def main() -> None:
    """Take all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    found = people()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for take, role in ((storefront, "buyer"), (decision, "operator"), (channel, "manufacturer")):
            context = browser.new_context(viewport=WINDOW, color_scheme="light", reduced_motion="reduce", locale="en-GB")
            take(context.new_page(), found[role])
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
