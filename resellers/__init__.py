"""PORTAL of resellers: run a storefront, where customers browse, buy and order on account."""
