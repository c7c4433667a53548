"""The ladder of skill certificates, 新八级工: eight rungs, of which five have a number, and the number runs backwards.

Level 5 is the lowest and 1 the highest. A level belongs to one occupation or skill: it says nothing of another.
Rungs: 1 apprentice, 2 level 5, 3 level 4, 4 level 3, 5 level 2, 6 level 1, 7 special-grade and 8 chief technician.
"""

import json
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np

from sqrec.base.text import normal


def rung(level: float | None) -> float:
    """Return the rung of a certificate's number; NaN for an unknown one."""
    return _rungs().get(level, np.nan) if level is not None else np.nan


def level_name(level: int, lang: Literal["zh-CN", "en"] = "zh-CN") -> str:
    """Return what a certificate's number is called. Raises KeyError for a number that no certificate has."""
    return _ladder()[int(_rungs()[level]) - 1][lang]


def next_level(level: int) -> int | None:
    """Return the number of the next higher certificate: 4 after 5. None after 1, what follows is appointed.

    Raises KeyError for a number that no certificate has.
    """
    return next((int(code) for code, place in _rungs().items() if place == _rungs()[level] + 1), None)


def named_level(skill: str) -> tuple[str, int | None]:
    """Return a skill's name and its certificate's number, `中式面点师@4`; where no number of the ladder stands last it is None."""
    name, _, level = skill.rpartition("@")
    known = level.strip().isdigit() and float(level) in _rungs()
    return (name.strip(), int(level)) if name and known else (skill.strip(), None)


def steps(held: Iterable[str], wanted: str) -> float:
    """Return how many rungs the certificates held lie above the one wanted, negative below; skills as in tables.

    Only certificates of the wanted skill count, the highest of several. NaN where none of it is held, or a level is unknown.
    """
    name, level = named_level(wanted)
    mine = [rung(found) for skill, found in map(named_level, held) if normal(skill) == normal(name) and found is not None]
    return max(mine, default=np.nan) - rung(level)


@cache
def _rungs() -> dict[float, float]:
    """Return the rung of every certificate number, lowest first."""
    return {level["code"]: float(place) for place, level in enumerate(_ladder(), start=1) if level["code"] is not None}


@cache
def _ladder() -> list[dict[str, Any]]:
    return json.loads(resources.files("sqrec.codes").joinpath("certificates.json").read_text(encoding="utf-8"))["levels"]
