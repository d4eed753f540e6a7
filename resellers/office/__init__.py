"""The reseller's own portal: storefront, customers, price lists, orders, money."""
