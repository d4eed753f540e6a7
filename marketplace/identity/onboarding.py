"""Organizations and their first people: made when the market does not know them yet.

A name folds to a slug; an organization of that slug is the same company. Everything here may be said twice.
"""

import re
import unicodedata
from hashlib import sha256
from typing import ClassVar

from marketplace.core import clock, countries, money
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.ids import new_id
from marketplace.identity import sign_in, storefronts
from marketplace.identity.models import Kind, Membership, Organization, OrganizationStatus, Storefront, User

LONGEST_EMAIL = 254
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class PlaysAnotherPart(Conflict):
    """A company of this name is on the market, and is something else there."""

    code: ClassVar[str] = "plays_another_part"


def slug_of(name: str) -> str:
    """A company's name as a slug; a name without any Latin letter or digit gets one of its own."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "company-" + sha256(name.encode()).hexdigest()[:8]


def ensure_organization(kind: Kind, name: str, *, country: str, currency: str, slug: str = "") -> Organization:
    """The organization of this slug (made from the name when empty), new and approved when there is none.

    Raises: Invalid for a country or currency that is none, PlaysAnotherPart when the known one is not of this kind.
    """
    countries.checked(country)
    money.checked(currency)
    slug = slug or slug_of(name)
    found = db.session.scalar(db.select(Organization).filter_by(slug=slug))
    if found and kind.value not in found.kinds:
        raise PlaysAnotherPart(f"{found.name} ({slug}) is on the market as {', '.join(found.kinds)}, not as {kind.value}. Choose another name.", field="name")
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


class BuysElsewhere(Conflict):
    """A company buys through one reseller."""

    code: ClassVar[str] = "buys_elsewhere"
    message = "This company buys through another reseller already."


def join_reseller(buyer: Organization, slug: str) -> None:
    """Let a company buy through the reseller of this slug. Raises: NoReseller, BuysElsewhere."""
    reseller = db.session.scalar(db.select(Organization).filter_by(slug=slug))
    if reseller is None or Kind.RESELLER.value not in reseller.kinds:
        raise NoReseller(field="reseller")
    if buyer.reseller_id not in {None, reseller.id}:
        raise BuysElsewhere(field="reseller")
    buyer.reseller_id = reseller.id
    db.session.flush()


def ensure_storefront(reseller: Organization, host: str) -> Storefront:
    """The reseller's storefront on `host`, plain and with a tenth on top of the sellers' prices when it is new.

    Raises: NeedsHost, HostTaken, Invalid for a host name that is none.
    """
    host = host.strip().lower()
    if not host:
        raise NeedsHost(field="host")
    found = db.session.scalar(db.select(Storefront).filter_by(host=host, reseller_id=reseller.id))
    if found is None:
        storefronts.check_host(host)
        found = Storefront(
            id=new_id("sto"), reseller_id=reseller.id, host=host, name=reseller.name, tagline=None, primary_color="#0a5f9e",
            currency=reseller.currency, locale="en", markup_bps=1000, settings={}, created_at=clock.now())
        db.session.add(found)
        db.session.flush()
    return found


def ensure_person(organization: Organization, kind: Kind, email: str, password: str) -> User:
    """The person with this address, with the first role of `kind` in the organization; a person that is known keeps its password.

    Raises: Invalid for an address that is none.
    """
    address = email.strip().lower()
    if not EMAIL.fullmatch(address) or len(address) > LONGEST_EMAIL or not address.isprintable():
        raise Invalid(f"{address!r} is not an e-mail address.", field="email")
    user = db.session.scalar(db.select(User).filter_by(email=address))
    if user is None:
        user = User(id=new_id("usr"), email=address, name=address, password_hash=sign_in.hash_password(password), is_active=True,
                    created_at=clock.now())
        db.session.add(user)
        db.session.flush()
    if db.session.scalar(db.select(Membership.id).filter_by(user_id=user.id, organization_id=organization.id)) is None:
        db.session.add(Membership(id=new_id("mem"), user_id=user.id, organization_id=organization.id, role=ADMINS[kind]))
        db.session.flush()
    return user
