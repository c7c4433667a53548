"""Invented worlds that nothing was tuned on, each told by one paragraph."""
