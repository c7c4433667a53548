"""What stands in a cell and is no part of it: characters that nobody sees, and what marks a text for a spreadsheet."""

import re

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u2060\ufeff]")
"""What nobody sees and nobody means: control characters (Unicode's Cc) but tab and line ends, and spaces of no width."""
_MARKED = re.compile(r'="(?P<formula>[^"]*)"|\'(?P<digits>\d+)', re.ASCII)


def bare(text: str) -> tuple[str, str | None]:
    """Return a cell as it is meant, trimmed, and the rule that it breaks: `control`, `text-mark`, or None."""
    whole = text.strip()
    plain = _CONTROL.sub("", whole).strip()
    meant = unmarked(plain)
    return meant, "control" if plain != whole else "text-mark" if meant != plain else None


def unmarked(text: str) -> str:
    """Return a text without what makes a spreadsheet take its digits as a text: ="00012", an apostrophe before nothing but digits."""
    found = _MARKED.fullmatch(text) if text[:1] in {"=", "'"} else None
    return (found["formula"] or found["digits"] or "").strip() if found else text
