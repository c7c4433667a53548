"""Observable utilities of the river town: what tables and events alone suggest."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAYS, NEVER, Array
from experiments.worlds.lanes_courses import EVENING, LEADS, SUBJECT, TRADE, Courses, Learning
from experiments.worlds.lanes_courses import weight as draw_of_courses
from experiments.worlds.lanes_errands import Ways, chances, worth
from experiments.worlds.lanes_jobs import Jobs, net
from experiments.worlds.lanes_jobs import weight as draw_of_jobs
from experiments.worlds.lanes_people import EMPLOYED, FLEXIBLE, UNEMPLOYED, Folk
from experiments.worlds.lanes_places import TYPES, Places, usual
from experiments.worlds.lanes_town import RIDE, TOOLS, WRITTEN, River, nearest_stop, strange
from experiments.worlds.last_ground import averaged, blurred

_FALLEN = 0.93
"""The mean share of the wage asked for at the start that is left at the end, for people without work."""
_ON_FOOT = 3.0
_SURE, _OUTINGS = 6.0, 3.0
"""Weights of the prior, in errands and in outings."""
_PARENT = 0.5


@dataclass(frozen=True)
class Seen:
    """Hold people as the table describes them.

    `home` marks known homes, `area` is an index of areas (-1: unknown), `silent` marks people without known tools, `reserve` is the
    expected reservation wage, `fare` yuan a minute, `parent` the probability of having children, `held` the subject passed (-1: none).
    """

    node: Array
    home: Array
    area: Array
    handled: Array
    silent: Array
    reserve: Array
    fare: float
    work: Array
    parent: Array
    held: Array

    def rides(self, to: Array) -> Array:
        """Return the expected minutes from homes to items, people by items; `to` are the minutes from each stop."""
        return blurred(to[self.node] + _ON_FOOT, self.home, self.area)

    def strange(self) -> Array:
        """Return the strangeness of trades by the tools that tables name, people by trades, 0 to 1."""
        known = strange(self.handled, np.ones(len(TOOLS)), WRITTEN)
        known[self.silent] = known[~self.silent].mean(axis=0) if (~self.silent).any() else known.mean(axis=0)
        return known


def seen(who: Folk, some: Array, people: pd.DataFrame, where: River) -> Seen:
    """Return some people as their rows describe them; an empty cell becomes the mean of people of the trade."""
    rows = people.iloc[some]
    home, trade = rows["lon"].notna().to_numpy(), np.where(rows["occupations"].notna(), who.done[some, 0], NEVER)
    words = [set(str(cell).split("|")) for cell in rows["skills"].fillna("")]
    handled = np.array([np.isin(TOOLS, list(one)) for one in words])
    for done in who.done[some].T:
        handled |= WRITTEN[done] & ((trade >= 0) & (done >= 0))[:, None]
    work = np.where(rows["employment"].notna(), who.work[some], NEVER)
    fallen = np.where((work == UNEMPLOYED) | rows["registered_unemployed_on"].fillna("no").ne("no"), _FALLEN, 1.0)
    reserve = who.reserve[who.house[some]]
    wage = rows["wage_min"].to_numpy(float)
    asks = rows["needs"].fillna("").str.contains("childcare").to_numpy()
    born = np.where(rows["birth_month"].notna(), np.digitize(who.age[some], [25, 35, 50]), NEVER)
    held = [
        next((place for place, name in enumerate(SUBJECT) if any(w.startswith(f"{name}@") for w in one)), NEVER) for one in words
    ]
    return Seen(
        np.where(home, nearest_stop(rows["lon"].fillna(0).to_numpy(), rows["lat"].fillna(0).to_numpy(), where), 0),
        home,
        pd.Index(np.unique(where.area)).get_indexer(pd.Index(rows["area"].fillna("-"))),
        handled,
        np.logical_not(handled.any(axis=1)),
        np.where(np.isnan(wage), averaged(reserve, trade), wage * fallen),
        float(np.median(who.fare)),
        work,
        np.where(asks, 1.0, averaged(who.parent[some].astype(float), born)),
        np.array(held),
    )


def stops(table: pd.DataFrame, where: River) -> Array:
    """Return the minutes from each stop to items, by the nearest stop or, without a point, the mean of those of the area."""
    lost = table["lon"].isna().to_numpy()
    node = nearest_stop(table["lon"].fillna(0).to_numpy(), table["lat"].fillna(0).to_numpy(), where)
    to = RIDE[:, node]
    for row in np.flatnonzero(lost):
        to[:, row] = RIDE[:, where.area == table["area"].iloc[row]].mean(axis=1)
    return to


def of_jobs(told: Seen, of: Jobs, table: pd.DataFrame, where: River, applied: Array) -> Array:
    """Return the observable utility of vacancies, people by vacancies; 0 where people applied."""
    kept = net(of.pay, told.rides(stops(table, where)), np.array(told.fare))
    return draw_of_jobs(kept, told.reserve[:, None], told.strange()[:, of.trade]) * ~applied


def of_courses(told: Seen, mind: Learning, of: Courses, table: pd.DataFrame, where: River, some: Array) -> Array:
    """Return the observable utility of courses, by certificates and passed courses, without tastes; people by courses."""
    done = np.where(mind.last[some] != mind.before[some], mind.last[some], told.held)
    follows = (LEADS[done] & (done >= 0)[:, None])[:, of.subject]
    passed = (mind.passed[some] & ~mind.had[some]) | (np.arange(len(SUBJECT)) == told.held[:, None])
    evening = np.where(table["schedule"].isna(), (of.slot == EVENING).mean(), of.slot == EVENING)
    fee = np.where(table["fee"].isna(), of.fee.mean(), of.fee)
    near, may = 1 - told.strange()[:, TRADE[of.subject]], ~passed[:, of.subject] & ~mind.joined[some]
    draw = draw_of_courses(may, follows, near, np.zeros(1), told.rides(stops(table, where)), fee)
    return draw * (1 - told.parent[:, None] * (1 - evening))


def of_places(told: Seen, rates: Array, of: Places, table: pd.DataFrame, where: River, visits: tuple[Array, Array]) -> Array:
    """Return the observable utility of places; the stall of the last visit counts most. `visits` is the result of `visited`."""
    lost, silent = table["lon"].isna().to_numpy(), table["hours"].isna().to_numpy()
    node = nearest_stop(table["lon"].fillna(0).to_numpy(), table["lat"].fillna(0).to_numpy(), where)
    known = replace(
        of,
        node=np.where(lost, [int(np.flatnonzero(where.area == one)[0]) for one in table["area"]], node),
        away=np.full(len(node), _ON_FOOT),
        opens=np.where(silent, 8, of.opens),
        closes=np.where(silent, 20, of.closes),
    )
    counts, last = visits
    share = rates / rates.sum(axis=1, keepdims=True)
    share = (_SURE * share + counts) / (_SURE + counts.sum(axis=1, keepdims=True))
    often = (counts.sum(axis=1) / 2 + _OUTINGS) / (DAYS + 6 * _OUTINGS)
    ways = Ways(told.node, told.node, np.where(np.isin(told.work, (EMPLOYED, FLEXIBLE)), 17, 10))
    return blurred(worth(ways, chances(share, often), last, np.full(len(node), of.stock.mean()), known), told.home, told.area)


def guessed(who: Folk, some: Array, told: Seen) -> Array:
    """Return the mean errands a week of people with the same known work and children, people by types."""
    return averaged(usual(who)[some], told.work * 10 + (told.parent > _PARENT))


def visited(visits: pd.DataFrame, some: Array, of: Places) -> tuple[Array, Array]:
    """Return the number of visits of some people by type, and the place of the last visit of each type (-1: none)."""
    place = pd.Index(some).get_indexer(pd.Index(visits["person"]))
    mine = visits[place >= 0].assign(place=place[place >= 0]).sort_values("at", kind="stable")
    person, item = mine["place"].to_numpy(), mine["item"].to_numpy()
    counts, last = np.zeros((len(some), len(TYPES))), np.full((len(some), len(TYPES)), NEVER)
    np.add.at(counts, (person, of.type[item]), 1)
    last[person, of.type[item]] = item
    return counts, last
