"""The promise: carts, orders, seller orders, allocations, shipments, and their states."""
