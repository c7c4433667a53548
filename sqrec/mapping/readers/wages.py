"""Readers of wages: 4-6K, 6-9K·13薪, 面议, 150-180元/天, 10-20万/年, 0/0, 8 with 万/年 beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from sqrec.codes.wages import monthly
from sqrec.mapping.readers.how import Asks, How, Unread, data, folded

_SCALE = r"(k|千|w|万|元|块|rmb)?元?"
_WAGE = re.compile(
    rf"(?:¥|￥|rmb|cny)?(?P<low>\d+(?:\.\d+)?){_SCALE}(?:[-~—–至到](?:¥|￥)?(?P<high>\d+(?:\.\d+)?){_SCALE})?"
    r"(?P<open>以上|起|\+|以下|以内)?[/每一]?(?P<per>[a-z]+|个?月|年|天|日|小时|时)?(?:[·•*x×,、;(]?(?P<extra>\d+薪)\)?)?"
)
_UNIT = re.compile(r"(?:人民币|rmb|cny)?(?P<scale>k|千|万|w(?=[元/]))?(?:元|块)?[/每一]?(?P<per>.*)")
_FIXED = re.compile(r"(\d{5})(\d{5})")


@dataclass(frozen=True)
class Wage:
    """Hold a wage in yuan a `per` (month, day or hour), and what is paid besides; None is unknown."""

    low: float | None = None
    high: float | None = None
    per: str = ""
    extra: str = ""


class _Unit(NamedTuple):
    """Say what a cell tells of amounts beside it: in what they are counted (万, K), and what is paid for; empty where it does not."""

    scale: str = ""
    per: str = ""

    def __bool__(self) -> bool:
        return bool(self.scale or self.per)


def read_min(cells: Sequence[str], how: How) -> str:
    """Read the lowest wage."""
    return _text(_wage(cells, how).low)


def read_max(cells: Sequence[str], how: How) -> str:
    """Read the highest wage."""
    return _text(_wage(cells, how).high)


def read_unit(cells: Sequence[str], how: How) -> str:
    """Read what the wage is paid for; a year's wage counts as a month's."""
    return _wage(cells, how).per


def read_extra(cells: Sequence[str], how: How) -> str:
    """Read what a wage cell tells besides (13薪), and what the other cells tell."""
    told = [_wage(cells[:1], how).extra, *cells[1:]]
    return "；".join(part.strip() for part in told if part.strip())


def read_monthly(cells: Sequence[str], how: How) -> str:
    """Read the lowest wage, yuan a month."""
    wage = _wage(cells, how)
    return "" if wage.low is None else _text(monthly(wage.low, wage.per, None, None))


def read_fixed(cells: Sequence[str], how: How) -> str:
    """Read the lowest wage of a code of twice five digits, 0400106000 for 4,001 to 6,000 yuan a month; zeros say nothing."""
    found = _FIXED.fullmatch(cells[0].strip())
    if not found:
        raise Unread("no code of ten digits")
    return _text(float(found[1]) or None)


def _wage(cells: Sequence[str], how: How) -> Wage:
    """Read one cell with everything in it, or several: the lowest and the highest amount, the unit, the currency."""
    words = [folded(text) for text in cells if text.strip()]
    if any(word in data("wages")["other_currencies"] for word in words):
        raise Unread("another currency")
    units = [unit for word in words if (unit := _unit(word))]
    unit = _Unit(*(next((told for told in of_all if told), "") for of_all in zip(*units, strict=True))) if units else _Unit()
    amounts = [word for word in words if not _unit(word) and word not in data("wages")["currencies"]]
    strange = [word for word in amounts if not re.search(r"\d", word) and word not in data("wages")["negotiable"]]
    if strange and len(words) > 1:
        raise Unread(f"neither an amount nor a unit: {strange[0]}")
    if not amounts and (unit.scale or unit.per == "year"):
        raise Unread("a scale without an amount" if unit.scale else "a year without an amount")
    if not amounts:
        return Wage(per=unit.per)
    told = [_one(text, unit, how) for text in amounts]
    low = next((wage.low for wage in told if wage.low is not None), None)
    highs = [wage.high for wage in told if wage.high is not None]
    per = next((wage.per for wage in told if wage.per), "")
    return Wage(low, max(highs, default=None), per, next((wage.extra for wage in told), ""))


def _one(text: str, unit: _Unit, how: How) -> Wage:
    """Read an amount; `unit` is what another cell of the row says of it, and an amount that says another scale is unread."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    if plain in data("wages")["negotiable"]:
        return Wage()
    before, plain = _before(plain)
    plain, besides = _besides(plain)
    found = _WAGE.fullmatch(plain)
    if not found:
        parts = [word for word in data("wages")["parts"] if word in text]
        raise Unread(f"made of parts ({', '.join(parts)}): what they come to is not sure" if parts else "no wage")
    if before and found["per"] and _per(found["per"], "", how) != before:
        raise Unread("paid for two different times")
    unit = unit._replace(per=before or unit.per)
    low, high = float(found["low"]), float(found["high"] or found["low"])
    if not low and not high:
        return Wage()
    scale_low, scale_high = _scales(found[2] or "", found[4] or "", low, high)
    own = [scale for scale in (found[4], found[2]) if scale]
    if unit.scale and any(_times(scale) != _times(unit.scale) for scale in own):
        raise Unread("two scales")
    per = unit.per if unit.per and not found["per"] else _per(found["per"], (*own, unit.scale)[0], how)
    is_told = bool(found["per"] or unit.per)
    months = 12 if per == "year" else 1
    low = low * _factor(scale_low or unit.scale, low, per, how, is_told=is_told) / months
    high = high * _factor(scale_high or unit.scale, high, per, how, is_told=is_told) / months
    unknown_low, unknown_high = found["open"] in {"以下", "以内"}, found["open"] in {"以上", "起", "+"}
    return Wage(
        None if unknown_low or not low else low,
        None if unknown_high else high,
        "month" if per == "year" else per,
        "；".join(filter(None, (found["extra"], *besides))),
    )


