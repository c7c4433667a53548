"""Observable utilities of the mining city: what tables and events alone suggest."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, END, NEVER, Array, metres
from experiments.worlds.last_ground import averaged, blurred
from experiments.worlds.quarters_courses import Courses, Taken, farther, vouchers, weight
from experiments.worlds.quarters_crowds import Crowds, limit, near, soon, worth
from experiments.worlds.quarters_jobs import Jobs, value
from experiments.worlds.quarters_people import Folk, mean_shifts, mean_tastes
from experiments.worlds.quarters_places import HEALTH, TYPES, Places, usual
from experiments.worlds.quarters_town import NEAR, PAY, SKILLS, USES, City, gap, to_stop

_MIDDLE = 40.0
"""The age of people whose age is unknown, years."""
_SURE = 8.0
"""The weight of the prior, in visits."""
_ONCE = 0.12
"""The observable utility of a health place with one logged visit."""


@dataclass(frozen=True)
class Seen:
    """Hold people as the table describes them; `who` has the same facts for the functions of the world.

    `home` marks known homes, `area` and `trade` are indices (-1: unknown), `family` is the probability of a family.
    """

    who: Folk
    home: Array
    area: Array
    trade: Array
    family: Array


def seen(who: Folk, some: Array, people: pd.DataFrame, where: City) -> Seen:
    """Return some people as their rows describe them; an empty cell becomes the usual value or the mean."""
    rows = people.iloc[some]
    home, told = rows["lon"].notna().to_numpy(), rows["occupations"].notna().to_numpy()
    trade = np.where(told, who.done[some, 0], NEVER)
    age = np.where(rows["birth_month"].notna(), who.age[some], _MIDDLE)
    words = [{word.split("@")[0] for word in str(cell).split("|")} for cell in rows["skills"].fillna("")]
    able = np.array([np.isin(SKILLS, list(one)) for one in words]) | (USES[trade] & told[:, None])
    born = np.where(rows["birth_month"].notna(), np.digitize(age, [25, 35, 47]), NEVER)
    asks = rows["needs"].fillna("").str.contains("childcare").to_numpy()
    work = np.where(rows["employment"].notna(), who.work[some], 0)
    pay = np.where(told, 0.97 * PAY[trade], PAY.mean())
    known = replace(
        who,
        quarter=who.quarter[some],
        lon=np.where(home, who.lon[some], where.lon.mean()),
        lat=np.where(home, who.lat[some], where.lat.mean()),
        age=age,
        family=asks,
        done=np.where(told[:, None], who.done[some], NEVER),
        able=able,
        work=work,
        pay=np.where(rows["wage_min"].notna(), rows["wage_min"].fillna(0) / 0.945, pay),
        taste=mean_tastes(age),
        shift=mean_shifts(age),
    )
    area = pd.Index(where.area).get_indexer(pd.Index(rows["area"].fillna("-")))
    return Seen(known, home, area, trade, np.where(asks, 1.0, averaged(who.family[some].astype(float), born)))


def of_jobs(told: Seen, of: Jobs, table: pd.DataFrame, where: City, asked: Array) -> Array:
    """Return the observable utility of vacancies, without knowledge of commission; people by vacancies."""
    lost = table["lon"].isna().to_numpy()
    stop = np.where(lost, of.stop.mean(), to_stop(table["lon"].fillna(0).to_numpy(), table["lat"].fillna(0).to_numpy(), where))
    shift, form = (np.where(table[name].isna(), 0, facts) for name, facts in (("hours", of.shift), ("form", of.form)))
    known = replace(of, stop=stop, shift=shift, form=form)
    worthy = np.exp(value(told.who.taste, told.who.shift, told.who.pay, np.zeros((len(asked), 1)), known))
    near_ones = np.where(told.trade[:, None] >= 0, NEAR[told.trade][:, of.trade], NEAR.mean(axis=0)[of.trade])
    reaches = np.where(near_ones > 0, 1.0, of.commission.mean())
    return worthy * reaches * ~asked


def of_courses(told: Seen, taken: Taken, of: Courses, table: pd.DataFrame, where: City, mates: Array, some: Array) -> Array:
    """Return the observable utility of courses, with the trade's mean number of workmates; people by courses."""
    who = told.who
    level = np.where(table["level"].isna(), 4, of.level)
    fee = np.where(table["fee"].isna(), of.fee.mean(), of.fee)
    accepts = np.where(table["subsidised"].isna(), of.voucher.mean(), of.voucher)
    far = gap(who.done, who.able, of.teaches, where.apart) + farther(level)
    has = vouchers(who.done[:, 0], who.age) & (told.trade >= 0)
    pays = fee * (1 - has[:, None] * accepts)
    usual_mates = averaged(mates, told.trade)
    return weight(usual_mates, far, pays, np.zeros(1)) * ~taken.joined[some]


