"""Long lists of ids cut into portions that one question to the database can name."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
_MOST = 900
"""How many ids one question names, with some room for other values; the smallest limit of an SQLite is 999."""


def portions(values: Sequence[T], most: int = _MOST) -> Iterator[Sequence[T]]:
    """Yield values in portions of at most `most`, in order; nothing for none."""
    for start in range(0, len(values), most):
        yield values[start : start + most]
