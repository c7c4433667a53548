"""Which items are worth scoring: a union of sources that costs the same for any catalogue."""

from collections.abc import Sequence

import numpy as np

from sqrec.base.arrays import IntArray
from sqrec.base.loops import interleave, scratch
from sqrec.catalogue.counts import Counts
from sqrec.catalogue.index import CandidateIndex, best
from sqrec.profile.profiler import Profiles
from sqrec.rank.view import MEMORY

_RECENT = 8
_TURNS = 3
"""Items of a declared need or of wanted trades that are proposed for each one of another source."""


def candidates(index: CandidateIndex, counts: Counts, profile: Profiles, midnight: int, size: int, *, personal: bool) -> IntArray:
    """Return the items that any source proposes to one person, every source's best first, each item once."""
    return interleaved(sources(index, counts, profile, midnight, size, personal=personal), len(index.items))


def sources(
    index: CandidateIndex, counts: Counts, profile: Profiles, midnight: int, size: int, *, personal: bool
) -> Sequence[IntArray]:
    """Return what each source proposes to one person, best first.

    A list that must not be personal asks only what is near, new or bound to no place. Earlier items are proposed in every kind:
    which of them may be shown again is decided afterwards.
    """
    items, wide = index.items, 2 * size
    lon, lat = float(profile.facts.lon[profile.who[0]]), float(profile.facts.lat[profile.who[0]])
    common = [index.near(lon, lat, 2 * wide), index.newest(size), index.anywhere(size)]
    if not personal:
        return common
    history = profile.history[0].get(items.kind)
    own = items.find(history.item[:MEMORY]) if history else np.empty(0, np.int64)
    own = own[own >= 0]
    earlier = own[:_RECENT]
    region, here = items.group_named("region", int(profile.fact("area")[0, 0])), profile.facts.direction[:, profile.who]
    return [
        *(index.like(items.text.part(row, row + 1), wide) for row in earlier.tolist()),
        *_in_turns(index.of_needs(int(profile.fact("needs")[0]), here, size)),
        *_in_turns(index.of_trades(profile.codes("desired", 0)[:, 2], here, wide)),
        index.of_trades(profile.codes("occupations", 0)[:, 2], here, wide),
        index.like(profile.texts("desired", 0), wide),
        index.like(profile.texts("occupations", 0), wide),
        index.together("employer", earlier, wide),
        index.together("place", earlier, wide),
        *common,
        index.popular(counts, midnight, region, wide),
        own,
        besides(counts, earlier, int(profile.person[0]), midnight, wide),
    ]


def besides(counts: Counts, earlier: IntArray, person: int, midnight: int, size: int) -> IntArray:
    """Return what others used besides some items, most first; `person` is the hash whose uses tell nothing."""
    if len(earlier) == 0:
        return earlier
    found, amount, _ = counts.uses.besides("item", earlier, person, midnight)
    return best(found, amount, size)


def _in_turns(rows: IntArray) -> list[IntArray]:
    """Return a source as several: with many sources beside them, what was asked for is not crowded out."""
    return [rows[turn::_TURNS] for turn in range(_TURNS)]


def interleaved(proposed: Sequence[IntArray], items: int) -> IntArray:
    """Take every source's first, then every source's second, …; each of the `items` rows once."""
    offsets = np.cumsum([0, *map(len, proposed)])
    found = np.empty(min(int(offsets[-1]), items), np.int64)
    rows = np.concatenate([np.empty(0, np.int64), *proposed])
    return found[: interleave(offsets, rows, scratch(items, "bool"), found)]