def of_places(told: Seen, some: Array, mine: Crowds, of: Places, table: pd.DataFrame, visits: pd.DataFrame, where: City) -> Array:
    """Return the observable utility of places, by homes, ages, and the visits of everybody; people by places."""
    who, rows = told.who, np.arange(len(some))
    lost = table["lon"].isna().to_numpy()
    lon, lat = (np.where(lost, middle[of.quarter], side) for middle, side in ((where.lon, of.lon), (where.lat, of.lat)))
    close = blurred(near(metres(who.lon, who.lat, lon, lat), limit(who.age)), told.home, told.area)
    place = pd.Index(some).get_indexer(pd.Index(visits["person"]))
    own, item = place[place >= 0], visits["item"].to_numpy()[place >= 0]
    counts = np.zeros((len(some), len(TYPES)))
    np.add.at(counts, (own, of.type[item]), 1)
    rates = np.where(HEALTH, 0, usual(who))
    share = rates / rates.sum(axis=1, keepdims=True)
    known = replace(
        mine,
        rates=(_SURE * share + counts * ~HEALTH) / (_SURE + (counts * ~HEALTH).sum(axis=1, keepdims=True)),
        often=(counts * ~HEALTH).sum(axis=1) / 90 + 0.05,
        near=close,
        full=np.zeros(close.shape, bool),
        hours=np.zeros((len(some), *mine.hours.shape[1:]), bool),
    )
    went = np.bincount(visits["item"], minlength=len(of.type))
    weekends, weekdays = (
        worth(replace(who, family=np.full(len(some), one)), rows, known, _liked(of, went, close)) for one in (True, False)
    )
    return (
        told.family[:, None] * weekends
        + (1 - told.family[:, None]) * weekdays
        + _appointments(rows, own, item, visits, place, of)
    )


def _liked(of: Places, went: Array, close: Array) -> Places:
    """Return places with the attraction estimated from all visits, relative to the people who live near."""
    crowd = close.sum(axis=0)
    for one in range(len(TYPES)):
        these = of.type == one
        crowd[these] *= went[these].sum() / max(crowd[these].sum(), 1e-9)
    return replace(of, pull=(went + 4) / (crowd + 4))


def _appointments(rows: Array, own: Array, item: Array, visits: pd.DataFrame, place: Array, of: Places) -> Array:
    """Return the observable utility of health places: the next appointment, extrapolated from the interval of logged visits."""
    expected = np.zeros((len(rows), len(of.type)))
    health = HEALTH[of.type[item]]
    ago = (END - visits["at"].to_numpy()[place >= 0][health]) / DAY
    pairs = own[health] * len(of.type) + item[health]
    for pair in np.unique(pairs):
        days = np.sort(ago[pairs == pair])
        every = np.diff(days).min(initial=np.inf)
        expected.flat[pair] = soon(every - days[0], np.array(1.0)) if np.isfinite(every) else _ONCE
    return expected
