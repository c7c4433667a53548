"""Readers of what is no word of a list: ids, numbers, lists, places, flags."""

import html
import re
import unicodedata
from collections.abc import Sequence

from sqrec.cities import City
from sqrec.mapping.readers.how import How, Unread, data, folded

_FLOAT = re.compile(r"(\d+)\.0+")
_SCIENTIFIC = re.compile(r"\d\.\d+e\+?\d+|\de\+\d+", re.IGNORECASE)
_CODE_AS_NUMBER = re.compile(r"\d+(\.\d+)?e[+-]?\d+", re.IGNORECASE)
_EMPTY_PART = re.compile(r"^[·•/>|,、]|[·•/>|,、]$|[·•/|,、]\s*[·•/|,、]")
"""A separator with nothing before it, behind it or between it and the next: a level of the path is not told."""
_NUMBER = re.compile(r"(?P<amount>[+-]?\d+(?:\.\d+)?)(?P<scale>万?)(?P<unit>.*)")
_PAIR = re.compile(r"[(\[]?(-?\d{1,3}\.\d+|-?\d{1,3})[,;|\s]+(-?\d{1,3}\.\d+|-?\d{1,3})[)\]]?")
_DEGREES = re.compile(
    r"(?:东经|西经|北纬|南纬|[eswn])?(\d{1,3})[°度](?:(\d{1,2}(?:\.\d+)?)[′'分])?(?:(\d{1,2}(?:\.\d+)?)[″\"秒])?[eswn]?"
)


def read_id(text: str, how: How) -> str:
    """Read an id; 100022.0 is what a spreadsheet made of 100022, and 1E+17 has lost its last digits."""
    text = text.strip()
    if _SCIENTIFIC.fullmatch(text):
        raise Unread("an id whose digits are lost")
    found = _FLOAT.fullmatch(text)
    return found[1] if found else text


def read_number(text: str, how: How) -> str:
    """Read a number with separators and a unit of its column behind it; 若干 says none, 约 and % are no number, nor are 10天 lessons."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", folded(text))
    told = data("words")
    for prefix in told["number_prefixes"]:
        plain = plain.removeprefix(prefix)
    if plain in told["unsaid_numbers"] or plain in told["zero_words"]:
        return "" if plain in told["unsaid_numbers"] else "0"
    found = _NUMBER.fullmatch(plain)
    if not found or found["unit"] not in {"", *told["number_units"]["by_column"].get(how.column.name, ())}:
        unit = found["unit"] if found and not re.search(r"\d", found["unit"]) else ""
        raise Unread(f"{unit} is no unit of this column" if unit else "no number")
    return f"{float(found['amount']) * 10_000:.0f}" if found["scale"] else found["amount"]


def read_list(cells: Sequence[str], how: How) -> str:
    """Read a list with | 、 ， ； or , between its members, of one cell or several; a lone / asks."""
    members = [part.strip() for cell in cells for part in _members(cell, how)]
    return "|".join(dict.fromkeys(part for part in members if part and part not in {"-", "—", "无"}))


def _members(cell: str, how: How) -> list[str]:
    if "|" in cell:
        return cell.split("|")
    if re.search(r"[、，；;,\n]", cell):
        return re.split(r"[、，；;,\n]", cell)
    if "/" in cell and how.answer("slash") == "slash_splits":
        return cell.split("/")
    return [cell]


def read_text(cells: Sequence[str], how: How) -> str:
    """Read texts as they are, one behind the other."""
    return " ".join(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))


def read_html(text: str, how: How) -> str:
    """Read a text without the tags and entities of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def read_area(cells: Sequence[str], how: How) -> str:
    """Read a division: a code, a district of the city by its name wherever it stands, or a path from large to small.

    The city's own name without a district says nothing more than the folder does: unknown.
    """
    text = "/".join(unicodedata.normalize("NFKC", cell).strip() for cell in cells if cell.strip())
    if text.isdigit() and len(text) in {6, 9, 12}:
        return text
    if _CODE_AS_NUMBER.fullmatch(text):
        raise Unread("a code whose last digits a spreadsheet lost: take it from the source again, as text")
    between = r"[·•\-—/>,,、|\s]+" if re.search(r"[\u4e00-\u9fff]", text) else r"\s*[·•/>|]\s*"
    parts = [part for part in re.split(between, text) if part]
    found = {code for code, names in _districts(how.city).items() if names & set(parts)}
    found = found or {code for code, names in _districts(how.city).items() if any(_within(name, text) for name in names)}
    if len(found) == 1:
        return found.pop()
    if len(found) > 1 or text.isdigit():
        raise Unread("no one division")
    if how.city.areas and parts and all(part.removesuffix("市").removesuffix("省") in _own_names(how.city) for part in parts):
        return ""
    if _EMPTY_PART.search(text):
        raise Unread("a path with an empty part")
    return "/".join(parts)


def read_lon(cells: Sequence[str], how: How) -> str:
    """Read degrees east, of its own cell or of a pair."""
    return _degrees(cells, how, place=0)


def read_lat(cells: Sequence[str], how: How) -> str:
    """Read degrees north, of its own cell or of a pair."""
    return _degrees(cells, how, place=1)


def read_flags(cells: Sequence[str], how: How) -> str:
    """Return the word of the first column whose flag is set, in the order of the mapping's `words`; else that of `otherwise`."""
    for cell, (name, word) in zip(cells, how.words.items(), strict=False):
        if folded(cell) in {"1", "1.0", "true", "是", "y", "yes"}:
            return word
        if folded(cell) not in {"0", "0.0", "", "false", "否", "n", "no"}:
            raise Unread(f"no flag in {name}")
    return how.words.get("otherwise", "")


def _degrees(cells: Sequence[str], how: How, place: int) -> str:
    text = next((cell for cell in cells if cell.strip()), "")
    plain = folded(text)
    if found := _PAIR.fullmatch(unicodedata.normalize("NFKC", text).strip()):
        return _of_pair(found[1], found[2], how.city)[place]
    if found := _DEGREES.fullmatch(plain):
        value = float(found[1]) + float(found[2] or 0) / 60 + float(found[3] or 0) / 3600
        return f"{-value if plain[0] in '西南sw' or plain[-1] in 'sw' else value:.7f}".rstrip("0").rstrip(".")
    try:
        float(plain)
    except ValueError:
        raise Unread("no degrees") from None
    return plain


def _of_pair(first: str, second: str, city: City) -> tuple[str, str]:
    """Return degrees east and north of a pair in whichever order only one makes sense of."""
    if city.box is not None:
        box = city.box
        here = box.west <= float(first) <= box.east and box.south <= float(second) <= box.north
        turned = box.west <= float(second) <= box.east and box.south <= float(first) <= box.north
        if here != turned:
            return (first, second) if here else (second, first)
    if (abs(float(first)) > 90) != (abs(float(second)) > 90):
        return (first, second) if abs(float(first)) > 90 else (second, first)
    raise Unread("two numbers that are no pair, or one in either order")


def _districts(city: City) -> dict[str, set[str]]:
    """Return the names of every district, whole and without the word for its kind, and those that people use."""
    also = data("places").get(city.name, {}).get("districts", {})
    return {
        code: {area.name, area.name[:-1] if len(area.name) > 2 and area.name[-1] in "区市县" else area.name, *also.get(code, ())}
        for code, area in city.areas.items()
    }


def _within(name: str, text: str) -> bool:
    """Tell whether a whole name, with the word for its kind, stands within a text."""
    return name[-1] in "区市县" and name in text


def _own_names(city: City) -> set[str]:
    return {city.name, *data("places").get(city.name, {}).get("own", ())}
