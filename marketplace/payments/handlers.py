"""Reactions of the payments room to facts and to its own work."""

from marketplace.payments.hosted import on_unpaid
from marketplace.payments.reconcile import look
from marketplace.payments.reconcile import on_round as reconcile
from marketplace.payments.refunds import on_cancelled, on_rerouted
from marketplace.payments.refunds import send as send_refund
from marketplace.payments.releases import on_delivered, release
from marketplace.payments.releases import send as send_transfer
from marketplace.payments.webhooks import handle as handle_webhook

__all__ = ["handle_webhook", "look", "on_cancelled", "on_delivered", "on_rerouted", "on_unpaid", "reconcile", "release", "send_refund", "send_transfer"]
