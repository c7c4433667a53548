"""Administrative codes and paths of areas: one form in which they are compared, and the area above."""

from collections.abc import Mapping

_FILLED = ((12, 9, "000"), (9, 6, "000"), (6, 4, "00"), (4, 2, "00"))
"""Codes of that many digits that end so are those of the level above: 370203022000 is the street 370203022, 370200 the city."""
_LEVELS = (9, 6, 4, 2)
"""Digits of the codes above a community's."""


def canonical(area: str) -> str:
    """Return an area in the form in which it is compared: codes without the zeros that fill them up, paths without blanks."""
    told = area.strip()
    if not told.isdigit():
        return "/".join(part.strip() for part in told.split("/") if part.strip())
    for digits, above, filling in _FILLED:
        if len(told) == digits and told.endswith(filling):
            told = told[:above]
    return told


def above(area: str) -> str | None:
    """Return the area above one in canonical form, as its code or path says; None above a province and above a path's first part."""
    if not area.isdigit():
        return area.rpartition("/")[0] or None
    return next((area[:digits] for digits in _LEVELS if digits < len(area)), None)


def level_of(area: str, digits: Mapping[str, int]) -> str | None:
    """Return the level of a code by its number of digits; None for a path, or a number of digits that no level has."""
    told = canonical(area)
    return next((level for level, count in digits.items() if told.isdigit() and len(told) == count), None)
