"""The two oracles: what a person really thinks of every live item, and what could be known of that."""

import numpy as np

from sqrec.arrays import AnyArray, IntArray, mixed
from sqrec.synth.facts import Facts
from sqrec.synth.residents import Residents
from sqrec.synth.taste import Taste
from sqrec.synth.utility import Model

MOST_PEOPLE, MOST_ROWS = 400, 2_000_000


def moment(at: IntArray) -> int:
    """Return T: the 0.8 quantile of the moments of a kind's events, as the time split takes it."""
    return int(np.quantile(at, 0.8, method="higher"))


def sample(first: IntArray, at: int, items: int, seed: int) -> IntArray:
    """Return whose utilities are told: all of few people, else some by hash, those whose first use is later first.

    `first` is the moment of each person's first event of the kind (a large number without any).
    """
    size = len(first)
    most = size if size <= 300 else min(MOST_PEOPLE, size)
    most = max(1, min(most, MOST_ROWS // max(items, 1)))
    order = np.argsort(mixed(np.arange(size, dtype=np.uint64) + np.uint64(mixed(np.array([seed], np.uint64))[0])), kind="stable")
    later = np.isfinite(first[order]) & (first[order] >= at)
    new = order[later][: most // 4]
    rest = order[~np.isin(order, new)][: most - len(new)]
    return np.sort(np.concatenate([new, rest]))


def utilities(
    model: Model, taste: Taste, true: Facts, known: Facts, people: Residents, person: IntArray, at: int
) -> tuple[AnyArray, AnyArray, AnyArray, AnyArray]:
    """Return person, item, utility and observable for every pair of these people with a live item they may be shown."""
    item = np.flatnonzero(model.items.live(at))
    matrix = np.broadcast_to(item, (len(person), len(item)))
    fit = model.observable(true.take(person), matrix)
    whole = fit + taste.hidden(person[:, None], matrix)
    seen = model.observable(known.take(person), matrix)
    age = people.age[person][:, None]
    allowed = (age >= 18) | model.items.minors[matrix]
    if model.items.kind == "job":
        allowed &= age >= 16
    row, column = np.nonzero(allowed)
    return person[row], item[column], whole[row, column], seen[row, column]
