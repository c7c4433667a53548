"""The digest town: trades, neighbourhoods along the shore, residents and their table."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import Array, blanked, listed, metres, numbered, read_rows
from sqrec.contract import EMPLOYMENT, FORMS

TRADES = read_rows("digest_trades")
TITLE = np.array([row[1] for row in TRADES], object)
CODE = np.array([None if row[2] == "-" else row[2] for row in TRADES], object)
PAY, ASKED = (np.array([int(row[place]) for row in TRADES]) for place in (3, 4))
WORDS = np.array(list(dict.fromkeys(skill for row in TRADES for skill in row[5].split(","))), object)
NEEDS_SKILL = np.array([np.isin(WORDS, row[5].split(",")) for row in TRADES])
_CLANS = "海衣旅药港建教政车酒"
CLAN = np.array([_CLANS.index(row[0]) for row in TRADES])
_AKIN = ("海港", "海酒", "港车", "建车", "旅酒", "旅政", "教政", "药酒")
RUNG = np.array(["81", "71", "41", "31", "21", "14"], object)
SHIFTS = np.array(
    ["mon-fri 08:30-17:30", "06:00-14:00", "14:00-22:00", "21:00-05:00", "16:30-20:30", "mon-sat 09:00-19:00"], object
)
DAYTIME, EARLY, LATE, NIGHT, PART, LONG = range(len(SHIFTS))
FREE = np.array(["mon-fri 08:00-18:30", "05:30-22:30", "mon-fri 16:00-21:30; sat-sun 08:00-21:00", "00:00-24:00"], object)
SUITS = np.array([[1, 0, 0, 0, 0, 0], [1, 1, 1, 0, 1, 1], [0, 0, 0, 0, 1, 0], [1, 1, 1, 1, 1, 1]], bool)
"""Marks of the shifts (columns) that lie in the free hours (rows)."""
_CENTRES = ((120.362, 36.071), (120.372, 36.098), (120.441, 36.108), (120.428, 36.163), (120.396, 36.302))
_CODES = ("370202", "370203", "370212", "370213", "370214")
AT_WORK = EMPLOYMENT.index("employed")


def kinship() -> Array:
    """Return the nearness of each pair of trades by their clans, 0.1 to 1, shape (trades, trades)."""
    clans = np.full((len(_CLANS), len(_CLANS)), 0.1) + 0.9 * np.eye(len(_CLANS))
    for one, other in _AKIN:
        clans[_CLANS.index(one), _CLANS.index(other)] = clans[_CLANS.index(other), _CLANS.index(one)] = 0.5
    return clans[CLAN[:, None], CLAN]


KIN = kinship()


@dataclass(frozen=True)
class Shore:
    """Hold neighbourhoods of five districts; `share` is the share of people who live in each."""

    lon: Array
    lat: Array
    district: Array
    area: Array
    share: Array

    def near(self, place: Array, spread: float, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return a random point around each given neighbourhood, degrees; `spread` is the standard deviation in metres."""
        east, north = rng.normal(0, spread, (2, len(place)))
        return (self.lon[place] + east / 90_000).round(6), (self.lat[place] + north / 111_000).round(6)


@dataclass(frozen=True)
class Folk:
    """Hold people, as they are or as the tables describe them.

    `able` marks skills, `done` and `wanted` are two trades each (-1: none), `work` is an index in EMPLOYMENT, `free` one in FREE,
    `pay` the wage that they expect, `child` whether (or how likely) they have a child, `asks` the forms that they accept besides.
    """

    lon: Array
    lat: Array
    place: Array
    age: Array
    rung: Array
    able: Array
    done: Array
    wanted: Array
    work: Array
    pay: Array
    free: Array
    child: Array
    asks: Array


def shore(count: int, rng: np.random.Generator) -> Shore:
    """Draw neighbourhoods around the centres of five districts."""
    district = np.arange(count) % len(_CENTRES)
    lon, lat = np.array(_CENTRES)[district].T
    area = [f"{_CODES[one]}{20 + number // 5:03d}" for number, one in enumerate(district)]
    share = 1 / (1 + rng.permutation(count)) ** 0.6
    spread = rng.normal(0, 1, (2, count))
    return Shore(lon + 0.0145 * spread[0], lat + 0.0105 * spread[1], district, np.array(area, object), share / share.sum())


