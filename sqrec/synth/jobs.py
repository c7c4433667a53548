"""Invented vacancies of employers with outlets."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray
from sqrec.codes.wages import monthly
from sqrec.synth import adverts, clock, contacts
from sqrec.synth.catalogue import Catalogue, Window, day_start, iso_days, opaque_ids, published, scattered, some
from sqrec.synth.city import Communities, city_file, district_codes
from sqrec.synth.data import draw, ints, pick, read, stream
from sqrec.synth.employers import employers
from sqrec.synth.trades import FORMS, Trades, trades

_MODES = ("on_site", "fixed_point", "home_visit", "online_order", "delivery", "remote")
_HAZARDS = ("night", "height", "toxic", "heavy_load", "heat", "cold", "underground", "entertainment_venue", "other")
_RUNG_CODE = {1: "81", 2: "71", 3: "61", 4: "31", 5: "21"}


def vacancies(size: int, per_item: float, places: Communities, window: Window, seed: int) -> Catalogue:
    """Invent `size` vacancies; their headcounts grow with `per_item`, the number of people per item."""
    rng, work = stream(seed, "jobs"), trades()
    firms = employers(size, places, seed)
    trade = np.concatenate([np.arange(min(size, len(work))), draw(rng, work.weight, max(0, size - len(work)))])
    firm = firms.offering(trade, rng)
    names = [firms.names[number] for number in ints(firm)]
    home = firms.outlets[firm, rng.integers(0, 3, size)]
    lon, lat = scattered(places, home, 300, rng)
    first, last = published(size, window, 0.5, rng)
    kind = _kinds(trade, rng)
    last = np.where((kind == "event") & (last > first + 40), first + rng.integers(20, 41, size), last)
    form, mode = _forms(trade, kind, work, rng)
    patterns = [text for texts in read("hours")["shifts"].values() for text in texts]
    hours = _hours(trade, form, patterns, work, rng)
    days = np.where(np.isin(form, [1]), rng.integers(3, 6, size), rng.choice([5, 6, 6, 6.5], size))
    days[[";" in patterns[place] or patterns[place][:3] == "mon" for place in hours]] = np.nan
    wage = _wages(trade, form, places.district[home], kind, hours, days, patterns, work, rng)
    rung = np.where(rng.random(size) < 0.72, np.clip(work.education[trade] + rng.choice([-1, 0, 0, 0, 1], size), 1, 5), np.nan)
    years = np.where(rng.random(size) < 0.6, np.clip(work.experience[trade] + rng.integers(-1, 2, size), 0, 8), np.nan)
    skill, level = _skills(trade, work, rng)
    hazards, checked = _hazards(trade, patterns, hours, work, rng)
    remote = np.isin(mode, [_MODES.index("remote"), _MODES.index("online_order")])
    placed = ~remote & (rng.random(size) < 0.95)
    has_hours = rng.random(size) < 0.88
    hours = np.where(has_hours, hours, -1)
    head = np.maximum(1, np.round(rng.lognormal(0.55, 0.7, size) * max(1.0, per_item / 1.2))).astype(np.int64)
    local = ~remote & (rng.random(size) < 0.18)
    table = pd.DataFrame(
        {
            "job_id": opaque_ids("j", size, rng),
            "title": adverts.titles(trade, names, kind, rng),
            "occupation": some(rng, 0.86, [work.rows[number].code for number in ints(trade)]),
            "employer_id": [firms.ids[number] for number in ints(firm)],
            "employer": names,
            "industry": [firms.industry[number] for number in ints(firm)],
            **wage,
            "education_min": [None if value != value else _RUNG_CODE[int(value)] for value in rung],
            "experience_min_years": years,
            "skills": [listed_skills(work, row, levels) for row, levels in zip(skill, level, strict=True)],
            "form": [FORMS[number] for number in form],
            "mode": [_MODES[number] for number in mode],
            "kind": kind.tolist(),
            "hazards": hazards,
            "hazards_checked": [True if value else None for value in checked],
            "headcount": np.where(rng.random(size) < 0.9, head, np.where(head == 1, np.nan, head)),
            "hours": [None if place < 0 else patterns[place] for place in hours],
            "days_per_week": days,
            "lon": np.where(placed, lon, np.nan),
            "lat": np.where(placed, lat, np.nan),
            "area": [None if gone else places.code[number] for number, gone in zip(home, remote, strict=True)],
            "address": adverts.addresses(placed, rng),
            "phone": contacts.job_phones(firm, seed),
            "event_id": contacts.fairs(kind, places.code, home, first),
            "benefits": adverts.benefits(size, rng),
            "description": adverts.descriptions(trade, rng),
            "source": [read("words")["job_sources"][place] for place in rng.integers(0, 5, size)],
            "local_first": [True if value else None for value in local],
            "published_at": iso_days(first),
            "valid_to": iso_days(last),
        }
    )
    return Catalogue(
        kind="job",
        ids=table["job_id"].tolist(),
        lon=lon,
        lat=lat,
        community=home,
        placed=placed,
        bound=~remote,
        group=work.group[trade],
        provider=firm,
        opens=day_start(first),
        closes=day_start(last + 1),
        ranked=kind != "public_welfare",
        minors=np.array([bool(seen) and text is None for seen, text in zip(checked, hazards, strict=True)]),
        patterns=patterns,
        hours=hours,
        capacity=head,
        traits={
            "trade": trade,
            "form": form,
            "rung": np.nan_to_num(rung),
            "years": np.nan_to_num(years),
            "skill": skill.astype(np.int16),
            "level": level.astype(np.int8),
            "wage": _month_wages(table),
            "hazard": np.array([text is not None for text in hazards]),
            "local": local,
        },
        table=table,
    )


def _kinds(trade: IntArray, rng: np.random.Generator) -> AnyArray:
    """Draw the kind of each post; public-welfare posts are simple work of property firms and public bodies."""
    simple = np.array([row.sector in {"property", "public"} for row in trades().rows])[trade]
    kind = np.where(rng.random(len(trade)) < 0.04, "event", "market")
    return np.where(simple & (rng.random(len(trade)) < 0.12), "public_welfare", kind)


def _forms(trade: IntArray, kind: AnyArray, work: Trades, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    form, mode = np.zeros(len(trade), dtype=np.int64), np.zeros(len(trade), dtype=np.int64)
    for number, row in enumerate(work.rows):
        mine = np.flatnonzero(trade == number)
        shares = [0.62, *[0.38 / max(1, len(row.forms) - 1)] * (len(row.forms) - 1)]
        form[mine] = np.array([FORMS.index(name) for name in row.forms])[draw(rng, shares, len(mine))]
        usual = rng.random(len(mine)) < 0.85
        mode[mine] = np.where(usual, _MODES.index(row.mode), 0)
    form[kind == "event"] = FORMS.index("temporary")
    return form, mode


def _hours(trade: IntArray, form: IntArray, patterns: Sequence[str], work: Trades, rng: np.random.Generator) -> IntArray:
    """Pick a shift of the occupation; part-time work has short ones."""
    shifts, short = read("hours")["shifts"], ("part_am", "part_pm", "midday", "evening", "weekend", "breakfast")
    found = np.zeros(len(trade), dtype=np.int64)
    for row, number in enumerate(ints(trade)):
        names = list(work.rows[number].hours)
        if form[row] == FORMS.index("part_time"):
            names = [name for name in names if name in short] or list(short[:4])
        found[row] = patterns.index(pick(rng, shifts[pick(rng, names)]))
    return found


def _wages(
    trade: IntArray,
    form: IntArray,
    district: IntArray,
    kind: AnyArray,
    hours: IntArray,
    days: FloatArray,
    patterns: Sequence[str],
    work: Trades,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Return the columns wage_min, wage_max (yuan) and wage_unit: by the month, small work by hour or day; at least the minimum wage."""
    areas = [city_file().areas[code].lowest_wages[-1] for code in district_codes()]
    floor_month, floor_hour = (np.array([getattr(area, name) for area in areas])[district] for name in ("month", "hour"))
    level = rng.lognormal(0, 0.1, len(trade)) * np.where(district < 4, 1.05, 0.97)
    low, high = (work.wage[trade, side] * level for side in (0, 1))
    low, high = low + (high - low) * rng.uniform(0, 0.35, len(low)), high - (high - low) * rng.uniform(0, 0.35, len(low))
    welfare = kind == "public_welfare"
    low, high = np.where(welfare, floor_month, low), np.where(welfare, floor_month + 200, np.maximum(high, low))
    unit = np.where(
        form == 1, "hour", np.where(form == 3, "day", np.where((form == 2) & (rng.random(len(form)) < 0.4), "hour", "month"))
    )
    unit = np.where(welfare, "month", unit).astype(object)
    parts = {"month": (1.0, 100), "day": (21.75, 10), "hour": (174.0, 1)}
    factor = np.array([parts[name][0] for name in unit]) / np.where(unit == "month", 1.0, 1.1)
    step = np.array([parts[name][1] for name in unit])
    floor = np.where(unit == "hour", floor_hour, np.where(unit == "day", floor_hour * 8, floor_month))
    low, high = (np.maximum(np.round(value / factor / step) * step, np.ceil(floor / step) * step) for value in (low, high))
    agreed = rng.random(len(low)) < 0.05
    single = rng.random(len(low)) < 0.1
    return {
        "wage_min": np.where(agreed, np.nan, low),
        "wage_max": np.where(agreed | single, np.nan, high),
        "wage_unit": [None if hidden else text for text, hidden in zip(unit.tolist(), agreed, strict=True)],
    }


