"""Signing in: passwords, sessions of one host, and API keys. All secrets are stored hashed.

A session says as which organization its person acts; revoking it ends it at the next request.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from functools import cache
from typing import ClassVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import text

from marketplace.core import clock, tenancy
from marketplace.core.db import AnyRow, db
from marketplace.core.errors import Invalid
from marketplace.identity.access import ROLES, Actor
from marketplace.identity.models import Membership, Organization, Storefront, User, UserSession

LIFETIME = timedelta(hours=12)
hasher = PasswordHasher()

_ACTOR = """
    SELECT u.id AS user_id, u.name, u.email, u.locale, m.role, o.id AS organization_id, o.kinds,
           o.name AS organization_name, o.reseller_id, o.country, o.region, o.lineage, o.customer_group, {source}
      FROM {table} JOIN users u ON u.id = s.user_id AND u.is_active
      JOIN organizations o ON o.id = s.organization_id AND o.status IN ('approved', 'applied')
      JOIN memberships m ON m.user_id = u.id AND m.organization_id = o.id
     WHERE s.revoked_at IS NULL AND """
_BY_SESSION = text(_ACTOR.format(source="s.id AS session_id", table="user_sessions s")
                   + "s.id = :token AND s.host = :host AND s.expires_at > :now")
_BY_KEY = text(_ACTOR.format(source="s.id AS key_id, s.permissions", table="api_keys s") + "s.token_hash = :token")


class WrongCredentials(Invalid):
    """The address or the password is wrong; which of them is not said."""

    code: ClassVar[str] = "wrong_credentials"
    message = "The e-mail address or the password is not right."


def hashed(token: str) -> str:
    """What is stored of a token of 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    """The argon2 hash of a password."""
    return hasher.hash(password)


@cache
def _nobody() -> str:
    return hasher.hash("nobody's password")


def check_password(email: str, password: str) -> User:
    """The person with these credentials; takes as long for an unknown address. Raises: WrongCredentials."""
    user = db.session.scalar(db.select(User).filter_by(email=email.strip().lower(), is_active=True))
    try:
        hasher.verify(user.password_hash if user and user.password_hash else _nobody(), password)
    except (Argon2Error, InvalidHashError):
        raise WrongCredentials from None
    if user is None or user.password_hash is None:
        raise WrongCredentials
    return user


def organizations_of(user: User, storefront: Storefront | None) -> list[Organization]:
    """As which organizations `user` may act: buyers of the storefront's reseller there, all others on the market's host."""
    query = (
        db.select(Organization).join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.user_id == user.id, Organization.status.in_(["approved", "applied"])).order_by(Membership.id)
    )
    buyer = db.literal("buyer") == db.any_(Organization.kinds)
    query = query.where(buyer, Organization.reseller_id == storefront.reseller_id) if storefront else query.where(~buyer)
    with tenancy.as_market():
        return list(db.session.scalars(query))


def open_session(user: User, organization: Organization, host: str) -> str:
    """Start a session on `host`; returns the cookie's token. Effects: one row."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(UserSession(id=hashed(token), user_id=user.id, organization_id=organization.id, host=host,
                               created_at=now, expires_at=now + LIFETIME))
    return token


def close_session(session_id: str) -> None:
    """End a session at once."""
    db.session.get_one(UserSession, session_id).revoked_at = clock.now()


def actor_of_session(token: str, host: str, request_id: str) -> tuple[Actor, AnyRow] | None:
    """Who acts by this cookie on this host; None when nobody. Runs as the market."""
    row = db.session.execute(_BY_SESSION, {"token": hashed(token), "host": host, "now": clock.now()}).first()
    return (_actor(row, request_id, ROLES.get(row.role, frozenset()), session_id=row.session_id), row) if row else None


def actor_of_key(token: str, request_id: str) -> tuple[Actor, AnyRow] | None:
    """Who acts by this API key; its rights are those granted to it that its maker still has."""
    row = db.session.execute(_BY_KEY, {"token": hashed(token)}).first()
    if row is None:
        return None
    permissions = ROLES.get(row.role, frozenset()) & frozenset(row.permissions)
    return _actor(row, request_id, permissions, key_id=row.key_id), row


def _actor(row: AnyRow, request_id: str, permissions: frozenset[str], **via: str) -> Actor:
    return Actor(
        user_id=row.user_id, organization_id=row.organization_id, kinds=frozenset(row.kinds), permissions=permissions,
        name=row.name, organization_name=row.organization_name, email=row.email, request_id=request_id, **via,
    )
