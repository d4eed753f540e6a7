"""Where a carrier shows what became of a parcel. A carrier that is not known here has no address: its number is shown."""

from __future__ import annotations

from urllib.parse import quote

PAGES = {
    "dhl": "https://www.dhl.com/en/express/tracking.html?AWB={}", "ups": "https://www.ups.com/track?tracknum={}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}", "dpd": "https://tracking.dpd.de/status/en_US/parcel/{}",
    "gls": "https://gls-group.com/track/{}", "seur": "https://www.seur.com/livetracking/?segOnlineIdentificador={}",
    "correos": "https://www.correos.es/es/en/tools/tracker/items/details?tracking-number={}",
}


def tracking(carrier: str, number: str) -> str | None:
    """The address of a parcel's tracking page, or None."""
    page = PAGES.get(carrier.strip().lower().split(" ")[0]) if carrier.strip() else None
    return page.format(quote(number, safe="")) if page else None