def _month_wages(table: pd.DataFrame) -> FloatArray:
    """Return the highest monthly wage (yuan) that each job's columns state; NaN: unknown."""
    best = table["wage_max"].fillna(table["wage_min"])
    rows = zip(best, table["wage_unit"], table["hours"], table["days_per_week"], table["form"], strict=True)
    return np.array([_month(*row) for row in rows])


def _month(best: float, unit: str | None, hours: str | None, days: float, form: str) -> float:
    if best != best or unit is None:
        return np.nan
    a_day = clock.slots(hours).sum() / 14 if isinstance(hours, str) else 0.0
    return monthly(best, unit, a_day * (7 if days != days else days) if a_day else None, form)


def _skills(trade: IntArray, work: Trades, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    skill = np.where(rng.random((len(trade), 3)) < (0.75, 0.55, 0.35), work.skill[trade], -1)
    skill[rng.random(len(trade)) < 0.15] = -1
    level = np.where((skill >= 0) & (rng.random(skill.shape) < 0.2), rng.integers(3, 6, skill.shape), 0)
    return skill, level


def listed_skills(work: Trades, skill: AnyArray, level: AnyArray) -> str | None:
    """Return skills as a cell of the contract: names, with the level behind an @; None without any."""
    names = [work.skills[one] + (f"@{at}" if at else "") for one, at in zip(ints(skill), ints(level), strict=True) if one >= 0]
    return "|".join(names) or None


def _hazards(
    trade: IntArray, patterns: Sequence[str], hours: IntArray, work: Trades, rng: np.random.Generator
) -> tuple[list[str | None], BoolArray]:
    """Return hazards as cells, and `hazards_checked`; night work only where the hours are at night."""
    at_night = np.array([clock.slots(text)[2:10].any() for text in patterns])[hours]
    found: list[str | None] = []
    for row, number in enumerate(ints(trade)):
        named = [hazard for hazard in work.rows[number].hazards if hazard != "night" and rng.random() < 0.85]
        named += ["night"] * bool(at_night[row])
        odd = rng.random()
        named += ["underground"] * (odd < 0.004) + ["entertainment_venue"] * (0.004 < odd < 0.012)
        found.append("|".join(sorted(set(named), key=_HAZARDS.index)) or None)
    return found, rng.random(len(trade)) < 0.7
