"""The offer-matching layer: which seller gets what, and why.

Eligibility (coded reasons) -> candidates (a problem in whole numbers) -> allocation (pure solver) -> decision.

Invariants: only offers that this buyer can buy are ranked; every answer passes the verifier; the same
problem gives the same answer; a stored problem replays without the world around it.
Does not reserve stock, write orders or know payments.
"""
