"""A routing policy in the words of its readers: what each setting is called, what it says, and what a version changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, NamedTuple

from babel.numbers import format_decimal
from flask_babel import get_locale, gettext, lazy_gettext

from marketplace.routing.settings import Change, Settings
from marketplace.web.i18n import country, money_text, number, percent_bps

LABELS: dict[str, Any] = {
    "currency": lazy_gettext("Amounts are in"),
    "rates": lazy_gettext("Other currencies"),
    "split_minor": lazy_gettext("One more parcel"),
    "opening_minor": lazy_gettext("Each seller order"),
    "max_sellers": lazy_gettext("Most sellers in an order"),
    "max_offers": lazy_gettext("Most offers for a line"),
    "day_minor": lazy_gettext("A day until arrival, for each line"),
    "day_bps": lazy_gettext("A day until arrival, of the goods"),
    "score_minor": lazy_gettext("A seller with score 0"),
    "neutral_score_bps": lazy_gettext("A seller without a score counts as"),
    "filling": lazy_gettext("What cannot be delivered"),
    "open_minor": lazy_gettext("A unit left open"),
    "open_bps": lazy_gettext("A unit left open, of its price"),
    "preferences": lazy_gettext("Preferred and avoided sellers"),
    "quotas": lazy_gettext("Shares among sellers"),
}
"""What each setting is called, in the order in which a policy is read."""

FILLINGS: dict[str, Any] = {
    "if_possible": lazy_gettext("Fill if at all possible"),
    "always": lazy_gettext("Fill every line or refuse the order"),
    "leave_open": lazy_gettext("Leave open what costs too much"),
}


class Said(NamedTuple):
    """One setting in words."""

    label: str
    text: str


class Told(NamedTuple):
    """One change in words: of a list only the rows that differ."""

    label: str
    before: str
    after: str


def facts(settings: Settings, currency: str, names: Mapping[str, str]) -> list[Said]:
    """All that a policy says, setting by setting."""
    values = asdict(settings)
    hidden = set() if settings.filling == "leave_open" else {"open_minor", "open_bps"}
    return [Said(str(label), text(name, values[name], currency, names)) for name, label in LABELS.items() if name not in hidden]


def told(changes: Sequence[Change], currency: str, names: Mapping[str, str]) -> list[Told]:
    """What a version changed; amounts before in the currency of before."""
    was = next((one.before or currency for one in changes if one.setting == "currency"), currency)
    found = []
    for one in changes:
        before, after = _differing(one.before, one.after)
        found.append(Told(str(LABELS[one.setting]), text(one.setting, before, was, names), text(one.setting, after, currency, names)))
    return found


def _differing(before: Any, after: Any) -> tuple[Any, Any]:
    """Of two lists or tables what the other has not; other values as they are."""
    if isinstance(before, list):
        return [one for one in before if one not in after], [one for one in after if one not in before]
    if isinstance(before, dict):
        return dict(before.items() - after.items()), dict(after.items() - before.items())
    return before, after


def text(name: str, value: Any, currency: str, names: Mapping[str, str]) -> str:
    """What one setting says, in the reader's language."""
    if name in ROWS:
        return "; ".join(ROWS[name](one, currency, names) for one in (value.items() if isinstance(value, dict) else value)) or gettext("none")
    if name.endswith("_minor"):
        return money_text(value, currency) if value or name != "open_minor" else "–"
    if name.endswith("_bps"):
        return percent_bps(value) if value or name != "open_bps" else "–"
    if name.startswith("max_"):
        return number(value) if value else gettext("no limit")
    if name == "filling":
        return str(FILLINGS[value])
    return value or gettext("the currency of the order")


def rate_text(rate: int) -> str:
    """A rate, kept in ten-thousandths, as the reader's language writes it."""
    return str(format_decimal(Decimal(rate) / 10_000, format="#,##0.####", locale=str(get_locale())))


def places(codes: Sequence[str]) -> str:
    """The countries of a rule by name."""
    return ", ".join(country(code) for code in codes) if codes else gettext("everywhere")


def _rate(one: tuple[str, int], currency: str, _names: Mapping[str, str]) -> str:
    code, rate = one
    return gettext("1 %(currency)s counts as %(rate)s %(other)s", currency=currency, rate=rate_text(rate), other=code)


def _preference(one: Mapping[str, Any], currency: str, names: Mapping[str, str]) -> str:
    seller, where, worth = names.get(one["seller_id"], one["seller_id"]), places(one["countries"]), money_text(abs(one["minor"]), currency)
    if one["minor"] < 0:
        return gettext("%(seller)s avoided (%(where)s), worth %(amount)s", seller=seller, where=where, amount=worth)
    return gettext("%(seller)s preferred (%(where)s), worth %(amount)s", seller=seller, where=where, amount=worth)


def _quota(one: Mapping[str, Any], currency: str, names: Mapping[str, str]) -> str:
    shares = ", ".join(f"{names.get(id_, id_)} {percent_bps(bps)}" for id_, bps in one["shares"].items())
    brand = names.get(one["brand_id"], one["brand_id"]) if one["brand_id"] else gettext("any brand")
    return gettext("%(name)s (%(brand)s, %(where)s): %(shares)s, an order over it costs %(amount)s",
                   name=one["name"], brand=brand, where=places(one["countries"]), shares=shares, amount=money_text(one["drift_minor"], currency))


ROWS: dict[str, Callable[[Any, str, Mapping[str, str]], str]] = {"rates": _rate, "preferences": _preference, "quotas": _quota}
