"""What a permission lets a program do, in words. The name stays beside it: programs and the API know it by that."""

from __future__ import annotations

from flask_babel import lazy_gettext

WORDS = {
    "catalog:read": lazy_gettext("See products, imports and changes"),
    "catalog:write": lazy_gettext("Send catalog files, approve them, and change products"),
    "authorization:read": lazy_gettext("See who may sell which brand"),
    "authorization:write": lazy_gettext("Authorize sellers, and take it back"),
    "channel:read": lazy_gettext("See sell-through, stock and listings in the channel"),
    "activity:read": lazy_gettext("See work under way"),
    "offer:read": lazy_gettext("See offers, prices and stock"),
    "offer:write": lazy_gettext("Publish offers, change prices, stock and delivery terms"),
    "seller_order:read": lazy_gettext("See the orders to be delivered"),
    "seller_order:fulfil": lazy_gettext("Accept, refuse and ship orders"),
    "finance:read": lazy_gettext("See balances, transfers and payouts"),
    "payout:write": lazy_gettext("Set up the account that is paid out to"),
    "storefront:read": lazy_gettext("See the storefronts"),
    "storefront:write": lazy_gettext("Change storefronts, assortment and markup"),
    "customer:read": lazy_gettext("See customers and their terms"),
    "customer:write": lazy_gettext("Change customers' groups, credit and ways to pay"),
    "price_list:read": lazy_gettext("See price lists"),
    "price_list:write": lazy_gettext("Make price lists and set prices"),
    "order:read": lazy_gettext("See orders"),
    "order:place": lazy_gettext("Fill the cart and place orders"),
    "payment:record": lazy_gettext("Record payments that were received"),
    "storefront:buy": lazy_gettext("Search products and see prices"),
    "company:read": lazy_gettext("See companies"),
    "company:write": lazy_gettext("Change addresses and cost centers"),
    "market:read": lazy_gettext("See orders, decisions and work of the whole market"),
    "market:operate": lazy_gettext("Try work again, and set the routing policy"),
    "money:read": lazy_gettext("See whether the books balance"),
    "money:operate": lazy_gettext("Compare the books, and send money again"),
}


def right_text(permission: str) -> str:
    """What the permission lets a program do; one without words of its own shows its name."""
    return str(WORDS.get(permission, permission))
