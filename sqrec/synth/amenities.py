"""Invented amenities."""

from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import AnyArray, FloatArray, IntArray
from sqrec.synth.adverts import address, brand
from sqrec.synth.catalogue import (
    OPEN_END,
    Catalogue,
    Window,
    day_start,
    iso_days,
    local_day,
    opaque_ids,
    published,
    scattered,
    some,
)
from sqrec.synth.city import Communities, city_file
from sqrec.synth.data import draw, ints, pick, read, stream
from sqrec.synth.residents import TYPES


def outlets(size: int, places: Communities, window: Window, seed: int) -> Catalogue:
    """Invent `size` amenities of every type, spread over the communities."""
    rng, rows = stream(seed, "amenities"), {row["type"]: row for row in read("amenities")["types"]}
    kinds = [rows[name] for name in TYPES]
    kind = np.concatenate([np.arange(len(TYPES)), draw(rng, [row["weight"] for row in kinds], size)])[:size]
    home = draw(rng, places.weight**0.7, size)
    lon, lat = scattered(places, home, 280, rng)
    first, last = published(size, window, 0.85, rng)
    dated, fresh = rng.random(size) < 0.3, first >= local_day(window.start)
    status = draw(rng, (0.955, 0.025, 0.02), size)
    patterns = sorted({text for row in kinds for text in row["hours"]})
    hours = _hours(kind, kinds, patterns, rng)
    capacity = _capacities(kind, kinds, rng)
    signs = [_sign(kinds[number], places.name[where], rng) for number, where in zip(ints(kind), ints(home), strict=True)]
    elder = kind == TYPES.index("elder_care")
    minimum = np.where(elder & (rng.random(size) < 0.7), 60.0, np.nan)
    minimum = np.where((kind == TYPES.index("gym")) & (rng.random(size) < 0.5), 16.0, minimum)
    audience = _audience(kind, rng)
    told = rng.random(size) < 0.75
    table = pd.DataFrame(
        {
            "amenity_id": opaque_ids("a", size, rng),
            "name": signs,
            "type": [TYPES[number] for number in ints(kind)],
            "hours": [None if place < 0 else patterns[place] for place in hours],
            "capacity": np.where(told, capacity, np.nan),
            "capacity_unit": [kinds[number]["unit"] if seen else None for number, seen in zip(kind, told, strict=True)],
            "services": _services(kind, rng),
            "age_min": minimum,
            "age_max": np.full(size, np.nan),
            "audience": audience,
            "fee_note": some(rng, 0.7, [kinds[number]["fee"] for number in kind]),
            "phone": [f"0532-5550{rng.integers(0, 10000):04d}" if rng.random() < 0.4 else None for _ in range(size)],
            "status": np.array(["open", "closed", "planned"], dtype=object)[status],
            "lon": lon,
            "lat": lat,
            "area": [places.code[number] for number in home],
            "address": [address(rng) for _ in range(size)],
            "published_at": [day if seen else None for day, seen in zip(iso_days(first), dated | fresh, strict=True)],
            "valid_to": [day if seen else None for day, seen in zip(iso_days(last), dated, strict=True)],
        }
    )
    opens = table["published_at"].notna().to_numpy(bool)
    minors = np.isin(np.array(TYPES)[kind], city_file().gates.minors_amenities)
    return Catalogue(
        kind="amenity",
        ids=table["amenity_id"].tolist(),
        lon=lon,
        lat=lat,
        community=home,
        placed=np.ones(size, dtype=bool),
        bound=np.ones(size, dtype=bool),
        group=kind,
        provider=np.full(size, -1),
        opens=np.where(opens, day_start(first), np.iinfo(np.int64).min),
        closes=np.where(dated, day_start(last + 1), OPEN_END),
        ranked=(status == 0) & table["audience"].isna().to_numpy(bool),
        minors=minors,
        patterns=patterns,
        hours=hours,
        capacity=np.full(size, OPEN_END),
        traits={
            "type": kind,
            "size": np.where(told, _relative(capacity, kind, kinds), 0.0),
            "age_min": np.nan_to_num(minimum),
        },
        table=table,
    )


def _hours(kind: IntArray, kinds: list[dict[str, Any]], patterns: list[str], rng: np.random.Generator) -> IntArray:
    texts = [pick(rng, kinds[number]["hours"]) for number in ints(kind)]
    return np.where(rng.random(len(kind)) < 0.9, [patterns.index(text) for text in texts], -1)


def _capacities(kind: IntArray, kinds: list[dict[str, Any]], rng: np.random.Generator) -> IntArray:
    low, high = np.array([row["capacity"] for row in kinds], dtype=np.float64)[kind].T
    size: FloatArray = low + (high - low) * rng.random(len(kind)) ** 1.7
    return np.round(size).astype(np.int64)


def _relative(capacity: IntArray, kind: IntArray, kinds: list[dict[str, Any]]) -> AnyArray:
    """Return ln(capacity / middle of its type's range) of every amenity."""
    middle = np.array([sum(row["capacity"]) / 2 for row in kinds])[kind]
    return np.log(np.maximum(capacity, 1) / middle)


def _sign(row: dict[str, Any], community: str, rng: np.random.Generator) -> str:
    sign, name, luck = pick(rng, row["signs"]), brand(rng), rng.random()
    place = community.removesuffix("社区").removesuffix("村")
    return f"{place}{sign}" if luck < 0.4 else f"{name}{sign}" if luck < 0.8 else f"{name}{sign}（{place}店）"


def _services(kind: IntArray, rng: np.random.Generator) -> list[str | None]:
    items = read("words")["station_services"]
    stations = (TYPES.index("employment_station"), TYPES.index("community_centre"))
    return ["|".join(rng.choice(items, rng.integers(2, 6), replace=False)) if number in stations else None for number in kind]


def _audience(kind: IntArray, rng: np.random.Generator) -> list[str | None]:
    groups = {
        TYPES.index("elder_care"): "elderly",
        TYPES.index("employment_station"): "hard_to_employ",
        TYPES.index("canteen"): "elderly",
    }
    luck = rng.random(len(kind))
    return [groups.get(int(number)) if value < 0.12 else None for number, value in zip(kind, luck, strict=True)]
