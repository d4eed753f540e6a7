"""What a manufacturer sees of its channel, page by page."""

from __future__ import annotations

from manufacturers.channel import views


def test_two_sellers_of_one_name_are_both_seen_where_a_page_ends_between_them(market):
    maker = market.manufacturer()
    variant = market.variant(market.brand(maker))
    for stock in (3, 5):
        market.offer(market.seller("Nord Supply"), variant, stock=stock)
    actor, seen, cursor = market.actor(maker), [], None
    for _ in range(2):
        page = views.stock(actor, cursor, 1)
        seen += [row["available"] for row in page.items]
        cursor = page.next_cursor
    assert sorted(seen) == [3, 5] and cursor is None
