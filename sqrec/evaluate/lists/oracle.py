"""Rankers compared with oracles that know the utilities; in invented cities alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, KeyArray, Ragged, keys_of, lookup
from sqrec.catalogue.items import Items
from sqrec.contract import Kind
from sqrec.evaluate.lists.lists import FIRST
from sqrec.evaluate.stats.compare import Interval, ratio_of_shares, share_of_means
from sqrec.evaluate.stats.metrics import Hits, per_person, ranks_in
from sqrec.rank.order import by_score

Oracle = Literal["omniscient", "observable"]
ORACLES: tuple[Oracle, ...] = ("omniscient", "observable")
_HEADLINE = "ndcg@10"


@dataclass(frozen=True)
class Utilities:
    """Hold the utilities of one kind's items for a sample of people.

    Rows of one person lie side by side, items by rising key. `value["omniscient"]` is the true utility, `observable` the part
    that could be known at the moment (NaN unknown).
    """

    person: KeyArray
    offsets: IntArray
    item: KeyArray
    value: Mapping[Oracle, FloatArray]

    @classmethod
    def of(cls, table: pd.DataFrame, kind: Kind) -> "Utilities":
        """Take the table `utilities`; of a pair with several moments the last one stands."""
        rows = table[table["kind"] == kind].sort_values("at", kind="stable")
        rows = rows.drop_duplicates(["person_id", "item_id"], keep="last")
        person, item = keys_of(rows["person_id"]), keys_of(rows["item_id"])
        order = np.lexsort((item, person))
        people, starts = np.unique(person[order], return_index=True)
        return cls(
            people,
            np.concatenate((starts, [len(order)])),
            item[order],
            {"omniscient": rows["utility"].to_numpy()[order], "observable": rows["observable"].to_numpy()[order]},
        )

    def of_person(self, person: int, items: Items, rows: IntArray) -> Mapping[Oracle, FloatArray] | None:
        """Return the utilities of some items (rows) to a person, NaN where none is known; None for anybody not in the sample."""
        place = int(lookup(self.person, np.array([person], np.uint64))[0])
        if place < 0:
            return None
        part = slice(int(self.offsets[place]), int(self.offsets[place + 1]))
        found = lookup(self.item[part], items.key[rows])
        return {name: np.where(found < 0, np.nan, values[part][found]) for name, values in self.value.items()}


@dataclass
class Watch:
    """Collect, question by question, the oracles' ranks of the positives and every ranker's utility in the first ten."""

    utilities: Utilities
    question: list[int] = field(default_factory=list[int])
    ranks: dict[Oracle, list[IntArray]] = field(default_factory=lambda: {name: [] for name in ORACLES})
    listed: list[int] = field(default_factory=list[int])
    worth: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def look(
        self, question: int, person: int, items: Items, rows: IntArray, positives: IntArray, lists: Mapping[str, IntArray]
    ) -> None:
        """Add one question: its candidates (rows of `items`), its positives, and every ranker's list."""
        known = self.utilities.of_person(person, items, rows)
        if known is None:
            return
        self.question.append(question)
        self.listed.append(len(rows))
        orders: dict[Oracle, IntArray] = {
            name: rows[by_score(np.nan_to_num(known[name], nan=-np.inf), items.key[rows])] for name in ORACLES
        }
        for name, order in orders.items():
            self.ranks[name].append(ranks_in(order, positives))
        true = dict(zip(rows.tolist(), known["omniscient"].tolist(), strict=True))
        told = known["omniscient"][~np.isnan(known["omniscient"])]
        middle = float(told.mean()) if len(told) else np.nan
        everybody: dict[str, IntArray] = {**lists, **orders}
        for name, order in everybody.items():
            first = [worth for item in order[:FIRST].tolist() if (worth := true.get(item, np.nan)) == worth]
            self.worth.setdefault(name, []).append(float(np.mean(first)) - middle if first else np.nan)


@dataclass(frozen=True)
class Shares:
    """Hold the shares of one ranker: of each oracle's ndcg@10, and of the omniscient one's utility in the first ten."""

    ndcg: Mapping[Oracle, Interval]
    utility: Interval


