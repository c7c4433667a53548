"""What the worlds share: the window of time, cells of tables, the log of events, distances and draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from typing import Any, Protocol, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sqrec.contract import TABLE_OF_KIND

Array: TypeAlias = NDArray[Any]
Tables: TypeAlias = dict[str, pd.DataFrame]

AS_OF = date(2026, 11, 1)
DAYS = 90
DAY = 86_400
END = int(np.datetime64(AS_OF, "s").astype(np.int64)) - 8 * 3600
"""The end of the window: midnight in Qingdao at which `AS_OF` begins, seconds UTC."""
START = END - DAYS * DAY
NEVER = -1
"""The mark of no moment, request, position or item."""
SAMPLE = 250
"""The number of people in the table `utilities`."""


def read_rows(name: str) -> list[tuple[str, ...]]:
    """Read `data/NAME.txt`: one row a line, cells separated by spaces."""
    text = resources.files("experiments.worlds").joinpath("data", f"{name}.txt").read_text(encoding="utf-8")
    return [tuple(line.split()) for line in text.splitlines()]


def moments(seconds: Array) -> pd.DatetimeIndex:
    """Return seconds UTC as instants in the city's zone; negative ones are empty (NaT)."""
    known = np.where(seconds < 0, np.datetime64("NaT"), np.asarray(seconds, np.int64).astype("datetime64[s]"))
    return pd.DatetimeIndex(known).tz_localize("UTC").tz_convert("Asia/Shanghai")


class Judged(Protocol):
    """Computes the utility of every item of a kind for people; `hidden` False leaves hidden terms out."""

    def __call__(self, who: Array, *, hidden: bool) -> Array:
        """Return utilities, shape (people, items); `who` are indices of people."""
        ...