def folk(count: int, where: Shore, rng: np.random.Generator) -> Folk:
    """Draw people: a past trade that fits their education, skills of it, a wanted trade near or far from it."""
    place = rng.choice(len(where.lon), count, p=where.share)
    lon, lat = where.near(place, 330, rng)
    age = rng.choice([16.5, 24, 36, 49, 60], count, p=[0.06, 0.24, 0.34, 0.23, 0.13]) + rng.uniform(0, 13, count)
    rung = rng.choice(6, count, p=[0.06, 0.24, 0.3, 0.22, 0.15, 0.03])
    rung = np.clip(rung - (age > 55) + (age < 32) * (rng.random(count) < 0.5), 0, 5)
    first = _trade_for(rung, rng)
    second = np.where(rng.random(count) < 0.45, _beside(first, 0.6, rng), -1)
    wish = np.where(rng.random(count) < 0.5, first, _beside(first, 0.65, rng))
    other = np.where(rng.random(count) < 0.3, _beside(wish, 0.8, rng), -1)
    able = NEEDS_SKILL[first] & (rng.random((count, len(WORDS))) < 0.8)
    able |= NEEDS_SKILL[second] & (second >= 0)[:, None] & (rng.random(able.shape) < 0.55)
    able |= NEEDS_SKILL[wish] & (rng.random(able.shape) < 0.3)
    work = _work(age, rng)
    return Folk(
        lon,
        lat,
        place,
        age,
        rung,
        able,
        np.stack([first, second], axis=1),
        np.stack([wish, other], axis=1),
        work,
        PAY[first] * rng.lognormal(-0.06, 0.17, count) * (1 + 0.05 * (rung - ASKED[first])),
        _free(work, rng),
        rng.random(count) < 0.7 * np.exp(-(((age - 36) / 8.5) ** 2)),
        rng.random((count, 3)) < (0.35, 0.2, 0.1),
    )


def _trade_for(rung: Array, rng: np.random.Generator) -> Array:
    """Draw a trade for each level of education, rarely one that requires more."""
    gap = rung[:, None] - ASKED
    weight = np.where(gap < 0, 0.06, np.exp(-0.45 * gap)) * rng.uniform(0.5, 1.5, len(ASKED))
    return (weight.cumsum(axis=1) < (rng.random(len(rung)) * weight.sum(axis=1))[:, None]).sum(axis=1)


def _beside(trade: Array, share: float, rng: np.random.Generator) -> Array:
    """Draw another trade, for a share of entries one of the same clan."""
    same = (CLAN[trade][:, None] == CLAN) & (np.arange(len(CLAN)) != trade[:, None])
    near = (rng.random(same.shape) * same).argmax(axis=1)
    return np.where(rng.random(len(trade)) < share, near, (trade + rng.integers(1, len(CLAN), len(trade))) % len(CLAN))


def _work(age: Array, rng: np.random.Generator) -> Array:
    """Draw the work status (index in EMPLOYMENT) by age."""
    draw = rng.random(len(age))
    usual = np.select([draw < 0.5, draw < 0.78], [AT_WORK, EMPLOYMENT.index("unemployed")], EMPLOYMENT.index("flexible"))
    pupil, rests = (age < 23) & (rng.random(len(age)) < 0.55), rng.random(len(age)) < 1 / (1 + np.exp((60 - age) / 1.8))
    return np.select([rests, pupil], [EMPLOYMENT.index("retired"), EMPLOYMENT.index("student")], usual)


def _free(work: Array, rng: np.random.Generator) -> Array:
    """Draw the hours in which people could work, indices in FREE."""
    chances = np.array(
        [[0.3, 0.55, 0, 0.15], [0.3, 0.48, 0.02, 0.2], [0.2, 0.5, 0.2, 0.1], [0, 0.15, 0.85, 0], [0.4, 0.3, 0.3, 0]]
    )
    return (chances.cumsum(axis=1)[work] < rng.random((len(work), 1))).sum(axis=1).clip(0, 3)