@dataclass(frozen=True)
class OracleReport:
    """Hold the oracles' figures, and every ranker's share of them, on the same people and candidates.

    `cold` compares people without an earlier event of the kind with the others: both shares of the observable oracle, and the
    ratio of these. It describes the ranker; the ratio of ndcg beside it describes the people as well, as new people have more
    positives that no candidate list held, for the oracle too.
    """

    people: int
    oracles: Mapping[Oracle, Interval]
    shares: Mapping[str, Shares]
    cold: Mapping[str, Interval]


@dataclass(frozen=True)
class BesideOracle:
    """Hold ndcg@10 per person of the sample, ours and the observable oracle's; `cold` marks people without an earlier event."""

    ours: FloatArray
    observable: FloatArray
    cold: BoolArray


def beside_oracle(watch: Watch, grades: Ragged, hits: Hits, history: IntArray) -> BesideOracle:
    """Return ndcg@10 of a ranker (its `hits`) and of the observable oracle, person by person."""
    asked = np.array(watch.question, np.int64)
    return BesideOracle(_ndcg(hits)[asked], _best(watch, grades)["observable"], history[asked] == 0)


def oracle_report(
    watch: Watch, grades: Ragged, hits: Mapping[str, Hits], history: IntArray, ours: str, rng: np.random.Generator
) -> OracleReport | None:
    """Compare every ranker with the oracles; None where nobody asked is in the sample."""
    asked = np.array(watch.question, np.int64)
    if len(asked) == 0:
        return None
    best = _best(watch, grades)
    values = {name: _ndcg(found)[asked] for name, found in hits.items()}
    seed = int(rng.integers(2**32))
    top, ones = np.array(watch.worth["omniscient"]), np.ones(len(asked))
    oracles: dict[Oracle, Interval] = {name: share_of_means(best[name], ones, np.random.default_rng(seed)) for name in ORACLES}
    return OracleReport(
        people=len(asked),
        oracles=oracles,
        shares={
            name: Shares(
                {oracle: share_of_means(found, best[oracle], np.random.default_rng(seed)) for oracle in ORACLES},
                share_of_means(np.array(watch.worth[name]), top, np.random.default_rng(seed)),
            )
            for name, found in values.items()
        },
        cold=_cold(beside_oracle(watch, grades, hits[ours], history), seed),
    )


def _best(watch: Watch, grades: Ragged) -> dict[Oracle, FloatArray]:
    """Return the oracles' ndcg@10, one per person of the sample."""
    asked, listed = np.array(watch.question, np.int64), np.array(watch.listed, np.int64)
    return {name: _ndcg(Hits.of(Ragged.of(ranks, np.int64), grades.take(asked), listed)) for name, ranks in watch.ranks.items()}


def _cold(people: BesideOracle, seed: int) -> dict[str, Interval]:
    """Return the shares of people without and with events, and the ratio of their ndcg@10."""
    ours, observable, cold = people.ours, people.observable, people.cold
    parts = {"without_events": cold, "with_events": ~cold}
    return {name: share_of_means(ours[part], observable[part], np.random.default_rng(seed)) for name, part in parts.items()} | {
        "share_without_over_with": ratio_of_shares(ours, observable, cold, np.random.default_rng(seed)),
        "ndcg_without_over_with": _ratio(ours[cold], ours[~cold], seed),
    }


def _ratio(first: FloatArray, second: FloatArray, seed: int) -> Interval:
    """Return the ratio of two groups' means, each group drawn on its own."""
    together = np.concatenate((first, second))
    inside = np.arange(len(together)) < len(first)
    return share_of_means(
        np.where(inside, together, 0.0) / max(len(first), 1),
        np.where(inside, 0.0, together) / max(len(second), 1),
        np.random.default_rng(seed),
    )


def _ndcg(hits: Hits) -> FloatArray:
    return per_person(hits, (_HEADLINE,))[_HEADLINE]
