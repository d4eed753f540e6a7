"""PORTAL of manufacturers: bring the catalog, rule the brand, watch the channel."""
