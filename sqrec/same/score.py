"""How much speaks for two records being one thing: points per pair."""

from collections.abc import Sequence

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray
from sqrec.base.text import HashedText
from sqrec.reach.straight import metres
from sqrec.same.records import Records, numbered
from sqrec.same.rules import Place, Rules, Span, Text, wording
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
    core, bare, telling = (numbered([getattr(one, name) for one in told]) for name in ("core", "bare", "telling"))
    rest = np.flatnonzero((telling[first] == telling[second]) & (bare[first] != bare[second]))
    common = np.zeros(len(first))
    common[rest] = _dice([one.core for one in told], first[rest], second[rest])
    close = common >= wording().close
    words = [frozenset(one.bare.split()) for one in told]
    pairs = zip(rest.tolist(), first[rest].tolist(), second[rest].tolist(), strict=True)
    close[[pair for pair, one, other in pairs if words[one] <= words[other] or words[other] <= words[one]]] = True
    levels = [core[first] == core[second], bare[first] == bare[second], common >= wording().typo, close]
    return np.select(levels, [rules.title.equal, rules.title.bare, rules.title.typo, rules.title.close], -np.inf)


def _dice(texts: Sequence[str], first: IntArray, second: IntArray) -> FloatArray:
    """Return the share of common bigrams of pairs of texts: 2 · common / all."""
    rows, place = np.unique(np.concatenate([first, second]), return_inverse=True)
    if not len(rows):
        return np.empty(0)
    counts = HashedText(widths=(2,)).counts([texts[row] for row in rows.tolist()])
    one, other = counts[place.ravel()[: len(first)]], counts[place.ravel()[len(first) :]]
    common = np.asarray(one.minimum(other).sum(axis=1)).ravel()
    return 2 * common / np.asarray(one.sum(axis=1) + other.sum(axis=1)).ravel()


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
    """Return points of long texts by the cosine of their character n-grams."""
    rows, place = np.unique(np.concatenate([one, other]), return_inverse=True)
    if not len(rows):
        return np.empty(0)
    told = [texts[row] for row in rows.tolist()]
    hashed = HashedText(widths=(3,)).fit(told).transform(told)
    here, there = hashed[place.ravel()[: len(one)]], hashed[place.ravel()[len(one) :]]
    cosine = np.asarray(here.multiply(there).sum(axis=1)).ravel()
    known = np.array([bool(text) for text in texts])
    told_points = np.where(cosine >= rule.alike, rule.equal, np.where(cosine < rule.unlike, rule.apart, 0.0))
    return np.where(known[one] & known[other], told_points, 0.0)
