"""The manufacturer's rules: who may sell its brands, where and when; and what a storefront shows."""
