"""The job portal of the river town: a page of fifteen vacancies ordered by wage, and who applies.

People apply where the wage after the ride exceeds the reservation wage of their household, at most twice a day, and rather in
trades whose tools they have handled.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, START, Array, Diary, blanked, lowest, moments, numbered, unless
from experiments.worlds.lanes_people import Folk
from experiments.worlds.lanes_town import CODE, PAY, RUNG, TITLE, TOOLS, WRITTEN, River, minutes, strange
from experiments.worlds.last_ground import LEVELS, Desk, open_on
from sqrec.contract import FORMS

PAGE, NEWEST = 15, 60
"""The number of vacancies on a page, and of the newest ones from which they are drawn."""
A_DAY, OPENS = 2, 5
_NOISE = 0.22
"""The standard deviation of the noise that the portal adds to the log of a wage when it orders a page."""
RIDES = 2 * 21.75
"""Rides of a month."""
SURPLUS, STRANGE = 2.0, 3.0
"""Coefficients of the log of net wage over reservation wage, and of the strangeness of a trade."""
_LOOKS = np.array([0.12, 0.75, 0.35, 0.15, 0.02])
"""Visits to the portal a week, by work status."""
_YES, _SAVES = 0.07, 0.3
HOURS = np.array(["mon-fri 08:30-17:30", "mon-sat 08:00-16:30", "06:00-13:30", "12:30-20:30", "22:30-07:00"], object)
HOME_AT = np.array([18, 17, 14, 21, 8])
_KIN = ("顺流", "渡口", "南岸", "北岸", "长桥", "柳堤", "金口", "三闸", "河湾", "白帆", "大埠", "新渠")


@dataclass(frozen=True)
class Jobs:
    """Hold vacancies.

    `pay` is the wage as readers estimate it, `node` the stop, `away` the minutes on foot from it, `hours` an index in HOURS, `seats`
    the number of openings.
    """

    trade: Array
    pay: Array
    node: Array
    away: Array
    rung: Array
    hours: Array
    seats: Array
    since: Array
    until: Array

    def on(self, day: int) -> Array:
        """Return the vacancies (indices) that exist on the whole of a day of the window."""
        return np.flatnonzero(open_on(self.since, self.until, day))

    @property
    def live(self) -> Array:
        """Mark the items that exist at the end of the window, shape (items,)."""
        return (self.since <= END) & (self.until > END)


@dataclass(frozen=True)
class Facts:
    """Hold what only the table of vacancies needs; `silent` marks those that state no wage."""

    silent: Array
    employer: Array
    lon: Array
    lat: Array
    area: Array


def jobs(count: int, where: River, rng: np.random.Generator) -> tuple[Jobs, Facts]:
    """Draw vacancies; an employer has one place, and one vacancy in ten states no wage."""
    employers = max(12, count // 4)
    seat = rng.choice(len(where.works), employers, p=where.works)
    lon, lat, away = where.around(seat, rng)
    weight = rng.pareto(1.6, employers) + 0.3
    employer = rng.choice(employers, count, p=weight / weight.sum())
    home = rng.choice(len(PAY), employers)
    kin = (WRITTEN @ WRITTEN.T > 0)[home[employer]]
    trade = (np.where(kin, 1.0, 0.04) * rng.exponential(1, kin.shape)).argmax(axis=1)
    pay = PAY[trade] * rng.lognormal(0, 0.15, count)
    silent = rng.random(count) < 0.1
    since = START + rng.integers(-50, DAYS, count) * DAY
    until = since + rng.integers(18, 75, count) * DAY
    found = Jobs(
        trade,
        np.where(silent, 0.97 * PAY[trade], pay),
        seat[employer],
        away[employer],
        (RUNG[trade] - (rng.random(count) < 0.3)).clip(0, 4),
        rng.choice(len(HOURS), count, p=[0.35, 0.25, 0.16, 0.14, 0.1]),
        rng.geometric(0.45, count),
        since,
        np.where(rng.random(count) < 0.1, END + 200 * DAY, until),
    )
    return found, Facts(silent, employer, lon[employer], lat[employer], where.area[seat[employer]])


def net(pay: Array, ride: Array, fare: Array) -> Array:
    """Return the monthly wage less the cost of the rides, yuan; `ride` is minutes, `fare` yuan a minute."""
    return pay - RIDES * ride * fare


def weight(kept: Array, reserve: Array, unknown: Array) -> Array:
    """Return the weight of vacancies in a logit; 0 where the net wage (`kept`) does not exceed the reservation wage."""
    surplus = np.log(np.maximum(kept, 1) / reserve)
    return np.where(surplus > 0, np.exp(SURPLUS * surplus - STRANGE * unknown), 0)


def promise(who: Folk, mine: Array, of: Jobs, these: Array, where: River, *, rides: bool) -> Array:
    """Return the weight of some vacancies for some people, people by vacancies; `rides` False leaves out the cost of rides."""
    ride = minutes(who.node[mine], who.away[mine], of.node[these], of.away[these]) * rides
    unknown = strange(who.handled[mine], where.matters)[:, of.trade[these]]
    return weight(net(of.pay[these], ride, who.fare[mine][:, None]), who.reserve[who.house[mine]][:, None], unknown)


def portal(who: Folk, of: Jobs, where: River, log: Diary, rng: np.random.Generator) -> tuple[Array, list[Array]]:
    """Simulate the portal day by day; return marks of applications, people by vacancies, and the hired people by day."""
    count = len(who.age)
    applied = np.zeros((count, len(of.trade)), bool)
    desk, hired, often = Desk(of.seats.copy(), of.until, np.zeros(count, bool)), list[Array](), rng.gamma(2, 1 / 2, count)
    for day in range(DAYS):
        if day and day % 7 == 0:
            who.week()
        hired.append(_hired(who, of, desk, day, log, rng))
        mine = np.flatnonzero(rng.random(count) < _LOOKS[who.work] / 7 * often)
        person, job = _page(who, mine, of, where, applied, day, log, rng)
        applied[person, job] = True
        _ask(who, of, where, desk, (person, job), day, rng)
    return applied, hired


def _hired(who: Folk, of: Jobs, desk: Desk, day: int, log: Diary, rng: np.random.Generator) -> Array:
    """Hire the applicants who are answered on a day, log it, and return them."""
    mine, job = desk.answered(day)
    at = START + day * DAY + 10 * 3600 + rng.integers(0, 3600, len(mine))
    log.note("job", "hire", mine, job, at, recorded=at + rng.integers(0, 3 * DAY, len(mine)))
    who.hire(mine, of.node[job], of.pay[job], of.trade[job], HOME_AT[of.hours[job]])
    return mine


def _page(
    who: Folk, mine: Array, of: Jobs, where: River, applied: Array, day: int, log: Diary, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Show the page to people, log their events, and return the applications (person, vacancy)."""
    live = of.on(day)
    newest = live[np.argsort(-of.since[live], kind="stable")[:NEWEST]]
    column = lowest(-np.log(of.pay[newest]) + rng.normal(0, _NOISE, (len(mine), len(newest))), PAGE)
    page = newest[column]
    looks, draws = (
        np.take_along_axis(promise(who, mine, of, newest, where, rides=rides), column, axis=1) * ~applied[mine[:, None], page]
        for rides in (False, True)
    )
    at, asked = START + day * DAY + rng.integers(7 * 3600, 21 * 3600, len(mine)), day * len(who.age) + mine
    opened, taken, saved = choose(looks, draws, rng)
    shown = np.ones(page.shape, bool)
    for name, chosen, later in (("impression", shown, 0), ("view", opened, 120), ("save", saved, 1200), ("apply", taken, 1800)):
        row, place = np.nonzero(chosen)
        log.note("job", name, mine[row], page[row, place], at[row] + later + 20 * place, asked[row], place + 1)
    row, place = np.nonzero(taken)
    return mine[row], page[row, place]


