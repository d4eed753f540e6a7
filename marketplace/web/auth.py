"""Who asks, and where: the signed-in actor, the storefront of the host name, the context of buying.

A cookie holds a session's token for one host; programs send a bearer key. Both lead to the same Actor.
"""

from __future__ import annotations

from typing import Any

import marshmallow
from flask import Blueprint, Flask, current_app, g, make_response, redirect, render_template, request, session
from werkzeug.wrappers import Response

from marketplace.core import audit, tenancy
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, MarketError, NotFound, Unauthenticated
from marketplace.identity import buying, sign_in
from marketplace.identity.access import Actor
from marketplace.identity.buying import BuyingContext, Party
from marketplace.identity.models import Organization, Storefront
from marketplace.web import forms
from marketplace.web.api import Schema
from marketplace.web.security import limiter

COOKIE = "market_session"
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
_STOREFRONT = (
    db.select(Storefront, *[getattr(Organization, name) for name in Party._fields])
    .join(Organization, Organization.id == Storefront.reseller_id).where(Storefront.host == db.bindparam("host"))
)
blueprint = Blueprint("auth", __name__)


def register(app: Flask) -> None:
    """Serve sign-in and sign-out on every host."""
    app.register_blueprint(blueprint)
    app.context_processor(lambda: {"actor": current_actor(), "storefront": current_storefront(), "is_market_host": is_market_host, "page_of": page_of, "request_id": g.get("request_id")})


def host() -> str:
    """The request's host name, lower case, without port."""
    return request.host.rpartition(":")[0].lower() if ":" in request.host else request.host.lower()


def is_market_host() -> bool:
    """Whether the request came to the market's own host name; on a machine of one's own also by the names of the machine."""
    settings = current_app.config["SETTINGS"]
    return host() == settings.base_domain or (settings.environment != "production" and host() in LOOPBACK)


def identify() -> None:
    """Find out who asks and where; from here on the database shows that organization's rows only."""
    tenancy.act_for([tenancy.MARKET])
    g.storefront, g.reseller = _place()
    g.by_key = False
    g.pop("buying", None)
    g.actor, g.buyer, g.locale_wish = _actor()
    tenancy.act_for([g.actor.organization_id] if g.actor else [])


def _place() -> tuple[Storefront | None, Party | None]:
    """The storefront of the host name, and whose it is."""
    row = db.session.execute(_STOREFRONT, {"host": host()}).first()
    return (row[0], Party(*row[1:])) if row else (None, None)


def _actor() -> tuple[Actor | None, Party | None, str | None]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        g.by_key = True
        found = sign_in.actor_of_key(token.strip(), g.request_id)
        if found is None:
            raise Unauthenticated("This API key is not valid.")
    elif token := request.cookies.get(COOKIE, ""):
        found = sign_in.actor_of_session(token, host(), g.request_id)
    else:
        return None, None, None
    if found is None or not _belongs(found[1]):
        if g.by_key and g.storefront is not None:  # a program would take a guest's prices for its own
            raise Unauthenticated("This API key is for another host name.")
        return None, None, None
    actor, row = found
    return actor, Party(row.organization_id, row.country, row.region, row.lineage, row.customer_group), row.locale


def _belongs(row: Any) -> bool:
    """A buyer is somebody only on its own reseller's storefronts, everyone else only on the market's host."""
    if g.storefront is None:
        return "buyer" not in row.kinds
    return "buyer" in row.kinds and row.reseller_id is not None and row.reseller_id == g.storefront.reseller_id


def page_of() -> str:
    """The page a person is on and comes back to after signing in: the one asked for, or for a form the one that it stood on."""
    if request.path == "/sign-in":
        return request.values.get("next", "")
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.full_path.rstrip("?")
    found = request.referrer or ""
    return found.removeprefix(request.host_url.rstrip("/")) if found.startswith(request.host_url) else "/"


def current_actor() -> Actor | None:
    """The signed-in actor, or None for a guest."""
    return g.get("actor")


def require_actor() -> Actor:
    """The signed-in actor. Raises: Unauthenticated."""
    actor = current_actor()
    if actor is None:
        raise Unauthenticated
    return actor


def current_storefront() -> Storefront | None:
    """The storefront of this host name; None on the market's own host."""
    return g.get("storefront")


def require_storefront() -> Storefront:
    """The storefront of this host name. Raises: NotFound on the market's own host."""
    storefront = current_storefront()
    if storefront is None:
        raise NotFound
    return storefront


def buying_context() -> BuyingContext:
    """For whom prices are asked in this request: the signed-in buyer, or a guest. Raises: Forbidden for a key that may not see them."""
    actor = current_actor()
    if actor is not None and "storefront:buy" not in actor.permissions:
        raise Forbidden
    if "buying" not in g:
        g.buying = buying.between(require_storefront(), g.reseller, g.buyer)
    return g.buying


class SignIn(Schema):
    """Who wants in."""

    email = marshmallow.fields.String(required=True, validate=marshmallow.validate.Length(max=254))
    password = marshmallow.fields.String(required=True, validate=marshmallow.validate.Length(max=200))
    organization_id = marshmallow.fields.String()
    next = marshmallow.fields.String()


@blueprint.get("/sign-in")
def sign_in_page() -> str:
    """The sign-in form."""
    return render_template("sign_in.html", errors={}, values={"next": request.args.get("next", "")})


def _who_tries() -> str:
    """One person at one place: an office or a proxy has one address for many."""
    return f"{request.remote_addr} {request.form.get('email', '').strip().lower()[:254]}"


def _failed(answer: Response) -> bool:
    return answer.status_code == 422


@blueprint.post("/sign-in")
@limiter.limit("20 per minute", key_func=_who_tries, deduct_when=_failed)
@limiter.limit("200 per minute", deduct_when=_failed)
def sign_in_submit() -> Response | tuple[str, int]:
    """Sign in; the answer leads on to where the person wanted to go."""
    try:
        data = forms.load(SignIn)
        user = sign_in.check_password(data["email"], data["password"])
        choices = sign_in.organizations_of(user, current_storefront())
        wanted = [one for one in choices if one.id == data.get("organization_id", one.id)]
        if not wanted:
            raise sign_in.WrongCredentials
    except MarketError as refusal:
        return render_template("sign_in.html", errors=forms.errors(refusal), values=request.form), 422
    answer = redirect(own_page(data.get("next")), 303)
    session.modified = True  # what forms are checked by begins its days with the sign-in, and outlives it
    token = sign_in.open_session(user, wanted[0], host())
    audit.record(user.id, "session.opened", wanted[0].id)
    secure = current_app.config["SETTINGS"].environment == "production"
    answer.set_cookie(COOKIE, token, max_age=int(sign_in.LIFETIME.total_seconds()), httponly=True, samesite="Lax", secure=secure)
    return answer


def own_page(path: str | None, home: str = "") -> str:
    """`path` when it is a page of this host, else `home`, else where everybody begins: nobody is sent elsewhere by an address."""
    is_own = path and path.isprintable() and path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if path and is_own else home or ("/" if current_storefront() else "/start")


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this session."""
    actor = current_actor()
    if actor is not None and actor.session_id:
        sign_in.close_session(actor.session_id)
    answer = make_response("", 303)
    answer.headers["Location"] = "/" if current_storefront() else "/sign-in"
    answer.delete_cookie(COOKIE)
    return answer
