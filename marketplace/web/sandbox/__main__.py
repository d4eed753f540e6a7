"""`python -m marketplace.web.sandbox`: the sandbox without the market, which it does not need."""

from marketplace.web.sandbox.app import command

command()
