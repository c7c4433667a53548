"""Numbers that stand once."""

DAY = 86_400_000_000
"""Microseconds of a day."""
SEED = 20250530
"""Where every stream of random numbers begins unless a caller says otherwise."""
