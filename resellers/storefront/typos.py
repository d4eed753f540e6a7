"""What somebody who found nothing may have meant: each word as the catalog writes it.

Only words of products that this buyer may see are ever proposed, and only a query that finds something.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches

from sqlalchemy import select, text

from marketplace.catalog import search
from marketplace.catalog.models import Variant
from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.identity.buying import BuyingContext
from resellers.storefront import queries
from resellers.storefront.queries import Filters

LOOKED_AT = 40
ALIKE = 0.6
_LOOSER = text("SELECT set_config('pg_trgm.word_similarity_threshold', '0.3', true)")


def meant(context: BuyingContext, filters: Filters) -> str | None:
    """The query in the catalog's words, or None when there is no better one. Effects: none."""
    asked = search.words(filters.query)
    if not asked:
        return None
    texts = _near(context, filters.query)
    known = sorted({word for line in texts for word in re.findall(r"\w[\w./-]*\w|\w", line)})
    better = [word if any(word in line for line in texts) else next(iter(get_close_matches(word, known, 1, ALIKE)), word) for word in asked]
    found = " ".join(better)
    if better == asked or not queries.listed(context, replace(filters, query=found, cursor=None, limit=1))["items"]:
        return None
    return found


def _near(context: BuyingContext, query: str) -> list[str]:
    found = (
        select(Variant.text).where(queries.visible(context), search.near(query))
        .order_by(search.likeness(query).desc(), Variant.id).limit(LOOKED_AT)
    )
    with tenancy.as_market():
        db.session.execute(_LOOSER)
        return list(db.session.scalars(found, queries.asked(context)))
