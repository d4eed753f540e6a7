"""What the operator finds: every order by number, and every company by name."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _l

from marketplace.core.paging import Ask
from marketplace.identity.access import Actor
from marketplace.operators import queries
from marketplace.web import find
from marketplace.web.find import Found
from marketplace.web.states import kind_text, status_text

PAGES: find.Pages = [
    (_l("Dead letters"), "operator.work", "market:read"),
    (_l("Queues"), "operator.work", "market:read"),
    (_l("Books and comparisons"), "operator.money", "money:read"),
    (_l("Audit"), "operator.trail", "market:read"),
    (_l("Policy"), "operator_policies.index", "market:read"),
    (_l("Sellers' scores"), "operator_scores.index", "market:read"),
    (_l("Left on the table"), "operator_matching.home", "market:read"),
]


def _orders(actor: Actor, words: str) -> list[Found]:
    found = queries.orders(actor, Ask(limit=find.MOST), number=words).items
    buyers = queries.names({one.buyer_id for one in found})
    return [Found("order", one.id, one.number, f"{buyers[one.buyer_id]} · {status_text(one.status)}", url_for("operator.order", order_id=one.id))
            for one in found]


def _companies(actor: Actor, words: str) -> list[Found]:
    return [Found("company", one.id, one.name, " · ".join([*[kind_text(kind) for kind in one.kinds], one.country]),
                  url_for("operator.companies", q=one.name)) for one in queries.companies(actor, Ask(limit=find.MOST), words).items]


SOURCES = [find.Source("market:read", _orders), find.Source("company:read", _companies)]
