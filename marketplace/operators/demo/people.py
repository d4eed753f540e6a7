"""Who signs in to the demo: one address per role, the same in every demo. Known without asking the database."""

from __future__ import annotations

import re

from marketplace.operators.demo import words

PASSWORD = "market-square"  # noqa: S105 - printed for everybody who runs the demo


def slug(name: str) -> str:
    """A company's name as it stands in addresses."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def name(number: int) -> str:
    """The name of the person with this number; no two of the first thousand are the same."""
    return f"{words.GIVEN[number % len(words.GIVEN)]} {words.FAMILY[number * 11 % len(words.FAMILY)]}"


def hosts(base_domain: str) -> list[str]:
    """The storefronts' host names, in the resellers' order."""
    return [f"{slug(name)}.{base_domain}" for name, *_ in words.RESELLERS]


def sign_ins(base_domain: str, port: int) -> list[dict[str, str]]:
    """One sign-in per role: role, address of its first page, email, password."""
    market, store = f"http://{base_domain}:{port}", f"http://{hosts(base_domain)[0]}:{port}"
    rows = (
        ("operator", f"{market}/operator/", "operator@demo.test"),
        ("manufacturer", f"{market}/manufacturer/", "maker1@demo.test"),
        ("seller", f"{market}/seller/", "seller1@demo.test"),
        ("reseller", f"{market}/reseller/", "reseller1@demo.test"),
        ("buyer", f"{store}/", "buyer1@demo.test"),
    )
    return [{"role": role, "url": url, "email": email, "password": PASSWORD} for role, url, email in rows]
