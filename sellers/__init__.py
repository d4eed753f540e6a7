"""PORTAL of sellers: keep offers, fulfil, get paid."""
