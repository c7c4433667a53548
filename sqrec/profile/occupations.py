"""Occupations as keys: a code or a title becomes the keys of the code and its parents.

`4-10-01-05` has the keys of `4`, `4-10`, `4-10-01` and `4-10-01-05`. Codes of any taxonomy of the national form have
keys; titles are coded with the built-in table. Unknown is 0 in keys and NaN in numbers.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

import numpy as np

from sqrec.base.arrays import FloatArray, KeyArray, key_of
from sqrec.base.text import normal
from sqrec.codes.occupations import built_in_coder

LEVELS = 4
SURE = 0.5
"""The confidence from which a coded title counts as that occupation: more likely right than wrong."""
_FEW = 8
_CODE = re.compile(r"\d(?:-\d\d){0,3}")


def code_keys(code: str) -> tuple[int, ...]:
    """Return the keys of a code's levels, large to small; 0 for the levels that it does not have."""
    parts = code.split("-")
    keys = [key_of("-".join(parts[: size + 1])) for size in range(len(parts))]
    return (*keys, *[0] * (LEVELS - len(keys)))


def coded(values: Sequence[Any], least: float = SURE) -> tuple[KeyArray, FloatArray]:
    """Return keys, shape (values, 4), and confidence, shape (values,), of codes or titles.

    Of a tuple (an item's occupation and its title, say) the first known part counts. A code is sure (1.0). A title has
    the keys of its likeliest occupation and that one's confidence; under `least` it has no keys, and NaN.
    """
    texts = [_first_known(value) for value in values]
    distinct = sorted(set(texts) - {""})
    titles = [text for text in distinct if not _CODE.fullmatch(text.strip())]
    found = {text: (text.strip(), 1.0) for text in distinct if _CODE.fullmatch(text.strip())}
    found |= dict(zip(titles, _likeliest(titles), strict=True))
    known = {text: (code_keys(code), sure) for text, (code, sure) in found.items() if sure >= least}
    unknown = ((0,) * LEVELS, np.nan)
    rows = [known.get(text, unknown) for text in texts]
    keys = np.array([keys for keys, _ in rows], dtype=np.uint64).reshape(-1, LEVELS)
    return keys, np.array([sure for _, sure in rows], dtype=np.float64)


def _first_known(value: Any) -> str:
    parts = cast("Sequence[Any]", value) if isinstance(value, tuple | list) else (value,)
    return next((part for part in parts if isinstance(part, str) and part), "")


def _likeliest(titles: Sequence[str]) -> Sequence[tuple[str, float]]:
    if len(titles) <= _FEW:
        return [_likeliest_of(normal(title)) for title in titles]
    coder = built_in_coder()
    places, sure = coder.ranked(titles, top=1)
    return [(coder.taxonomy.codes[int(places[row, 0])], float(sure[row, 0])) for row in range(len(titles))]


@lru_cache(maxsize=10_000)
def _likeliest_of(title: str) -> tuple[str, float]:
    coder = built_in_coder()
    places, sure = coder.ranked([title], top=1)
    return coder.taxonomy.codes[int(places[0, 0])], float(sure[0, 0])
