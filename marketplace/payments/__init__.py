"""Money in and out: payments, the split, commission, refunds, transfers, payouts, credit lines."""
