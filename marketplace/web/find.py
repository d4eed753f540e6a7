"""Find: one field that leads to a portal's pages, orders, products and companies by number or name.

Every portal hands in its own sources, and each source narrows what it finds as that portal's lists do: nothing is
found here that a list of the portal would not show. A source whose right the actor has not is not asked. The same
page is the whole answer without script, and what the palette (static/find.js) shows while somebody types with it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from marketplace.identity.access import Actor
from marketplace.web import api as programs
from marketplace.web import auth
from marketplace.web.api import Schema

MOST = 6
"""At most so many of a kind are found: a palette is no list."""
SHORTEST, LONGEST = 2, 200
KINDS = {
    "page": _l("Pages"), "order": _l("Orders"), "offer": _l("Offers"), "product": _l("Products"),
    "seller": _l("Sellers"), "customer": _l("Customers"), "company": _l("Companies"),
}


@dataclass(frozen=True)
class Found:
    """One thing that was found. `address` is the page about it; `id` is None for a page of the portal."""

    kind: str
    id: str | None
    title: str
    subtitle: str
    address: str


@dataclass(frozen=True)
class Source:
    """A kind of thing, the right that its list needs, and how it is found: (actor, words) -> at most MOST."""

    permission: str
    find: Callable[[Actor, str], list[Found]]


Pages = Sequence[tuple[Any, str, str]]
"""A portal's own pages: (label, endpoint, right)."""


class FindQuery(Schema):
    """What to find."""

    q = fields.String(required=True, validate=validate.Length(1, LONGEST), metadata={
        "description": "a number, public id, SKU, part number, GTIN, or words of a name; a page's name"})


class FoundOut(Schema):
    """One thing that was found."""

    kind = fields.String(validate=validate.OneOf(list(KINDS)))
    id = fields.String(allow_none=True, metadata={"description": "null for a page of the portal"})
    title = fields.String()
    subtitle = fields.String()
    address = fields.String(metadata={"description": "the page about it"})


class FoundList(Schema):
    """What was found, kind by kind, at most six of each."""

    items = fields.List(fields.Nested(FoundOut))


def register(app: Flask, name: str, prefix: str, pages: Pages, sources: Sequence[Source]) -> None:
    """Open `prefix`/find and /api/v1`prefix`/find."""
    blueprint = Blueprint(f"{name}_find", __name__, url_prefix=prefix)
    programmed = programs.blueprint(f"{name}-find-api", __name__, f"/api/v1{prefix}", "Find anything of the portal.")

    @blueprint.get("/find")
    def page() -> str:
        """What was found, as a page; as its part when script asks while somebody types."""
        words = _asked(request.args.get("q", ""))
        found = everything(auth.require_actor(), words, pages, sources)
        groups = [(KINDS[kind], list(ones)) for kind, ones in groupby(found, lambda one: one.kind)]
        part = "_found" if "HX-Request" in request.headers else "find"
        return render_template(f"{part}.html", words=words, groups=groups, count=len(found))

    @programmed.get("/find")
    @programmed.arguments(FindQuery, location="query")
    @programmed.response(200, FoundList)
    def found(query: dict[str, Any]) -> dict[str, Any]:
        """Pages, orders, products and companies by number or name, as far as this portal's lists show them."""
        return {"items": everything(auth.require_actor(), _asked(query["q"]), pages, sources)}

    app.register_blueprint(blueprint)
    programs.api.register_blueprint(programmed)


def everything(actor: Actor, words: str, pages: Pages, sources: Sequence[Source]) -> list[Found]:
    """Pages first, then what each source finds. Costs a constant number of statements."""
    found = named(actor, words, pages)
    if len(words) < SHORTEST:
        return found
    return found + [one for source in sources if source.permission in actor.permissions for one in source.find(actor, words)[:MOST]]


def named(actor: Actor, words: str, pages: Pages) -> list[Found]:
    """The pages whose names hold every word, once each; all that the actor may open when nothing is asked."""
    asked = plain(words).split()
    fitting: dict[str, str] = {}
    for label, endpoint, permission in pages:
        if permission in actor.permissions and all(word in plain(str(label)) for word in asked):
            fitting.setdefault(url_for(endpoint), str(label))
    found = [Found("page", None, label, "", address) for address, label in fitting.items()]
    return found[:MOST] if asked else found


def plain(text: str) -> str:
    """Without capitals and accents, as people type."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(letter))


def _asked(text: str) -> str:
    return text.replace("\0", " ").strip()[:LONGEST]
