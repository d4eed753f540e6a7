"""Organizations that come with data: made when the market does not know them yet.

A name folds to a slug; an organization of that slug is the same company. It gives nobody a right.
"""

import re
import unicodedata
from hashlib import sha256

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity.models import Kind, Organization, OrganizationStatus


def slug_of(name: str) -> str:
    """A company's name as a slug; a name without any Latin letter or digit gets one of its own."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "company-" + sha256(name.encode()).hexdigest()[:8]


def ensure_organization(kind: Kind, name: str, *, country: str, currency: str, slug: str = "") -> Organization:
    """The organization of this slug (made from the name when empty), new and approved when there is none."""
    slug = slug or slug_of(name)
    found = db.session.scalar(db.select(Organization).filter_by(slug=slug))
    if found:
        return found
    id_ = new_id("org")
    made = Organization(
        id=id_, parent_id=None, lineage=[id_], slug=slug, name=name, kinds=[kind.value], country=country,
        status=OrganizationStatus.APPROVED.value, currency=currency, created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made
