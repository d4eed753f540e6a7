"""Everything the operator can turn, as one flat value: read from any version, checked, compared, and put into another currency.

Pure. Amounts are policy costs in minor units of `currency`: they steer, and are never invoiced. docs/policies.md says
what each becomes in the problem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, ClassVar

from marketplace.core import countries, money
from marketplace.core.errors import Invalid
from marketplace.offers.scores import NEUTRAL_BPS

FILLINGS = ("always", "if_possible", "leave_open")
FILL_MINOR = 1_000_000_000
"""Cost of a unit left open where it must not be: more than any unit and all its costs could be."""
MOST_MINOR = 10_000_000
"""The largest amount of a policy, so that none outweighs FILL_MINOR."""
MOST_COST = 100_000_000
"""The largest cost that an amount becomes in another currency, or by being multiplied."""
WHOLE_BPS = 10_000
MOST_OPEN_BPS = 100_000
MOST_RATE = 10**10
MOST_ROWS = 50
"""How many preferences, quotas or sellers of one quota there may be."""
AMOUNTS = ("split_minor", "opening_minor", "day_minor", "score_minor", "open_minor")
LEGACY = {"preference_minor", "unfilled_minor"}
"""Settings of the first versions; `read` says what they are today."""


class BadPolicy(Invalid):
    """A setting that is unknown or out of range; `field` names it."""

    code: ClassVar[str] = "bad_policy"


@dataclass(frozen=True)
class Settings:
    """The operator's policy. What a stored version does not know stands as here."""

    currency: str = ""
    """Of all amounts; empty: they count as they stand, in minor units of whatever is ordered in (versions before there was one)."""
    rates: dict[str, int] = field(default_factory=dict)
    """Another currency -> ten-thousandths of it that one unit of `currency` counts as. Without a rate amounts count as they stand."""
    split_minor: int = 400
    """Cost of each seller order after the first."""
    opening_minor: int = 0
    """Cost of each seller order."""
    day_minor: int = 50
    """Cost of each working day until arrival, per offer used on a line."""
    day_bps: int = 0
    """Cost of each working day until arrival, in basis points of the goods."""
    score_minor: int = 0
    """Cost of an offer used of a seller with score 0; proportionally less up to none at a full score."""
    neutral_score_bps: int = NEUTRAL_BPS
    """What a seller without a score counts as."""
    preferences: list[dict[str, Any]] = field(default_factory=list)
    """[{"seller_id", "countries" (empty: everywhere), "minor"}]: what preferring that seller's orders there is worth; below 0: avoiding."""
    quotas: list[dict[str, Any]] = field(default_factory=list)
    """[{"name", "brand_id" (or None), "countries", "shares": {seller id: bps, summing to 10,000}, "drift_minor"}]."""
    max_sellers: int | None = None
    max_offers: int | None = 3
    """Offers that may share one line; 1 = a line is never split."""
    filling: str = "if_possible"
    """One of FILLINGS."""
    open_minor: int = 0
    """With leave_open: cost of each unit left open; 0 where open_bps says it."""
    open_bps: int = 0
    """With leave_open: the same in basis points of the line's lowest unit price; 0 where open_minor says it."""


@dataclass(frozen=True)
class Change:
    """What one setting was and is."""

    setting: str
    before: Any
    after: Any


def read(stored: Mapping[str, Any]) -> Settings:
    """The settings of a stored version, of an old one as they are said today."""
    known = {name: value for name, value in stored.items() if name not in LEGACY}
    worth = stored.get("preference_minor") or {}
    if worth:
        known["preferences"] = [{"seller_id": id_, "countries": [], "minor": worth[id_]} for id_ in sorted(worth)]
    unfilled = stored.get("unfilled_minor", FILL_MINOR)
    if unfilled != FILL_MINOR:
        known |= {"filling": "leave_open", "open_minor": unfilled}
    return Settings(**known)


def differences(before: Settings, after: Settings) -> list[Change]:
    """What differs, setting by setting, in the order of the settings."""
    was, now = asdict(before), asdict(after)
    return [Change(name, was[name], now[name]) for name in now if was[name] != now[name]]


