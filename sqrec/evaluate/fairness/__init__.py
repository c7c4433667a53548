"""Slices, audits and what guesses a protected fact."""
