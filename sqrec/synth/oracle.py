"""True utilities of people for live items, and the part of them that could be known: the two oracles of reports."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, IntArray, mixed
from sqrec.synth.city import city_file
from sqrec.synth.facts import Facts, age_at, before_change
from sqrec.synth.residents import Residents
from sqrec.synth.taste import Taste
from sqrec.synth.utility import Model

EVERYBODY, SAMPLED, MOST_ROWS = 300, 450, 1_500_000
"""Limits of the table `utilities`: everybody up to so many people, else so many of them, and so many rows at most."""
HELD_OUT_SHARE, SHARE_LATER = 0.2, 0.8


@dataclass(frozen=True)
class Told:
    """Hold pairs of people and live items (indices) at a moment, with the true utility and the part that could be known."""

    person: IntArray
    item: IntArray
    utility: AnyArray
    observable: AnyArray


def moment(at: IntArray) -> int:
    """Return T, the 0.8 quantile of the moments of a kind's events, where the split by time cuts; same unit as `at`."""
    return int(np.quantile(at, 1 - HELD_OUT_SHARE, method="higher"))


def sample(last: IntArray, at: int, items: int, seed: int) -> IntArray:
    """Return the people (indices) whose utilities are written: all of few people, else a sample by hash.

    Most of the sample have an event from T (`at`) on; people without an event before T are in it in their natural share. `last` is
    the moment of each person's last event of the kind, the smallest integer where there is none; `items` is the number of live items.
    """
    size = len(last)
    most = size if size <= EVERYBODY else max(1, min(SAMPLED, size, MOST_ROWS // max(items, 1)))
    salt = mixed(np.array([seed], dtype=np.uint64))
    order = np.argsort(mixed(np.arange(size, dtype=np.uint64) + salt), kind="stable")
    later = last[order] >= at
    first = order[later][: round(SHARE_LATER * most)]
    return np.sort(np.concatenate([first, order[~np.isin(order, first)][: most - len(first)]]))


def tell(model: Model, taste: Taste, people: Residents, true: Facts, known: Facts, person: IntArray, at: int) -> Told:
    """Return the utilities of people (indices) for every live item that a ranked list may show them at a moment."""
    item = np.flatnonzero(model.items.live(at))
    matrix = np.broadcast_to(item, (len(person), len(item)))
    utility = observable(model, _now(true, people, person, at), matrix) + taste.hidden(person[:, None], matrix)
    row, column = np.nonzero(_adult(people, person, at)[:, None] | model.items.minors[matrix])
    if model.items.kind == "job":
        old = _ages(people, person, at) >= city_file().gates.jobs_from
        row, column = row[old[row]], column[old[row]]
    seen = observable(model, known.take(person), matrix)
    return Told(person[row], item[column], utility[row, column], seen[row, column])


def observable(model: Model, facts: Facts, matrix: AnyArray, rows: int = 64) -> AnyArray:
    """Return the observable utility of a matrix of items, shape of `matrix`, computed `rows` people at a time."""
    parts = [slice(low, low + rows) for low in range(0, len(matrix), rows)]
    return np.concatenate([model.observable(facts.take(part), matrix[part]) for part in parts])


def _now(true: Facts, people: Residents, person: IntArray, at: int) -> Facts:
    return before_change(true.take(person), people, person, np.full(len(person), at))


def _ages(people: Residents, person: IntArray, at: int) -> IntArray:
    return age_at(people.birth[person], np.full(len(person), at))


def _adult(people: Residents, person: IntArray, at: int) -> BoolArray:
    """Mark the people who are adults at a moment: items that minors may not see are for them alone."""
    return _ages(people, person, at) >= city_file().gates.adult_from
