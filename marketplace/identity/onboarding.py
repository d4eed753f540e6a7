"""Organizations and their first people: made when the market does not know them yet.

A name folds to a slug; an organization of that slug is the same company. Everything here may be said twice.
"""

import re
import unicodedata
from hashlib import sha256
from typing import ClassVar

from marketplace.core import clock, countries
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.ids import new_id
from marketplace.identity import sign_in
from marketplace.identity.models import Kind, Membership, Organization, OrganizationStatus, Storefront, User


def slug_of(name: str) -> str:
    """A company's name as a slug; a name without any Latin letter or digit gets one of its own."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "company-" + sha256(name.encode()).hexdigest()[:8]


def ensure_organization(kind: Kind, name: str, *, country: str, currency: str, slug: str = "") -> Organization:
    """The organization of this slug (made from the name when empty), new and approved when there is none. Raises: Invalid for a country that is none."""
    countries.checked(country)
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


ADMINS = {Kind.MANUFACTURER: "manufacturer_admin", Kind.SELLER: "seller_admin", Kind.RESELLER: "reseller_admin", Kind.BUYER: "buyer_admin",
          Kind.OPERATOR: "operator"}


class NoReseller(Invalid):
    """A customer buys through a reseller that the market knows."""

    code: ClassVar[str] = "no_reseller"
    message = "Name the reseller through which this company buys, by its slug."


class NeedsHost(Invalid):
    """A reseller's first storefront needs a host name."""

    code: ClassVar[str] = "needs_host"
    message = "Name the host on which the reseller's storefront stands."


def join_reseller(buyer: Organization, slug: str) -> None:
    """Let a company buy through the reseller of this slug. Raises: NoReseller."""
    reseller = db.session.scalar(db.select(Organization).filter_by(slug=slug))
    if reseller is None or Kind.RESELLER.value not in reseller.kinds:
        raise NoReseller(field="reseller")
    buyer.reseller_id = reseller.id
    db.session.flush()


def ensure_storefront(reseller: Organization, host: str) -> Storefront:
    """The reseller's storefront on `host`, plain and with a tenth on top of the sellers' prices when it is new. Raises: NeedsHost."""
    if not host:
        raise NeedsHost(field="host")
    found = db.session.scalar(db.select(Storefront).filter_by(host=host.lower(), reseller_id=reseller.id))
    if found is None:
        found = Storefront(
            id=new_id("sto"), reseller_id=reseller.id, host=host.lower(), name=reseller.name, tagline=None, primary_color="#0a5f9e",
            currency=reseller.currency, locale="en", markup_bps=1000, settings={}, created_at=clock.now())
        db.session.add(found)
        db.session.flush()
    return found


def ensure_person(organization: Organization, email: str, name: str, password: str) -> User:
    """The person with this address, with the first role of the organization's kind there; a person that is known keeps its password."""
    address = email.strip().lower()
    user = db.session.scalar(db.select(User).filter_by(email=address))
    if user is None:
        user = User(id=new_id("usr"), email=address, name=name or address, password_hash=sign_in.hash_password(password), is_active=True,
                    created_at=clock.now())
        db.session.add(user)
        db.session.flush()
    if db.session.scalar(db.select(Membership.id).filter_by(user_id=user.id, organization_id=organization.id)) is None:
        role = ADMINS[Kind(organization.kinds[0])]
        db.session.add(Membership(id=new_id("mem"), user_id=user.id, organization_id=organization.id, role=role))
        db.session.flush()
    return user
