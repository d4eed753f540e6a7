"""From the cart to the order: the plan, the checkout, the payment's way out and back, the orders."""