def in_currency(settings: Settings, currency: str) -> Settings:
    """The settings with their amounts as they count for an order in `currency`, to the nearest minor unit.

    Source: docs/adr/0012; the rates are the policy's own, so that a version says the same for ever.
    """
    rate = settings.rates.get(currency)
    if rate is None or currency == settings.currency:
        return settings

    def converted(minor: int) -> int:
        size = money.half_up(abs(minor) * rate * 10 ** money.digits(currency), WHOLE_BPS * 10 ** money.digits(settings.currency))
        return min(size, MOST_COST) * (-1 if minor < 0 else 1)

    amounts: dict[str, Any] = {name: converted(getattr(settings, name)) for name in AMOUNTS}
    return replace(
        settings, **amounts,
        preferences=[{**one, "minor": converted(one["minor"])} for one in settings.preferences],
        quotas=[{**one, "drift_minor": converted(one["drift_minor"])} for one in settings.quotas],
    )


def checked(given: Mapping[str, Any]) -> Settings:
    """The settings over the defaults, or the refusal of the first bad one. Raises: BadPolicy, naming the setting."""
    known = {one.name for one in fields(Settings)}
    for name, value in given.items():
        if name not in known:
            raise BadPolicy("There is no such setting.", field=name)
        if not RULES[name](value):
            raise BadPolicy("This value is not possible.", field=name)
    made = Settings(**given)
    _check_together(made)
    return made


def _check_together(made: Settings) -> None:
    """What only several settings together can get wrong."""
    if made.rates and not made.currency:
        raise BadPolicy("Say in which currency the amounts are before saying what it counts as in others.", field="currency")
    if made.filling == "leave_open" and (made.open_minor > 0) == (made.open_bps > 0):
        raise BadPolicy("Say what an open unit costs: an amount, or a share of its price, and not both.", field="open_minor")
    if made.filling != "leave_open" and (made.open_minor or made.open_bps):
        raise BadPolicy("What an open unit costs belongs to leaving units open.", field="filling")
    if len({one["name"] for one in made.quotas}) < len(made.quotas):
        raise BadPolicy("Each quota has a name of its own.", field="quotas")
    for one in made.quotas:
        if sum(one["shares"].values()) != WHOLE_BPS:
            raise BadPolicy("The shares of a quota are together 100 percent.", field="quotas")


def _between(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _text(value: Any, most: int) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= most and value.isprintable() and value == value.strip()


def _is_currency(value: Any) -> bool:
    return value == "" or (isinstance(value, str) and value in money.CODES)


def _are_rates(value: Any) -> bool:
    return isinstance(value, dict) and all(code in money.CODES and _between(1, MOST_RATE)(rate) for code, rate in value.items())


def _are_countries(value: Any) -> bool:
    return isinstance(value, list) and len(value) == len(set(map(str, value))) and all(code in countries.CODES for code in value)


def _has(value: Any, *names: str) -> bool:
    return isinstance(value, dict) and value.keys() == set(names)


def _is_preference(value: Any) -> bool:
    return (_has(value, "seller_id", "countries", "minor") and _text(value["seller_id"], 40)
            and _are_countries(value["countries"]) and _between(-MOST_MINOR, MOST_MINOR)(value["minor"]))


def _is_quota(value: Any) -> bool:
    return (_has(value, "name", "brand_id", "countries", "shares", "drift_minor") and _text(value["name"], 80)
            and (value["brand_id"] is None or _text(value["brand_id"], 40)) and _are_countries(value["countries"])
            and _are_shares(value["shares"]) and _between(0, MOST_MINOR)(value["drift_minor"]))


def _are_shares(value: Any) -> bool:
    return isinstance(value, dict) and 2 <= len(value) <= MOST_ROWS and all(
        _text(id_, 40) and _between(0, WHOLE_BPS)(bps) for id_, bps in value.items())


def _rows_of(is_one: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) <= MOST_ROWS and all(map(is_one, value))


def _or_none(rule: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or rule(value)


RULES: dict[str, Callable[[Any], bool]] = {
    "currency": _is_currency, "rates": _are_rates, **dict.fromkeys(AMOUNTS, _between(0, MOST_MINOR)),
    "day_bps": _between(0, WHOLE_BPS), "neutral_score_bps": _between(0, WHOLE_BPS),
    "preferences": _rows_of(_is_preference), "quotas": _rows_of(_is_quota),
    "max_sellers": _or_none(_between(1, 1_000)), "max_offers": _or_none(_between(1, 1_000)),
    "filling": lambda value: value in FILLINGS,
    "open_bps": lambda value: value == 0 or _between(WHOLE_BPS, MOST_OPEN_BPS)(value),
}
"""What each setting may be, by itself."""
