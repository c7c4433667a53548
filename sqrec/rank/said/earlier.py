"""Which earlier item of the person an item is like, and in what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sqrec.rank.columns.occupation import shared_rungs
from sqrec.rank.columns.way import NOWHERE
from sqrec.rank.said.pairwise import Pairwise
from sqrec.rank.view import MEMORY, View
from sqrec.reach.straight import apart


@dataclass(frozen=True, slots=True)
class EarlierIn(Pairwise):
    """Give the strongest grade of an event with another earlier item of the item's group, or with the `item` itself; 0 without one.

    1 a view, 3 a visit or an application, … (`GRADES`). Unknown without earlier items, or where the item's group is.
    """

    family: str
    reads: tuple[str, ...] = ("history",)
    monotone: int = 0

    @property
    def name(self) -> str:
        """`earlier_FAMILY`."""
        return f"earlier_{self.family}"

    def value(self, view: View, query: int, row: int) -> float:
        """Return a grade."""
        earlier = earlier_by(view, query, self.family)
        group = int(view.counts.group[self.family][row]) if earlier else -1
        if group < 0:
            return np.nan
        return max((grade for other, grade in earlier.get(group, ()) if other != row or self.family == "item"), default=0)


@dataclass(frozen=True, slots=True)
class EarlierSkills(Pairwise):
    """Count the skills that the item shares with the earlier item that it shares most with; unknown where none names any."""

    name: str = "earlier_skills"
    reads: tuple[str, ...] = ("history",)
    monotone: int = 0

    def value(self, view: View, query: int, row: int) -> float:
        """Return how many skills."""
        return len(shared_skills(view, query, row)[0]) if len(view.earlier(query)[0]) else np.nan


def earlier_by(view: View, query: int, family: str) -> Mapping[int, Sequence[tuple[int, int]]]:
    """Return the earlier items (rows of `Items`) of each group with their grades, latest first."""
    return view.shared(("earlier by", query, family), lambda: _earlier_by(view, query, family))


def _earlier_by(view: View, query: int, family: str) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    rows, _, grades = view.earlier(query)
    for group, row, grade in zip(view.counts.group[family][rows].tolist(), rows.tolist(), grades.tolist(), strict=True):
        found.setdefault(group, []).append((row, grade))
    return found


def earlier_in(view: View, query: int, row: int, family: str, least: int = 1) -> int | None:
    """Return the latest other earlier item (a row of `Items`) of an item's group, used with that grade; None where there is none."""
    group = int(view.counts.group[family][row])
    same = earlier_by(view, query, family).get(group, ()) if group >= 0 else ()
    return next((other for other, grade in same if other != row and grade >= least), None)


def shared_skills(view: View, query: int, row: int) -> tuple[list[int], int]:
    """Return the places, in an item's list of skills, of those that one earlier item names too, and that item: the most shared one.

    Of equals the latest; no places and -1 where nothing is shared.
    """
    mine, best = view.items.skills.row(row)[:, 0].tolist(), (list[int](), -1)
    for earlier, theirs in _earlier_skills(view, query) if mine else ():
        shared = [place for place, skill in enumerate(mine) if skill in theirs]
        if earlier != row and len(shared) > len(best[0]):
            best = (shared, earlier)
    return best


def _earlier_skills(view: View, query: int) -> list[tuple[int, set[int]]]:
    """Return the earlier items that name skills, latest first, with these."""
    skills, earlier = view.items.skills, view.earlier(query)[0].tolist()
    return view.shared(
        ("earlier skills", query),
        lambda: [(row, set(names)) for row in earlier if (names := skills.row(row)[:, 0].tolist())],
    )


def job_like(view: View, query: int, row: int) -> str:
    """Return the title of the earlier vacancy whose occupation shares most rungs with an item's; of equals the latest."""
    jobs, history = view.jobs, view.profiles.history[query].get("job")
    if jobs is None or history is None:
        return ""
    rows = jobs.find(history.item)
    rows = rows[rows >= 0][:MEMORY]
    shared = shared_rungs(view.items.facts["occupation"][row][None], jobs.facts["occupation"][rows])[0]
    return jobs.titles[int(rows[int(shared.argmax())])] if len(rows) else ""


def nearest_earlier(view: View, query: int, row: int) -> tuple[float, str]:
    """Return how far (metres) the nearest other earlier item is, and its title; 0 and no title where there is none."""
    return view.shared(("near earlier", query, row), lambda: _nearest(view, query, row))


def _nearest(view: View, query: int, row: int) -> tuple[float, str]:
    items, earlier = view.items, view.earlier(query)[0]
    own, places = items.direction[:, row], items.direction[:, earlier]
    cosine = own[0] * places[0] + own[1] * places[1] + own[2] * places[2]
    cosine[(earlier == row) | np.isnan(cosine)] = NOWHERE
    nearest = int(cosine.argmax()) if len(earlier) else -1
    if nearest < 0 or cosine[nearest] == NOWHERE:
        return 0.0, ""
    return float(apart(cosine[nearest : nearest + 1])[0]), items.titles[int(earlier[nearest])]
