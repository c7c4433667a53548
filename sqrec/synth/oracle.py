"""The two oracles: what a person really thinks of every live item, and what could be known of that."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, IntArray, mixed
from sqrec.synth.city import city_file
from sqrec.synth.facts import Facts, age_at, before_change
from sqrec.synth.residents import Residents
from sqrec.synth.taste import Taste
from sqrec.synth.utility import Model

EVERYBODY, SAMPLED, MOST_ROWS = 300, 450, 1_500_000
"""All of so few people are told, else so many, fewer where the catalogue is so large that the rows would be more."""
HELD_OUT_SHARE, SHARE_LATER = 0.2, 0.8


@dataclass(frozen=True)
class Told:
    """Hold pairs of people and live items at a moment: the true utility, and its part that could be known."""

    person: IntArray
    item: IntArray
    utility: AnyArray
    observable: AnyArray


def moment(at: IntArray) -> int:
    """Return T (seconds): the 0.8 quantile of the moments of a kind's events, as the split by time takes it."""
    return int(np.quantile(at, 1 - HELD_OUT_SHARE, method="higher"))


def sample(last: IntArray, at: int, items: int, seed: int) -> IntArray:
    """Return whose utilities are told: all of few people, else some by hash, most of them with an event from T on.

    `last` is the moment of each person's last event of the kind, the smallest integer without any. People without an event
    before T are among those in their natural share.
    """
    size = len(last)
    most = size if size <= EVERYBODY else max(1, min(SAMPLED, size, MOST_ROWS // max(items, 1)))
    salt = mixed(np.array([seed], dtype=np.uint64))
    order = np.argsort(mixed(np.arange(size, dtype=np.uint64) + salt), kind="stable")
    later = last[order] >= at
    first = order[later][: round(SHARE_LATER * most)]
    return np.sort(np.concatenate([first, order[~np.isin(order, first)][: most - len(first)]]))


def tell(model: Model, taste: Taste, people: Residents, true: Facts, known: Facts, person: IntArray, at: int) -> Told:
    """Return what these people think of every live item that they may be shown in a ranked list."""
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
    """Return the observable utility of a matrix of items, computed in pieces."""
    parts = [slice(low, low + rows) for low in range(0, len(matrix), rows)]
    return np.concatenate([model.observable(facts.take(part), matrix[part]) for part in parts])


def _now(true: Facts, people: Residents, person: IntArray, at: int) -> Facts:
    return before_change(true.take(person), people, person, np.full(len(person), at))


def _ages(people: Residents, person: IntArray, at: int) -> IntArray:
    return age_at(people.birth[person], np.full(len(person), at))


def _adult(people: Residents, person: IntArray, at: int) -> BoolArray:
    """Tell who may be shown everything."""
    return _ages(people, person, at) >= city_file().gates.adult_from
