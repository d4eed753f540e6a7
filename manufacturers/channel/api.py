"""The channel as JSON: own brands only, never a buyer."""

from typing import Any

from manufacturers.channel import schemas
from marketplace.analytics import queries
from marketplace.analytics.queries import Wanted
from marketplace.core.paging import Page
from marketplace.web import api, lists
from marketplace.web.auth import require_actor

blueprint = api.blueprint(
    "manufacturer-channel-api", __name__, "/api/v1/manufacturer/channel", "How a manufacturer's brands sell.")


@blueprint.get("/sell-through")
@blueprint.arguments(schemas.SellThroughQuery, location="query")
@blueprint.response(200, schemas.SellThroughPage)
def sell_through(query: dict[str, Any]) -> Page:
    """Sell-through by week, product, seller and region, newest week first or as asked."""
    asked = {name: query[name] for name in schemas.SellThroughSpan().fields if name in query}
    return queries.sell_through(require_actor(), Wanted.weeks(asked.pop("weeks"), **asked), lists.given(query))


@blueprint.get("/stock")
@blueprint.arguments(schemas.ChannelStockQuery, location="query")
@blueprint.response(200, schemas.ChannelStockPage)
def stock(query: dict[str, Any]) -> Page:
    """Stock in the channel."""
    return queries.stock_in_channel(require_actor(), lists.given(query), query["q"])


@blueprint.get("/listings")
@blueprint.arguments(schemas.ChannelListingsQuery, location="query")
@blueprint.response(200, schemas.ChannelListingPage)
def listings(query: dict[str, Any]) -> Page:
    """Which sellers list what at which price."""
    return queries.listings_with_price(require_actor(), lists.given(query), query.get("seller_id"), query["q"])
