"""How often somebody may ask, and whose turn it is when many ask at once."""
