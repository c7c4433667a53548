"""Invented training courses."""

from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import AnyArray, BoolArray, IntArray
from sqrec.synth import contacts
from sqrec.synth.adverts import brand
from sqrec.synth.catalogue import Catalogue, Window, day_start, iso_days, opaque_ids, published, scattered, some
from sqrec.synth.city import Communities
from sqrec.synth.data import draw, ints, pick, read, stream
from sqrec.synth.jobs import listed_skills
from sqrec.synth.trades import Trades, trades

_AUDIENCES = (
    "graduate",
    "hard_to_employ",
    "veteran",
    "disabled",
    "rural_worker",
    "registered_unemployed",
    "youth_unemployed",
    "low_income",
    "out_of_poverty",
)
_RUNG_CODE = {2: "71", 3: "61", 4: "31"}


def training_offers(size: int, per_item: float, places: Communities, window: Window, seed: int) -> Catalogue:
    """Invent `size` courses: one occupation each, skills of it, a certificate level for most.

    `per_item` is the number of people per item; capacities grow with it.
    """
    rng, work, words, hours = stream(seed, "courses"), trades(), read("words"), read("hours")["lessons"]
    weight = np.sqrt(work.weight)
    trade = np.concatenate([np.arange(min(size, len(work))), draw(rng, weight, max(0, size - len(work)))])[:size]
    count = max(8, size // 8)
    provider = draw(rng, np.arange(1, count + 1) ** -0.5, size)
    sites = draw(rng, places.weight, count)
    home = np.where(rng.random(size) < 0.5, sites[provider], draw(rng, places.weight, size))
    lon, lat = scattered(places, home, 300, rng)
    online = rng.random(size) < 0.16
    level = np.where(rng.random(size) < 0.8, np.array([5, 4, 3, 2, 1])[draw(rng, (0.45, 0.28, 0.17, 0.07, 0.03), size)], 0)
    lessons = np.round(np.where(level > 0, 40 + 24 * (5 - level), 16) * rng.uniform(0.6, 1.5, size))
    subsidised = rng.random(size) < 0.42
    fee = np.where(rng.random(size) < 0.12, 0, np.round(lessons * rng.uniform(9, 32, size) / 50) * 50)
    patterns: list[str] = list(hours.values())
    schedule = np.where(rng.random(size) < (1 - 0.5 * online), draw(rng, (3, 3, 3, 1.5, 1.5), size), -1)
    first, last = published(size, window, 0.4, rng)
    begins = np.minimum(first + rng.integers(20, 130, size), last)
    ends = begins + np.maximum(3, np.round(lessons / 5)).astype(np.int64)
    minimum, maximum = _ages(size, rng)
    rung = np.where(rng.random(size) < 0.35, np.clip(work.education[trade], 2, 4), np.nan)
    capacity = np.round(rng.uniform(16, 50, size) * max(1.0, per_item / 3.2)).astype(np.int64)
    audience = np.where(rng.random(size) < 0.1, draw(rng, np.ones(len(_AUDIENCES)), size), -1)
    skill, taught = _teaches(trade, level, work, rng)
    names = [brand(rng) + pick(rng, words["course_providers"]) for _ in range(count)]
    table = pd.DataFrame(
        {
            "course_id": opaque_ids("c", size, rng),
            "title": _titles(trade, level, online, words, work, rng),
            "teaches": [listed_skills(work, row, levels) for row, levels in zip(skill, taught, strict=True)],
            "occupation": some(rng, 0.9, [work.rows[number].code for number in ints(trade)]),
            "level": np.where(level > 0, level, np.nan),
            "provider": [names[number] for number in ints(provider)],
            "fee": fee,
            "subsidised": subsidised,
            "online": [
                True if gone else False if luck < 0.9 else None for gone, luck in zip(online, rng.random(size), strict=True)
            ],
            "education_min": [None if value != value else _RUNG_CODE[int(value)] for value in rung.tolist()],
            "age_min": minimum,
            "age_max": maximum,
            "audience": [None if place < 0 else _AUDIENCES[place] for place in ints(audience)],
            "capacity": capacity,
            "start_on": iso_days(begins),
            "end_on": iso_days(ends),
            "lesson_hours": lessons,
            "schedule": [None if place < 0 else patterns[place] for place in ints(schedule)],
            "lon": np.where(online, np.nan, lon),
            "lat": np.where(online, np.nan, lat),
            "area": [None if gone else places.code[number] for number, gone in zip(ints(home), online, strict=True)],
            "address": contacts.course_addresses(~online, seed),
            "phone": contacts.course_phones(provider, seed),
            "published_at": iso_days(first),
            "valid_to": iso_days(last),
        }
    )
    return Catalogue(
        kind="course",
        ids=table["course_id"].tolist(),
        lon=lon,
        lat=lat,
        community=home,
        placed=~online,
        bound=~online,
        group=work.group[trade],
        provider=provider,
        opens=day_start(first),
        closes=day_start(last + 1),
        ranked=audience < 0,
        minors=np.ones(size, dtype=bool),
        patterns=patterns,
        hours=schedule,
        capacity=capacity,
        traits={
            "trade": trade,
            "skill": skill.astype(np.int16),
            "level": level.astype(np.int8),
            "fee": np.where(subsidised, 0.2, 1.0) * fee,
            "rung": np.nan_to_num(rung),
            "age_min": np.nan_to_num(minimum),
            "age_max": np.where(np.isnan(maximum), 200, maximum),
            "ends": day_start(ends) + 17 * 3600,
        },
        table=table,
    )


def _ages(size: int, rng: np.random.Generator) -> tuple[AnyArray, AnyArray]:
    low = np.where(rng.random(size) < 0.4, rng.choice([16, 18, 18, 20], size), np.nan)
    high = np.where(rng.random(size) < 0.35, rng.choice([45, 50, 55, 60, 60], size), np.nan)
    return low, high


def _teaches(trade: IntArray, level: IntArray, work: Trades, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Return the taught skills, at least the first of the occupation, and their levels; shape (courses, 3), -1: no more."""
    skill = np.where(rng.random((len(trade), 3)) < (1.0, 0.75, 0.5), work.skill[trade], -1)
    return skill, np.where(skill >= 0, level[:, None], 0)


def _titles(
    trade: IntArray, level: IntArray, online: BoolArray, words: dict[str, Any], work: Trades, rng: np.random.Generator
) -> list[str]:
    graded, plain = words["course_titles"][:2], words["course_titles"][2:5]
    found: list[str] = []
    for row, number in enumerate(ints(trade)):
        entry = work.rows[number]
        texts = graded if level[row] else plain
        text = words["course_titles"][5] if online[row] and not level[row] else pick(rng, texts)
        name = words["levels"].get(str(level[row]), "")
        found.append(text.format(name=entry.name, skill=entry.skills[0], level=name))
    return found
