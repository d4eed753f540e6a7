"""A reseller changes its storefront: name, tagline, colour, host name, what guests see.

The host name decides which reseller a visitor is with, so it belongs to one storefront only, and the
colour must carry white text (WCAG 2.2 AA).
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from sqlalchemy import select

from marketplace.core import audit, config
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Storefront

FIELDS = ("name", "tagline", "primary_color", "host", "locale", "guest_prices")
HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
LEAST_CONTRAST = 4.5


class HostTaken(Conflict):
    """Another storefront has this host name."""

    code: ClassVar[str] = "host_taken"
    message = "This host name is taken."


class ColorTooLight(Invalid):
    """White text on this colour could not be read."""

    code: ClassVar[str] = "color_too_light"
    message = "White text on this colour cannot be read well. Choose a darker one."


def of(actor: Actor) -> list[Storefront]:
    """The storefronts of the actor's company, oldest first."""
    authorize(actor, "storefront:read", actor.organization_id)
    return list(db.session.scalars(select(Storefront).filter_by(reseller_id=actor.organization_id).order_by(Storefront.id)))


def own(actor: Actor, storefront_id: str, *, lock: bool = False) -> Storefront:
    """One storefront of the actor's company. Raises: NotFound for anybody else's."""
    authorize(actor, "storefront:read", actor.organization_id)
    query = select(Storefront).filter_by(id=storefront_id, reseller_id=actor.organization_id)
    found = db.session.scalar(query.with_for_update(key_share=True) if lock else query)
    if found is None:
        raise NotFound
    return found


def change(actor: Actor, storefront_id: str, values: dict[str, Any]) -> Storefront:
    """Change a storefront's look and address; fields that are not given stay, and a host name has no capitals.

    Raises: Forbidden, NotFound, HostTaken, ColorTooLight, Invalid for a host name that is none.
    """
    authorize(actor, "storefront:write", actor.organization_id)
    storefront = own(actor, storefront_id)
    if values.get("host"):
        values = {**values, "host": values["host"].strip().lower()}
    changed = {name: values[name] for name in FIELDS if name in values and values[name] != getattr(storefront, name)}
    _check(changed)
    before = {name: getattr(storefront, name) for name in changed}
    for name, value in changed.items():
        setattr(storefront, name, value)
    db.session.flush()
    audit.record(actor, "storefront.changed", storefront.id, before=before, after=changed)
    return storefront


def _check(changed: dict[str, Any]) -> None:
    host, color = changed.get("host"), changed.get("primary_color")
    if host is not None:
        check_host(host)
    if color is not None and contrast_with_white(color) < LEAST_CONTRAST:
        raise ColorTooLight(field="primary_color")


def check_host(host: str) -> None:
    """Refuse a host name, in small letters, on which no new storefront can stand. Raises: HostTaken, Invalid for one that is none."""
    if not HOST.fullmatch(host) or len(host) > 253 or host == config.from_environment().base_domain or host.rpartition(".")[2].isdigit():
        raise Invalid("This is not a host name.", field="host")
    if db.session.scalar(select(Storefront.id).where(Storefront.host == host)):
        raise HostTaken(field="host")


def contrast_with_white(color: str) -> float:
    """How well white text reads on `color` ("#rrggbb"): 1 not at all, 21 best.

    Source: WCAG 2.2, relative luminance and contrast ratio.
    """
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)
