"""Languages and formats: texts by Flask-Babel, money with our own digits, dates by locale, times in UTC until script says them locally."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from babel.dates import format_skeleton
from babel.numbers import format_currency
from flask import Flask, g, redirect, request
from flask_babel import Babel, format_date, format_decimal, format_time, format_timedelta, get_locale, gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from marketplace.core import clock, countries, money
from marketplace.web import acts, auth, fields, refusals, rights, theme
from marketplace.web.states import kind_text, status_text

LANGUAGES = {"en": "English", "es": "Español", "pt_BR": "Português (Brasil)"}
COOKIE = "market_language"
A_DAY = timedelta(days=1)
babel = Babel()


def register(app: Flask) -> None:
    """Speak the visitor's language on every page of `app`."""
    babel.init_app(app, locale_selector=choose)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.filters.update(money=money_text, money_change=money_change, day=day, weekday=weekday, short_day=short_day, moment=moment, lasting=lasting, number=number, percent_bps=percent_bps,
                                 status_text=status_text, kind_text=kind_text, country=country, initials=theme.initials, right_text=rights.right_text,
                                 change=change, said=refusals.said, act_text=acts.act_text, topic_text=acts.topic_text, check_text=acts.check_text, field_text=fields.field_text)
    app.jinja_env.globals["brand_tokens"] = theme.tokens
    app.context_processor(lambda: {"languages": LANGUAGES, "locale": str(get_locale())})
    app.jinja_env.globals["language_url"] = language_url
    app.before_request(_remember)


def choose() -> str:
    """The wished language: asked for, remembered, the person's, the storefront's, the browser's."""
    storefront = auth.current_storefront()
    wishes = (request.args.get("lang"), request.cookies.get(COOKIE), g.get("locale_wish"), storefront.locale if storefront else None)
    for wish in wishes:
        if wish in LANGUAGES:
            return wish
    best = request.accept_languages.best_match(["en", "es", "pt"], "en")
    return {"pt": "pt_BR"}.get(best or "en", best or "en")


def language_url(code: str) -> str:
    """This page's own address, asking for a language; for what a form led to the page that it stood on, since many forms answer to nothing else."""
    if request.method == "GET" or request.path == "/sign-in":
        return "?" + urlencode([*_other_arguments(), ("lang", code)])
    page, _, query = auth.page_of().partition("?")
    return f"{page}?" + urlencode([*(one for one in parse_qsl(query) if one[0] != "lang"), ("lang", code)])


def _remember() -> Response | None:
    """Keep a wished language in a cookie and show the page without the wish, so that its address can be passed on."""
    wish = request.args.get("lang")
    if request.method != "GET" or wish not in LANGUAGES or request.path.startswith("/api/"):
        return None
    query = urlencode(_other_arguments())
    answer = redirect("/" + request.path.lstrip("/") + (f"?{query}" if query else ""), 303)
    answer.set_cookie(COOKIE, wish, max_age=31_536_000, samesite="Lax", httponly=True)
    return answer


def _other_arguments() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]


def money_text(minor: int | None, currency: str) -> str:
    """An amount in minor units, as the reader's language writes it."""
    if minor is None:
        return "–"
    return format_currency(Decimal(money.decimal(minor, currency)), currency, locale=str(get_locale()))


def money_change(minor: int, currency: str) -> str:
    """By how much an amount rises or falls, its sign before it and never apart from it."""
    sign = "+" if minor > 0 else "\N{MINUS SIGN}" if minor < 0 else ""
    return f"{sign}\N{WORD JOINER}{money_text(abs(minor), currency)}" if sign else money_text(minor, currency)


def day(value: date | datetime | str | None) -> str:
    """A date in words."""
    if value is None:
        return "–"
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return format_date(value, "medium")


def weekday(value: date | str | None) -> str:
    """A near day: its weekday and date, without the year."""
    if value is None:
        return "–"
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_skeleton("MMMEd", found, locale=str(get_locale())))


def short_day(value: date | str) -> str:
    """A date of this or the last months, without year or weekday: for charts and narrow columns."""
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_skeleton("MMMd", found, locale=str(get_locale())))


def change(now: int, before: int) -> str:
    """How much more or less than before, in whole per cent with its sign; nothing to say where there was none before."""
    return f"{(now - before) * 100 / before:+.0f} %".replace("-", "\N{MINUS SIGN}") if before else ""


def country(code: str) -> str:
    """A country's name."""
    return get_locale().territories.get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """Every country by its code and its name in the reader's language, in name order."""
    named = {code: name for code, name in get_locale().territories.items() if code in countries.CODES}
    return sorted(named.items(), key=lambda pair: unicodedata.normalize("NFD", pair[1]))


def moment(value: datetime | str | None) -> Markup | str:
    """A moment: how long ago or how soon within a day, else date and time in UTC, which script turns into the reader's own zone.

    Its exact time is told on hover. Source: docs/adr/0011.
    """
    if value is None:
        return "–"
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    exact = Markup('datetime="{}" title="{} UTC"').format(value.isoformat(), value.strftime("%Y-%m-%d %H:%M:%S"))
    apart = value - clock.now()
    if abs(apart) < A_DAY:
        return Markup("<time {}>{}</time>").format(exact, format_timedelta(apart, add_direction=True))
    return Markup("<time {} data-clock>{}, {} UTC</time>").format(exact, format_date(value, "medium"), format_time(value, "short"))


def lasting(seconds: float) -> str:
    """How long something takes or waits, in the largest unit that fits."""
    return format_timedelta(timedelta(seconds=seconds))


def number(value: Any) -> str:
    """A whole number with the reader's separators."""
    return "–" if value is None else format_decimal(value)


def percent_bps(bps: int) -> str:
    """Basis points as per cent."""
    return gettext("%(value)s%%", value=format_decimal(Decimal(bps) / 100))
