"""`make bench`: how fast the market is, beside the most that this machine's Flask and psycopg can do.

Not tests: nothing here is asserted, everything is measured side by side in one run.
"""
