"""What was done, what work is about, and what was compared, in words: the names that trail, queues and verdicts keep.

Every name that a verb writes has its word here; a test looks for one that has none.
"""

from __future__ import annotations

import re

from flask_babel import gettext, lazy_gettext

ACTS = {
    "address.removed": lazy_gettext("removed an address"),
    "address.saved": lazy_gettext("saved an address"),
    "assortment:set": lazy_gettext("changed an assortment"),
    "authorization:grant": lazy_gettext("authorized a seller"),
    "authorization:revoke": lazy_gettext("revoked an authorization"),
    "books.compared": lazy_gettext("had the books compared"),
    "catalog:approve": lazy_gettext("approved a catalog import"),
    "catalog:cancel": lazy_gettext("put a catalog import away"),
    "catalog:upload": lazy_gettext("uploaded a catalog"),
    "commission.set": lazy_gettext("set the commission"),
    "company.brought_in": lazy_gettext("brought in a company"),
    "cost_center.opened": lazy_gettext("opened a cost center"),
    "cost_center.switched": lazy_gettext("opened or closed a cost center"),
    "credit.set": lazy_gettext("set a credit limit"),
    "customer.grouped": lazy_gettext("put a customer in a group"),
    "decision.read": lazy_gettext("looked at a decision"),
    "demo.began": lazy_gettext("began the demo market"),
    "demo.filled": lazy_gettext("filled the demo market"),
    "freight_rules:remove": lazy_gettext("removed a freight rule"),
    "freight_rules:save": lazy_gettext("saved a freight rule"),
    "key.made": lazy_gettext("made an API key"),
    "key.revoked": lazy_gettext("revoked an API key"),
    "markup.set": lazy_gettext("set a markup"),
    "markup.removed": lazy_gettext("took a markup away"),
    "offer:publish": lazy_gettext("published an offer"),
    "offer:stock": lazy_gettext("changed stock"),
    "offer:upload": lazy_gettext("uploaded offers"),
    "offer:withdraw": lazy_gettext("withdrew an offer"),
    "order_minimums:remove": lazy_gettext("removed an order minimum"),
    "order_minimums:save": lazy_gettext("saved an order minimum"),
    "order.placed": lazy_gettext("placed an order"),
    "order.read": lazy_gettext("looked at an order"),
    "payment.received": lazy_gettext("recorded a payment"),
    "payment.taken_back": lazy_gettext("took a recorded payment back"),
    "payment.started": lazy_gettext("started a payment"),
    "payment_methods.set": lazy_gettext("set ways to pay"),
    "payout_account.opened": lazy_gettext("opened a payout account"),
    "policy.set": lazy_gettext("changed a routing policy"),
    "price.set": lazy_gettext("set a price"),
    "price_list.assigned": lazy_gettext("assigned a price list"),
    "price_list.created": lazy_gettext("made a price list"),
    "price_list.priced": lazy_gettext("set prices in a list"),
    "price_list.unpriced": lazy_gettext("took a price off a list"),
    "price_list.unassigned": lazy_gettext("ended an assignment of a price list"),
    "product:change": lazy_gettext("confirmed a change of a product"),
    "product:decline": lazy_gettext("declined a change of a product"),
    "seller:pause": lazy_gettext("paused selling"),
    "seller_order.accepted": lazy_gettext("accepted an order"),
    "seller_order.refused": lazy_gettext("refused an order, or a part of it"),
    "session.opened": lazy_gettext("signed in"),
    "shipment.delivered": lazy_gettext("marked a parcel as delivered"),
    "shipment.sent": lazy_gettext("sent a parcel"),
    "seller_pauses:remove": lazy_gettext("ended a pause"),
    "stock_locations:remove": lazy_gettext("removed a stock location"),
    "stock_locations:save": lazy_gettext("saved a stock location"),
    "storefront.changed": lazy_gettext("changed a storefront"),
    "task.closed": lazy_gettext("looked at what waited for a person"),
    "transfer.again": lazy_gettext("sent a transfer again"),
    "transfer.by_bank": lazy_gettext("confirmed a transfer by bank"),
    "work.retried": lazy_gettext("had work tried again"),
}