def waking(seconds: Array) -> Array:
    """Return moments (seconds UTC) moved between 7:00 and 22:00 of their day, in the same order."""
    day, second = np.divmod(seconds - START, DAY)
    return (START + day * DAY + 7 * 3600 + second * 15 // 24).astype(np.int64)


def numbered(prefix: str, numbers: Array | int) -> Array:
    """Return ids of a prefix and five digits; of an integer, those of all numbers below it."""
    found = np.arange(numbers) if isinstance(numbers, int) else numbers
    return np.array([f"{prefix}{number:05d}" for number in found.tolist()], object)


def blanked(cells: Sequence[Any] | Array, share: float, rng: np.random.Generator) -> Array:
    """Return the cells with a random share of them None."""
    known = np.array(cells, object)
    known[rng.random(len(known)) < share] = None
    return known


def unless(mask: Array, cells: Array) -> Array:
    """Return the cells with the marked ones None."""
    known = np.array(cells, object)
    known[mask] = None
    return known


def listed(words: Array, which: Array) -> list[str | None]:
    """Return the marked words of each row as a cell of a list (`|`); None without any."""
    return ["|".join(words[row]) or None for row in which]


def metres(lon: Array, lat: Array, to_lon: Array, to_lat: Array) -> Array:
    """Return the distances of all pairs of first and second points in a straight line, metres, shape (first, second)."""
    east = (to_lon[None, :] - lon[:, None]) * (111_320 * np.cos(np.radians(36.12)))
    north = (to_lat[None, :] - lat[:, None]) * 110_950
    return np.hypot(east, north).astype(np.float32)


def drawn(weights: Array, rng: np.random.Generator) -> Array:
    """Draw one column for each row with probability in proportion to its weight; -1 where all are 0."""
    sums = np.cumsum(weights, axis=1, dtype=np.float64)
    found = (sums < (rng.random(len(sums)) * sums[:, -1])[:, None]).sum(axis=1)
    return np.where(sums[:, -1] > 0, np.minimum(found, weights.shape[1] - 1), NEVER)


def lowest(values: Array, count: int) -> Array:
    """Return the columns of the `count` lowest values of each row, lowest first."""
    some = values.argpartition(min(count, values.shape[1] - 1), axis=1)[:, :count]
    return np.take_along_axis(some, np.take_along_axis(values, some, axis=1).argsort(axis=1, kind="stable"), axis=1)


def blocks(count: int, size: int = 1000) -> list[Array]:
    """Return the indices below `count` in blocks of about `size`, to bound memory."""
    return np.array_split(np.arange(count), max(1, -(-count // size)))


def sampled(people: int, rng: np.random.Generator, most: int = SAMPLE) -> Array:
    """Draw the people of the table `utilities`: sorted indices, at most `most`."""
    return np.sort(rng.choice(people, min(most, people), replace=False))


@dataclass
class Diary:
    """Collect events in parts; people, items and requests are indices."""

    parts: list[pd.DataFrame] = field(default_factory=list[pd.DataFrame])

    def note(
        self,
        kind: str,
        event: str,
        person: Array,
        item: Array,
        at: Array,
        request: Array | int = NEVER,
        position: Array | int = NEVER,
        recorded: Array | int = NEVER,
    ) -> None:
        """Add one event for each entry; `at` and `recorded` (when it became known) are seconds UTC, `position` is from 1."""
        if len(person):
            cells = {"person": person, "item": item, "at": at, "request": request, "position": position, "recorded": recorded}
            self.parts.append(pd.DataFrame(cells).astype(np.int64).assign(kind=kind, event=event))

    def frame(self, people: Array, items: dict[str, Array], *, impressions: bool) -> pd.DataFrame:
        """Return the table `events` of the window in order of time; `people` and `items` hold the ids.

        Without `impressions` their rows are left out and the ids of the others stay.
        """
        told = pd.concat(self.parts, ignore_index=True)
        told = told[(told["at"] < END) & (told["recorded"] < END)].sort_values("at", kind="stable", ignore_index=True)
        told = told if impressions else told[told["event"] != "impression"]
        item = np.empty(len(told), object)
        for kind, ids in items.items():
            these = (told["kind"] == kind).to_numpy()
            item[these] = ids[told["item"].to_numpy()[these]]
        request = np.full(len(told), None, object)
        shown = (told["request"] >= 0).to_numpy()
        request[shown] = numbered("q", told["request"].to_numpy()[shown])
        return pd.DataFrame(
            {
                "event_id": numbered("e", told.index.to_numpy()),
                "person_id": people[told["person"].to_numpy()],
                "kind": told["kind"].to_numpy(),
                "item_id": item,
                "event": told["event"].to_numpy(),
                "at": moments(told["at"].to_numpy()),
                "recorded_at": moments(told["recorded"].to_numpy()),
                "request_id": request,
                "position": told["position"].where(told["position"] > 0).astype("Int64").array,
            }
        )


def gains(people: Array, kind: str, items: Array, live: Array, utility: Array, observable: Array) -> pd.DataFrame:
    """Return rows of the table `utilities`, at `END`, for the items that `live` marks.

    `people` and `items` are ids; `utility` and `observable` have shape (people, items).
    """
    shown = np.flatnonzero(live)
    count = len(people) * len(shown)
    return pd.DataFrame(
        {
            "person_id": np.repeat(people, len(shown)),
            "kind": kind,
            "item_id": np.tile(items[shown], len(people)),
            "at": moments(np.full(count, END)),
            "utility": utility[:, shown].ravel().astype(float).round(5),
            "observable": observable[:, shown].ravel().astype(float).round(5),
        }
    )


def with_log(
    tables: Tables, log: Diary, who: Array, gained: Mapping[str, tuple[Array, Array, Array]], *, impressions: bool
) -> Tables:
    """Return the tables with those of events and utilities added.

    `who` are the people (indices) of the utilities; `gained` holds for each kind the mark of live items, utilities and observable
    utilities. The first column of each table has the ids.
    """
    names = tables["people"]["person_id"].to_numpy(object)
    ids = {kind: tables[name].iloc[:, 0].to_numpy(object) for kind, name in TABLE_OF_KIND.items()}
    utilities = [gains(names[who], kind, ids[kind], *gained[kind]) for kind in ids]
    return tables | {
        "events": log.frame(names, ids, impressions=impressions),
        "utilities": pd.concat(utilities, ignore_index=True),
    }
