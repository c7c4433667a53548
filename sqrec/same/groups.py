"""Which records are one thing: pairs with enough points, every member agreeing with the first of its group and with what others tell."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from sqrec.base.arrays import BoolArray, IntArray
from sqrec.same.blocks import pairs_of
from sqrec.same.records import Records, numbered
from sqrec.same.rules import Rules
from sqrec.same.score import points
from sqrec.same.worded import Worded, firm, worded

NONE = -1
"""The group of a record that is one thing by one id."""


def groups_of(records: Records, rules: Rules) -> IntArray:
    """Return for each record the row of the first record that is the same thing; NONE where there is no other.

    Likeness is no chain: each record of a group agrees with its first one by itself, whatever lies between. Where the first leaves
    something open (no hours), what the next one tells counts for all: an advert that says little joins no two that differ.
    """
    firms = {name: firm(name) for name in set(records.owners)}
    owner = numbered([firms[name] for name in records.owners])
    several = np.flatnonzero((owner >= 0) & (np.bincount(owner + 1)[owner + 1] > 1))
    found = np.full(len(records), NONE)
    if len(several):
        part = _groups(records.take(several), owner[several], rules)
        found[several] = np.where(part >= 0, several[part], NONE)
    return found


def _groups(records: Records, owner: IntArray, rules: Rules) -> IntArray:
    told = worded(records.titles, records.owners)
    first, second = pairs_of(owner, told, records)
    enough = points(records, told, rules, first, second) >= rules.least
    first, second = first[enough], second[enough]
    leader, open_ = np.full(len(records), NONE), np.ones(len(records), bool)
    while len(first):
        heads = _heads(len(records), first, second)
        member = np.flatnonzero(open_ & (heads != np.arange(len(records))))
        agree = _agreeing(records, told, rules, heads[member], member)
        leader[member[agree]] = heads[member[agree]]
        settled = np.unique(heads[member[agree]])
        leader[settled] = settled
        open_[member[agree]] = open_[settled] = False
        rest = open_[first] & open_[second]
        first, second = first[rest], second[rest]
    return leader


def _heads(size: int, first: IntArray, second: IntArray) -> IntArray:
    """Return the first record of each one's component of the pairs."""
    graph = sparse.coo_array((np.ones(len(first), bool), (first, second)), shape=(size, size))
    _, component = csgraph.connected_components(graph, directed=False)
    return np.unique(component, return_index=True)[1][component]


def _agreeing(records: Records, told: Sequence[Worded], rules: Rules, head: IntArray, member: IntArray) -> BoolArray:
    """Tell which members agree with their head, and with what those before them tell that the head leaves open."""
    agree = points(records, told, rules, head, member) >= rules.least
    some = np.flatnonzero(agree)
    filled = records.filled(head[some], member[some])
    agree[some] = points(filled, told, rules.between_members(), head[some], member[some]) >= rules.least
    return agree
