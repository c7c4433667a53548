"""Divisions of a city as sentences name them: codes of 6, 9 or 12 digits by their size, paths by what they have in common."""

from itertools import takewhile

from sqrec.base.text import normal

_SIZES = {12: "community", 9: "street", 6: "district"}


def shared_division(home: str, place: str) -> tuple[str, str]:
    """Return the word for the smallest division that both are known to lie in, and what two paths have in common."""
    if not (home.isdigit() and place.isdigit()):
        return "area", _shared_path(home, place)
    shared = next((size for size in _SIZES if home[:size] == place[:size] and len(home) >= size <= len(place)), 0)
    return _SIZES.get(shared, "area"), ""


def region_of(area: str) -> tuple[str, str]:
    """Return the word for the largest division that an item lies in, and its name where a path has one."""
    return ("district", "") if area.isdigit() else ("area", area.partition("/")[0])


def _shared_path(home: str, place: str) -> str:
    """Return what two paths of divisions have in common, from the largest on."""
    both = zip(home.split("/"), place.split("/"), strict=False)
    return "/".join(one for one, _ in takewhile(lambda pair: normal(pair[0]) == normal(pair[1]), both))
