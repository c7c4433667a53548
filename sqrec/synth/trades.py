"""The occupations of the invented city, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray
from sqrec.synth.data import read

FORMS = ("full_time", "part_time", "flexible", "temporary", "internship")
SAME_GROUP, SAME_BRANCH = 0.55, 0.2
"""The likeness of two occupations whose codes share the first three parts, or the first two (1: the same code)."""


@dataclass(frozen=True)
class Trade:
    """Hold one occupation: code, official name, sector of its employers, titles in use (the usual one first), skills.

    `wage` is lowest and highest yuan a month; `education` the usual rung, `experience` years, `hours` names of shifts, `weight` its
    share of vacancies, in proportion.
    """

    code: str
    name: str
    sector: str
    titles: Sequence[str]
    skills: Sequence[str]
    wage: Sequence[float]
    education: int
    experience: int
    hours: Sequence[str]
    forms: Sequence[str]
    hazards: Sequence[str]
    mode: str
    weight: float


@dataclass(frozen=True)
class Trades:
    """Hold all occupations; `alike`, shape (occupations + 1, occupations + 1), has zeros at index -1 for an unknown one."""

    rows: Sequence[Trade]
    skills: Sequence[str]
    group: IntArray
    alike: AnyArray
    skill: IntArray
    wage: FloatArray
    education: FloatArray
    experience: FloatArray
    weight: FloatArray

    def __len__(self) -> int:
        return len(self.rows)


@cache
def trades() -> Trades:
    """Return the occupations of occupations.json; read once."""
    rows = [Trade(**row) for row in read("occupations")["occupations"]]
    skills = sorted({skill for row in rows for skill in row.skills})
    place = {skill: number for number, skill in enumerate(skills)}
    groups = sorted({row.code[:7] for row in rows})
    listed = np.full((len(rows), 3), -1)
    for number, row in enumerate(rows):
        listed[number, : len(row.skills)] = [place[skill] for skill in row.skills]
    return Trades(
        rows=rows,
        skills=skills,
        group=np.array([groups.index(row.code[:7]) for row in rows]),
        alike=_alike([row.code for row in rows]),
        skill=listed,
        wage=np.array([row.wage for row in rows], dtype=np.float64),
        education=np.array([row.education for row in rows], dtype=np.float64),
        experience=np.array([row.experience for row in rows], dtype=np.float64),
        weight=np.array([row.weight for row in rows], dtype=np.float64),
    )


def _alike(codes: Sequence[str]) -> AnyArray:
    """Return the likeness of each pair of codes: 1 for the same, less for a common beginning, else 0; float32."""
    table = np.zeros((len(codes) + 1, len(codes) + 1), dtype=np.float32)
    for size, value in ((4, SAME_BRANCH), (7, SAME_GROUP), (10, 1.0)):
        start = np.array([code[:size] for code in codes])
        table[:-1, :-1][start[:, None] == start[None]] = value
    return table
