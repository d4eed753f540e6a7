"""Money's memory: a double-entry, append-only ledger that knows no orders."""
