"""Reports on lists that somebody else made."""
