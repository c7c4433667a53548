"""Encoders of single facts, after scikit-learn's conventions.

Each has no state to fit, works value by value, and gives the same bits for one value as for many.
`encode` is the bare kernel on a list of raw values; `transform` is the checked scikit-learn door.
Unknown is NaN in floats, 0 in keys and masks.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, Self, cast

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import validation

from sqrec.base.arrays import AnyArray, FloatArray, KeyArray, key_of
from sqrec.base.text import normal
from sqrec.codes.education import rank_held, rank_required
from sqrec.codes.wages import monthly
from sqrec.contract import AMENITY_TYPES
from sqrec.profile.occupations import coded

__all__ = [
    "AreaKeys",
    "Choices",
    "Code",
    "Days",
    "EducationRank",
    "Keys",
    "MonthlyWage",
    "Months",
    "NeedMask",
    "Number",
    "OccupationCodes",
    "PaidFee",
    "WeekSlots",
]

SLOTS_A_DAY = 48
_EPOCH = date(1970, 1, 1)
_WEEK = 7 * SLOTS_A_DAY
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class ValueEncoder(TransformerMixin, BaseEstimator):
    """Be a stateless encoder of a table of raw values, column by column."""

    def fit(self, X: Any, y: object = None) -> Self:
        """Check the shape of `X`; there is nothing to learn."""
        validation.validate_data(self, X, dtype=None, ensure_all_finite=False)
        return self

    def transform(self, X: Any) -> AnyArray:
        """Encode every column of `X`, shape (rows, columns), and join the results side by side."""
        validation.check_is_fitted(self, "n_features_in_")
        table = cast("AnyArray", validation.validate_data(self, X, reset=False, dtype=None, ensure_all_finite=False))
        columns = [self.encode(column.tolist()) for column in table.T]
        return np.column_stack([column.reshape(len(column), -1) for column in columns])

    def encode(self, values: Sequence[Any]) -> AnyArray:
        """Encode a list of raw values; the subclass says into what."""
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that missing values and texts are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        tags.requires_fit = True
        return tags


class Number(ValueEncoder):
    """Take a number as it is; unknown is NaN."""

    def encode(self, values: Sequence[Any]) -> FloatArray:
        """Return float64, shape (values,)."""
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


class EducationRank(ValueEncoder):
    """Turn a GB/T 4658 code into its rung, 1 (primary) to 7 (doctorate); unknown is NaN.

    `held=True` gives the rung that a person's record meets (not graduated: one rung lower),
    `held=False` the rung that a requirement names.
    """

    def __init__(self, *, held: bool = True) -> None:
        self.held = held

    def encode(self, values: Sequence[Any]) -> FloatArray:
        """Return float64, shape (values,)."""
        rank = rank_held if self.held else rank_required
        return np.array([rank(_text(value)) for value in values], dtype=np.float64)


class Code(ValueEncoder):
    """Turn a word of a closed vocabulary into its place there; unknown is NaN."""

    def __init__(self, words: tuple[str, ...] = ()) -> None:
        self.words = words

    def encode(self, values: Sequence[Any]) -> FloatArray:
        """Return float64, shape (values,)."""
        place = {word: float(number) for number, word in enumerate(self.words)}
        return np.array([place.get(_text(value) or "", np.nan) for value in values], dtype=np.float64)


class Months(ValueEncoder):
    """Turn a month `1985-03` into months since year 0; unknown is NaN."""

    def encode(self, values: Sequence[Any]) -> FloatArray:
        """Return float64, shape (values,)."""
        return np.array([_months(_text(value)) for value in values], dtype=np.float64)


class Days(ValueEncoder):
    """Turn a date `2026-06-30` into days since 1970-01-01; unknown, and `no`, is NaN."""

    def encode(self, values: Sequence[Any]) -> FloatArray:
        """Return float64, shape (values,)."""
        return np.array([_days_since_1970(_text(value)) for value in values], dtype=np.float64)


class PaidFee(ValueEncoder):
    """Turn (fee, subsidised) into what is paid, yuan: nothing where a subsidy covers it; unknown is NaN."""

    def encode(self, values: Sequence[Any]) -> FloatArray:
        """Return float64, shape (values,)."""
        return np.array([0.0 if subsidised else np.nan if fee is None else fee for fee, subsidised in values], dtype=np.float64)


class Choices(ValueEncoder):
    """Turn a list over a closed vocabulary into a bit mask, bit i for its i-th word; unknown is 0."""

    def __init__(self, words: tuple[str, ...] = ()) -> None:
        self.words = words

    def encode(self, values: Sequence[Any]) -> AnyArray:
        """Return int64, shape (values,)."""
        bit = {word: 1 << place for place, word in enumerate(self.words)}
        return np.array([sum({bit.get(word, 0) for word in _list(value)}) for value in values], dtype=np.int64)


class NeedMask(ValueEncoder):
    """Turn a type of amenity into the bit of the need that it answers: its type or its domain; unknown is 0.

    `words` are the needs in the order of the bits, as `Choices` reads them.
    """

    def __init__(self, by: Literal["type", "domain"] = "type", words: tuple[str, ...] = ()) -> None:
        self.by = by
        self.words = words

    def encode(self, values: Sequence[Any]) -> AnyArray:
        """Return int64, shape (values,)."""
        bit = {word: 1 << place for place, word in enumerate(self.words)}
        types = [(_text(value) or "") for value in values]
        names = [AMENITY_TYPES[name][0] if self.by == "domain" and name in AMENITY_TYPES else name for name in types]
        return np.array([bit.get(f"{self.by}:{name}", 0) for name in names], dtype=np.int64)


class WeekSlots(ValueEncoder):
    """Turn clock ranges into the half hours of a week they touch, packed into 48 bytes; unknown is all 0.

    `09:00-18:00` holds on every day, `mon-fri 08:30-17:30; sat 09:00-12:00` on those named;
    `22:00-06:00` runs into the next day.
    """

    def encode(self, values: Sequence[Any]) -> AnyArray:
        """Return uint8, shape (values, 48); the last six bytes are always 0, for words of eight."""
        slots = np.zeros((len(values), 8 * SLOTS_A_DAY), dtype=bool)
        for row, value in zip(slots, values, strict=True):
            for first, last in _week_ranges(_text(value)):
                row[np.arange(first, last) % _WEEK] = True
        return np.packbits(slots, axis=1)


class AreaKeys(ValueEncoder):
    """Turn an administrative division into keys of itself and its parents, large to small; unknown is 0.

    A path `New Jersey/Newark` gives a key per prefix, a code of 6, 9 or 12 digits one for its first 6, 9
    and 12 digits (district, street, community). The last key is repeated to the right, so
    the last column always names the smallest known division.
    """

    def __init__(self, levels: int = 4) -> None:
        self.levels = levels

    def encode(self, values: Sequence[Any]) -> KeyArray:
        """Return uint64, shape (values, levels)."""
        known = {value: self._keys(value) for value in set(map(_text, values))}
        return np.array([known[_text(value)] for value in values], dtype=np.uint64).reshape(-1, self.levels)

    def _keys(self, area: str | None) -> list[int]:
        if area is None:
            return [0] * self.levels
        if area.isdigit():
            names = [area[:size] for size in (6, 9, 12) if size <= len(area)] or [area]
        else:
            parts = [normal(part) for part in area.split("/")]
            names = ["/".join(parts[: size + 1]) for size in range(len(parts))]
        keys = [key_of(name) for name in names[: self.levels]]
        return keys + keys[-1:] * (self.levels - len(keys))


class Keys(ValueEncoder):
    """Turn a name into a 64-bit key of its normalised form; unknown is 0.

    Of a tuple (an id and a name, say) the first known one counts. `groups` are (name, group): the group's key is taken.
    """

    def __init__(self, groups: tuple[tuple[str, str], ...] = ()) -> None:
        self.groups = groups

    def encode(self, values: Sequence[Any]) -> KeyArray:
        """Return uint64, shape (values,)."""
        group = dict(self.groups)
        texts = [_text(_first(value)) for value in values]
        names = [None if text is None else group.get(text, text) for text in texts]
        return np.array([0 if name is None else key_of(normal(name)) for name in names], dtype=np.uint64)


class OccupationCodes(ValueEncoder):
    """Turn an occupation's code, or a title, into keys of the code and its parents, large to small; unknown is 0.

    Of a tuple (an item's occupation and its title, say) the first known one counts. A title is coded with the
    built-in table, and unknown where the confidence is under `least`.
    """

    def __init__(self, least: float = 0.5) -> None:
        self.least = least

    def encode(self, values: Sequence[Any]) -> KeyArray:
        """Return uint64, shape (values, 4): major, sub-major and minor group, occupation."""
        return coded(values, self.least)[0]


class MonthlyWage(ValueEncoder):
    """Turn (highest wage, lowest wage, unit, form, hours, days a week) into yuan a month; unknown is NaN.

    The highest wage counts, or the lowest where it stands alone.
    """

    def encode(self, values: Sequence[Any]) -> FloatArray:
        """Return float64, shape (values,)."""
        return np.array([_monthly(*value) for value in values], dtype=np.float64)


def _monthly(high: Any, low: Any, unit: Any, form: Any, hours: Any, days: Any) -> float:
    a_day = sum(last - first for first, last in _week_ranges(hours)) / 2 / 7
    week = a_day * (days or 7) if a_day else None
    return monthly(high if high is not None else low, unit, week, form)


def _months(text: str | None) -> float:
    return np.nan if text is None else int(text[:4]) * 12.0 + int(text[5:7])


def _days_since_1970(text: str | None) -> float:
    return np.nan if text in {None, "no"} else float((date.fromisoformat(str(text)) - _EPOCH).days)


def _text(value: Any) -> str | None:
    return None if value is None or value != value else str(value)


def _first(value: Any) -> Any:
    """Return the first known member of a tuple; any other value as it is."""
    if not isinstance(value, tuple):
        return value
    return next((part for part in cast("tuple[Any, ...]", value) if part), None)


def _list(value: Any) -> Sequence[str]:
    """Take a tuple of words, or a text with `|` between them."""
    if isinstance(value, tuple):
        return cast("tuple[str, ...]", value)
    return text.split("|") if (text := _text(value)) else ()


def _week_ranges(text: str | None) -> list[tuple[int, int]]:
    """Return first and one-past-last half hour of the week for every range of every day."""
    found: list[tuple[int, int]] = []
    for part in (text or "").split(";"):
        days, ranges = _days(part.strip())
        for start, end in re.findall(r"(\d{1,2}:\d{2})-(\d{1,2}:\d{2})", ranges):
            first, last = _minute(start) // 30, -(-_minute(end) // 30)
            last += SLOTS_A_DAY if last <= first else 0
            found += [(day * SLOTS_A_DAY + first, day * SLOTS_A_DAY + last) for day in days]
    return found


def _days(part: str) -> tuple[range | list[int], str]:
    named = re.match(r"(mon|tue|wed|thu|fri|sat|sun)(?:-(mon|tue|wed|thu|fri|sat|sun))?\s+", part)
    if not named:
        return range(7), part
    first = _DAYS.index(named[1])
    last = _DAYS.index(named[2] or named[1])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)], part[named.end() :]


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
