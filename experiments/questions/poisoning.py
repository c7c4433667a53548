"""One question: how far can one key move an item in other people's lists.

One key sends 10,000 events about an item, in every resident's name, and 10,000 lists with it at the top. What is asked is how many places
the item moves in the lists of up to 2,000 residents, once as served and once with caps that nothing reaches (the fix taken out). `spread`
sends the events about other items besides, so that the share of a busy key that counts is largest.
`python -m experiments.questions.poisoning FOLDER BUNDLES`; results: poisoning.md.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from sqrec import bundle as bundles
from sqrec.base.arrays import IntArray
from sqrec.base.numbers import DAY, SEED
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities import City
from sqrec.cities.counting import Counting
from sqrec.contract import TABLE_OF_KIND, Kind
from sqrec.groups.record import Record
from sqrec.rank import Ranking, Recommender
from sqrec.rank.shown import shown
from sqrec.store import Row, Store, import_folder, read_store_at

FIRST = 50
"""Places of a list that a resident can ask for."""
_PART = 500
_HONEST, _ATTACKER = "key:honest00", "key:attacker"
_NOTHING = 1 << 40
WAYS = ("item", "spread")
"""All events about the item; one in twenty, the others about other items."""


@dataclass(frozen=True)
class Asked:
    """Hold who is asked for, when (microseconds UTC), and of which kind."""

    recommender: Recommender
    records: Sequence[Record]
    kind: Kind
    at: int

    def lists(self, snapshot: Snapshot) -> Iterator[Ranking]:
        """Yield everybody's list as served from a snapshot."""
        policy, profiler = self.recommender.served(self.kind), self.recommender.profiler
        for record in self.records:
            profile = profiler.profiles(
                [record.known_at(self.at)],
                np.array([self.at]),
                [record.history(self.at)],
                np.array([record.key], np.uint64),
            )
            yield self.recommender.recommend(profile, self.kind, snapshot, policy, FIRST)


@dataclass(frozen=True)
class Moved:
    """Hold the place of an item (1 = top) in each list before and after, 0: not among its candidates."""

    before: IntArray
    after: IntArray

    @property
    def within_one(self) -> float:
        """The share of lists in which the item moved by one place at most, of those that held it among the first 50 before or after."""
        seen = (self._first(self.before)) | (self._first(self.after))
        if not seen.any():
            return 1.0
        return float(np.mean(np.abs(self._placed(self.before) - self._placed(self.after))[seen] <= 1))

    @property
    def seen(self) -> int:
        """The number of lists that held the item among the first 50, before or after."""
        return int(np.count_nonzero(self._first(self.before) | self._first(self.after)))

    @property
    def of_all(self) -> float:
        """The same share of all lists: where the item stands among the first 50 neither before nor after, it did not move."""
        return 1 - (1 - self.within_one) * self.seen / max(1, len(self.before))

    @property
    def farthest(self) -> int:
        """The farthest move among the lists that held the item."""
        seen = self._first(self.before) | self._first(self.after)
        return int(np.abs(self._placed(self.before) - self._placed(self.after))[seen].max(initial=0))

    def _first(self, places: IntArray) -> np.ndarray:
        return (places > 0) & (places <= FIRST)

    def _placed(self, places: IntArray) -> IntArray:
        return np.where(self._first(places), places, FIRST + 1)


def places(rankings: Sequence[IntArray], item: int) -> IntArray:
    """Return the place of an item (row of `Items`) in each list of rows, 0 where it is not."""
    found = [np.flatnonzero(rows == item) for rows in rankings]
    return np.array([int(where[0]) + 1 if len(where) else 0 for where in found], np.int64)


def attack(
    store: Store,
    city: City,
    kind: Kind,
    item: str,
    people: Sequence[str],
    others: Sequence[str],
    at: int,
    *,
    count: int,
    spread: bool,
) -> int:
    """Send events and lists of one key at a moment; return how many of the events on the item count."""
    events: list[Row] = [
        {
            "event_id": f"attack-{number}",
            "person_id": people[number % len(people)],
            "kind": kind,
            "item_id": others[number % len(others)] if spread and number % 20 else item,
            "event": ("view", "save", "apply")[number % 3],
            "at": at,
            "recorded_at": at,
            "writer": _ATTACKER,
        }
        for number in range(count)
    ]
    counted = 0
    for start in range(0, count, _PART):
        part = events[start : start + _PART]
        taken = store.take_events(part, city)
        counted += sum(row["item_id"] == item and place not in taken.uncounted for place, row in enumerate(part))
    lists: list[Row] = [
        {
            "request_id": f"attack-{number}",
            "at": at,
            "kind": kind,
            "item_id": item,
            "position": 1,
            "score": 1.0,
            "writer": _ATTACKER,
        }
        for number in range(count)
    ]
    for start in range(0, count, 8 * _PART):
        store.append_rankings(lists[start : start + 8 * _PART])
    return counted


