"""Who sells it: sellers' offers, their stock by location, reservations, freight and minimums."""
