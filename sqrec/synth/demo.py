"""From arguments to a folder: `write_demo` is the whole of `sqrec demo`. Read it from top to bottom."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from sqrec.arrays import AnyArray, IntArray
from sqrec.columns import KINDS, TABLE_OF_KIND, Kind
from sqrec.errors import DataError
from sqrec.synth import events, oracle, write
from sqrec.synth.amenities import outlets
from sqrec.synth.catalogue import Catalogue, day_start, opaque_ids
from sqrec.synth.city import Communities, city_file, communities, communities_table
from sqrec.synth.courses import training_offers
from sqrec.synth.data import read, stream
from sqrec.synth.days import begin, days
from sqrec.synth.facts import known_facts, true_facts
from sqrec.synth.jobs import vacancies
from sqrec.synth.policies import policies_table, skills_table
from sqrec.synth.residents import Residents, invent
from sqrec.synth.restricted import restricted_columns
from sqrec.synth.taste import taste
from sqrec.synth.utility import Model
from sqrec.synth.write import Table, event_columns, people_columns, pieces, write_frame
from sqrec.untyped import arrow

World = Literal["default", "other"]
WINDOW_DAYS = 150
_SHARES: Mapping[Kind, float] = {"job": 4 / 9, "course": 1 / 9, "amenity": 4 / 9}
_ITEMS_AT, _PEOPLE_AT, _GROWTH = 2_700, 2_000, 0.5813
"""2,700 items for 2,000 people, 100,000 for a million."""


@dataclass(frozen=True)
class Demo:
    """Say what to invent: how many people (and items), from which seed, of which day, with which taste and shape."""

    people: int = 2_000
    seed: int = 1
    as_of: date | None = None
    taste: World = "default"
    shape: World = "default"
    items: int | None = None

    @property
    def sizes(self) -> dict[Kind, int]:
        """How many items of each kind."""
        total = self.items or round(_ITEMS_AT * (self.people / _PEOPLE_AT) ** _GROWTH)
        return {kind: max(10, round(total * share)) for kind, share in _SHARES.items()}


def write_demo(folder: Path, demo: Demo, told: Callable[[str], None] = lambda _: None) -> dict[str, int]:
    """Invent a city and write it as a data folder; return how many rows each table has.

    `told` hears what is being done. The same arguments give the same bytes; without `as_of` the day is today (city time).
    Raises DataError for fewer than ten people, and for a folder that holds something else than such a city.
    """
    if demo.people < 10:
        raise DataError(f"--people {demo.people} is too few for a city; name 10 or more.")
    _prepare(folder)
    as_of = demo.as_of or datetime.now(city_file().zone).date()
    end = int(day_start(np.array((as_of - date(1970, 1, 1)).days)))
    start = end - int(timedelta(days=WINDOW_DAYS).total_seconds())
    told("communities and residents")
    places = communities(demo.shape, demo.sizes["amenity"], demo.seed)
    people = invent(demo.people, places, as_of, start, end, demo.seed, read("worlds")["shapes"][demo.shape]["home_spread_metres"])
    ids = opaque_ids("p", demo.people, stream(demo.seed, "person ids"))
    rows = _write_people(folder, people, places, ids, as_of, demo.seed)
    told("items")
    catalogues = _catalogues(demo, places, start, end)
    rows |= _play(folder, demo, people, places, catalogues, ids, start, end, told)
    for kind, items in catalogues.items():
        rows[TABLE_OF_KIND[kind]] = _write_items(folder, items)
    rows |= _write_rest(folder, demo, people, places)
    config = {"city": "qingdao", "crs": "WGS84", "as_of": as_of.isoformat(), "synthetic": True}
    (folder / "folder.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    return rows


def _prepare(folder: Path) -> None:
    """Make the folder; an older city in it is replaced, anything else is left alone."""
    config = folder / "folder.json"
    if (
        folder.is_dir()
        and any(folder.iterdir())
        and not (config.is_file() and json.loads(config.read_text(encoding="utf-8")).get("synthetic"))
    ):
        raise DataError(f"{folder} holds something that is no invented city; name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.parquet"):
        file.unlink()


def _catalogues(demo: Demo, places: Communities, start: int, end: int) -> dict[Kind, Catalogue]:
    sizes = demo.sizes
    jobs = vacancies(sizes["job"], demo.people / sizes["job"], places, start, end, demo.seed)
    courses = training_offers(sizes["course"], demo.people / sizes["course"] / 4, places, start, end, demo.seed)
    return {"job": jobs, "course": courses, "amenity": outlets(sizes["amenity"], places, start, end, demo.seed)}


def _write_people(folder: Path, people: Residents, places: Communities, ids: list[str], as_of: date, seed: int) -> dict[str, int]:
    rng = stream(seed, "restricted")
    with Table(folder, "people") as table, Table(folder, "restricted") as apart:
        for part in pieces(len(people)):
            table.write(people_columns(people, part, ids[part], places.code))
            apart.write(restricted_columns(people, part, ids[part], places, as_of, rng))
    return {"people": len(people), "restricted": len(people)}


def _play(
    folder: Path,
    demo: Demo,
    people: Residents,
    places: Communities,
    catalogues: Mapping[Kind, Catalogue],
    ids: list[str],
    start: int,
    end: int,
    told: Callable[[str], None],
) -> dict[str, int]:
    """Play the days of every kind; write events, and utilities at each kind's T."""
    true = true_facts(people, places)
    person_ids, rows = arrow.array(ids), {"events": 0, "utilities": 0}
    shown = min(0.3, 0.3 * (20_000 / demo.people) ** 0.35)
    with Table(folder, "events") as table, Table(folder, "utilities") as truth:
        for kind in KINDS:
            told(f"{TABLE_OF_KIND[kind]}: what people do")
            items, rng = catalogues[kind], stream(demo.seed, f"late {kind}")
            model, hidden = Model.of(items, places, demo.taste), taste(items, len(people), demo.taste, demo.seed)
            play = begin(model, hidden, true, people, demo.taste, shown, stream(demo.seed, f"days {kind}"))
            item_ids, at, first, kept, held = arrow.array(items.ids), [], np.full(len(people), np.inf), [], 0
            count = 0

            def flush() -> None:
                nonlocal count, kept, held
                if kept:
                    log = events.Log.joined(kept)
                    table.write(event_columns(log, events.late(log, end, rng), count, kind, person_ids, item_ids))
                    count, kept, held = count + len(log), [], 0

            for log in days(play, people, start, end):
                kept.append(log)
                held += len(log)
                at.append(log.at)
                np.minimum.at(first, log.person, log.at)
                if held > 200_000:
                    flush()
            flush()
            rows["events"] += count
            if not count:
                continue
            moment = oracle.moment(np.concatenate(at))
            told(f"{TABLE_OF_KIND[kind]}: utilities")
            chosen = oracle.sample(first, moment, int(items.live(moment).sum()), demo.seed)
            known = known_facts(people, places, moment)
            who, item, utility, observable = oracle.utilities(model, hidden, true, known, people, chosen, moment)
            for part in pieces(len(who), 500_000):
                truth.write(
                    {
                        "person_id": person_ids.take(arrow.array(who[part])),
                        "kind": arrow.repeat(kind, len(who[part])),
                        "item_id": item_ids.take(arrow.array(item[part])),
                        "at": write.instants(np.full(len(who[part]), moment)),
                        "utility": arrow.array(np.round(utility[part].astype(np.float64) + 40, 4)),
                        "observable": arrow.array(np.round(observable[part].astype(np.float64) + 40, 4)),
                    }
                )
            rows["utilities"] += len(who)
    return rows


def _write_items(folder: Path, items: Catalogue) -> int:
    """Write a table of items; what was filled closed at that moment."""
    frame, filled = items.table, items.closes != _planned(items)
    if filled.any():
        moments = [datetime.fromtimestamp(int(at), UTC).isoformat() for at in items.closes[filled]]
        frame.loc[filled, "valid_to"] = moments
    write_frame(folder, TABLE_OF_KIND[items.kind], frame)
    return len(frame)


def _planned(items: Catalogue) -> IntArray:
    days_ = pd.to_datetime(items.table["valid_to"]).to_numpy().astype("datetime64[D]")
    none = np.isnat(days_)
    return np.where(none, items.closes, day_start(days_.astype(np.int64) + 1))


def _write_rest(folder: Path, demo: Demo, people: Residents, places: Communities) -> dict[str, int]:
    counted = np.bincount(people.community, minlength=len(places))
    frames = {
        "communities": communities_table(places, counted, demo.seed),
        "policies": policies_table(),
        "skills": skills_table(),
    }
    for name, frame in frames.items():
        write_frame(folder, name, frame)
    return {name: len(frame) for name, frame in frames.items()}


_ = (Any, AnyArray)
