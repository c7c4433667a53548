"""Compiled loops of the hot path: n-grams, cosines, postings, unions.

Each loop sums in an order that does not depend on the other rows of a batch (docs/laws.md, law 1). Scratch arrays come in as zeros and
are left as zeros; every thread has its own, as a new deployment is warmed up beside the one that answers. A loop compiles at
its first use and is kept beside the module, or in the user's cache where that cannot be written.
"""

import threading
from typing import Any

import numpy as np
from numba import njit

from sqrec.base.arrays import AnyArray, BoolArray, IntArray

_NEAR = 2**12 - 1
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)

_OWN = threading.local()


def scratch(size: int, dtype: str) -> AnyArray:
    """Return this thread's zeros of a type, at least `size` of them; whoever writes on them wipes them."""
    kept: AnyArray | None = getattr(_OWN, dtype, None)
    if kept is None or len(kept) < size:
        kept = np.zeros(size, dtype=dtype)
        setattr(_OWN, dtype, kept)
    return kept


@njit(cache=True)
def cosines(
    indptr: Any, indices: Any, data: Any, rows: Any, text_indptr: Any, text_indices: Any, text_data: Any, place: Any, out: Any
) -> None:
    """Fill `out`, shape (rows, texts), with the products of some rows of a sparse matrix with sparse texts.

    `place` is a scratch as long as the matrix is wide. Every product sums over its row's columns in their order.
    """
    texts, near = len(text_indptr) - 1, np.zeros(_NEAR + 1, np.bool_)
    weights = _placed(text_indptr, text_indices, text_data, place, near)
    for row in range(len(rows)):
        out[row] = 0.0
        for at in range(indptr[rows[row]], indptr[rows[row] + 1]):
            if not near[indices[at] & _NEAR]:  # most columns are no text's: told without a look at the wide scratch
                continue
            shared = place[indices[at]]
            if shared > 0:
                for text in range(texts):
                    out[row, text] += data[at] * weights[shared - 1, text]
    for at in range(len(text_indices)):
        place[text_indices[at]] = 0


@njit(cache=True)
def _placed(indptr: Any, indices: Any, data: Any, place: Any, near: Any) -> Any:
    """Mark the distinct columns of some texts: numbers from 1 in `place`, and in `near`; return their weights, shape (distinct, texts)."""
    texts, distinct = len(indptr) - 1, 0
    for at in range(len(indices)):
        if place[indices[at]] == 0:
            distinct += 1
            place[indices[at]] = distinct
            near[indices[at] & _NEAR] = True
    weights = np.zeros((distinct, texts))
    for text in range(texts):
        for at in range(indptr[text], indptr[text + 1]):
            weights[place[indices[at]] - 1, text] = data[at]
    return weights


@njit(cache=True)
def post(indptr: Any, indices: Any, data: Any, columns: Any, weights: Any, score: Any, found: Any, scores: Any) -> int:
    """Add up the postings of some columns; return how many items were met.

    `score` is a scratch as long as there are items. The items met stand in `found`, in order of their first posting,
    with their sums in `scores`.
    """
    met = 0
    for number in range(len(columns)):
        for at in range(indptr[columns[number]], indptr[columns[number] + 1]):
            item = indices[at]
            if score[item] == 0.0:
                found[met] = item
                met += 1
            score[item] += data[at] * weights[number]
    for number in range(met):
        scores[number] = score[found[number]]
        score[found[number]] = 0.0
    return met


@njit(cache=True)
def interleave(offsets: Any, rows: Any, taken: Any, out: Any) -> int:
    """Take every list's first, then every list's second, …; each row once. Return how many were taken.

    List i is `rows[offsets[i]:offsets[i + 1]]`; `taken` is a scratch of booleans, one per possible row.
    """
    longest = 0
    for number in range(len(offsets) - 1):
        longest = max(longest, offsets[number + 1] - offsets[number])
    met = 0
    for place in range(longest):
        for number in range(len(offsets) - 1):
            at = offsets[number] + place
            if at < offsets[number + 1] and not taken[rows[at]]:
                taken[rows[at]] = True
                out[met] = rows[at]
                met += 1
    for number in range(met):
        taken[out[number]] = False
    return met


@njit(cache=True)
def grams(letters: Any, offsets: Any, widths: Any, bits: int, seed: int, cells: Any) -> int:
    """Fill `cells` with text * 2 ** bits + column of every n-gram of every text; return how many there are.

    Text i is the code points `letters[offsets[i]:offsets[i + 1]]`; an n-gram's column is a hash of its letters.
    """
    met = 0
    for text in range(len(offsets) - 1):
        for width in widths:
            for first in range(offsets[text], offsets[text + 1] - width + 1):
                hashed = np.uint64(seed + width)
                for letter in letters[first : first + width]:
                    hashed = (hashed + np.uint64(letter)) * _GOLDEN
                    hashed = (hashed ^ (hashed >> np.uint64(30))) * _MIX_1
                    hashed = (hashed ^ (hashed >> np.uint64(27))) * _MIX_2
                    hashed = hashed ^ (hashed >> np.uint64(31))
                cells[met] = (text << bits) + np.int64(hashed >> np.uint64(64 - bits))
                met += 1
    return met


