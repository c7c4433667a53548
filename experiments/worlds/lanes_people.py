"""Residents of the river town in households, and their table.

A household has one reservation wage, which falls in each week in which a member is without work.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, START, Array, blanked, drawn, listed, numbered, unless
from experiments.worlds.lanes_town import CODE, CROSSINGS, HANDLES, PAY, RUNG, STOPS, TITLE, TOOLS, WRITTEN, River
from experiments.worlds.last_ground import LEVELS, born, days_of, titled
from sqrec.contract import EMPLOYMENT, FORMS

EMPLOYED, UNEMPLOYED, FLEXIBLE, STUDENT, RETIRED = (
    EMPLOYMENT.index(name) for name in ("employed", "unemployed", "flexible", "student", "retired")
)
_HOME_AT = np.array([8, 14, 17, 18, 21])
_HOME_ODDS = np.array([6, 16, 36, 28, 14])
_OUT_AT = np.array([9, 10, 15])
"""Hours of the day at which workers come home (with `_HOME_ODDS`), and at which others go out."""
_FREE = {8: "09:00-21:00", 14: "14:30-22:00", 17: "07:00-17:00", 18: "08:00-18:00", 21: "12:00-21:00"}
_FLOOR, _LONGEST = 0.55, 20
_RISE = 0.97
"""The lowest reservation wage as a share of the first, the most weeks of fall before the window, and the first as a share of pay."""
_FORMS = np.array([[9, 2, 2, 2, 0], [9, 4, 4, 5, 0], [6, 6, 8, 5, 0], [1, 8, 4, 4, 6], [2, 8, 6, 3, 0]]) / 10


@dataclass
class Folk:
    """Hold people on a day.

    `node` is the home's stop, `away` the minutes on foot from it, `anchor` and `hour` where and when they set out for home, `handled`
    marks tools, `weeks` are those without work, `fare` is yuan a minute on the bus. `house` is the household; `reserve`, `asked`,
    `start` (its reservation wage today, when the window begins, before it fell) and `fall` (its weekly share) have one entry each.
    """

    node: Array
    away: Array
    lon: Array
    lat: Array
    house: Array
    age: Array
    parent: Array
    rung: Array
    done: Array
    handled: Array
    work: Array
    pay: Array
    anchor: Array
    hour: Array
    weeks: Array
    reserve: Array
    asked: Array
    start: Array
    fall: Array
    fare: Array

    def week(self) -> None:
        """Lower the reservation wages of households with a member without work by a week's fall, down to a floor."""
        without = np.bincount(self.house, self.work == UNEMPLOYED, len(self.reserve)) > 0
        self.reserve = np.where(without, np.maximum(self.reserve * (1 - self.fall), _FLOOR * self.start), self.reserve)

    def hire(self, who: Array, node: Array, pay: Array, trade: Array, hours: Array) -> None:
        """Set people to work: stop and hour from which they come home, tools of the trade, and at least this reservation wage."""
        self.work[who], self.anchor[who], self.hour[who] = EMPLOYED, node, hours
        self.handled[who] |= HANDLES[trade]
        np.maximum.at(self.reserve, self.house[who], pay)


def folk(count: int, where: River, rng: np.random.Generator) -> Folk:
    """Draw households of one to three and their members."""
    house, role = _houses(count, rng)
    homes = house.max() + 1
    head, young = rng.triangular(23, 34, 76, homes), rng.random(homes)
    age = np.where(role < 2, head[house] + role * rng.normal(0, 3, count), (head[house] + 25) % 62 + 16).clip(17, 82)
    parent = (young < 0.62)[house] & ((age > 25) & (age < 50)) & (role < 2)
    work = _work(age, rng)
    node = rng.choice(len(where.homes), homes, p=where.homes)
    lon, lat, away = (column[house] for column in where.around(node, rng))
    first = rng.choice(len(PAY), count, p=rng.dirichlet(np.full(len(PAY), 3.0)))
    tools = HANDLES @ HANDLES.T
    second = np.where(rng.random(count) < 0.5, drawn(np.where(np.eye(len(PAY)), 0, 0.15 + tools**2)[first], rng), -1)
    pay = PAY[first] * rng.lognormal(-0.03, 0.14, count)
    weeks = np.where(work == UNEMPLOYED, rng.integers(0, 31, count), 0)
    start = _RISE * np.bincount(house, pay) / np.bincount(house) * rng.lognormal(0, 0.1, homes)
    fall, gone = rng.uniform(0.01, 0.045, homes), np.zeros(homes)
    np.maximum.at(gone, house, weeks.clip(None, _LONGEST))
    begins = np.maximum(start * (1 - fall) ** gone, _FLOOR * start)
    goes = np.isin(work, (EMPLOYED, FLEXIBLE))
    meets = node[house] // STOPS * STOPS + CROSSINGS[np.abs(CROSSINGS - (node[house] % STOPS)[:, None]).argmin(axis=1)]
    return Folk(
        node[house],
        away,
        lon,
        lat,
        house,
        age,
        parent,
        (RUNG[first] + (rng.random(count) < 0.4)).clip(0, 4),
        np.stack([first, second], axis=1),
        HANDLES[first] | (HANDLES[second] & (second >= 0)[:, None]),
        work,
        pay,
        np.where(goes, rng.choice(len(where.works), count, p=where.works), meets),
        np.where(goes, rng.choice(_HOME_AT, count, p=_HOME_ODDS / 100), rng.choice(_OUT_AT, count, p=[0.45, 0.4, 0.15])),
        weeks,
        begins,
        begins,
        start,
        fall,
        rng.lognormal(np.log(0.45), 0.35, count),
    )


