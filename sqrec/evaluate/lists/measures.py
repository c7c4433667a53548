"""What a ranker's lists are like beyond accuracy: of each person's first k, and of the whole catalogue."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import sparse

from sqrec.base.arrays import AnyArray, FloatArray, IntArray, divided
from sqrec.evaluate.lists.exposure import catalogue_figures
from sqrec.evaluate.lists.lists import ItemFacts, Lists
from sqrec.evaluate.stats.compare import Interval, intervals

_PEOPLE = 5_000  # whose titles are added up at a time: about 40 MB


def per_person(lists: Lists, facts: ItemFacts) -> dict[str, FloatArray]:
    """Return each person's measures under their names before the "@", shape (people,); NaN where a list does not say."""
    return {name: measure(lists, facts) for name, measure in PERSONAL.items()}


def measures(lists: Lists, facts: ItemFacts, rng: np.random.Generator) -> dict[str, Interval]:
    """Return every measure as "name@k" with its interval over people; measures that nobody's list speaks of are left out.

    Those of one list are means over people; those of the whole catalogue are computed again in every resample of people
    (`exposure.catalogue_figures`). People need no positive: everybody who got an answer counts.
    """
    values = per_person(lists, facts)
    known = {name: of_people for name, of_people in values.items() if not np.isnan(of_people).all()}
    found: dict[str, Interval] = {}
    if known:
        found = dict(zip(known, intervals(np.column_stack(list(known.values())), rng), strict=True))
    found |= catalogue_figures(lists.item, facts.live, facts.openings, rng)
    return {f"{name}@{lists.k}": figure for name, figure in found.items()}


def self_information(times: FloatArray, item: IntArray) -> FloatArray:
    """Return the bits that items tell: -log2 of their share of all events (Zhou et al. 2010; Castells et al. 2022).

    `times` are the events known before the question's midnight per item of the catalogue. One event more per item is the
    prior, so that an item nobody used is not infinitely novel; strangers are unknown.
    """
    share = (times[np.maximum(item, 0)] + 1) / (times.sum() + len(times)) if len(times) else np.ones(len(item))
    return np.where(item >= 0, -np.log2(share), np.nan)


def diversity(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the share of pairs of different groups: the mean of a distance of 0 or 1 (Smyth and McClave 2001).

    Items of an unknown group are in no pair; NaN with fewer than two known ones.
    """
    group = _of_items(facts.group, lists.item, -1)
    known = group >= 0
    same = (group[:, :, None] == group[:, None, :]) & known[:, :, None]
    size = known.sum(axis=1)
    equal = same.sum(axis=(1, 2)) - size
    return 1 - divided(equal, size * (size - 1))


def text_diversity(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the mean of 1 - cosine over all pairs (Ziegler et al. 2005).

    As rows have unit length, the cosines of all pairs add up to the squared length of the sum of the rows, less one per
    item. Items without a text are in no pair; NaN with fewer than two others.
    """
    if facts.text is None or facts.text.shape[0] == 0:
        return np.full(len(lists), np.nan)
    blocks = [lists.item[start : start + _PEOPLE] for start in range(0, len(lists), _PEOPLE)]
    return np.concatenate([np.empty(0), *(_unlike(block, facts.text) for block in blocks)])


def novelty(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the mean self-information of the listed items, bits; NaN where it is known of none."""
    return _mean(lists.information)


def minutes(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the mean minutes on foot to the listed items; NaN where they are known of none."""
    return _mean(lists.minutes)


def minutes_known(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the share of listed items whose minutes are known; NaN for an empty list."""
    return divided((~np.isnan(lists.minutes)).sum(axis=1), lists.filled)


def wage(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the mean wage of the listed items, yuan a month; NaN where it is known of none, or the kind has none."""
    return _mean(_wages(lists, facts))


def wage_known(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the share of listed items whose wage is known; NaN for an empty list, or where the kind has none."""
    known = divided((~np.isnan(_wages(lists, facts))).sum(axis=1), lists.filled)
    return known if facts.wage is not None else np.full(len(lists), np.nan)


def grade(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the mean grade of the listed items by the rubric (docs/plausibility.md); NaN for an empty list, or where nobody graded."""
    return np.full(len(lists), np.nan) if lists.grade is None else _mean(lists.grade)


def implausible(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the share of listed items of grade 0; NaN for an empty list, or where nobody graded."""
    return (
        np.full(len(lists), np.nan) if lists.grade is None else _mean(np.where(np.isnan(lists.grade), np.nan, lists.grade == 0))
    )


def empty(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return 1 where the list holds nothing, else 0."""
    return (lists.filled == 0).astype(np.float64)


def short(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return 1 where the list holds fewer than k items, else 0."""
    return (lists.filled < lists.k).astype(np.float64)


PERSONAL: Mapping[str, Callable[[Lists, ItemFacts], FloatArray]] = {
    "diversity": diversity,
    "text_diversity": text_diversity,
    "novelty": novelty,
    "minutes": minutes,
    "minutes_known": minutes_known,
    "wage": wage,
    "wage_known": wage_known,
    "grade": grade,
    "implausible": implausible,
    "empty": empty,
    "short": short,
}
"""The measures of one list, by the name before the "@"; each returns one value per person, NaN where a list does not say."""


def _of_items(values: AnyArray, item: IntArray, unknown: float) -> AnyArray:
    """Return a fact of every listed item; unknown for empty places and strangers."""
    if len(values) == 0:
        return np.full(item.shape, unknown)
    return np.where(item >= 0, values[np.maximum(item, 0)], unknown)


def _unlike(item: IntArray, text: sparse.csr_array) -> FloatArray:
    """Return the mean of 1 - cosine over the pairs of items with a text, for a block of lists."""
    rows, place = np.unique(item, return_inverse=True)
    place = place.reshape(item.shape)
    shown = text[np.maximum(rows, 0)].astype(np.float64)
    there = ((np.diff(shown.indptr) > 0) & (rows >= 0))[place]
    person, column = np.nonzero(there)
    taken = sparse.csr_array((np.ones(len(person)), (person, place[person, column])), (len(item), len(rows)))
    total, size = taken @ shown, there.sum(axis=1)
    alike = np.asarray(total.multiply(total).sum(axis=1)).ravel() - size
    return np.clip(1 - divided(alike, size * (size - 1)), 0.0, 1.0)


def _wages(lists: Lists, facts: ItemFacts) -> FloatArray:
    return _of_items(np.empty(0) if facts.wage is None else facts.wage, lists.item, np.nan)


def _mean(values: FloatArray) -> FloatArray:
    """Return each row's mean of what is known, NaN where nothing is."""
    known = ~np.isnan(values)
    return divided(np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1))
