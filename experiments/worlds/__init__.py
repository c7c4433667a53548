"""Invented worlds of other making than the invented city: to see which answers depend on how a world was made."""
