"""How often advisers take away what lists showed: the override rate, with its definition, number of people and interval."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sqrec.base.arrays import FloatArray, divided, keys_of, lookup, mixed
from sqrec.base.numbers import DAY
from sqrec.contract import Kind
from sqrec.evaluate.stats.compare import RESAMPLES, Interval, of_draws, resampled
from sqrec.evaluate.stats.published import FEWEST
from sqrec.profile.history import microseconds
from sqrec.source import is_store
from sqrec.tables import Folder

WITHIN_DAYS = 14
"""Days after it was shown last within which an adviser's word is about what was shown."""


@dataclass(frozen=True)
class Overrides:
    """Hold how many `pairs` of a person and an item were shown, how many of them an adviser said not to suit, and the `rate`.

    `people` had something shown. With fewer than ten of them nothing else is told: counts are null (docs/laws.md, law 13).
    """

    people: int | None
    pairs: int | None
    overridden: int | None
    rate: Interval


def overrides_of(data: Path | str, folder: Folder, kind: Kind, rng: np.random.Generator) -> Overrides | None:
    """Return the override rate of a kind's lists: those in a store's log, or a folder's impressions. None where nothing was shown.

    Raises StoreError where the store cannot be read.
    """
    events = folder.tables.get("events")
    if events is None:
        return None
    events = events[events["kind"] == kind]
    shown = _of_store(str(data), kind) if is_store(data) else _of_folder(events)
    words = events[events["event"] == "unsuitable"]
    return override_rate(shown, words.assign(at=microseconds(words["at"])), rng) if len(shown) else None


def override_rate(shown: pd.DataFrame, words: pd.DataFrame, rng: np.random.Generator, resamples: int = RESAMPLES) -> Overrides:
    """Return the share of shown pairs that an adviser took away.

    `shown` has a row per `person_id` and `item_id` with the moments at which the item was shown `first` and `last`, `words` one per
    adviser's word with `person_id`, `item_id` and `at`; all moments are microseconds UTC. A word counts from the first showing until 14
    days after the last, several about one pair are one. The interval is over resamples of people.
    """
    people, who = np.unique(keys_of(shown["person_id"]), return_inverse=True)
    if len(people) < FEWEST:
        return Overrides(None, None, None, Interval(np.nan, np.nan, np.nan, 0))
    pairs = mixed(people[who]) ^ keys_of(shown["item_id"])
    order = np.argsort(pairs)
    found = lookup(pairs[order], mixed(keys_of(words["person_id"])) ^ keys_of(words["item_id"]))
    row, at = order[found[found >= 0]], words["at"].to_numpy(np.int64)[found >= 0]
    first, last = shown["first"].to_numpy(np.int64)[row], shown["last"].to_numpy(np.int64)[row]
    taken = np.zeros(len(shown))
    taken[row[(first <= at) & (at <= last + WITHIN_DAYS * DAY)]] = 1.0
    table: FloatArray = np.column_stack([np.bincount(who, taken), np.bincount(who)]).astype(np.float64)
    draws = resampled(table, rng, resamples)
    rate = of_draws(float(taken.mean()), divided(draws[:, 0], draws[:, 1]), len(people))
    return Overrides(len(people), len(shown), int(taken.sum()), rate)


def _of_store(url: str, kind: Kind) -> pd.DataFrame:
    from sqrec.store import Store  # the database library is loaded by those who name a store

    with Store.open(url, create=False) as store:
        return store.shown_pairs(kind)


def _of_folder(events: pd.DataFrame) -> pd.DataFrame:
    seen = events[events["event"] == "impression"]
    told = seen.assign(at=microseconds(seen["at"])).groupby(["person_id", "item_id"])["at"].agg(["min", "max"])
    return told.reset_index().rename(columns={"min": "first", "max": "last"})
