"""Which part of the market an address belongs to, and who may be there.

A portal lives below its prefix on the market's own host, for organizations of its kind; everybody else
finds nothing there. Every other page is a storefront's, and needs a storefront's host name. A host name that is
neither the market's nor a storefront's has no pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from marketplace.core.errors import NotFound
from marketplace.web import activity, auth, find, keys, lists

ANY_HOST = {"health", "webhooks"}
"""What load balancers and providers ask, by whatever name they reach a process."""
EVERYWHERE = {None, "shell", "auth", "pictures", "health", "webhooks", "api-docs"}


@dataclass(frozen=True)
class Portal:
    """One portal: where it is, for whom, its navigation of (key, label, endpoint, permission), what is found there, its long work.

    `pages` are more names of its pages, for people who look for what stands on one: (label, endpoint, permission).
    """

    name: str
    prefix: str
    kind: str
    label: Any
    nav: list[tuple[str, Any, str, str]]
    pages: find.Pages = ()
    sources: Sequence[find.Source] = ()
    works: Sequence[activity.Source] = ()


def register(app: Flask) -> None:
    """Prepare `app` to take portals."""
    app.extensions["portals"] = {}
    app.context_processor(_context)
    app.jinja_env.globals["heading"] = lists.heading
    app.jinja_env.globals["sandbox"] = app.config["SETTINGS"].payment_gateway == "sandbox"
    app.add_url_rule("/start", "start", start)


def add(app: Flask, **values: Any) -> None:
    """Open a portal on `app`, with its API keys, its find and its activity; the values are those of `Portal`."""
    name = values["name"]
    long_work = [("activity", _l("Activity"), f"{name}_activity.page", "activity:read")] if values.get("works") else []
    made = Portal(**{**values, "nav": [*values["nav"], *long_work, ("keys", _l("API keys"), f"{name}_keys.index", "key:manage")]})
    app.extensions["portals"][made.prefix] = made
    keys.register(app, made.name, made.prefix, "layout/portal.html")
    if made.works:
        activity.register(app, made.name, made.prefix, made.works)
    find.register(app, made.name, made.prefix, [*[entry[1:] for entry in made.nav], *made.pages], made.sources)


def here() -> Portal | None:
    """The portal this request is in."""
    first = "/" + request.path.removeprefix("/api/v1").strip("/").split("/")[0]
    return current_app.extensions["portals"].get(first)


def guard() -> None:
    """Let the request in, or say that nothing is here. Raises: NotFound, Unauthenticated."""
    portal, storefront = here(), auth.current_storefront()
    if storefront is None and request.blueprint not in ANY_HOST and request.endpoint != "static" and not auth.is_market_host():
        raise NotFound
    if portal is not None:
        if storefront is not None:
            raise NotFound
        if portal.kind not in auth.require_actor().kinds:
            raise NotFound
    elif storefront is None and request.blueprint not in EVERYWHERE and request.path != "/":
        raise NotFound


def start() -> Response | str:
    """The market's own front door: to one's portal, or to sign-in."""
    actor = auth.current_actor()
    if actor is not None:
        for portal in current_app.extensions["portals"].values():
            if portal.kind in actor.kinds:
                return redirect(portal.prefix + "/", 303)
    return redirect(url_for("auth.sign_in_page"), 303)


def _context() -> dict[str, Any]:
    actor, portal = auth.current_actor(), here()
    if portal is None or actor is None:
        return {"nav_entries": [], "portal_label": "", "find_url": ""}
    entries = [
        {"key": key, "label": label, "url": url_for(endpoint)}
        for key, label, endpoint, permission in portal.nav if permission in actor.permissions
    ]
    return {"nav_entries": entries, "portal_label": portal.label, "find_url": url_for(f"{portal.name}_find.page")}
