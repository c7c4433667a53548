"""The catalogue: items as arrays (`items`), the live state in memory (`snapshot`)."""
