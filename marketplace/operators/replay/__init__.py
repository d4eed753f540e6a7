"""The replay: a wholesaler's real year of invoices, sold again on this market by the real verbs."""
