"""The form of a routing policy: a policy as a person types it, and what was typed as a policy.

Amounts stand as decimals in the policy's currency, shares in percent, sellers and brands by name. Rows are the fields of
the same place; a blank row is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from flask import request
from marshmallow import fields, validate
from werkzeug.datastructures import MultiDict

from marketplace.core import countries, money
from marketplace.core.errors import Invalid
from marketplace.routing.settings import FILLINGS, MOST_MINOR, MOST_OPEN_BPS, MOST_RATE, WHOLE_BPS, Settings
from marketplace.web import forms
from marketplace.web.api import CURRENCY, Schema

RATE = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,4}))?")
RATES = ("rate_currency", "rate")
PREFERENCE = ("preference_seller", "preference_countries", "preference_worth")
QUOTA = ("quota_name", "quota_brand", "quota_countries", "quota_drift")
SHARE = ("share_quota", "share_seller", "share_percent")
AMOUNTS = {"split_minor": "split", "opening_minor": "opening", "day_minor": "day", "score_minor": "score", "open_minor": "open_amount"}
SHARES = {"day_bps": "day_percent", "neutral_score_bps": "neutral_percent", "open_bps": "open_percent"}
SHOWN = {**AMOUNTS, **SHARES, "preferences": "preference_seller", "quotas": "quota_name", "rates": "rate"}
"""What the form calls a setting that the verb calls otherwise."""
SPARE_PREFERENCES, SPARE_SHARES = 2, 1
"""Blank rows below the filled ones; a new quota begins with two sellers and a spare."""
MOST = validate.Range(1, 1_000)


class PolicyForm(Schema):
    """What stands once on the page; rows are read beside it."""

    currency = fields.String(required=True, validate=CURRENCY)
    split = fields.String(load_default="")
    opening = fields.String(load_default="")
    day = fields.String(load_default="")
    day_percent = fields.String(load_default="")
    score = fields.String(load_default="")
    neutral_percent = fields.String(required=True)
    max_sellers = fields.Integer(load_default=None, validate=MOST)
    max_offers = fields.Integer(load_default=None, validate=MOST)
    filling = fields.String(required=True, validate=validate.OneOf(FILLINGS))
    open_amount = fields.String(load_default="")
    open_percent = fields.String(load_default="")


def read(sellers: Mapping[str, str], brands: Mapping[str, str]) -> dict[str, Any]:
    """The request's form as settings; `sellers` and `brands` are names by id. Raises: Invalid, naming the field."""
    once = MultiDict((name, value) for name in PolicyForm().fields for value in request.form.getlist(name))
    data = forms.load(PolicyForm, once)
    currency = money.checked(data["currency"])
    if data["filling"] != "leave_open":  # what is typed for another choice is not meant
        data |= {"open_amount": "", "open_percent": ""}
    return {
        "currency": currency, "max_sellers": data["max_sellers"], "max_offers": data["max_offers"], "filling": data["filling"],
        **{setting: _amount(data[name], currency, name) for setting, name in AMOUNTS.items()},
        **{setting: _bps(data[name], name, MOST_OPEN_BPS if name == "open_percent" else WHOLE_BPS) for setting, name in SHARES.items()},
        "rates": {code: _rate(text) for code, text in _rows(RATES) if text} if request.form.get("rates_of") == currency else {},
        "preferences": [_preference(row, currency, sellers) for row in _rows(PREFERENCE) if any(row)],
        "quotas": _quotas(currency, sellers, brands),
    }


def _rows(names: Sequence[str]) -> list[Any]:
    """The rows whose fields are `names`, blank ones too, as tuples of texts."""
    return list(zip_longest(*([value.strip() for value in request.form.getlist(name)] for name in names), fillvalue=""))


def _amount(text: str, currency: str, field: str, least: int = 0) -> int:
    minor = money.parse(text, currency, field) if text else 0
    if not least <= minor <= MOST_MINOR:
        raise Invalid(f"An amount of a policy is at most {money.said(MOST_MINOR, currency)}, and below zero only where sellers are avoided.", field=field)
    return minor


def _bps(text: str, field: str, most: int = WHOLE_BPS) -> int:
    """Basis points of a share in percent: its hundredths, as cents are a euro's."""
    bps = money.parse(text, "EUR", field) if text else 0
    if not 0 <= bps <= most:
        raise Invalid(f"This is a share from 0 to {most // 100} percent with at most two decimals.", field=field)
    return bps


def _rate(text: str) -> int:
    found = RATE.fullmatch(text)
    rate = int(found[1]) * WHOLE_BPS + int((found[2] or "").ljust(4, "0")) if found else 0
    if not 1 <= rate <= MOST_RATE:
        raise Invalid("A rate is a number above 0 with at most four decimals, such as 1.08.", field="rate")
    return rate


def _countries(text: str, field: str) -> list[str]:
    return [countries.checked(code.upper(), field) for code in dict.fromkeys(re.split(r"[\s,;]+", text)) if code]


