"""The grades of lists that rankers made for held-out people: a guard beside the figures of what people did."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.evaluate.lists.lists import Lists
from sqrec.evaluate.plausible.yardstick import Yardstick
from sqrec.profile.person import Person

GRADED = ("model", "model_served", "plain", "popularity")
"""The rankers whose lists are graded."""


def with_grades(shown: Mapping[str, Lists], yardstick: Yardstick, people: Sequence[Person], at: IntArray) -> dict[str, Lists]:
    """Return the lists with the rubric's grade of every item, where a ranker is among those that are graded.

    `people` are the facts known at each question's moment `at` (microseconds UTC), one per list.
    """
    return {
        name: replace(lists, grade=_grades(lists, yardstick, people, at)) if name in GRADED else lists
        for name, lists in shown.items()
    }


def _grades(lists: Lists, yardstick: Yardstick, people: Sequence[Person], at: IntArray) -> FloatArray:
    """Return grades, shape (people, k); NaN where there is no item, or one that the catalogue does not know."""
    known = lists.item >= 0
    graded = yardstick.lists(people, [row[there].tolist() for row, there in zip(lists.item, known, strict=True)], at.tolist())
    found = np.full(lists.item.shape, np.nan)
    found[known] = [one.grade for of_person in graded for one in of_person]
    return found
