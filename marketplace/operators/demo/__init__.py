"""The demo: a generated market that trades by the real verbs, and a supervisor that runs it on one machine."""