def forms(who: Folk) -> Array:
    """Mark the forms of work that people accept, people by forms."""
    full, part = ~np.isin(who.work, (3, 4)), (who.free == 2) | who.asks[:, 0] | (who.work == 4)
    return np.stack([full, part, who.asks[:, 1] | (who.work == 2), who.asks[:, 1], who.work == 3], axis=1)


def told(who: Folk, where: Shore, needs: Array, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `people`, with cells left empty; some people told only their district."""
    count = len(who.age)
    coarse = rng.random(count) < 0.13
    born = np.datetime64("2026-11", "M") - np.floor(who.age * 12).astype("m8[M]")
    jobs = [_titles(row, code=code) for row, code in zip(who.done, rng.random(count) < 0.25, strict=True)]
    return pd.DataFrame(
        {
            "person_id": numbered("s", count),
            "birth_month": blanked(np.datetime_as_string(born), 0.1, rng),
            "education": blanked(RUNG[who.rung], 0.14, rng),
            "skills": blanked(listed(WORDS, who.able), 0.24, rng),
            "occupations": blanked(jobs, 0.18, rng),
            "desired": blanked([_titles(row, code=False) for row in who.wanted], 0.12, rng),
            "experience_years": np.where(rng.random(count) < 0.3, np.nan, np.maximum(0, (who.age - 21) * 0.8).round()),
            "employment": blanked(np.array(EMPLOYMENT, object)[who.work], 0.11, rng),
            "wage_min": np.where(
                rng.random(count) < 0.27, np.nan, (who.pay * rng.lognormal(0.04, 0.08, count) / 100).round() * 100
            ),
            "forms": blanked(listed(np.array(FORMS, object), forms(who)), 0.2, rng),
            "hours": blanked(FREE[who.free], 0.26, rng),
            "needs": blanked(needs, 0.12, rng),
            "lon": np.where(coarse, np.nan, who.lon),
            "lat": np.where(coarse, np.nan, who.lat),
            "area": np.where(coarse, np.array(_CODES, object)[where.district[who.place]], where.area[who.place]),
        }
    )


def _titles(trades: Array, *, code: bool) -> str:
    return "|".join(str((code and CODE[one]) or TITLE[one]) for one in trades if one >= 0)


def known(who: Folk, table: pd.DataFrame, where: Shore) -> Folk:
    """Return people as the table describes them; an empty cell becomes the mean or the usual value."""
    home, empty = table["lon"].notna().to_numpy(), table.isna()
    middle = np.array(_CENTRES)[where.district[who.place]]
    bare = empty["skills"].to_numpy()
    able = np.where(bare[:, None], NEEDS_SKILL[who.done[:, 0]] * 0.8, who.able)
    able[(bare & empty["occupations"].to_numpy())] = who.able.mean(axis=0)
    pay = np.where(empty["wage_min"], PAY[who.done[:, 0]] * 0.95, who.pay)
    return Folk(
        np.where(home, who.lon, middle[:, 0]),
        np.where(home, who.lat, middle[:, 1]),
        who.place,
        np.where(empty["birth_month"], who.age.mean(), who.age),
        np.where(empty["education"], ASKED[who.done[:, 0]], who.rung),
        able,
        who.done,
        who.wanted,
        np.where(empty["employment"], AT_WORK, who.work),
        pay,
        np.where(empty["hours"], 1, who.free),
        0.7 * np.exp(-(((who.age - 36) / 8.5) ** 2)),
        who.asks & ~empty["forms"].to_numpy()[:, None],
    )


def neighbours(who: Folk, count: int) -> Array:
    """Return the `count` people who live nearest to each, shape (people, count)."""
    far = metres(who.lon, who.lat, who.lon, who.lat)
    np.fill_diagonal(far, np.inf)
    return far.argpartition(count, axis=1)[:, :count]
