"""From rankings to the bytes of an answer."""
