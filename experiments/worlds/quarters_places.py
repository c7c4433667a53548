"""Places of the mining city with capacity and hours, and the needs of people."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, NEVER, START, Array, blanked, moments, numbered, read_rows, unless
from experiments.worlds.quarters_people import OLD, RETIRED, STUDENT, Folk
from experiments.worlds.quarters_town import City
from experiments.worlds.unseen_ground import scaled

_RHYTHMS = read_rows("quarters_rhythms")
"""Columns: type, share of places, needs a week (health places: by appointment), hours (*: not at weekends), group, size, names."""
TYPES = np.array([row[0] for row in _RHYTHMS], object)
RATE = np.array([float(row[2]) for row in _RHYTHMS])
HEALTH = np.isin(TYPES, ("pharmacy", "clinic"))
SLOTS = np.array([7, 9, 11, 14, 17, 19])
"""Hours at which a slot begins; a place is used if it is open for two hours from then."""
_SIGN = np.array(["红旗", "东风", "矿南", "矿北", "老井", "新城", "金岭", "向阳", "五一", "工人村", "北山", "振兴"], object)
_OPENED = 0.08


@dataclass(frozen=True)
class Places:
    """Hold places: `pull` is the attraction, `room` the number of people who fit in a slot, `opens` marks weekdays by slots."""

    type: Array
    pull: Array
    room: Array
    seats: Array
    opens: Array
    clock: Array
    quarter: Array
    lon: Array
    lat: Array
    since: Array
    until: Array

    @property
    def live(self) -> Array:
        """Mark the items that exist at the end of the window, shape (items,)."""
        return (self.since <= END) & (self.until > END)


def places(count: int, people: int, where: City, rng: np.random.Generator) -> Places:
    """Draw places; capacities are such that attractive ones are full at popular hours."""
    share = np.array([float(row[1]) for row in _RHYTHMS])
    others = rng.choice(len(TYPES), max(0, count - len(TYPES)), p=share / share.sum())
    kind = rng.permutation(np.r_[np.arange(len(TYPES)), others])
    quarter = rng.choice(len(where.homes), len(kind), p=where.homes / where.homes.sum())
    lon, lat = where.around(quarter, rng)
    size = np.array([float(row[5]) for row in _RHYTHMS])[kind] * rng.lognormal(0, 0.5, len(kind))
    turn = rng.random(len(kind))
    since = START + np.where(turn < _OPENED, rng.integers(0, DAYS, len(kind)), -rng.integers(60, 3000, len(kind))) * DAY
    until = np.where(turn > 0.95, START + rng.integers(5, DAYS, len(kind)) * DAY, END + 3000 * DAY)
    clock = np.array([row[3] for row in _RHYTHMS], object)[kind]
    return Places(
        kind,
        rng.lognormal(0, 0.5, len(kind)) * size**0.3,
        np.maximum(1, (0.9 * size * scaled(1000, people, 0.7) / 1000).round()).astype(int),
        (12 * size).round() + 2,
        np.array([_open(one) for one in clock]),
        clock,
        quarter,
        lon,
        lat,
        since,
        until,
    )


def _open(clock: str) -> Array:
    """Mark the weekdays and slots in which a place is open for two hours, shape (7, slots)."""
    first, last = (int(hour) for hour in clock.rstrip("*").split("-"))
    days = np.arange(7) < (5 if clock.endswith("*") else 7)
    return days[:, None] & (first <= SLOTS) & (last >= SLOTS + 2)


def _groups(who: Folk) -> dict[str, Array]:
    return {
        "all": np.ones(len(who.age), bool),
        "old": (who.work == RETIRED) | (who.age >= OLD),
        "young": (who.age < 40) | (who.work == STUDENT),
        "family": who.family,
    }


def usual(who: Folk) -> Array:
    """Return the expected needs a week by age, work and family, people by types."""
    groups = _groups(who)
    return np.stack([rate * (0.1 + 0.9 * groups[row[4]]) for rate, row in zip(RATE, _RHYTHMS, strict=True)], axis=1)


def needed(who: Folk, rng: np.random.Generator) -> Array:
    """Draw the true needs a week of each person, around `usual`, some 0; people by types."""
    rates = usual(who)
    return rates * rng.lognormal(-0.12, 0.5, rates.shape) * (rng.random(rates.shape) < 0.8)


def table(of: Places, where: City, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `amenities`."""
    count = len(of.type)
    names = [f"{rng.choice(_SIGN)}{rng.choice(_RHYTHMS[one][6].split(','))}" for one in of.type]
    here, silent = rng.random(count) >= 0.04, rng.random(count) < 0.3
    return pd.DataFrame({
        "amenity_id": numbered("y", count),
        "name": names,
        "type": TYPES[of.type],
        "hours": blanked([_written(one) for one in of.clock], 0.18, rng),
        "capacity": np.where(silent, np.nan, of.seats),
        "capacity_unit": unless(silent, np.full(count, "people")),
        "phone": blanked([f"0532-8{number:07d}" for number in rng.integers(0, 10**7, count)], 0.35, rng),
        "status": blanked(np.full(count, "open"), 0.12, rng),
        "lon": np.where(here, of.lon, np.nan),
        "lat": np.where(here, of.lat, np.nan),
        "area": where.area[of.quarter],
        "published_at": moments(of.since),
        "valid_to": moments(np.where(of.until > END + 200 * DAY, NEVER, of.until)),
    })  # fmt: skip


def _written(clock: str) -> str:
    first, last = clock.rstrip("*").split("-")
    return f"{'mon-fri ' if clock.endswith('*') else ''}{first}:00-{last}:00"