def _before(text: str) -> tuple[str, str]:
    """Part what an amount is paid for, where a word in front says it (日工资280-350), from the rest; such a word may say nothing."""
    words = sorted(((word, per) for per, told in data("wages")["before"].items() for word in told), key=lambda one: -len(one[0]))
    word, per = next(((word, per) for word, per in words if text.startswith(word)), ("", ""))
    rest = text.removeprefix(word).lstrip(":")
    return (per, rest) if re.match(r"[¥￥\d]", rest) else ("", text)


def _besides(text: str) -> tuple[str, list[str]]:
    """Part the amount from what is given besides it (4500元/月,包食宿), which changes nothing of it; other words stay where they are."""
    words = sorted(data("wages")["besides"], key=len, reverse=True)
    found: list[str] = []
    while word := next((word for word in words if text.rstrip(")。").endswith(word)), None):
        text = text.rstrip(")。").removesuffix(word).rstrip(",;、(/")
        found.insert(0, word)
    return text, found


def _scales(first: str, last: str, low: float, high: float) -> tuple[str, str]:
    """Return the scales of both ends: a bare end has the other's, or is large enough to be in yuan (4000-6K, 4K-6000).

    Of both readings the one with the ends in order and closer to each other. Raises Unread where neither has them in order.
    """
    if bool(first) == bool(last):
        return first, last
    lent = first or last
    readings = [(lent, lent)]
    if (high if first else low) >= data("wages")["bare_is_yuan_from"]:
        readings.append((first or "元", last or "元"))
    scales = data("wages")["scales"]
    gaps = {one: high * scales[one[1]] - low * scales[one[0]] for one in readings}
    in_order = [one for one in readings if gaps[one] >= 0]
    if not in_order:
        raise Unread("the lower end is above the upper")
    return min(in_order, key=lambda one: gaps[one])


def _per(word: str | None, scale: str, how: How) -> str:
    """Return what an amount is paid for: as the cell says, as its scale implies, or as the mapping chose."""
    if word:
        per = _pers().get(word)
        if per is None:
            raise Unread("an unknown unit")
        return per
    if scale in data("wages")["monthly_scales"]:
        return "month"
    return how.answer("per").removeprefix("per_")


def _factor(scale: str, amount: float, per: str, how: How, *, is_told: bool) -> float:
    """Return yuan per unit of an amount; a small bare number of a month or a year could be in thousands.

    Raises Unread where the scale makes more of it than anybody is paid.
    """
    if scale:
        return _at_most(_times(scale), amount, per)
    if is_told and per in {"day", "hour"}:
        return 1  # what the row itself says is paid by the day is in yuan, whatever the months of other rows are in
    try:
        return _at_most({"in_yuan": 1, "in_thousands": 1_000, "in_ten_thousands": 10_000}[how.answer("scale")], amount, per)
    except Asks:
        if per in {"day", "hour"} or amount >= data("wages")["bare_is_yuan_from"]:
            return 1
        raise


def _at_most(factor: float, amount: float, per: str) -> float:
    if factor > 1 and amount * factor > data("wages")["most_scaled"] * (12 if per == "year" else 1):
        raise Unread("too much in that scale")
    return factor


def _times(scale: str) -> float:
    return data("wages")["scales"][scale]


def _unit(word: str) -> _Unit:
    """Return what a word without any amount says of one (月, 元/月, MONTH, 万元/年, K); without truth where it says no such thing."""
    found = _UNIT.fullmatch(word)
    if not found or (found["per"] and found["per"] not in _pers()):
        return _Unit()
    return _Unit(found["scale"] or "", _pers().get(found["per"], ""))


@cache
def _pers() -> dict[str, str]:
    return {word: per for per, words in data("wages")["per"].items() for word in words}


def _text(amount: float | None) -> str:
    return "" if amount is None else f"{amount:.2f}".rstrip("0").rstrip(".")
