"""The education ladder: GB/T 4658 codes to rungs.

Two traps: a smaller code is a higher level, and vocational (4x) and general (6x) upper secondary school are
the same rung. Rungs: 1 primary, 2 junior secondary, 3 upper secondary, 4 college, 5 bachelor, 6 master, 7 doctorate.
"""

import json
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from sqrec.contract.vocabulary import EDUCATION


def rank_required(code: str | None) -> float:
    """Return the rung that a requirement names; NaN for an unknown code, and for 90 (other)."""
    return _ladder().get(code or "", np.nan)


def rank_held(code: str | None) -> float:
    """Return the rung that a person's record meets: one lower for those who did not graduate; NaN unknown."""
    lower = 1.0 if code in _not_graduated() else 0.0
    return _ladder().get(code or "", np.nan) - lower


@cache
def _ladder() -> dict[str, float]:
    data = _data()
    ranked = [code for code in EDUCATION if code not in data["unranked"]]
    rungs = {code: float(data["rungs"][code[0]]) for code in ranked}
    return rungs | {code: float(data["doctorate_rung"]) for code in data["doctorate"]}


@cache
def _not_graduated() -> frozenset[str]:
    return frozenset(_data()["not_graduated"])


@cache
def _data() -> dict[str, Any]:
    return json.loads(resources.files("sqrec.codes").joinpath("education.json").read_text(encoding="utf-8"))
