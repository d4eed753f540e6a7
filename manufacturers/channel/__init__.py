"""Watch the channel: sell-through, stock, and who lists what at which price."""
