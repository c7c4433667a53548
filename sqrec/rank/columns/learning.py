"""What a course adds to what a person can do."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, lookup
from sqrec.rank.columns.occupation import shared_rungs
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class SkillGap:
    """Tell how far a course closes the gap between the wanted work and what a person can do.

    `filled`: what share of the lacking skills it teaches, weighted by how many vacancies ask for each; `useful`: what share
    of what it teaches is lacking. The skills are those that live vacancies of the wanted (else the past) occupations'
    trades ask for; one that the person has is not lacking. Unknown without an occupation, without such vacancies, or where
    nothing is lacking; `useful` also where the course does not say what it teaches.
    """

    of: Literal["filled", "useful"] = "filled"
    reads: tuple[str, ...] = ("desired", "occupations", "skills")
    monotone: int = 1

    @property
    def name(self) -> str:
        """`skill_gap`, or `skill_gap_useful`."""
        return "skill_gap" if self.of == "filled" else "skill_gap_useful"

    def compute(self, view: View) -> FloatArray:
        """Return 0 to 1."""
        found = np.full(len(view.pairs), np.nan)
        for query, part in view.pairs.questions:
            skill, weight = view.shared(("lacking", query), lambda query=query: lacking(view, query))
            if len(skill):
                found[part] = self._share(view, part, skill, weight)
        return found

    def _share(self, view: View, part: "slice[int, int]", skill: AnyArray, weight: FloatArray) -> FloatArray:
        if self.of == "filled":
            return _taught(view, part, skill, weight) / weight.sum()
        sizes = view.items.skills.sizes[view.pairs.item[part]]
        return np.where(sizes > 0, _taught(view, part, skill, np.ones_like(weight)) / np.maximum(sizes, 1), np.nan)


def lacking(view: View, query: int) -> tuple[AnyArray, FloatArray]:
    """Return the skills that live vacancies of a question's wanted trades ask for and the person lacks, with their counts."""
    nothing = np.empty(0, np.uint64), np.empty(0)
    if view.jobs is None or "trade" not in view.jobs.groups:
        return nothing
    rows = view.vacancies(query)
    if len(rows) == 0:
        return nothing
    asked, times = np.unique(view.jobs.skills.take(rows).values[:, 0], return_counts=True)
    held = view.profiles.facts.skills.row(int(view.profiles.who[query]))[:, 0]
    lacks = ~np.isin(asked, held)
    return asked[lacks], times[lacks].astype(np.float64)


def _taught(view: View, part: "slice[int, int]", skill: AnyArray, weight: FloatArray) -> FloatArray:
    """Return the weight of the lacking skills that each pair's course teaches; counts are whole, so sums are exact."""
    item = view.pairs.item[part]
    taught = view.items.skills.take(item)
    if len(taught.values) == 0:
        return np.zeros(len(item))
    place = lookup(skill, taught.values[:, 0])
    worth = np.where(place < 0, 0.0, weight[place])
    return np.bincount(np.repeat(np.arange(len(item)), taught.sizes), worth, minlength=len(item)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class EarlierJobs:
    """Count the rungs of the occupation ladder (0 to 4) that a course shares with the jobs the person looked at before.

    `best`: with the nearest of them; `mean`: on average. Unknown where the course or all of the jobs are not coded.
    """

    by: Literal["best", "mean"] = "best"
    reads: tuple[str, ...] = ("history",)
    monotone: int = 1

    @property
    def name(self) -> str:
        """`earlier_jobs_BY`."""
        return f"earlier_jobs_{self.by}"

    def compute(self, view: View) -> FloatArray:
        """Return 0 to 4."""
        found, item = np.full(len(view.pairs), np.nan), view.item("occupation")
        for query, part in view.pairs.questions:
            jobs = view.earlier_jobs(query)
            if len(jobs):
                shared = shared_rungs(item[part], jobs)
                found[part] = shared.max(axis=1) if self.by == "best" else shared.sum(axis=1) / len(jobs)
        found[item[:, 0] == 0] = np.nan
        return found


@dataclass(frozen=True, slots=True)
class LevelStep:
    """Count the certificate levels from what the person holds in a taught skill up to the course's level.

    Levels fall from 5 (lowest) to 1: holding nothing counts as 6, so a first certificate of level 5 is one step, and a
    course at or below what is held is 0 or less. Unknown where the course has no level.
    """

    name: str = "level_step"
    reads: tuple[str, ...] = ("skills",)
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return steps."""
        taught = view.items.skills.take(view.pairs.item)
        held = np.full(len(view.pairs), 6.0)
        owner = np.repeat(np.arange(len(view.pairs)), taught.sizes)
        for query, part in view.pairs.questions:
            flat = slice(taught.offsets[part.start], taught.offsets[part.stop])
            mine = view.profiles.facts.skills.row(int(view.profiles.who[query]))
            mine = mine[mine[:, 1] > 0]
            if len(mine) and flat.stop > flat.start:
                same = taught.values[flat, None, 0] == mine[None, :, 0]
                level = np.where(same, mine[None, :, 1].astype(np.float64), 6.0).min(axis=1)
                np.minimum.at(held, owner[flat], level)
        return held - view.item("level")


@dataclass(frozen=True, slots=True)
class AlreadyKnown:
    """Tell what share of a course's skills the person has already; unknown where either has none."""

    name: str = "already_known"
    reads: tuple[str, ...] = ("skills",)
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return 0 to 1."""
        taught = view.items.skills.take(view.pairs.item)
        known = np.zeros(len(taught.values))
        has = view.profiles.facts.skills.sizes[view.profiles.who] > 0
        for query, part in view.pairs.questions:
            flat = slice(taught.offsets[part.start], taught.offsets[part.stop])
            mine = view.profiles.facts.skills.row(int(view.profiles.who[query]))
            known[flat] = np.isin(taught.values[flat, 0], mine[:, 0])
        owner = np.repeat(np.arange(len(view.pairs)), taught.sizes)
        counted = np.bincount(owner, known, minlength=len(view.pairs))
        return np.where(has[view.pairs.query] & (taught.sizes > 0), counted / np.maximum(taught.sizes, 1), np.nan)
