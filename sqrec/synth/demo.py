"""From arguments to a data folder: `write_demo` is all of `sqrec demo`; read it from top to bottom."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np

from sqrec.contract import KINDS, TABLE_OF_KIND, Kind
from sqrec.errors import DataError
from sqrec.synth.amenities import outlets
from sqrec.synth.catalogue import Catalogue, day_start, opaque_ids
from sqrec.synth.city import Communities, city_file, communities, communities_table
from sqrec.synth.courses import training_offers
from sqrec.synth.data import read, stream
from sqrec.synth.jobs import vacancies
from sqrec.synth.policies import policies_table, skills_table
from sqrec.synth.residents import Residents, invent, ways
from sqrec.synth.restricted import restricted_columns
from sqrec.synth.story import Story, Window
from sqrec.synth.write import Table, people_columns, pieces, write_frame

World = Literal["default", "other"]
WINDOW = timedelta(days=150)
FEWEST = 10
_SHARES: Mapping[Kind, float] = {"job": 4 / 9, "course": 1 / 9, "amenity": 4 / 9}
_ITEMS_AT, _PEOPLE_AT, _GROWTH = 2_700, 2_000, 0.5813
"""2,700 items for 2,000 people, 100,000 for a million."""


@dataclass(frozen=True)
class Demo:
    """Hold the arguments of an invented city.

    `items` None: a number that grows slower than that of people. `as_of` None: today in city time. `taste` names weights of the
    choice model, `shape` a layout of the city, both in worlds.json.
    """

    people: int = 2_000
    seed: int = 1
    as_of: date | None = None
    taste: World = "default"
    shape: World = "default"
    items: int | None = None

    @property
    def sizes(self) -> dict[Kind, int]:
        """The number of items of each kind."""
        total = self.items or round(_ITEMS_AT * (self.people / _PEOPLE_AT) ** _GROWTH)
        return {kind: max(FEWEST, round(total * share)) for kind, share in _SHARES.items()}


@dataclass(frozen=True)
class Invented:
    """Hold places, people and items before any event."""

    places: Communities
    people: Residents
    items: Mapping[Kind, Catalogue]
    window: Window


def write_demo(folder: Path, demo: Demo, told: Callable[[str], None] = lambda _: None) -> dict[str, int]:
    """Invent a city and write it as a data folder; return the number of rows of each table.

    `told` is called with a sentence at each step. The same arguments give the same bytes; `as_of` None is today in city time.
    Raises DataError for fewer than ten people, and for a folder that holds anything but an invented city.
    """
    if demo.people < FEWEST:
        raise DataError(f"{demo.people} people are too few for a city; name {FEWEST} or more.")
    _prepare(folder)
    as_of = demo.as_of or datetime.now(city_file().zone).date()
    told("residents and items")
    world = invented(demo, as_of)
    ids = opaque_ids("p", demo.people, stream(demo.seed, "person ids"))
    rows = _write_people(folder, world, ids, as_of, demo.seed)
    rows |= _write_story(folder, demo, world, Story(world.people, ids, world.places, world.window, demo.taste, demo.seed), told)
    rows |= _write_frames(folder, world, demo.seed)
    config = {"city": "qingdao", "crs": "WGS84", "as_of": as_of.isoformat(), "synthetic": True}
    (folder / "folder.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    return rows


def invented(demo: Demo, as_of: date) -> Invented:
    """Invent places, people and items."""
    end = int(day_start(np.array((as_of - date(1970, 1, 1)).days)))
    window = Window(end - int(WINDOW.total_seconds()), end)
    sizes, seed = demo.sizes, demo.seed
    places = communities(demo.shape, sizes["amenity"], seed)
    spread = read("worlds")["shapes"][demo.shape]["home_spread_metres"]
    items: dict[Kind, Catalogue] = {
        "job": vacancies(sizes["job"], demo.people / sizes["job"], places, window, seed),
        "course": training_offers(sizes["course"], demo.people / sizes["course"], places, window, seed),
        "amenity": outlets(sizes["amenity"], places, window, seed),
    }
    return Invented(places, invent(demo.people, places, as_of, window, seed, spread), items, window)


def _prepare(folder: Path) -> None:
    """Make the folder, and remove the tables of an older invented city. Raises DataError where it holds anything else."""
    config = folder / "folder.json"
    ours = config.is_file() and json.loads(config.read_text(encoding="utf-8")).get("synthetic")
    if folder.is_dir() and any(folder.iterdir()) and not ours:
        raise DataError(f"{folder} holds something that is no invented city; name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.parquet"):
        file.unlink()


def _write_people(folder: Path, world: Invented, ids: list[str], as_of: date, seed: int) -> dict[str, int]:
    rng, people, places = stream(seed, "restricted"), world.people, world.places
    walk = ways(people, seed)
    with Table(folder, "people") as table, Table(folder, "restricted") as apart:
        for part in pieces(len(people)):
            table.write(people_columns(people, part, ids[part], places.code, walk))
            apart.write(restricted_columns(people, part, ids[part], places, as_of, rng))
    return {"people": len(people), "restricted": len(people)}


def _write_story(folder: Path, demo: Demo, world: Invented, story: Story, told: Callable[[str], None]) -> dict[str, int]:
    rows = {"events": 0, "utilities": 0}
    with Table(folder, "events") as events, Table(folder, "utilities") as truth:
        for kind in KINDS:
            told(f"what people do with {TABLE_OF_KIND[kind]}")
            counts = story.tell(world.items[kind], events, truth)
            rows = {name: rows[name] + count for name, count in zip(rows, counts, strict=True)}
    return rows


def _write_frames(folder: Path, world: Invented, seed: int) -> dict[str, int]:
    """Write the tables of items as they are after all events, and the remaining tables."""
    frames = {TABLE_OF_KIND[kind]: items.as_left() for kind, items in world.items.items()}
    frames |= {"communities": communities_table(world.places, seed), "policies": policies_table(), "skills": skills_table()}
    for name, frame in frames.items():
        write_frame(folder, name, frame)
    return {name: len(frame) for name, frame in frames.items()}
