"""Code lists: small functions over dated data."""
