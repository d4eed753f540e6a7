"""The operator's view of matching: how good decisions are, and what another policy would have done."""
