"""Residents of the mining city: old quarters have older people and more miners; a whole trade hears of layoffs at once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, NEVER, START, Array, blanked, drawn, listed, moments, numbered, unless
from experiments.worlds.last_ground import LEVELS, born, days_of, titled
from experiments.worlds.quarters_town import CODE, CURRENT, GROUP, MACHINES, NEAR, PAY, PIT, RUNG, SKILLS, TITLE, USES, City
from sqrec.contract import EMPLOYMENT, FORMS

EMPLOYED, UNEMPLOYED, FLEXIBLE, STUDENT, RETIRED = (
    EMPLOYMENT.index(name) for name in ("employed", "unemployed", "flexible", "student", "retired")
)
SHIFTS = np.array(["mon-fri 08:30-17:30", "07:00-15:00", "15:00-23:00", "23:00-07:00", "10:00-14:00; 17:00-21:00"], object)
DAYTIME, EARLY, LATE, NIGHT, SPLIT = range(len(SHIFTS))
STEADY = np.array([1.0, 0.5, 0.25, 0.1, 0.0])
"""The steadiness of each form of work, 0 to 1, in the order of FORMS."""
OLDER, OLD = 45, 60
"""The ages from which people trust employers whom they know, and walk half as far."""
_RUMOURS, LASTS, _LAID_OFF = 9, 21, 0.3
_WORD = np.where(GROUP == PIT, 6.0, np.where(np.isin(GROUP, (MACHINES, CURRENT)), 3.0, 0.5))
_FORMS = np.array([[9, 2, 2, 2, 0], [9, 4, 4, 5, 0], [6, 6, 8, 5, 0], [1, 8, 4, 4, 6], [2, 8, 6, 3, 0]]) / 10


@dataclass
class Folk:
    """Hold people.

    `done` are two past trades (-1: none), `able` marks skills, `employer` and `before` are the last two employers (-1: none), `since` is
    the day of the window from which they are without work. Hidden: `taste` (a coefficient for each term) and `shift` (for each shift).
    """

    quarter: Array
    lon: Array
    lat: Array
    age: Array
    family: Array
    rung: Array
    done: Array
    able: Array
    work: Array
    pay: Array
    employer: Array
    before: Array
    since: Array
    taste: Array
    shift: Array

    def out_of_work(self, day: int) -> Array:
        """Mark the people who are without work on a day of the window."""
        return (self.work == UNEMPLOYED) & (self.since <= day)


@dataclass(frozen=True)
class Word:
    """Hold rumours of layoffs: first day (of the window) and trade of each."""

    day: Array
    trade: Array

    def out(self, trade: Array, day: int) -> Array:
        """Mark the trades with a rumour on a day."""
        on = (self.day <= day) & (day < self.day + LASTS)
        return np.isin(trade, self.trade[on])


def folk(count: int, where: City, employers: Array, rng: np.random.Generator) -> Folk:
    """Draw people; `employers` are the groups of trades of the employers. The last employer is mostly of the person's group."""
    quarter = rng.choice(len(where.homes), count, p=where.homes / where.homes.sum())
    lon, lat = where.around(quarter, rng)
    built = where.built[quarter]
    age = rng.triangular(18, 29 + 18 * built, 62 + 20 * built)
    often = np.where(np.isin(GROUP, (PIT, MACHINES, CURRENT)), 0.7 + 2.4 * built[:, None], 1.0)
    first = drawn(often * rng.dirichlet(np.full(len(PAY), 4.0)), rng)
    second = np.where(rng.random(count) < 0.45, drawn((NEAR * (1 - np.eye(len(PAY))))[first] + 0.01, rng), -1)
    able = USES[first] & (rng.random((count, len(SKILLS))) < 0.85)
    able |= USES[second] & (second >= 0)[:, None] & (rng.random(able.shape) < 0.6)
    own = (employers == GROUP[first][:, None]) + 0.002
    work = _work(age, built, rng)
    return Folk(
        quarter,
        lon,
        lat,
        age,
        (rng.random(count) < 0.65) & (age > 25) & (age < 47),
        (RUNG[first] + (rng.random(count) < 0.35)).clip(0, 4),
        np.stack([first, second], axis=1),
        able,
        work,
        PAY[first] * rng.lognormal(-0.03, 0.14, count),
        drawn(own, rng),
        np.where(rng.random(count) < 0.6, drawn(own, rng), -1),
        np.where(work == UNEMPLOYED, -rng.integers(5, 400, count), DAYS),
        _tastes(age, rng),
        _shifts(age, rng),
    )


def _work(age: Array, built: Array, rng: np.random.Generator) -> Array:
    draw = rng.random(len(age))
    usual = np.select([draw < 0.66 - 0.12 * built, draw < 0.86], [EMPLOYED, UNEMPLOYED], FLEXIBLE)
    rests, learns = rng.random(len(age)) < 1 / (1 + np.exp((58 - age) / 1.5)), (age < 22) & (rng.random(len(age)) < 0.5)
    return np.select([rests, learns], [RETIRED, STUDENT], usual)


