"""Sheets of twelve vacancies that the agency of the mining city draws, and the choice among them.

A sheet is drawn at random, from trades near the seeker's last one and from whatever pays commission. Seekers compare neighbours
on the sheet, cross out the worse one, and go on with what is left until one survives; that one they ask for.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, NEVER, START, Array, Diary, blanked, drawn, lowest, moments, numbered, unless
from experiments.worlds.last_ground import LEVELS, Desk, open_on
from experiments.worlds.quarters_people import EMPLOYED, FLEXIBLE, NIGHT, OLDER, RETIRED, SHIFTS, STEADY, STUDENT, Folk, Word
from experiments.worlds.quarters_town import CODE, EASY, GROUP, NEAR, PAY, RUNG, SKILLS, TITLE, USES, City, to_stop
from sqrec.contract import FORMS

SHEET = 12
COMMISSION = 0.15
"""The weight that commission adds to a vacancy's chance to get on a sheet; one of the seeker's own trade has weight 1."""
_STOP = 300.0
"""Metres to the bus stop at which its value falls to 1/e."""
_MOST, _USUAL = 0.5, 2.5
"""The greatest effect of the log of a wage, and the value that is subtracted from every vacancy."""
_CLOSE = 180.0
_ASKS, _WORRIED, _LOOKS_ON = 0.085, 0.14, 0.007
"""Probabilities of asking for a sheet on a day: without work, with word of layoffs in the trade, at work."""
_LISTS_AT = 9 * 3600
_YES = 0.1
_NAMES = ("金岭", "银河", "龙口", "玲珑", "大柳行", "东风", "红旗", "胜利", "矿南", "矿北", "新城", "向阳")


@dataclass(frozen=True)
class Jobs:
    """Hold vacancies; `stop` is the metres to the nearest bus stop, `commission` is hidden, `seats` the number of openings."""

    trade: Array
    pay: Array
    form: Array
    shift: Array
    stop: Array
    employer: Array
    commission: Array
    rung: Array
    seats: Array
    lon: Array
    lat: Array
    quarter: Array
    since: Array
    until: Array

    @property
    def live(self) -> Array:
        """Mark the items that exist at the end of the window, shape (items,)."""
        return (self.since <= END) & (self.until > END)


def employers(count: int, rng: np.random.Generator) -> Array:
    """Draw the group of trades of each employer, most often the pit or machines."""
    often = np.array([5, 4, 2, 4, 2, 3, 3, 3, 2, 1.5, 2])
    return np.r_[np.arange(len(often)), rng.choice(len(often), max(0, count - len(often)), p=often / often.sum())]


def jobs(count: int, groups: Array, where: City, rng: np.random.Generator) -> Jobs:
    """Draw vacancies of employers; a quarter pays commission, mostly in trades without requirements."""
    employer = rng.choice(len(groups), count, p=(size := rng.pareto(1.8, len(groups)) + 0.4) / size.sum())
    own = np.where(groups[employer][:, None] == GROUP, 1.0, 0.02)
    trade = drawn(own * rng.gamma(2, 1, own.shape), rng)
    quarter = rng.choice(len(where.works), len(groups), p=where.works / where.works.sum())[employer]
    lon, lat = where.around(quarter, rng)
    shift = rng.choice(len(SHIFTS), count, p=[0.38, 0.22, 0.18, 0.1, 0.12])
    since = START + rng.integers(-50, DAYS, count) * DAY
    until = since + rng.integers(18, 75, count) * DAY
    return Jobs(
        trade,
        PAY[trade] * rng.lognormal(0, 0.15, count) * np.where(shift == NIGHT, 1.1, 1),
        rng.choice(len(FORMS), count, p=[0.5, 0.1, 0.12, 0.24, 0.04]),
        shift,
        to_stop(lon, lat, where),
        employer,
        rng.random(count) < np.where(EASY[trade], 0.36, 0.1),
        (RUNG[trade] - (rng.random(count) < 0.3)).clip(0, 4),
        rng.geometric(0.5, count),
        lon,
        lat,
        quarter,
        since,
        np.where(rng.random(count) < 0.1, END + 200 * DAY, until),
    )


def sheet_odds(last: Array, trade: Array, commission: Array) -> Array:
    """Return the weights with which vacancies get on sheets, by the seeker's last trade; people by vacancies."""
    return NEAR[last][:, trade] + COMMISSION * commission


