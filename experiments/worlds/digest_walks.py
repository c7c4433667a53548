"""Places of the digest town, needs that recur, and the visits that follow from them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import (
    DAY,
    DAYS,
    END,
    NEVER,
    START,
    Array,
    Diary,
    blanked,
    drawn,
    listed,
    metres,
    moments,
    numbered,
    read_rows,
)
from experiments.worlds.digest_town import AT_WORK, Folk, Shore

_BEFORE = 45  # days of walks that nobody wrote down
_RHYTHMS = read_rows(
    "digest_rhythms"
)  # type, share of places, needs in 30 days, whose, hours at which they come up, names, opening hours
TYPES = np.array([row[0] for row in _RHYTHMS], object)
_RATE = np.array([float(row[2]) for row in _RHYTHMS])
_FIRST, _PAST = np.array([[int(end) for end in row[4].split("-")] for row in _RHYTHMS]).T
_SIGN = ("栈桥", "台东", "湛山", "四方", "沙子口", "老尹家", "王姐", "登州路", "小港", "蓝湾", "海泊河", "信号山")
_DAYS = {"*": ("mon-fri ", 5), "!": ("mon-sat ", 6)}
_FAR = 0.012  # below this nobody walks
_GLAD, _MOST, _SORRY = 0.5, 1.75, 2.6
_AVOIDS = -1.2
_WRITES = (4, 18)  # how many visits are noted: a beta distribution
_SURE = 1.5  # visits that what is usual counts for


@dataclass(frozen=True)
class Spots:
    """Hold places.

    `quality` is the probability of a good visit, `pull` the attraction (both hidden), `room` the capacity, `opens` marks hours, shape
    (places, 7, 24).
    """

    type: Array
    quality: Array
    pull: Array
    room: Array
    opens: Array
    lon: Array
    lat: Array
    since: Array
    until: Array

    def live(self, at: int) -> Array:
        """Mark the items that exist at a moment, shape (items,)."""
        return (self.since <= at) & (self.until > at)


@dataclass(frozen=True)
class Walks:
    """Hold the memory of visits, people by places: `glad` the log-weight of going again, `noted` the number of logged visits."""

    glad: Array
    noted: Array

    def back(self) -> Array:
        """Return the factor of attraction by memory: 1 where people never were, 0 after a bad visit."""
        return np.exp(np.maximum(self.glad, -3)) * (self.glad > _AVOIDS)

    def expected(self, kind: Array, within: Array) -> Array:
        """Return the mean factor of people with as many logged visits to a place of the type, over pairs that `within` marks."""
        back, often, whole = self.back(), np.minimum(self.noted, 4), np.ones(self.noted.shape)
        for count in range(5):
            for one in np.unique(kind):
                here = np.ix_(np.arange(len(often)), np.flatnonzero(kind == one))
                these = (often[here] == count) & within[here]
                whole[here] = np.where(often[here] == count, back[here][these].mean() if these.any() else 1.0, whole[here])
        return whole


def spots(count: int, where: Shore, rng: np.random.Generator) -> tuple[Spots, pd.DataFrame]:
    """Draw places and return them with their table; some open or close in the window."""
    share = np.array([float(row[1]) for row in _RHYTHMS])
    kind = rng.permutation(
        np.concatenate([np.arange(len(share)), rng.choice(len(share), count - len(share), p=share / share.sum())])
    )
    place = rng.choice(len(where.lon), count, p=(crowd := where.share + 0.4 / len(where.share)) / crowd.sum())
    lon, lat = where.near(place, 420, rng)
    clocks = [str(rng.choice(_RHYTHMS[one][6].split(","))) for one in kind]
    room = rng.lognormal(3.2, 0.7, count).round()
    turn = rng.random(count)
    since = np.where(turn < 0.07, START + rng.integers(0, DAYS, count) * DAY, START - rng.integers(60, 2500, count) * DAY)
    until = np.where(turn > 0.95, START + rng.integers(5, DAYS, count) * DAY, END + 3000 * DAY)
    pull = drawing(room) * rng.lognormal(0, 0.35, count)
    hours = np.array([_open(clock) for clock in clocks])
    quality = np.where(rng.random(count) < 0.22, rng.beta(2, 2, count), rng.beta(16, 1.1, count))
    found = Spots(kind, quality, pull, room, hours, lon, lat, since, until)
    return found, _table(found, clocks, where.area[place], rng)


def _open(clock: str) -> Array:
    """Mark the hours in which a place is open, shape (7, 24), Monday first."""
    last = _DAYS.get(clock[-1], ("", 7))[1]
    first, past = (int(end) for end in clock.rstrip("*!").split("-"))
    return (np.arange(7) < last)[:, None] & (np.arange(24) >= first) & (np.arange(24) < past)


def _written(clock: str) -> str:
    first, past = clock.rstrip("*!").split("-")
    return f"{_DAYS.get(clock[-1], ('', 7))[0]}{first}:00-{past}:00"


def _table(made: Spots, clocks: list[str], area: Array, rng: np.random.Generator) -> pd.DataFrame:
    count = len(clocks)
    names = [f"{rng.choice(_SIGN)}{rng.choice(_RHYTHMS[one][5].split(','))}" for one in made.type]
    gone = made.until < END
    return pd.DataFrame(
        {
            "amenity_id": numbered("w", count),
            "name": names,
            "type": TYPES[made.type],
            "hours": blanked([_written(clock) for clock in clocks], 0.18, rng),
            "capacity": np.where(rng.random(count) < 0.28, np.nan, made.room),
            "capacity_unit": blanked(["people"] * count, 0.28, rng),
            "status": blanked(["open"] * count, 0.1, rng),
            "lon": made.lon,
            "lat": made.lat,
            "area": blanked(area, 0.1, rng),
            "published_at": moments(made.since),
            "valid_to": moments(np.where(gone, made.until, NEVER)),
        }
    )


def _groups(who: Folk) -> dict[str, tuple[Array, float]]:
    """Return for each group of people a mark (or probability) of membership, and the share of those who have its need."""
    everybody = np.ones(len(who.age))
    return {
        "all": (everybody, 1.0),
        "old": (who.age > 58, 1.0),
        "young": (who.age < 45, 1.0),
        "works": (np.isin(who.work, (0, 2)), 1.0),
        "child": (who.child, 1.0),
        "eats": (everybody, 0.7),
        "sport": (who.age < 70, 0.25),
        "pet": (everybody, 0.16),
        "car": ((who.age > 22) & (who.age < 66), 0.4),
    }


def likely(who: Folk) -> Array:
    """Return the expected number of needs in 30 days by age, household and work, people by types."""
    groups = _groups(who)
    return np.stack([rate * groups[row[3]][0] * groups[row[3]][1] for rate, row in zip(_RATE, _RHYTHMS, strict=True)], axis=1)


def needed(who: Folk, rng: np.random.Generator) -> Array:
    """Draw the true number of needs of each person in 30 days, people by types; 0 for some of the optional ones."""
    groups, count = _groups(who), len(who.age)
    is_of = {name: of * (rng.random(count) < chance) for name, (of, chance) in groups.items()}
    rates = np.stack([rate * is_of[row[3]] for rate, row in zip(_RATE, _RHYTHMS, strict=True)], axis=1)
    return rates * rng.lognormal(-0.08, 0.4, rates.shape)


def declared(rates: Array, rng: np.random.Generator) -> Array:
    """Return the cells of `needs`: some of those that are greater than usual."""
    says = (rates > 1.25 * _RATE) & (rng.random(rates.shape) < 0.45)
    return np.array(listed(np.array([f"type:{one}" for one in TYPES], object), says), object)


def shown(usual: Array, noted: Array, kind: Array) -> Array:
    """Return the needs in 30 days that logged visits suggest, with the expected ones as prior; people by types."""
    visits = np.stack([noted[:, kind == one].sum(axis=1) for one in range(len(_RATE))], axis=1)
    months = DAYS / 30 * _WRITES[0] / sum(_WRITES)
    return np.where(usual > 0, (_SURE + visits) / (_SURE / np.maximum(usual, 1e-9) + months), 0)


def tolerance(age: Array) -> Array:
    """Return the scale of distance, metres, at which attraction falls to 1/e, by age."""
    return np.interp(age, [18, 35, 55, 68, 80], [950, 900, 720, 520, 380])


def reach(who: Folk, found: Spots, tolerated: Array) -> Array:
    """Return the factor of attraction by distance, 0 beyond what anybody walks; people by places."""
    far = 1.25 * metres(who.lon, who.lat, found.lon, found.lat)
    falls = np.exp(-((far / tolerated[:, None].astype(np.float32)) ** 1.4))
    return np.where(falls < _FAR, 0, falls)


def usually(who: Folk, found: Spots) -> Array:
    """Return the share of the hours of need in which a place is open, people by places; below 0.2 it is 0."""
    shares = []
    for works in (False, True):
        weights = np.stack([_hours(works=works, day=day) for day in range(7)], axis=1)
        shares.append((found.opens * weights[found.type]).sum(axis=(1, 2)) / 7)
    share = np.where(who.work[:, None] == AT_WORK, shares[1], shares[0])
    return np.where(share < 0.2, 0, share)


def _hours(*, works: bool, day: int) -> Array:
    """Return the distribution of needs over the hours of a day, types by hours; rows sum to 1."""
    busy = works and day < 5
    evening = busy & (_PAST > 12)
    first, past = np.where(evening, 17, _FIRST), np.where(evening, 21, np.where(busy, np.minimum(_PAST, 9), _PAST))
    inside = (np.arange(24) >= first[:, None]) & (np.arange(24) < past[:, None])
    return inside / inside.sum(axis=1, keepdims=True)


def walked(who: Folk, found: Spots, rates: Array, near: Array, log: Diary, rng: np.random.Generator) -> Walks:
    """Simulate visits day by day; log a share of them, which differs by person. `rates` are needs in 30 days, `near` is `reach`."""
    glad = np.zeros(near.shape, np.float32)
    noted = np.zeros(near.shape, np.int16)
    writes = rng.beta(*_WRITES, len(rates))
    apart = 30 / np.maximum(rates, 1e-9)
    due = np.where(rates > 0, START / DAY - _BEFORE + rng.random(rates.shape) * apart, np.inf) - START / DAY
    for day in range(-_BEFORE, DAYS):
        for kind, rows in _wanting(due, day):
            hour = _when(who.work[rows] == AT_WORK, kind, day % 7, rng)
            spots_of = np.flatnonzero((found.type == kind) & found.live(START + day * DAY) & found.live(START + (day + 1) * DAY))
            open_now = found.opens[spots_of][:, day % 7][:, hour].T
            pulls = found.pull[spots_of] * near[np.ix_(rows, spots_of)] * np.exp(glad[np.ix_(rows, spots_of)]) * open_now
            chosen = drawn(pulls, rng) if len(spots_of) else np.full(len(rows), NEVER)
            went = chosen >= 0
            mine, spot = rows[went], spots_of[chosen[went]]
            pleased = rng.random(len(mine)) < found.quality[spot]
            glad[mine, spot] = np.where(pleased, np.minimum(glad[mine, spot] + _GLAD, _MOST), glad[mine, spot] - _SORRY)
            due[rows, kind] = day + 1 + rng.random(len(rows))
            due[mine, kind] = day + np.maximum(1, rng.gamma(4, apart[mine, kind] / 4))
            kept = (rng.random(len(mine)) < writes[mine]) & (day >= 0)
            at = START + day * DAY + hour[went] * 3600 + rng.integers(0, 3600, len(mine))
            log.note("amenity", "visit", mine[kept], spot[kept], at[kept])
            noted[mine[kept], spot[kept]] += 1
    return Walks(glad, noted)


def _wanting(due: Array, day: int) -> Iterator[tuple[int, Array]]:
    for kind in range(due.shape[1]):
        rows = np.flatnonzero(due[:, kind] < day + 1)
        if len(rows):
            yield kind, rows


def _when(works: Array, kind: int, day: int, rng: np.random.Generator) -> Array:
    """Draw the hour of a need of a type on a day, for people who work or not."""
    weights = np.stack([_hours(works=False, day=day)[kind], _hours(works=True, day=day)[kind]])[works.astype(int)]
    return drawn(weights, rng)


def drawing(room: Array) -> Array:
    """Return the attraction of a place of a capacity."""
    return (room / 25) ** 0.35


def worth(rates: Array, draws: Array, quality: Array | float, back: Array, openness: Array, kind: Array) -> Array:
    """Return the utility of each place, people by places: the probability of a need in a week times all factors of attraction."""
    return (1 - np.exp(-7 / 30 * rates))[:, kind] * draws * quality * openness * back
