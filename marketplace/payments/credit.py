"""Credit lines: what a buyer may owe a reseller. Taken by one conditional statement, so that two orders cannot both have the rest."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import select, text

from marketplace.core.db import db
from marketplace.core.errors import Conflict
from marketplace.payments.models import CreditLine

_RESERVE = text("""
    UPDATE credit_lines SET reserved_minor = reserved_minor + :minor
     WHERE buyer_id = :buyer AND reseller_id = :reseller AND currency = :currency
       AND reserved_minor + receivable_minor + :minor <= limit_minor""")
_RELEASE = text("""
    UPDATE credit_lines SET reserved_minor = reserved_minor - :minor
     WHERE buyer_id = :buyer AND reseller_id = :reseller AND currency = :currency""")

_SETTLE = text("""
    UPDATE credit_lines SET receivable_minor = receivable_minor - least(receivable_minor, :minor),
                            reserved_minor = reserved_minor - (:minor - least(receivable_minor, :minor))
     WHERE buyer_id = :buyer AND reseller_id = :reseller AND currency = :currency""")


class CreditExceeded(Conflict):
    """The order is larger than the credit that is left."""

    code: ClassVar[str] = "credit_exceeded"
    message = "This order is larger than the credit that is left."


def left(buyer_id: str, reseller_id: str, currency: str) -> int | None:
    """What may still be ordered on account, in minor units, nothing where more is owed than a lowered limit; None without a credit line."""
    found = db.session.scalar(select(CreditLine).filter_by(buyer_id=buyer_id, reseller_id=reseller_id, currency=currency))
    return max(0, found.limit_minor - found.reserved_minor - found.receivable_minor) if found else None


def reserve(buyer_id: str, reseller_id: str, currency: str, minor: int) -> None:
    """Take credit for an order. Raises: CreditExceeded, with nothing taken."""
    values = {"buyer": buyer_id, "reseller": reseller_id, "currency": currency, "minor": minor}
    reserved: Any = db.session.execute(_RESERVE, values)
    if not reserved.rowcount:
        raise CreditExceeded


def release(buyer_id: str, reseller_id: str, currency: str, minor: int) -> None:
    """Give credit back for what was cancelled."""
    db.session.execute(_RELEASE, {"buyer": buyer_id, "reseller": reseller_id, "currency": currency, "minor": minor})


def owe_again(buyer_id: str, reseller_id: str, currency: str, minor: int) -> None:
    """Take credit again for what was not paid after all, beyond the limit if need be: it is owed."""
    release(buyer_id, reseller_id, currency, -minor)


def settle(buyer_id: str, reseller_id: str, currency: str, minor: int) -> None:
    """Give credit back for what was paid: of what was invoiced first, then of what was only ordered."""
    db.session.execute(_SETTLE, {"buyer": buyer_id, "reseller": reseller_id, "currency": currency, "minor": minor})
