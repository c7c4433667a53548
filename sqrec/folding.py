"""One form for texts that mean the same."""

import unicodedata


def normal(text: str) -> str:
    """Fold a text to one form: NFKC, casefold, single spaces, no outer space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
