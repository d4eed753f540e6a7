"""What a storefront's visitors see: home, lists, search, the product page."""
