"""Examination propensities of used items: by the position in the list, and by the exploration draw."""

from dataclasses import dataclass, replace

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray, KeyArray, Ragged, mixed
from sqrec.evaluate import Questions
from sqrec.evaluate.lists.weighing import CLIP, Weighing, effective, inverse
from sqrec.profile import Events
from training.logged import ShownLists

_OWN = 0.5
"""At the exploring position an item with a smaller propensity than this was drawn there (`MOST_EXPLORED`)."""


@dataclass(frozen=True)
class Exposure:
    """Hold shown lists and the exponent of their position bias (`training.places.fall_beside`).

    A negative exponent is no examination curve: all positions count alike then.
    """

    lists: ShownLists | None
    fall: float

    def weighed(self, questions: Questions, events: Events) -> tuple[Questions, Weighing | None]:
        """Return the questions with inverse propensity weights of their answers, and a summary of the weights.

        The use that answers is the person's first with the item from the question's moment on, by `events`; a use from no known
        list has weight 1. The summary is None where all weights are equal.
        """
        if self.lists is None or not len(questions):
            return questions, None
        row = self._rows(questions, events)
        known = row >= 0
        chance, drawn = np.full(len(row), np.nan), np.zeros(len(row), bool)
        chance[known] = looked_at(self.lists, self.fall)[row[known]]
        if self.lists.propensity is not None:
            drawn[known] = self.lists.propensity[row[known]] < 1
        weight = Ragged(questions.items.offsets, inverse(chance))
        if np.ptp(weight.values) == 0:
            return questions, None
        question = np.repeat(np.arange(len(questions)), questions.items.sizes)
        told = Weighing(
            questions=len(questions),
            share=len(np.unique(question[known])) / len(questions),
            drawn=len(np.unique(question[drawn])) / len(questions),
            fall=max(self.fall, 0.0),
            clip=CLIP,
            clipped=float((chance[known] < 1 / CLIP).mean()),
            effective=effective(weight),
        )
        return replace(questions, weight=weight), told

    def _rows(self, questions: Questions, events: Events) -> IntArray:
        """Return the row in `lists` that showed each answer, -1 where none is known."""
        if self.lists is None:
            return np.full(len(questions.items.values), -1)
        question = np.repeat(np.arange(len(questions)), questions.items.sizes)
        person, item = questions.person[question], questions.items.values
        use = _first_from(events, mixed(person) ^ item, questions.at[question])
        found, answered = np.full(len(use), -1), use >= 0
        found[answered] = self.lists.find(events.request[use[answered]], person[answered], item[answered])
        return found


def looked_at(lists: ShownLists, fall: float) -> FloatArray:
    """Return the examination propensity of every shown item, shape (rows,), over all positions the list could have given it.

    Position k is examined with probability k^-fall. An item that the exploration draw may exchange has two positions: the
    propensity is the sum over both of the probability to stand there times that of examination (policy-aware estimator,
    Oosterhuis and de Rijke 2020).
    """
    look = np.maximum(lists.position, 1).astype(np.float64) ** -max(fall, 0.0)
    if lists.propensity is None:
        return look
    return lists.propensity * look + (1 - lists.propensity) * _elsewhere(lists, lists.propensity, look)


def _elsewhere(lists: ShownLists, propensity: FloatArray, look: FloatArray) -> FloatArray:
    """Return the examination probability at the other position of items that the draw may exchange, 0 for all others.

    For items of the pool, and for one that was exchanged down, that is the exploring position. For an item that was drawn into the
    exploring position it is the position of the item it changed places with; for one that stands there by its score, the mean over
    the positions of the pool.
    """
    found, drawn = np.zeros(len(look)), np.flatnonzero(propensity < 1)
    if not len(drawn):
        return found
    _, of_list = np.unique(lists.request[drawn], return_inverse=True)
    count = int(of_list.max()) + 1
    slot = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(slot, of_list, lists.position[drawn])
    here = lists.position[drawn] == slot[of_list]
    at_slot, chance = np.zeros(count), np.ones(count)
    at_slot[of_list[here]], chance[of_list[here]] = look[drawn[here]], propensity[drawn[here]]
    pair = ~here & (propensity[drawn] == chance[of_list])
    moved, pool = (_mean(look[drawn[part]], of_list[part], count) for part in (pair, ~here))
    found[drawn] = np.where(here, np.where(chance < _OWN, moved, pool)[of_list], at_slot[of_list])
    return found


def _mean(values: FloatArray, group: IntArray, count: int) -> FloatArray:
    """Return the mean of each group, 0 for an empty one; shape (count,)."""
    return np.bincount(group, values, count) / np.maximum(np.bincount(group, minlength=count), 1)


def _first_from(events: Events, pair: KeyArray, at: IntArray) -> IntArray:
    """Return the index of the first use of each pair of person and item from its moment on; -1 where there is none."""
    used = np.flatnonzero(events.grade > 0)
    name = mixed(events.person[used]) ^ events.item[used]
    order = np.lexsort((events.at[used], name))
    used, name = used[order], name[order]
    start, end = np.searchsorted(name, pair), np.searchsorted(name, pair, "right")
    found = np.full(len(pair), -1)
    for one in range(len(pair)):
        place = int(start[one]) + int(np.searchsorted(events.at[used[start[one] : end[one]]], at[one]))
        found[one] = used[place] if place < end[one] else -1
    return found
