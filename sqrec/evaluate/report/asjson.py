"""Figures as strictly valid JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, cast

import numpy as np

from sqrec.evaluate.fairness.audit import SliceFigure
from sqrec.evaluate.stats.compare import Difference
from sqrec.evaluate.stats.notes import Note

Json = Any


def plain(value: Json) -> Json:
    """Return JSON values for figures, frozen values, numbers of numpy and nested mappings; what is no finite number is null.

    A difference is its interval with the people on either side; a note is its English sentence.
    A slice's figure has its ratio to the best slice beside it.
    """
    value = _unfolded(value)
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in cast("Mapping[str, Json]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in cast("Sequence[Json]", value)]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _unfolded(value: Json) -> Json:
    match value:
        case Note():
            return value.said("en")
        case Difference():
            more = {"excludes_zero": value.excludes_zero, "better": value.better, "worse": value.worse}
            return _parts(value.interval) | more
        case SliceFigure():
            return _parts(value.figure) | {"ratio": value.ratio, "flagged": value.flagged}
        case np.generic() | np.ndarray():
            return cast("Json", value.tolist())
        case _:
            return _parts(value) if is_dataclass(value) and not isinstance(value, type) else value


def _parts(value: Any) -> dict[str, Json]:
    return {part.name: getattr(value, part.name) for part in fields(value)}
