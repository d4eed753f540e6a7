"""How gunicorn serves the market: `gunicorn --config deploy/gunicorn.py`, with `--bind` or `PORT` for the address.

The application is loaded once and shared by the processes that it is forked into. Nothing is garbage before it is
loaded, and what exists by then is frozen, so that collecting garbage later does not copy it.
"""

import gc
import os

wsgi_app = "wsgi:app"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
gc.disable()
preload_app = True
control_socket_disable = True


def when_ready(server: object) -> None:
    """Before the first fork."""
    gc.collect()
    gc.freeze()
    gc.enable()
