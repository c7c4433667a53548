"""Splits, metrics per person, paired comparison, and notes that say what was found."""
