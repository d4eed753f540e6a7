"""Ground floor: database, money, time, states, outbox. Knows no commerce."""
