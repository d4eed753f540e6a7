"""Every state that a page shows, and every kind of company, as a word in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext

WORDS = {
    "active": lazy_gettext("active"), "inactive": lazy_gettext("inactive"), "unauthorized": lazy_gettext("unauthorized"),
    "pending": lazy_gettext("pending"), "suspended": lazy_gettext("suspended"), "closed": lazy_gettext("closed"),
    "received": lazy_gettext("received"), "reading": lazy_gettext("being read"), "staged": lazy_gettext("to be approved"),
    "approved": lazy_gettext("approved"), "applying": lazy_gettext("being applied"), "applied": lazy_gettext("applied"),
    "rejected": lazy_gettext("put away"), "failed": lazy_gettext("failed"), "revoked": lazy_gettext("revoked"),
    "expired": lazy_gettext("expired"), "scheduled": lazy_gettext("not yet valid"), "retired": lazy_gettext("retired"), "proposed": lazy_gettext("proposed"),
    "confirmed": lazy_gettext("confirmed"), "declined": lazy_gettext("declined"), "withdrawn": lazy_gettext("withdrawn"),
    "paused": lazy_gettext("paused"), "pending_payment": lazy_gettext("not paid"), "placed": lazy_gettext("placed"),
    "paid": lazy_gettext("paid"), "waiting": lazy_gettext("waiting"), "notified": lazy_gettext("to accept"),
    "accepted": lazy_gettext("accepted"), "partly_shipped": lazy_gettext("partly shipped"), "shipped": lazy_gettext("shipped"),
    "delivered": lazy_gettext("delivered"), "refused": lazy_gettext("refused"), "cancelled": lazy_gettext("cancelled"),
    "rerouted": lazy_gettext("routed again"), "created": lazy_gettext("created"), "captured": lazy_gettext("paid in"),
    "authorized": lazy_gettext("authorized"), "reserved": lazy_gettext("reserved"), "sent": lazy_gettext("sent"),
    "done": lazy_gettext("done"), "due": lazy_gettext("due"), "dead": lazy_gettext("given up"), "open": lazy_gettext("open"),
    "held": lazy_gettext("held"), "released": lazy_gettext("released"), "consumed": lazy_gettext("shipped out"),
    "succeeded": lazy_gettext("succeeded"), "settled": lazy_gettext("settled"), "completed": lazy_gettext("completed"),
    "processing": lazy_gettext("in work"), "working": lazy_gettext("being published"), "needs_attention": lazy_gettext("needs a person"),
    "silent": lazy_gettext("not answered in time"), "on_time": lazy_gettext("in time"), "late": lazy_gettext("late"),
    "kept": lazy_gettext("kept"), "cut": lazy_gettext("given back"),
}

KINDS = {"manufacturer": lazy_gettext("Manufacturer"), "seller": lazy_gettext("Seller"), "reseller": lazy_gettext("Reseller"),
         "buyer": lazy_gettext("Buyer"), "operator": lazy_gettext("Operator")}


def kind_text(kind: str) -> str:
    """The word for a kind of company."""
    return str(KINDS[kind])


def status_text(word: str) -> str:
    """The word for a state; one without a word of its own shows its name."""
    return str(WORDS.get(word, str(word).replace("_", " ")))
