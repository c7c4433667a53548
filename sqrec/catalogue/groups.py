"""Items numbered by the values of their facts."""

from collections.abc import Mapping

import numpy as np

from sqrec.base.arrays import AnyArray, IntArray, KeyArray, Ragged

_RUNGS: Mapping[str, Mapping[str, int]] = {"area": {"region": 0, "place": -1}, "occupation": {"trade": 2, "occupation": 3}}
"""The rungs of a ladder of keys that are groups of their own."""


def groups_of_facts(facts: Mapping[str, AnyArray]) -> dict[str, tuple[KeyArray, IntArray]]:
    """Return the numbered groups of every fact that is a key; a ladder of keys gives a group per named rung."""
    keys = {name: values for name, values in facts.items() if values.dtype == np.uint64}
    ladders = {group: keys[name][:, rung] for name in _RUNGS.keys() & keys.keys() for group, rung in _RUNGS[name].items()}
    flat = {name: values for name, values in keys.items() if name not in _RUNGS}
    return {name: _numbered(values) for name, values in sorted((flat | ladders).items())}


def members_of(groups: IntArray) -> Ragged:
    """Return the rows of every group."""
    order = np.argsort(groups, kind="stable")
    known = order[groups[order] >= 0]
    sizes = np.bincount(groups[known]) if len(known) else np.empty(0, np.int64)
    return Ragged(np.concatenate(([0], np.cumsum(sizes))), known)


def _numbered(keys: KeyArray) -> tuple[KeyArray, IntArray]:
    """Return the distinct known keys in order, and each row's place among them; an unknown key (0) is -1."""
    distinct, number = np.unique(keys, return_inverse=True)
    unknown = int(len(distinct) > 0 and distinct[0] == 0)
    return distinct[unknown:], number.astype(np.int64) - unknown
