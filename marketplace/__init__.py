"""The market: shared catalog, offers, routing, orders and money. Portals import it; it imports no portal."""
