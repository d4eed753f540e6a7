"""`python -m marketplace.operators.worker`: the process that does follow-up work. It carries no portal and no command line."""

from __future__ import annotations

from marketplace.operators import duties
from marketplace.web import worker
from marketplace.web.app import create_shell

if __name__ == "__main__":
    application = create_shell()
    duties.take_up()
    worker.run(application)