def _houses(count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw the household of each person, and the role in it: head (0), partner (1) or third member (2)."""
    sizes = rng.choice([1, 2, 3], count, p=[0.35, 0.45, 0.2])
    house = np.repeat(np.arange(count), sizes)[:count]
    begins = np.cumsum(sizes) - sizes
    return house, np.arange(count) - begins[house]


def _work(age: Array, rng: np.random.Generator) -> Array:
    draw = rng.random(len(age))
    usual = np.select([draw < 0.56, draw < 0.82], [EMPLOYED, UNEMPLOYED], FLEXIBLE)
    rests, learns = rng.random(len(age)) < 1 / (1 + np.exp((60 - age) / 1.5)), (age < 22) & (rng.random(len(age)) < 0.5)
    return np.select([rests, learns], [RETIRED, STUDENT], usual)


def told(who: Folk, held: list[str | None], where: River, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `people` at the end of the window: work as it is then, the wage asked for at its start, some of the tools.

    `held` are the cells of `lanes_courses.certificates`.
    """
    count, first = len(who.age), who.done[:, 0]
    known = (WRITTEN[first] | (WRITTEN[who.done[:, 1]] & (who.done[:, 1] >= 0)[:, None])) & (rng.random(who.handled.shape) < 0.75)
    skills = [
        "|".join(one for one in (words, mark) if one) or None for words, mark in zip(listed(TOOLS, known), held, strict=True)
    ]
    wish = np.where(rng.random(count) < 0.55, first, drawn(0.05 + (HANDLES @ HANDLES.T)[first], rng))
    coded, home = rng.random(count) < 0.5, rng.random(count) >= 0.12
    past = [titled(row, TITLE, CODE, code=code) for row, code in zip(who.done, coded, strict=True)]
    left = START - who.weeks * 7 * DAY - rng.integers(0, 7, count) * DAY
    registered = np.where(who.work == UNEMPLOYED, days_of(left), "no")
    says = np.where(who.work == UNEMPLOYED, 0.85, 0.3)
    asks = np.where(np.isin(who.work, (EMPLOYED, UNEMPLOYED, FLEXIBLE)), 0.25, 0.8)
    return pd.DataFrame({
        "person_id": numbered("h", count),
        "birth_month": blanked(born(who.age), 0.09, rng),
        "education": blanked(LEVELS[who.rung], 0.15, rng),
        "skills": blanked(skills, 0.22, rng),
        "occupations": blanked(past, 0.16, rng),
        "desired": blanked([titled([one], TITLE, CODE, code=False) for one in wish], 0.42, rng),
        "experience_years": np.where(rng.random(count) < 0.3, np.nan, np.floor((who.age - 17) * rng.beta(3, 2, count))),
        "employment": blanked(np.array(EMPLOYMENT, object)[who.work], 0.1, rng),
        "registered_unemployed_on": unless(rng.random(count) >= says, registered),
        "wage_min": np.where(rng.random(count) < asks, np.nan, (who.asked[who.house] * rng.lognormal(0, 0.04, count) / 100).round() * 100),
        "forms": blanked(listed(np.array(FORMS, object), rng.random((count, len(FORMS))) < _FORMS[who.work]), 0.22, rng),
        "hours": blanked([_FREE.get(int(one), "07:00-20:00") for one in who.hour], 0.3, rng),
        "needs": unless(~who.parent | (rng.random(count) < 0.55), np.full(count, "type:childcare")),
        "lon": np.where(home, who.lon, np.nan),
        "lat": np.where(home, who.lat, np.nan),
        "area": blanked(where.area[who.node], 0.07, rng),
    })  # fmt: skip
