"""How the journeys walk: sign in, press by keyboard, and see that a page is sound, light and dark."""

from __future__ import annotations

import os
from pathlib import Path

from tests.web import PASSWORD

AXE = (Path(__file__).parent / "axe.min.js").read_text()
GRAVE = {"moderate", "serious", "critical"}


def sign_in(page, address: str, email: str) -> None:
    """Sign in by keyboard alone."""
    page.goto(address + "/sign-in")
    page.focus("[name=email]")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    enter(page)


def press(page, role: str, name: str, exact: bool = True) -> None:
    """Press a link or button by keyboard; it must show that it has the focus."""
    found = page.get_by_role(role, name=name, exact=exact).first
    found.focus()
    assert found.evaluate("e => e === document.activeElement"), name
    enter(page)


def enter(page) -> None:
    """Press Enter where the focus is, and wait for the page it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def unfold(page) -> None:
    """Open the portal's menu where it is folded away, as on a telephone."""
    menu = page.locator(".menu > summary")
    if menu.is_visible():
        menu.focus()
        page.keyboard.press("Enter")


def violations(page) -> list[tuple[str, str]]:
    """What axe finds, but for trifles: (rule, where)."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in GRAVE]


def sound(page, name: str) -> None:
    """The page fits its window, and axe finds nothing on it, light or dark. Its picture is kept where asked for."""
    width = page.viewport_size["width"]
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{name} is too wide at {width}"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = violations(page)
        assert found == [], f"{name}, {scheme}: {found}"
    page.emulate_media(color_scheme="light")
    assert page.problems == [], name
