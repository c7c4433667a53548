"""Vacancies of the city of shifts, agencies that post theirs repeatedly, and their utility."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, START, Array, blanked, drawn, moments, numbered, unless
from experiments.worlds.shifts_people import LEVELS, Seen
from experiments.worlds.shifts_town import (
    BUS,
    CLASH,
    CODE,
    FIT,
    KIN,
    LEAST,
    LENGTH,
    NIGHT,
    ON_SHIFT,
    PAY,
    SHIFTS,
    SKILLS,
    SPEED,
    TITLE,
    TRADES,
    WEEK,
    Quarters,
)  # fmt: skip

_BEFORE = 60
_AGENCIES, _REPEAT = 11, 7
_FROM_AGENCY = 0.17
_BARE = 0.07
_WORD = np.array(["白班", "早班", "中班", "夜班", "两头班", "晚间", "周末", "长白班"], object)
_HOUSES = ("前湾", "胶南", "海韵", "唐岛", "薛家岛", "凤凰岛", "隆和", "铭泰", "益佳", "中孚", "连港", "双星里", "辛安", "泊里")
_LINES = np.array(["港务", "制造", "康养", "餐饮", "商贸", "物业", "运输", "信息", "机电"], object)
_NIGHT_BUS = 2.5
"""The factor of travel time by bus for shifts at hours without a bus."""


@dataclass(frozen=True)
class Jobs:
    """Hold postings: `pay` is yuan an hour, `shift` and `shift_told` the probabilities of each shift, true and as the table suggests.

    `least` is the required education, `repeats` the distrust of the agency (0: none), `again` marks repeated postings.
    """

    table: pd.DataFrame
    trade: Array
    pay: Array
    shift: Array
    shift_told: Array
    least: Array
    repeats: Array
    again: Array
    place: tuple[Array, Array]
    place_told: tuple[Array, Array]
    since: Array
    until: Array

    @property
    def ids(self) -> Array:
        """The ids of the postings."""
        return self.table["job_id"].to_numpy(object)

    def live(self, at: Array | int) -> Array:
        """Mark the postings that exist at a moment; at moments of an array, for the hour after them as well."""
        return (self.since <= at) & (self.until > at + 3600 * (np.ndim(at) > 0))

    def worth(self, seen: Seen, who: Array, *, wary: Array, hidden: bool) -> Array:
        """Return the utility of postings, people by postings; 0 where a person would not apply. `wary` marks who distrusts agencies."""
        shift = self.shift if hidden else self.shift_told
        fits = (seen.rhythm[who] @ FIT) @ shift.T * ((seen.family[who] @ (1 - CLASH)) @ shift.T)
        trust = 1 - (wary * seen.doubt[who])[:, None] * self.repeats
        kin = seen.near[who][:, self.trade] * seen.taste[who][:, KIN[self.trade]]
        gain = kin * fits * trust * seen.able[who][:, self.least] * self._paid(seen, who, shift, hidden=hidden)
        return np.where(gain < _BARE, 0, gain)

    def _paid(self, seen: Seen, who: Array, shift: Array, *, hidden: bool) -> Array:
        """Return the value of the hourly pay with travel time counted, over the means of travel; people by postings."""
        lon, lat = self.place if hidden else self.place_told
        hours, odd = shift @ LENGTH, shift @ np.isin(np.arange(len(SHIFTS)), (1, NIGHT))
        paid = np.zeros((len(who), len(self.trade)))
        for way in range(len(SPEED)):
            slower = 1 + (_NIGHT_BUS - 1) * odd * (way == BUS)
            travel = 2 / 60 * slower * seen.minutes(way, who, lon, lat)
            surplus = np.log(self.pay * hours / (hours + 1.4 * travel) / seen.reserve[who][:, None])
            paid += seen.way[who, way][:, None] * (0.3 + 1.6 * surplus).clip(0, 1.3)
        return paid


def jobs(count: int, town: Quarters, rng: np.random.Generator) -> Jobs:
    """Draw vacancies and their postings: one each, or three to seven by some agencies."""
    vacancies = round(count * 0.95)
    agency = np.where(rng.random(vacancies) < _FROM_AGENCY, rng.integers(0, _AGENCIES, vacancies), -1)
    times = np.where((agency >= 0) & (agency < _REPEAT), rng.integers(3, 8, vacancies), 1)
    of = np.repeat(np.arange(vacancies), times)
    again = np.arange(len(of)) - np.repeat(np.cumsum(times) - times, times)
    first = START + (rng.uniform(-_BEFORE, DAYS, vacancies) * DAY).astype(int)
    first = np.where(times > 1, first - 12 * DAY * times // 2, first)
    since = first[of] + again * rng.integers(6, 15, vacancies)[of] * DAY
    since = since // DAY * DAY + rng.integers(0, 10 * 3600, len(of))
    until = since + rng.integers(10, 16, len(of)) * DAY + np.where(times[of] > 1, 0, rng.integers(2, 35, len(of)) * DAY)
    posted = np.flatnonzero((since < END) & (until > START))
    posted = posted[since[posted].argsort(kind="stable")]
    return _posted(_vacancies(agency, town, rng), of[posted], again[posted] > 0, (since[posted], until[posted]), rng)


def _vacancies(agency: Array, town: Quarters, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the facts of each vacancy, a row each."""
    count = len(agency)
    trade = rng.choice(len(TRADES), count, p=rng.dirichlet(np.full(len(TRADES), 2.5)))
    shift = drawn(ON_SHIFT[trade], rng)
    quarter = rng.choice(len(town.lon), count, p=town.works / town.works.sum())
    lon, lat = town.around(quarter, rng)
    pay = PAY[trade] * rng.lognormal(0, 0.14, count) * np.where(shift == NIGHT, 1.13, 1) * np.where(agency >= 0, 1.06, 1)
    house = rng.choice(np.array(_HOUSES, object), count) + _LINES[KIN[trade]]
    names = np.array([f"{name}人力资源" for name in _HOUSES[:_AGENCIES]], object)
    cells = {"agency": agency, "trade": trade, "shift": shift, "lon": lon, "lat": lat, "area": town.area[quarter]}
    return pd.DataFrame(cells | {
        "middle_lon": town.lon[quarter],
        "middle_lat": town.lat[quarter],
        "pay": pay.clip(21.5),
        "employer": np.where(agency >= 0, names[agency], house + "公司"),
        "title": _titles(trade, shift, rng),
        "least": np.maximum(LEAST[trade] - (rng.random(count) < 0.3), 0),
        "unit": np.where(np.isin(shift, (5, 6)) | (agency >= 0), "hour", np.where(rng.random(count) < 0.15, "day", "month")),
        "headcount": np.where(agency >= 0, rng.integers(5, 60, count), rng.geometric(0.4, count)),
        "wide": rng.uniform(1, 1.3, count),
    })  # fmt: skip


