"""What the tables and events of the river town let expect: of homes, tools, reservation wages, certificates and stalls."""

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
"""What the wage that somebody without work asked for at first is at the end, on average."""
_ON_FOOT = 3.0
_SURE, _OUTINGS = 6.0, 3.0
"""Minutes on foot on an average way, and errands and outings that what is usual counts for."""
_PARENT = 0.5


@dataclass(frozen=True)
class Seen:
    """Hold people as the table tells them: stops, whether and where homes are told, tools, wages, work, and odds of children."""

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
        """Return the minutes from the homes to items, given those from every stop."""
        return blurred(to[self.node] + _ON_FOOT, self.home, self.area)

    def strange(self) -> Array:
        """Return how strange trades are, by the tools that are written down."""
        known = strange(self.handled, np.ones(len(TOOLS)), WRITTEN)
        known[self.silent] = known[~self.silent].mean(axis=0) if (~self.silent).any() else known.mean(axis=0)
        return known


def seen(who: Folk, some: Array, people: pd.DataFrame, where: River) -> Seen:
    """Return some people as their rows tell them; what they leave out is what others of their trade have on average."""
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
    """Return the minutes from every stop to items: by their nearest stops, or by all those of their areas."""
    lost = table["lon"].isna().to_numpy()
    node = nearest_stop(table["lon"].fillna(0).to_numpy(), table["lat"].fillna(0).to_numpy(), where)
    to = RIDE[:, node]
    for row in np.flatnonzero(lost):
        to[:, row] = RIDE[:, where.area == table["area"].iloc[row]].mean(axis=1)
    return to


def of_jobs(told: Seen, of: Jobs, table: pd.DataFrame, where: River, applied: Array) -> Array:
    """Return how much vacancies would draw people as far as is told."""
    kept = net(of.pay, told.rides(stops(table, where)), np.array(told.fare))
    return draw_of_jobs(kept, told.reserve[:, None], told.strange()[:, of.trade]) * ~applied


def of_courses(told: Seen, mind: Learning, of: Courses, table: pd.DataFrame, where: River, some: Array) -> Array:
    """Return how much classes would draw people as far as is told: certificates and passed classes are, tastes are not."""
    done = np.where(mind.last[some] != mind.before[some], mind.last[some], told.held)
    follows = (LEADS[done] & (done >= 0)[:, None])[:, of.subject]
    passed = (mind.passed[some] & ~mind.had[some]) | (np.arange(len(SUBJECT)) == told.held[:, None])
    evening = np.where(table["schedule"].isna(), (of.slot == EVENING).mean(), of.slot == EVENING)
    fee = np.where(table["fee"].isna(), of.fee.mean(), of.fee)
    near, may = 1 - told.strange()[:, TRADE[of.subject]], ~passed[:, of.subject] & ~mind.joined[some]
    draw = draw_of_courses(may, follows, near, np.zeros(1), told.rides(stops(table, where)), fee)
    return draw * (1 - told.parent[:, None] * (1 - evening))


def of_places(told: Seen, rates: Array, of: Places, table: pd.DataFrame, where: River, visits: tuple[Array, Array]) -> Array:
    """Return how often people would find what they want as far as is told: the stall where they were last counts most."""
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
    """Return the errands a week that people have on average who tell the same of work and children."""
    return averaged(usual(who)[some], told.work * 10 + (told.parent > _PARENT))


def visited(visits: pd.DataFrame, some: Array, of: Places) -> tuple[Array, Array]:
    """Return how often each of some people was seen at places of every type, and at which one last."""
    place = pd.Index(some).get_indexer(pd.Index(visits["person"]))
    mine = visits[place >= 0].assign(place=place[place >= 0]).sort_values("at", kind="stable")
    person, item = mine["place"].to_numpy(), mine["item"].to_numpy()
    counts, last = np.zeros((len(some), len(TYPES))), np.full((len(some), len(TYPES)), NEVER)
    np.add.at(counts, (person, of.type[item]), 1)
    last[person, of.type[item]] = item
    return counts, last
