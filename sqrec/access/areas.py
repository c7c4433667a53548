"""The organisation tree: an area is a prefix, and holds whatever lies below it."""

import re
from collections.abc import Mapping

_FILLED = ((12, 9, "000"), (9, 6, "000"), (6, 4, "00"), (4, 2, "00"))
"""Codes of that many digits that end so are those of the level above: 370203022000 is the street 370203022, 370200 the city."""
_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")


def canonical(area: str) -> str:
    """Return an area in the form in which it is compared: codes without the zeros that fill them up, paths without blanks."""
    told = area.strip()
    if not told.isdigit():
        return "/".join(part.strip() for part in told.split("/") if part.strip())
    for digits, above, filling in _FILLED:
        if len(told) == digits and told.endswith(filling):
            told = told[:above]
    return told


def holds(whole: str | None, area: str | None) -> bool:
    """Tell whether an area holds another; `whole` None is everywhere, and holds an unknown area (`area` None) too.

    Whether a smaller area holds an unknown one, or one that is told more coarsely, is not known: False.
    """
    if whole is None:
        return True
    if not area:
        return False
    ours, theirs = canonical(whole), canonical(area)
    if not ours.isdigit():
        return theirs == ours or theirs.startswith(f"{ours}/")
    return bool(_CODE.fullmatch(ours)) and theirs.isdigit() and theirs.startswith(ours)


def level_of(area: str, digits: Mapping[str, int]) -> str | None:
    """Return the level of a code by its number of digits; None for a path, or a number of digits that no level has."""
    told = canonical(area)
    return next((level for level, count in digits.items() if told.isdigit() and len(told) == count), None)