@njit(cache=True)
def used_besides(
    starts: Any, offsets: Any, places: Any, mine: Any, uses: Any, person: Any, item: Any, before: int, own: int, others: int,
    besides: int, sums: Any, found: Any, amount: Any,
) -> tuple[int, int]:  # fmt: skip
    """Follow the latest uses of some groups to what their people used besides; return how many items were met, and uses followed.

    Uses are places in the order in which they became known; those from `before` on and those of `own` are passed over.
    Group g's are `places[offsets[g]:offsets[g + 1]]`, person u's `uses[mine[u]:mine[u + 1]]`, both in rising order. `sums` is a
    scratch as long as there are items; the items met stand in `found`, in order of their first meeting, with their sums in `amount`.
    """
    met, followed = 0, 0
    for start in starts:
        at = offsets[start] + np.searchsorted(places[offsets[start] : offsets[start + 1]], before)
        left = others
        while at > offsets[start] and left > 0:
            at -= 1
            use, who = places[at], person[places[at]]
            if who == own:
                continue
            left -= 1
            place = mine[who] + np.searchsorted(uses[mine[who] : mine[who + 1]], before)
            several = min(besides, place - mine[who] - 1)
            followed += several > 0
            taken = 0
            while taken < several:
                place -= 1
                if uses[place] != use:
                    taken += 1
                    if sums[item[uses[place]]] == 0.0:
                        found[met] = item[uses[place]]
                        met += 1
                    sums[item[uses[place]]] += 1.0 / several
    for number in range(met):
        amount[number] = sums[found[number]]
        sums[found[number]] = 0.0
    return met, followed


@njit(cache=True)
def gather(found: Any, amount: Any, group: Any, asked: Any, sums: Any, out: Any) -> None:
    """Add up the amounts of some items by group, in their order, and fill `out` with those of the groups asked for.

    `sums` is a scratch as long as there are groups; group -1 is unknown and adds nothing; asked for it is 0.
    """
    for number in range(len(found)):
        if group[found[number]] >= 0:
            sums[group[found[number]]] += amount[number]
    for number in range(len(asked)):
        out[number] = sums[asked[number]] if asked[number] >= 0 else 0.0
    for number in range(len(found)):
        if group[found[number]] >= 0:
            sums[group[found[number]]] = 0.0


def among(values: IntArray, chosen: IntArray, size: int) -> BoolArray:
    """Tell which of some numbers below `size` are among the chosen ones, without sorting either."""
    marked = scratch(size, "bool")
    marked[chosen] = True
    found: BoolArray = marked[values]
    marked[chosen] = False
    return found


@njit(cache=True)
def without(total: Any, group: Any, items: Any, own: Any, out: Any) -> None:
    """Fill `out` with the total of each item's group less how often the group stands among the `own` items; NaN without a group."""
    for row in range(len(items)):
        number = group[items[row]]
        if number < 0:
            out[row] = np.nan
            continue
        mine = 0
        for item in own:
            if group[item] == number:
                mine += 1
        out[row] = total[number] - mine


@njit(cache=True)
def farthest_along(direction: Any, rows: Any, others: Any, out: Any) -> None:
    """Raise `out` to the greatest cosine of some rows' directions, shape (3, items), with those of other rows; none with itself.

    A row of unknown direction (NaN) leaves its entry as it is.
    """
    for number in range(len(rows)):
        row = rows[number]
        for other in others:
            if other != row:
                cosine = (
                    direction[0, row] * direction[0, other]
                    + direction[1, row] * direction[1, other]
                    + direction[2, row] * direction[2, other]
                )
                out[number] = max(out[number], cosine)


@njit(cache=True)
def nearest_of_group(
    direction: Any, rows: Any, home: Any, group: Any, offsets: Any, members: Any, ranked: Any, opens: Any, closes: Any, at: int,
    out: Any,
) -> None:  # fmt: skip
    """Fill `out` with 1 for each of some items than which no live one of its group is nearer to a home, else 0; NaN without a group.

    Places are unit vectors, those of items with shape (3, items); an unknown one (NaN) is no nearer. Group g's items are
    `members[offsets[g]:offsets[g + 1]]`.
    """
    for place in range(len(rows)):
        row, out[place] = rows[place], np.nan
        if group[place] < 0:
            continue
        own = direction[0, row] * home[0] + direction[1, row] * home[1] + direction[2, row] * home[2]
        out[place] = 1.0
        for other in members[offsets[group[place]] : offsets[group[place] + 1]]:
            if ranked[other] and opens[other] <= at < closes[other]:
                cosine = direction[0, other] * home[0] + direction[1, other] * home[1] + direction[2, other] * home[2]
                if cosine > own:
                    out[place] = 0.0
                    break