def choose(looks: Array, draws: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Mark which vacancies of a page are viewed (by weight without rides), applied to (with rides), and saved."""
    luck = rng.gumbel(0, 1, looks.shape)
    opened = _best(looks, luck, np.full(len(looks), OPENS))
    taken = _best(draws * opened, luck, rng.integers(1, A_DAY + 1, len(looks)))
    return opened, taken, opened & ~taken & (draws > 0) & (rng.random(draws.shape) < _SAVES)


def _best(weights: Array, luck: Array, most: Array) -> Array:
    """Mark up to `most` entries of each row, drawn by weights; `luck` holds random numbers."""
    felt = np.log(np.where(weights > 0, weights, 1e-300)) + luck
    return (weights > 0) & ((-felt).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") < most[:, None])


def _ask(who: Folk, of: Jobs, where: River, desk: Desk, asks: tuple[Array, Array], day: int, rng: np.random.Generator) -> None:
    """Draw which applications will succeed, and on which day: less often in a strange trade, never with too little education."""
    person, job = asks
    unknown = strange(who.handled[person], where.matters)[np.arange(len(person)), of.trade[job]]
    yes = rng.random(len(person)) < _YES * (who.rung[person] >= of.rung[job]) * (1.2 - unknown)
    desk.ask(person[yes], job[yes], day + rng.integers(2, 12, yes.sum()))


def table(of: Jobs, facts: Facts, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `jobs`; wages are ranges, skills are those tools of the trade that any table names."""
    count = len(of.trade)
    here = rng.random(count) >= 0.06
    unit = rng.choice(["month", "day", "hour"], count, p=[0.84, 0.1, 0.06])
    per = np.select([unit == "day", unit == "hour"], [21.75, 174.0], 1.0)
    step = np.select([unit == "day", unit == "hour"], [5.0, 0.5], 100.0)
    tools = [("|".join(TOOLS[row]) or None) for row in WRITTEN[of.trade] & (rng.random((count, len(TOOLS))) < 0.8)]
    form = np.array(FORMS, object)[rng.choice([0, 2, 3], count, p=[0.78, 0.1, 0.12])]
    word = np.array(["", "", "招", "急招", "长期招"], object)[rng.integers(0, 5, count)]
    return pd.DataFrame({
        "job_id": numbered("z", count),
        "title": word + TITLE[of.trade],
        "occupation": blanked(CODE[of.trade], 0.15, rng),
        "employer_id": numbered("g", facts.employer),
        "employer": [f"{_KIN[one % len(_KIN)]}{one}{('商行', '公司', '工厂')[one % 3]}" for one in facts.employer.tolist()],
        "wage_min": np.where(facts.silent, np.nan, (0.94 * of.pay / per / step).round() * step),
        "wage_max": np.where(facts.silent | (rng.random(count) < 0.15), np.nan, (1.06 * of.pay / per / step).round() * step),
        "wage_unit": unless(facts.silent, unit),
        "education_min": blanked(LEVELS[of.rung], 0.25, rng),
        "skills": blanked(tools, 0.25, rng),
        "form": blanked(form, 0.1, rng),
        "mode": "on_site",
        "headcount": np.where(rng.random(count) < 0.15, np.nan, of.seats),
        "hours": blanked(HOURS[of.hours], 0.2, rng),
        "lon": np.where(here, facts.lon, np.nan),
        "lat": np.where(here, facts.lat, np.nan),
        "area": facts.area,
        "published_at": moments(of.since),
        "valid_to": moments(np.where(of.until > END + 150 * DAY, -1, of.until)),
    })  # fmt: skip