def _titles(trade: Array, shift: Array, rng: np.random.Generator) -> Array:
    said = rng.random(len(trade))
    word, title = _WORD[shift], TITLE[trade]
    return np.select([said < 0.2, said < 0.42, said < 0.55], [word + title, title + "（" + word + "）", "招聘" + title], title)


def _posted(vacancies: pd.DataFrame, of: Array, again: Array, times: tuple[Array, Array], rng: np.random.Generator) -> Jobs:
    """Return the postings of vacancies (`of`), with cells left empty in the table."""
    rows, count = vacancies.iloc[of].reset_index(drop=True), len(of)
    trade, shift, agency = (rows[name].to_numpy() for name in ("trade", "shift", "agency"))
    hours, here = rng.random(count) >= 0.18, rng.random(count) >= 0.1
    worded = np.array([word in title for word, title in zip(_WORD[shift], rows["title"], strict=True)])
    sure = (hours | worded)[:, None]
    share = ON_SHIFT[trade] / ON_SHIFT[trade].sum(axis=1, keepdims=True)
    lon, lat = rows["lon"].to_numpy(), rows["lat"].to_numpy()
    place_told = (np.where(here, lon, rows["middle_lon"]), np.where(here, lat, rows["middle_lat"]))
    exact = np.eye(len(SHIFTS))[shift]
    return Jobs(
        _table(rows, hours, here, times, rng),
        trade,
        rows["pay"].to_numpy(),
        exact,
        np.where(sure, exact, share),
        rows["least"].to_numpy(),
        ((agency >= 0) & (agency < _REPEAT)).astype(float),
        again,
        (lon, lat),
        place_told,
        *times,
    )


def _table(rows: pd.DataFrame, hours: Array, here: Array, times: tuple[Array, Array], rng: np.random.Generator) -> pd.DataFrame:
    count, trade, shift = len(rows), rows["trade"].to_numpy(), rows["shift"].to_numpy()
    step = rows["unit"].map({"hour": 0.5, "day": 5.0, "month": 100.0}).to_numpy()
    span = np.where(rows["unit"] == "hour", 1, np.where(rows["unit"] == "day", LENGTH[shift], 4.35 * LENGTH[shift] * WEEK[shift]))
    wage = rows["pay"].to_numpy() * span
    skills = ["|".join(SKILLS[one][:most]) for one, most in zip(trade, rng.integers(1, 3, count), strict=True)]
    form = np.where(np.isin(shift, (5, 6)), "part_time", np.where(rows["agency"] >= 0, "temporary", "full_time"))
    return pd.DataFrame({
        "job_id": numbered("v", count),
        "title": rows["title"],
        "occupation": blanked(CODE[trade], 0.2, rng),
        "employer": blanked(rows["employer"].to_numpy(object), 0.04, rng),
        "wage_min": (wage / step).round() * step,
        "wage_max": np.where(rng.random(count) < 0.2, np.nan, (wage * rows["wide"] / step).round() * step),
        "wage_unit": rows["unit"],
        "education_min": blanked(LEVELS[rows["least"]], 0.25, rng),
        "skills": blanked(skills, 0.28, rng),
        "form": blanked(form, 0.12, rng),
        "mode": np.where(np.isin(trade, [29, 30]), "delivery", "on_site"),
        "hazards": unless(shift != NIGHT, np.full(count, "night")),
        "headcount": rows["headcount"],
        "hours": unless(~hours, SHIFTS[shift]),
        "days_per_week": np.where(rng.random(count) < 0.25, np.nan, WEEK[shift]),
        "lon": np.where(here, rows["lon"], np.nan),
        "lat": np.where(here, rows["lat"], np.nan),
        "area": rows["area"],
        "published_at": moments(times[0]),
        "valid_to": moments(times[1]),
    })  # fmt: skip
