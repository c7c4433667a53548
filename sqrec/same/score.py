"""How much speaks for two records being one thing: points per pair."""

from collections.abc import Sequence

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray
from sqrec.base.text import HashedText
from sqrec.reach.straight import metres
from sqrec.same.records import Records, numbered
from sqrec.same.rules import Place, Rules, Span, Text
from sqrec.same.worded import Worded


def points(records: Records, told: Sequence[Worded], rules: Rules, first: IntArray, second: IntArray) -> FloatArray:
    """Return the points of pairs of one owner's records; minus infinity where the titles are not alike."""
    found = _titles(told, rules, first, second)
    alike = np.flatnonzero(np.isfinite(found))
    one, other = first[alike], second[alike]
    if rules.place:
        found[alike] += _places(records, rules.place, one, other)
    if rules.span:
        found[alike] += _spans(records.span, rules.span, one, other)
    for name, (same, apart) in rules.facts.items():
        values = records.facts[name]
        known = (values[one] >= 0) & (values[other] >= 0)
        found[alike] += np.where(known, np.where(values[one] == values[other], same, apart), 0.0)
    if rules.text and any(records.texts):
        found[alike] += _texts(records.texts, rules.text, one, other)
    return found


def _titles(told: Sequence[Worded], rules: Rules, first: IntArray, second: IntArray) -> FloatArray:
    core, bare = (numbered([getattr(one, name) for one in told]) for name in ("core", "bare"))
    levels = [core[first] == core[second], bare[first] == bare[second]]
    return np.select(levels, [rules.title.equal, rules.title.bare], -np.inf)


def _places(records: Records, rule: Place, one: IntArray, other: IntArray) -> FloatArray:
    """Return points of places: by their points where both are known, else by their areas, of which one may hold the other, and addresses."""
    away = metres(records.direction[:, one], records.direction[:, other])
    here, there = records.area[one], records.area[other]
    known = (here[:, -1] > 0) & (there[:, -1] > 0)
    equal = here[:, -1] == there[:, -1]
    holds = (here[:, -1:] == there).any(axis=1) | (there[:, -1:] == here).any(axis=1)
    apart = known & ~equal & ~holds
    named = (records.address[one] >= 0) & (records.address[other] >= 0)
    same = records.address[one] == records.address[other]
    somewhere = ~np.isnan(records.direction[0]) | (records.area[:, -1] > 0) | (records.address >= 0)
    levels = [apart | (named & ~same), named, somewhere[one] != somewhere[other], known & equal]
    told = np.select(levels, [rule.apart, rule.one, rule.unknown, rule.area], 0.0)
    return np.where(np.isnan(away), told, np.where(away <= rule.metres, rule.one, rule.apart))


def _spans(span: FloatArray, rule: Span, one: IntArray, other: IntArray) -> FloatArray:
    """Return points of spans; one whose other end is unknown is a single number."""
    low, high = np.fmin(span[0], span[1]), np.fmax(span[0], span[1])
    known = ~np.isnan(low[one]) & ~np.isnan(low[other])
    equal = (low[one] == low[other]) & (high[one] == high[other])
    near = _close(low, rule, one, other) & _close(high, rule, one, other)
    return np.where(known, np.select([equal, near], [rule.equal, rule.near], rule.apart), 0.0)


def _close(values: FloatArray, rule: Span, one: IntArray, other: IntArray) -> BoolArray:
    small, large = np.fmin(values[one], values[other]), np.fmax(values[one], values[other])
    return large <= small * (1 + rule.within)


def _texts(texts: Sequence[str], rule: Text, one: IntArray, other: IntArray) -> FloatArray:
    """Return points of long texts. Only the two of a pair count: what else is compared at the time must not change them."""
    known = np.array([bool(text) for text in texts])
    found, both = np.zeros(len(one)), np.flatnonzero(known[one] & known[other])
    if len(both):
        common = _dice(texts, one[both], other[both])
        found[both] = np.select([common >= rule.alike, common < rule.unlike], [rule.equal, rule.apart], 0.0)
    return found


def _dice(texts: Sequence[str], first: IntArray, second: IntArray) -> FloatArray:
    """Return the share of common trigrams of pairs of texts: 2 · common / all."""
    rows, place = np.unique(np.concatenate([first, second]), return_inverse=True)
    counts = HashedText(widths=(3,)).counts([texts[row] for row in rows.tolist()])
    one, other = counts[place.ravel()[: len(first)]], counts[place.ravel()[len(first) :]]
    common = np.asarray(one.minimum(other).sum(axis=1)).ravel()
    return 2 * common / np.asarray(one.sum(axis=1) + other.sum(axis=1)).ravel()
