"""How gunicorn serves the market: `gunicorn --config deploy/gunicorn.py`, with `--bind` or `PORT` for the address.

The application is loaded once and shared by the processes that it is forked into. Nothing is garbage before it is
loaded, and what exists by then is frozen, so that collecting garbage later does not copy it. What each process would
make for itself at its first request, the mappers' and the languages' tables and the arrays' library, is made before the
fork for the same reason.
"""

import gc
import importlib
import os

from babel import Locale
from sqlalchemy.orm import configure_mappers

from marketplace.web.i18n import LANGUAGES

wsgi_app = "wsgi:app"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
gc.disable()
preload_app = True
control_socket_disable = True


def when_ready(server: object) -> None:
    """Before the first fork."""
    configure_mappers()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no threads may be running at a fork, and none are needed
    importlib.import_module("marketplace.routing.sellers")
    for language in LANGUAGES:
        _ = Locale.parse(language).currencies
    gc.collect()
    gc.freeze()
    gc.enable()
