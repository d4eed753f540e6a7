"""The tax seam: which rate a seller's goods carry on their way to a buyer.

Standard rates of value added tax only. Between two EU countries a business buyer owes the tax itself (reverse
charge), and what leaves the EU is exempt: both carry 0 here. At home in a country that is not in the table there is no
rule, and nothing is sold there: no tax would be a guess.
"""

from __future__ import annotations

STANDARD_BPS = {
    "AT": 2000, "BE": 2100, "BG": 2000, "CY": 1900, "CZ": 2100, "DE": 1900, "DK": 2500, "EE": 2400, "ES": 2100,
    "FI": 2550, "FR": 2000, "GR": 2400, "HR": 2500, "HU": 2700, "IE": 2300, "IT": 2200, "LT": 2100, "LU": 1700,
    "LV": 2100, "MT": 1800, "NL": 2100, "PL": 2300, "PT": 2300, "RO": 2100, "SE": 2500, "SI": 2200, "SK": 2300,
    "GB": 2000, "CH": 810, "NO": 2500,
}


def has_rule(seller_country: str, ship_country: str) -> bool:
    """Whether it is known which rate goods carry on this way."""
    return seller_country != ship_country or seller_country in STANDARD_BPS


def rate_bps(seller_country: str, ship_country: str) -> int:
    """The rate in basis points of the net amount. Raises: KeyError where there is no rule.

    Source: Council Directive 2006/112/EC, articles 96, 138, 146 and 196; national standard rates of 2026.
    """
    return STANDARD_BPS[seller_country] if seller_country == ship_country else 0
