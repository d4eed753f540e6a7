"""A storefront's colour made readable: which text stands on it, and how it may itself be text.

Contrast is WCAG 2's ratio; 4.5 to 1 is wanted for text. Pure functions of "#rrggbb"; anything else counts as the market's blue.
"""

from __future__ import annotations

import re

DEFAULT = "#1d4f91"
WANTED = 4.5
LIGHT_PAPER, DARK_PAPER = "#ffffff", "#1d2c40"
"""What coloured text stands on at worst: in the dark that is a tinted strip, lighter than the paper itself."""


def tokens(primary: str | None) -> dict[str, str]:
    """The CSS custom properties of a storefront with this colour."""
    brand = primary if primary and re.fullmatch(r"#[0-9a-fA-F]{6}", primary) else DEFAULT
    return {"--brand": brand, "--on-brand": text_on(brand), "--brand-ink": readable(brand, LIGHT_PAPER, 0), "--brand-ink-dark": readable(brand, DARK_PAPER, 255)}


def initials(name: str) -> str:
    """Up to two letters that stand for a name where it has no picture."""
    parts = re.findall(r"\w+", name) or ["?"]
    return "".join(part[0] for part in parts[:2]).upper()


def text_on(colour: str) -> str:
    """Black or white, whichever is read better on `colour`."""
    return max(("#ffffff", "#000000"), key=lambda text: contrast(text, colour))


def readable(colour: str, paper: str, towards: int) -> str:
    """`colour` moved towards black (0) or white (255) until it can be read on `paper`."""
    channels = _channels(colour)
    for step in range(21):
        mixed = "#" + "".join(f"{round(part + (towards - part) * step / 20):02x}" for part in channels)
        if contrast(mixed, paper) >= WANTED + 0.5:  # a little more: tinted rows stand behind it too
            return mixed
    return mixed


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, relative luminance."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _channels(colour: str) -> list[int]:
    return [int(colour[at:at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in _channels(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