TOPICS = {
    "analytics.scores": lazy_gettext("Compute the sellers' scores"),
    "analytics.shipment_sent": lazy_gettext("Count what was shipped"),
    "catalog.apply": lazy_gettext("Bring approved catalogs live"),
    "catalog.stage": lazy_gettext("Read and compare catalogs"),
    "operators.verify": lazy_gettext("Compare the books"),
    "orders.accept_timeout": lazy_gettext("Route again what nobody accepted in time"),
    "orders.deadlines": lazy_gettext("Look for missed deadlines"),
    "orders.refused": lazy_gettext("Route again what was refused"),
    "orders.unpaid": lazy_gettext("Cancel what was not paid in time"),
    "payments.cancelled": lazy_gettext("Give back money for cancelled goods"),
    "payments.delivered": lazy_gettext("Begin the hold after delivery"),
    "payments.look": lazy_gettext("Ask the provider about a payment"),
    "payments.reconcile": lazy_gettext("Catch up with the provider"),
    "payments.refund": lazy_gettext("Send refunds"),
    "payments.release": lazy_gettext("Release money after the hold"),
    "payments.rerouted": lazy_gettext("Move money to the new seller"),
    "payments.transfer": lazy_gettext("Send transfers"),
    "routing.prove": lazy_gettext("Prove decisions that were left open"),
    "payments.webhook": lazy_gettext("Take in the provider's messages"),
    "pricing.offer_import": lazy_gettext("Read offer files"),
}

COMPARED = (
    lazy_gettext("allocations with quantity times unit price"),
    lazy_gettext("balances of connected accounts with our transfers and payouts"),
    lazy_gettext("charges one by one with the provider's"),
    lazy_gettext("clearing accounts are empty"),
    lazy_gettext("credit lines with orders on account"),
    lazy_gettext("ledger, sum of all accounts per currency"),
    lazy_gettext("nobody is below zero"),
    lazy_gettext("open allocations with held reservations"),
    lazy_gettext("order lines with what was allocated"),
    lazy_gettext("order totals with their seller orders"),
    lazy_gettext("orders on account with the ledger and the payments received"),
    lazy_gettext("payments with the ledger"),
    lazy_gettext("payments with their orders"),
    lazy_gettext("refunds one by one with the provider's"),
    lazy_gettext("reservations with the allocations they are for"),
    lazy_gettext("seller order totals with their allocations"),
    lazy_gettext("shipped units with parcels"),
    lazy_gettext("states of orders with their seller orders"),
    lazy_gettext("states of payments with their last steps"),
    lazy_gettext("states of refunds with their last steps"),
    lazy_gettext("states of seller orders with their last steps"),
    lazy_gettext("states of transfers with their last steps"),
    lazy_gettext("stock never below zero"),
    lazy_gettext("stock available = counted - reserved - shipped"),
    lazy_gettext("shipped units with what left the stock"),
    lazy_gettext("stock reserved = reservations held"),
    lazy_gettext("the provider's balance with the ledger"),
    lazy_gettext("transfers one by one with the provider's"),
    lazy_gettext("what each party has in the ledger with shares, refunds and transfers"),
    lazy_gettext("the payment provider"),
)
"""What the books are compared with, in the words of the rooms that compare."""


def act_text(action: str) -> str:
    """What was done; an act without words of its own shows its name."""
    return str(ACTS.get(action, action))


def topic_text(topic: str) -> str:
    """What work is about; a topic without words of its own shows its name."""
    return str(TOPICS.get(topic, topic))


def check_text(name: str) -> str:
    """What was compared; of some things only the newest."""
    if found := re.fullmatch(r"(.+), the newest (\d+)", name):
        return gettext("%(check)s, the newest %(n)s", check=gettext(found[1]), n=found[2])
    return gettext(name)
