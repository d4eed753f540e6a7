"""API keys: a program's way in for one organization, with no more rights than its maker has.

A key is shown once and stored hashed. Only a person makes or revokes keys: a key that could make keys would outlive
its own revocation.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from sqlalchemy import select

from marketplace.core import audit, clock, paging
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import ApiKey
from marketplace.identity.sign_in import hashed

MANAGE = "key:manage"


class UnknownPermission(Invalid):
    """A key can be given only what its maker may do."""

    code: ClassVar[str] = "unknown_permission"
    message = "A key can be given only rights that you have yourself."


def grantable(actor: Actor) -> list[str]:
    """The rights that the actor can give to a key, in name order."""
    return sorted(actor.permissions - {MANAGE})


def make(actor: Actor, name: str, permissions: list[str] | None = None) -> tuple[ApiKey, str]:
    """Make a key; gives the row and the token, which is never shown again.

    Shapes:  permissions None is everything that can be given. Effects: one row, an audit entry.
    Raises:  Forbidden, for keys too; UnknownPermission.
    """
    authorize(actor, MANAGE, actor.organization_id)
    _by_person(actor)
    wanted = set(grantable(actor) if permissions is None else permissions)
    if not wanted or not wanted <= set(grantable(actor)):
        raise UnknownPermission(field="permissions")
    token = "msk_" + secrets.token_urlsafe(32)
    key = ApiKey(id=new_id("key"), organization_id=actor.organization_id, name=name, token_hash=hashed(token),
                 permissions=sorted(wanted), user_id=actor.user_id, created_at=clock.now())
    db.session.add(key)
    db.session.flush()
    audit.record(actor, "key.made", key.id, after={"name": name, "permissions": sorted(wanted)})
    return key, token


def listed(actor: Actor, ask: paging.Ask = paging.FIRST) -> paging.Page:
    """One page of the keys of the actor's organization, newest first, revoked ones too. Raises: Forbidden."""
    authorize(actor, MANAGE, actor.organization_id)
    return paging.sorted_page(select(ApiKey).filter_by(organization_id=actor.organization_id), ApiKey.id, ask, {})


def revoke(actor: Actor, key_id: str) -> ApiKey:
    """End a key at once; a second call changes nothing. Raises: Forbidden, for keys too; NotFound."""
    authorize(actor, MANAGE, actor.organization_id)
    key = db.session.scalar(select(ApiKey).filter_by(id=key_id, organization_id=actor.organization_id).with_for_update())
    if key is None:
        raise NotFound
    _by_person(actor)
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        audit.record(actor, "key.revoked", key.id, before={"name": key.name})
        db.session.flush()
    return key


def _by_person(actor: Actor) -> None:
    if actor.key_id is not None:
        raise Forbidden("Sign in to make or revoke keys: a key cannot.")
