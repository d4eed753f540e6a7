"""What is vendored is what was vendored, and a page stays light."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from marketplace.web import theme

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "marketplace" / "web" / "static"


@pytest.mark.parametrize("folder", [STATIC / "vendor", ROOT / "tests" / "browser"], ids=["pages", "tests"])
def test_vendored_files_have_the_sums_they_came_with(folder):
    listed = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert set(listed) == {path.name for path in folder.glob("*.js")}
    for name, wanted in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == wanted, name


def test_style_and_scripts_of_an_ordinary_page_weigh_under_200_kb():
    files = [STATIC / "market.css", STATIC / "market.js", STATIC / "vendor" / "htmx.min.js"]
    assert sum(path.stat().st_size for path in files) < 120_000


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffcc00", "#0b7a75", "#7f7f7f", "#e4002b"])
def test_every_storefront_colour_leaves_its_text_readable(colour):
    tokens = theme.tokens(colour)
    assert theme.contrast(tokens["--brand"], tokens["--on-brand"]) >= 4.5
    assert theme.contrast(tokens["--brand-ink"], theme.LIGHT_PAPER) >= 4.5
    assert theme.contrast(tokens["--brand-ink-dark"], theme.DARK_PAPER) >= 4.5


def test_a_colour_that_is_none_cannot_reach_the_style_sheet():
    assert theme.tokens("red; } body { display: none")["--brand"] == theme.DEFAULT