def mean_tastes(age: Array) -> Array:
    """Return the mean coefficients of steadiness, log wage, shift, bus stop and known employer by age, shape (people, 5)."""
    older = np.where(age >= OLDER, 1.1, 0.0)
    return np.stack(
        [0.9 + 0.025 * (age - 35), 2.6 - 0.02 * (age - 35), np.full(len(age), 1.0), np.full(len(age), 1.2), older], axis=1
    )


def mean_shifts(age: Array) -> Array:
    """Return the mean liking of each shift by age, people by shifts."""
    liked = np.tile([0.4, 0.2, -0.4, -1.2, -0.5], (len(age), 1))
    liked[:, NIGHT] -= 0.02 * (age - 35)
    liked[:, LATE] += np.where(age < 30, 0.4, 0)
    return liked


def _tastes(age: Array, rng: np.random.Generator) -> Array:
    mean = mean_tastes(age)
    return mean.clip(0) * rng.lognormal(-0.08, 0.4, mean.shape)


def _shifts(age: Array, rng: np.random.Generator) -> Array:
    mean = mean_shifts(age)
    return mean + rng.normal(0, 0.4, mean.shape)


def word(who: Folk, rng: np.random.Generator) -> Word:
    """Draw rumours of layoffs in nine trades; lay off some workers of each two weeks later."""
    trade = rng.choice(len(PAY), _RUMOURS, replace=False, p=_WORD / _WORD.sum())
    day = np.linspace(-15, DAYS - 12, _RUMOURS).astype(int) + rng.integers(-3, 4, _RUMOURS)
    for one, of in zip(day, trade, strict=True):
        hit = (who.done[:, 0] == of) & (who.work == EMPLOYED) & (rng.random(len(who.work)) < _LAID_OFF) & (one + 14 < DAYS)
        who.work[hit], who.since[hit] = UNEMPLOYED, one + 14
    return Word(day, trade)


def told(who: Folk, rng: np.random.Generator, where: City) -> pd.DataFrame:
    """Return the table `people` at the end of the window, with cells left empty."""
    count, first = len(who.age), who.done[:, 0]
    level = rng.integers(3, 6, count)
    known = who.able & (rng.random(who.able.shape) < 0.8)
    skills = [_skills(row, one, certified=sure) for row, one, sure in zip(known, level, rng.random(count) < 0.4, strict=True)]
    wish = np.where(rng.random(count) < 0.5, first, drawn(NEAR[first] + 0.02, rng))
    past = [titled(row, TITLE, CODE, code=code) for row, code in zip(who.done, rng.random(count) < 0.5, strict=True)]
    without, home = who.work == UNEMPLOYED, rng.random(count) >= 0.13
    says = np.where(without, 0.8, 0.3)
    wage = (who.pay * rng.lognormal(-0.06, 0.1, count) / 100).round() * 100
    return pd.DataFrame({
        "person_id": numbered("d", count),
        "birth_month": blanked(born(who.age), 0.1, rng),
        "education": blanked(LEVELS[who.rung], 0.15, rng),
        "skills": blanked(skills, 0.2, rng),
        "occupations": blanked(past, 0.15, rng),
        "desired": blanked([titled([one], TITLE, CODE, code=False) for one in wish], 0.5, rng),
        "experience_years": np.where(rng.random(count) < 0.28, np.nan, np.floor((who.age - 17) * rng.beta(4, 2, count))),
        "employment": blanked(np.array(EMPLOYMENT, object)[who.work], 0.1, rng),
        "registered_unemployed_on": unless(
            rng.random(count) >= says, np.where(without, days_of(START + who.since * DAY), "no")
        ),
        "wage_min": np.where(rng.random(count) < 0.4, np.nan, wage),
        "forms": blanked(listed(np.array(FORMS, object), rng.random((count, len(FORMS))) < _FORMS[who.work]), 0.22, rng),
        "hours": blanked(np.where(who.shift[:, NIGHT] > -1, "00:00-24:00", "06:30-22:30"), 0.35, rng),
        "needs": unless(~who.family | (rng.random(count) < 0.55), np.full(count, "type:childcare")),
        "lon": np.where(home, who.lon, np.nan),
        "lat": np.where(home, who.lat, np.nan),
        "area": blanked(where.area[who.quarter], 0.06, rng),
        "updated_at": moments(np.where(without & (who.since > 0), START + who.since * DAY + 9 * 3600, NEVER)),
    })  # fmt: skip


def _skills(known: Array, level: int, *, certified: bool) -> str | None:
    """Return skills as a cell; the first has a level where `certified`."""
    words = SKILLS[known].tolist()
    return "|".join([f"{words[0]}@{level}", *words[1:]] if certified and words else words) or None