def near_stop(metres: Array) -> Array:
    """Return the value of a bus stop at a distance in metres, 0 to 1."""
    return np.exp(-metres / _STOP)


def value(taste: Array, liked: Array, own: Array, known: Array, of: Jobs) -> Array:
    """Return the value of vacancies by steadiness, wage, shift, bus stop and known employer; people by vacancies.

    `taste` has a coefficient for each of the five, `liked` one for each shift, `own` is the person's pay.
    """
    wage = np.log(of.pay / own[:, None]).clip(-_MOST, _MOST)
    return (
        taste[:, [0]] * STEADY[of.form]
        + taste[:, [1]] * wage
        + taste[:, [2]] * liked[:, of.shift]
        + taste[:, [3]] * near_stop(of.stop)
        + taste[:, [4]] * known
        - _USUAL
    )


def knows(who: Folk, mine: Array, of: Jobs) -> Array:
    """Mark the vacancies whose employer people know from before, people by vacancies."""
    return (who.employer[mine][:, None] == of.employer) | (who.before[mine][:, None] == of.employer)


def survivor(worth: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the position of the survivor of each sheet, and the positions of the last three; `worth` of an empty position is -inf.

    Neighbours are compared by a logit of the difference; of an odd number the last one goes on without comparison.
    """
    left, three = np.tile(np.arange(worth.shape[1]), (len(worth), 1)), np.zeros(0)
    while left.shape[1] > 1:
        if left.shape[1] <= 3 and not three.size:
            three = left
        pairs = left.shape[1] // 2
        first, second = left[:, 0 : 2 * pairs : 2], left[:, 1 : 2 * pairs : 2]
        better, other = (np.take_along_axis(worth, one, axis=1) for one in (first, second))
        empty = np.isneginf(other)
        keeps = empty | (np.where(empty, 0, better) - np.where(empty, 0, other) > rng.logistic(0, 1, first.shape))
        left = np.hstack([np.where(keeps, first, second), left[:, 2 * pairs :]])
    return left[:, 0], three


def sheets(who: Folk, heard: Word, of: Jobs, log: Diary, rng: np.random.Generator) -> Array:
    """Simulate the sheets day by day; mark applications, people by vacancies. Whoever is hired stops searching."""
    count = len(who.age)
    asked, desk = np.zeros((count, len(of.trade)), bool), Desk(of.seats.copy(), of.until, np.zeros(count, bool))
    goes = np.isin(who.work, (STUDENT, RETIRED)) * 0.3
    for day in range(DAYS):
        mine, job = desk.answered(day)
        at = START + day * DAY + 10 * 3600 + rng.integers(0, 3600, len(mine))
        log.note("job", "hire", mine, job, at, recorded=at + rng.integers(0, 3 * DAY, len(mine)))
        out, worried = who.out_of_work(day), heard.out(who.done[:, 0], day)
        chance = np.select([out, worried & np.isin(who.work, (EMPLOYED, FLEXIBLE))], [_ASKS, _WORRIED], _LOOKS_ON * (1 - goes))
        seeks = np.flatnonzero((rng.random(count) < np.where(out & worried, _WORRIED, chance)) & ~desk.placed)
        person, job = _sheet(who, seeks, of, asked, day, log, rng)
        asked[person, job] = True
        fits = (who.rung[person] >= of.rung[job]) * (0.4 + NEAR[who.done[person, 0], of.trade[job]])
        yes = rng.random(len(person)) < _YES * fits
        desk.ask(person[yes], job[yes], day + rng.integers(3, 12, yes.sum()))
    hired = np.flatnonzero(desk.placed)
    who.work[hired], who.since[hired] = EMPLOYED, DAYS
    return asked


def _sheet(who: Folk, mine: Array, of: Jobs, asked: Array, day: int, log: Diary, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw a sheet for each seeker, log it, and return the applications (person, vacancy) for new survivors."""
    live = np.flatnonzero(open_on(of.since, of.until, day) & open_on(of.since, of.until, day + 1))
    odds = sheet_odds(who.done[mine, 0], of.trade[live], of.commission[live])
    key = rng.exponential(1, odds.shape) / np.where(odds > 0, odds, 1e-12)
    drawn_ones = lowest(key, SHEET)
    there = np.take_along_axis(odds, drawn_ones, axis=1) > 0
    order = np.where(there, rng.random(there.shape), 2).argsort(axis=1)
    there = np.take_along_axis(there, order, axis=1)
    sheet = live[np.take_along_axis(drawn_ones, order, axis=1)]
    worth = value(who.taste[mine], who.shift[mine], who.pay[mine], (who.age[mine] >= OLDER)[:, None] * knows(who, mine, of), of)
    worth = np.where(there, np.take_along_axis(worth, sheet, axis=1), -np.inf)
    best, three = survivor(worth, rng)
    at, number = START + day * DAY + _LISTS_AT + rng.integers(0, 7200, len(mine)), day * len(who.age) + mine
    row, place = np.nonzero(there)
    log.note("job", "impression", mine[row], sheet[row, place], at[row], number[row], place + 1)
    rows = np.arange(len(mine))
    for turn, column in enumerate(three.T):
        real = there[rows, column]
        cells = (mine, sheet[rows, column], at + 600 + 200 * turn, number, column + 1)
        log.note("job", "view", *(cell[real] for cell in cells))
    job = sheet[rows, best]
    new = ~asked[mine, job] & there[rows, best]
    when = at + rng.integers(1800, 8 * 3600, len(mine))
    log.note("job", "apply", mine[new], job[new], when[new], number[new], best[new] + 1)
    return mine[new], job[new]


def table(of: Jobs, where: City, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `jobs`; some of those near a bus stop say so, none names its commission."""
    count = len(of.trade)
    unit = rng.choice(["month", "day", "hour"], count, p=[0.84, 0.1, 0.06])
    per = np.select([unit == "day", unit == "hour"], [21.75, 174.0], 1.0)
    step = np.select([unit == "day", unit == "hour"], [5.0, 0.5], 100.0)
    silent, here = rng.random(count) < 0.1, rng.random(count) >= 0.07
    skills = [("|".join(SKILLS[row]) or None) for row in USES[of.trade] & (rng.random((count, len(SKILLS))) < 0.7)]
    says = np.where((of.stop < _CLOSE) & (rng.random(count) < 0.5), "，公交站旁", "")
    described = np.array([f"{one}一名，{SHIFTS[two]}" for one, two in zip(TITLE[of.trade], of.shift, strict=True)], object) + says
    word = np.array(["", "", "招聘", "诚招", "急聘"], object)[rng.integers(0, 5, count)]
    return pd.DataFrame({
        "job_id": numbered("b", count),
        "title": word + TITLE[of.trade],
        "occupation": blanked(CODE[of.trade], 0.15, rng),
        "employer_id": numbered("f", of.employer),
        "employer": [f"{_NAMES[one % 12]}{one}{('矿业', '公司', '实业')[one % 3]}" for one in of.employer.tolist()],
        "wage_min": np.where(silent, np.nan, (0.94 * of.pay / per / step).round() * step),
        "wage_max": np.where(silent | (rng.random(count) < 0.15), np.nan, (1.06 * of.pay / per / step).round() * step),
        "wage_unit": unless(silent, unit),
        "education_min": blanked(LEVELS[of.rung], 0.25, rng),
        "skills": blanked(skills, 0.25, rng),
        "form": blanked(np.array(FORMS, object)[of.form], 0.1, rng),
        "mode": "on_site",
        "hazards": unless((of.shift != NIGHT) & (GROUP[of.trade] != 0), np.where(GROUP[of.trade] == 0, "underground", "night")),
        "headcount": np.where(rng.random(count) < 0.15, np.nan, of.seats),
        "hours": blanked(SHIFTS[of.shift], 0.18, rng),
        "lon": np.where(here, of.lon, np.nan),
        "lat": np.where(here, of.lat, np.nan),
        "area": where.area[of.quarter],
        "description": blanked(described, 0.3, rng),
        "published_at": moments(of.since),
        "valid_to": moments(np.where(of.until > END + 150 * DAY, NEVER, of.until)),
    })  # fmt: skip