def _known(name: str, choices: Mapping[str, str], field: str) -> str:
    """The id behind a name, as the picker writes it, in any case."""
    found = [id_ for id_, known in choices.items() if known.casefold() == name.casefold()]
    if len(found) != 1:
        raise Invalid(f"Nobody here is called {name!r}: pick one of the names that are offered.", field=field)
    return found[0]


def _preference(row: tuple[str, ...], currency: str, sellers: Mapping[str, str]) -> dict[str, Any]:
    name, places, worth = row
    if not name or not worth:
        raise Invalid("Say which seller, and what preferring it is worth.", field="preference_worth" if name else "preference_seller")
    return {"seller_id": _known(name, sellers, "preference_seller"), "countries": _countries(places, "preference_countries"),
            "minor": _amount(worth, currency, "preference_worth", -MOST_MINOR)}


def _quotas(currency: str, sellers: Mapping[str, str], brands: Mapping[str, str]) -> list[dict[str, Any]]:
    shares = [row for row in _rows(SHARE) if row[1] or row[2]]
    found = []
    for place, (name, brand, places, drift) in enumerate(_rows(QUOTA)):
        mine = [(seller, percent) for number, seller, percent in shares if number == str(place)]
        if not (name or brand or places or drift or mine):
            continue
        if not name or not drift or len(mine) < 2:
            raise Invalid("A quota has a name, two sellers or more with their shares, and what an order over a share costs.", field="quota_name")
        found.append({"name": name, "brand_id": _known(brand, brands, "quota_brand") if brand else None,
                      "countries": _countries(places, "quota_countries"), "drift_minor": _amount(drift, currency, "quota_drift"),
                      "shares": _shares(mine, sellers)})
    return found


def _shares(mine: Sequence[tuple[str, str]], sellers: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, percent in mine:
        seller_id = _known(name, sellers, "share_seller")
        if seller_id in found:
            raise Invalid("A seller stands in a quota once.", field="share_seller")
        found[seller_id] = _bps(percent, "share_percent")
    if sum(found.values()) != WHOLE_BPS:
        raise Invalid("The shares of a quota are together 100 percent.", field="share_percent")
    return found


def typed() -> dict[str, Any]:
    """What the refused form held, in the shape of `shown`."""
    values: dict[str, Any] = {name: request.form.get(name, "") for name in PolicyForm().fields}
    values["rates"] = dict(_rows(RATES))
    values["rates_of"] = request.form.get("rates_of", "")
    values["preferences"] = [row for row in _rows(PREFERENCE) if any(row)]
    shares = [row for row in _rows(SHARE) if row[1] or row[2]]
    quotas = [(row, [(seller, percent) for number, seller, percent in shares if number == str(place)]) for place, row in enumerate(_rows(QUOTA))]
    values["quotas"] = [(row, mine) for row, mine in quotas if any(row) or mine]
    return _with_spares(values)


def shown(settings: Settings, currency: str, sellers: Mapping[str, str], brands: Mapping[str, str]) -> dict[str, Any]:
    """A policy as its form shows it.

    Shapes:  texts by field; "rates": {currency: text}; "preferences": rows of PREFERENCE; "quotas": [(row of QUOTA, [(seller, percent)])].
    """
    def amount(minor: int) -> str:
        return money.decimal(minor, currency)

    values: dict[str, Any] = {"currency": currency, "rates_of": currency, "filling": settings.filling, "max_sellers": settings.max_sellers or "", "max_offers": settings.max_offers or ""}
    values |= {name: amount(getattr(settings, setting)) for setting, name in AMOUNTS.items()}
    values |= {name: _percent(getattr(settings, setting)) for setting, name in SHARES.items()}
    values |= {name: "" for setting, name in (("open_minor", "open_amount"), ("open_bps", "open_percent")) if not getattr(settings, setting)}
    values["rates"] = {code: plain(Decimal(rate) / WHOLE_BPS) for code, rate in settings.rates.items()}
    values["preferences"] = [(sellers.get(one["seller_id"], one["seller_id"]), " ".join(one["countries"]), amount(one["minor"])) for one in settings.preferences]
    values["quotas"] = [
        ((one["name"], brands.get(one["brand_id"], "") if one["brand_id"] else "", " ".join(one["countries"]), amount(one["drift_minor"])),
         [(sellers.get(id_, id_), _percent(bps)) for id_, bps in one["shares"].items()])
        for one in settings.quotas
    ]
    return _with_spares(values)


def plain(value: Decimal) -> str:
    """A number without needless zeros, as it is typed."""
    return f"{value.normalize():f}"


def _percent(bps: int) -> str:
    return plain(Decimal(bps) / 100)


def _with_spares(values: dict[str, Any]) -> dict[str, Any]:
    """The values with blank rows to fill."""
    values["preferences"] = [*values["preferences"], *[("", "", "")] * SPARE_PREFERENCES]
    quotas = [(row, [*mine, *[("", "")] * max(SPARE_SHARES, 2 - len(mine))]) for row, mine in values["quotas"]]
    values["quotas"] = [*quotas, (("", "", "", ""), [("", "")] * 3)]
    return values