def uncapped(city: City) -> City:
    """Return a city whose caps nothing reaches."""
    told = dict.fromkeys(("person", "person_item", "item", "writer", "lists"), _NOTHING)
    counting = Counting.model_validate(city.counting.model_dump() | told)
    return city.model_copy(update={"counting": counting})


def honest(store: Store, asked: Asked, rankings: Sequence[Ranking], at: int) -> None:
    """Log everybody's list as a service on a store does."""
    rows: list[dict[str, Any]] = []
    for record, ranking in zip(asked.records, rankings, strict=True):
        told = {
            "request_id": f"honest-{record.person.person_id}",
            "at": at,
            "person_id": record.person.person_id,
            "kind": asked.kind,
            "writer": _HONEST,
        }
        rows += [told | one | {"vector": None} for one in shown(ranking, 10)]
    for start in range(0, len(rows), 8 * _PART):
        store.append_rankings(rows[start : start + 8 * _PART])


def moves(
    folder: Path,
    recommender: Recommender,
    kind: Kind,
    *,
    most: int,
    targets: int,
    count: int,
    place: Path,
    ways: Sequence[str] = WAYS,
    ruled: Sequence[bool] = (True, False),
) -> Iterator[tuple[str, str, bool, int, Moved]]:
    """Yield item, way of the attack, whether caps hold, events on the item that count, and how far the item moved.

    `ruled` says whether caps hold, each in turn. The items are drawn among those that stand in the first 50 of most lists, so that there is something to move.
    """
    base = place / "base.db"
    with Store.open(f"sqlite:///{base}") as store:
        import_folder(store, folder)
        city = store.city()
        told = read_store_at(store, store.change(), store.change(), city)
        events = told.events()
        last = int(events["at"].max().value // 1000) if events is not None and len(events) else 0
        at = city.midnight(last) + 2 * DAY + DAY // 2
        ids = np.array(store.person_ids(most=1 << 20))
        chosen = np.random.default_rng([SEED, 15]).permutation(ids)[:most].tolist()
        records = [
            one for start in range(0, len(chosen), _PART) for one in store.records(chosen[start : start + _PART], store.change())
        ]
        asked = Asked(recommender, records, kind, at)
        honest(store, asked, list(asked.lists(Snapshot.of(told, recommender.profiler, with_people=False))), at - DAY)
    rows, ids_of = _rows(base, city, asked)
    standing = np.bincount(np.concatenate([one[:FIRST] for one in rows]), minlength=len(ids_of))
    frequent = np.argsort(-standing, kind="stable")[: 4 * targets]
    for item in np.random.default_rng([SEED, 16]).permutation(frequent)[:targets].tolist():
        for way in ways:
            for capped in ruled:
                attacked = Path(shutil.copy(base, place / "attacked.db"))
                town = city if capped else uncapped(city)
                with Store.open(f"sqlite:///{attacked}") as store:
                    others = [one for one in ids_of if one != ids_of[item]]
                    counted = attack(
                        store, town, kind, ids_of[item], ids.tolist(), others, at - DAY, count=count, spread=way == "spread"
                    )
                after, _ = _rows(attacked, town, asked)
                yield ids_of[item], way, capped, counted, Moved(places(rows, item), places(after, item))


def _rows(file: Path, city: City, asked: Asked) -> tuple[list[IntArray], list[str]]:
    with Store.open(f"sqlite:///{file}") as store:
        folder = read_store_at(store, store.change(), store.change(), city)
    snapshot = Snapshot.of(folder, asked.recommender.profiler, with_people=False)
    return [ranking.item for ranking in asked.lists(snapshot)], list(snapshot.items[asked.kind].ids)


def main(
    folder: Annotated[Path, typer.Argument(help="A data folder.")],
    pointer: Annotated[Path, typer.Argument(help="A folder of bundles; the current one ranks.")],
    kind: str = "job",
    most: int = 2000,
    targets: int = 3,
    count: int = 10_000,
    *,
    only_capped: bool = False,
) -> None:
    """Print a line for each attack."""
    of_kind: Kind = next(one for one in TABLE_OF_KIND if one == kind)
    ruled = (True,) if only_capped else (True, False)
    with tempfile.TemporaryDirectory() as place:
        found = moves(
            folder,
            bundles.load(bundles.current(pointer)).recommender(),
            of_kind,
            most=most,
            targets=targets,
            count=count,
            place=Path(place),
            ruled=ruled,
        )
        for item, way, capped, counted, moved in found:
            told = {
                "item": item,
                "way": way,
                "caps": capped,
                "counted": counted,
                "lists": len(moved.before),
                "held": moved.seen,
                "within_one": round(moved.of_all, 4),
                "within_one_of_held": round(moved.within_one, 4),
                "farthest": moved.farthest,
            }
            typer.echo(json.dumps(told))


if __name__ == "__main__":
    typer.run(main)
