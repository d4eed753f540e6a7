"""Bring the catalog: uploads, mapping, differences, products and their changes."""
