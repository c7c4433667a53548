"""Plausibility of a bundle's lists: `python -m experiments.plausible.judge FOLDER --world invented_a --bundles FOLDER`.

Printed figures:
- ndcg@10 by hand grades, for each persona of the world and kind: gains 2^grade - 1, against the best order of all graded items. An
  item without a hand grade has the rubric's grade, and their number is printed. Several ids of one offer count once.
- Mean rubric grade of the first ten, and of the best ten of the catalogue.
- Wanted work, for personas and residents who want some: the share of available offers that is shown. Available means live, open to
  the person, not applied to or dismissed, of a wanted trade, and within 30 minutes or online.
- The share of lists with an unrelated job (rubric grade 0) while an available one is left out: all such jobs, and those that are not
  of a wanted trade.
- Concentration of courses: the share that the ten most shown ones have of everybody's first three positions.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from experiments.plausible.personas import HERE, moment, read_personas
from sqrec import bundle as bundles
from sqrec.base.arrays import BoolArray, FloatArray, IntArray, keys_of
from sqrec.catalogue.attention import discount
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities.ages import age_of
from sqrec.contract import KINDS, Kind
from sqrec.errors import RequestError
from sqrec.evaluate.lists.oracle import Utilities
from sqrec.evaluate.plausible import Yardstick
from sqrec.profile import Profiles
from sqrec.profile.person import Person
from sqrec.rank import Ranking, Recommender
from sqrec.rank.gates import gate
from sqrec.rank.order import FIRST
from sqrec.rank.wish import NEAREST, wanted_trades
from sqrec.source import read_source

NEAR = 30.0
"""Minutes on foot within which wanted work counts as available."""


@dataclass
class Wanted:
    """Count, over the lists of a group of people: available wanted offers (ten a list at most), those shown, and bad lists.

    `unrelated` are lists with a job of grade 0 while an available offer is left out; `others` those where it is of no wanted trade.
    """

    lists: int = 0
    available: int = 0
    shown: int = 0
    unrelated: int = 0
    others: int = 0

    def line(self, whose: str) -> str:
        """Return the shares as a line of text; `whose` names the group of people."""
        if not self.lists:
            return f"{whose}: nobody wants work that is available"
        shown, unrelated, others = self.shown / self.available, self.unrelated / self.lists, self.others / self.lists
        return f"{whose}: {self.lists} lists, wanted shown {shown:.3f}, grade 0 instead {unrelated:.3f}, of another trade {others:.3f}"


@dataclass
class Court:
    """Hold what the lists of one world are judged by: catalogue, served recommender, and a yardstick for each kind.

    `at` is the moment, microseconds UTC; `utilities` are those of an invented city (None: unknown). `wish` False: wanted items do
    not come first.
    """

    recommender: Recommender
    snapshot: Snapshot
    yardsticks: Mapping[Kind, Yardstick]
    at: int
    utilities: Utilities | None
    wish: bool = True

    @classmethod
    def of(cls, folder: str, bundles_folder: Path, *, wish: bool = True) -> "Court":
        """Read a data folder and the current bundle. Raises BundleError or TableError where one cannot be used."""
        bundle, read = bundles.load(bundles.current(bundles_folder)), read_source(folder)
        snapshot = Snapshot.of(read, bundle.profiler)
        skills = read.tables.get("skills")
        sticks: dict[Kind, Yardstick] = {
            kind: Yardstick.of(kind, snapshot.items[kind].table, read.city, skills) for kind in KINDS
        }
        known = Utilities.of(read.tables["utilities"], "course") if "utilities" in read.tables else None
        return cls(bundle.recommender(), snapshot, sticks, moment(), known, wish)

    def served(self, profile: Profiles, kind: Kind) -> Ranking | None:
        """Return one served list of ten; None where the law refuses it."""
        policy = self.recommender.served(kind)
        try:
            return self.recommender.recommend(
                profile, kind, self.snapshot, policy if self.wish else replace(policy, wish=None), FIRST
            )
        except RequestError:
            return None

    def invented(self, person: Person) -> Profiles:
        """Return the profile of a persona, who has no history."""
        return self.recommender.profiler.profiles([person], np.array([self.at]), [{}], np.array([0], np.uint64))

    def grades(self, ranking: Ranking, kind: Kind, person: Person, told: Mapping[str, tuple[int, str]]) -> tuple[FloatArray, int]:
        """Return the grades of the first ten, and the number of those without a hand grade.

        `told` holds hand grades by id; other items have the rubric's grade, and a repeated offer has grade 0.
        """
        rows: list[int] = ranking.item[:FIRST].tolist()
        ruled = self.yardsticks[kind].grades(person, rows, self.at)
        ids: list[str] = [self.snapshot.items[kind].ids[row] for row in rows]
        found = [told[one][0] if one in told else rule.grade for one, rule in zip(ids, ruled, strict=True)]
        again = np.ones(len(rows), bool)
        again[np.unique(self.offers(kind)[rows], return_index=True)[1]] = False
        return np.where(again, 0.0, found), sum(one not in told for one in ids)

    def offers(self, kind: Kind) -> IntArray:
        """Return a number for every item, shape (items,), equal for all ids of one offer."""
        twins = self.snapshot.items[kind].twins
        return np.where(twins >= 0, twins, np.arange(len(twins)))

    def ideal(self, kind: Kind, told: Mapping[str, tuple[int, str]]) -> FloatArray:
        """Return the ten highest hand grades, highest first, with the best grade of each offer."""
        best = dict[int, float]()
        for one, offer in zip(self.snapshot.items[kind].ids, self.offers(kind).tolist(), strict=True):
            if one in told:
                best[offer] = max(best.get(offer, 0.0), told[one][0])
        return np.sort(np.array(list(best.values()), float))[::-1][:FIRST]

    def available(self, profile: Profiles) -> BoolArray:
        """Mark the available jobs of wanted trades, shape (jobs,): open to the person, within `NEAR` minutes or online."""
        items, recommender = self.snapshot.items["job"], self.recommender
        rows = np.arange(len(items))
        pairs = recommender.pairs(profile, items, rows)
        trades = items.groups["trade"], items.group_keys["trade"]
        wanted = (trades[0] >= 0) & np.isin(trades[1][trades[0]], wanted_trades(profile))
        law = gate(age_of(profile.raw(0).birth_month, self.at, recommender.city), "job", recommender.city)
        open_to = law.allowed(items, rows) & items.live(self.at, rows)
        if history := profile.history[0].get("job"):
            for keys in (history.applied, history.dismissed):
                gone: IntArray = items.find(keys)
                open_to[gone[gone >= 0]] = False
        return wanted & open_to & ((pairs.minutes <= NEAR) | items.anywhere)

    def weigh(self, wanted: Wanted, profile: Profiles) -> None:
        """Add one person's list of jobs to the counts, if it is personal and any wanted work is available."""
        if not len(profile.codes("desired", 0)):
            return
        there, ranking = self.available(profile), self.served(profile, "job")
        if ranking is None or not ranking.scene.personal or not there.any():
            return
        shown, offers = ranking.item[:FIRST], self.offers("job")
        available, seen = len(np.unique(offers[there])), len(np.unique(offers[shown[there[shown]]]))
        wanted.lists += 1
        wanted.available += min(available, FIRST)
        wanted.shown += seen
        if available > seen:
            graded = self.yardsticks["job"].grades(profile.raw(0), shown.tolist(), self.at)
            turn = ranking.turns.turn[ranking.order[:FIRST]]
            wanted.unrelated += any(one.grade == 0 for one in graded)
            wanted.others += any(one.grade == 0 and place >= NEAREST for one, place in zip(graded, turn.tolist(), strict=True))


def by_hand(court: Court, world: str, graded: str) -> Iterable[str]:
    """Yield ndcg@10 by one set of hand grades: a line for each persona and kind, and a line with each kind's mean."""
    told = json.loads((HERE / f"{graded}.json").read_text(encoding="utf-8"))["grades"]
    for kind in KINDS:
        found: list[float] = []
        for persona in read_personas(world):
            known = told.get(persona.id, {}).get(kind)
            ranking = court.served(court.invented(persona.person), kind)
            if known is None or ranking is None:
                continue
            grades, unjudged = court.grades(ranking, kind, persona.person, known)
            ideal = _worth(court.ideal(kind, known))
            if ideal > 0:
                found.append(_worth(grades) / ideal)
                yield f"{kind} {persona.id} ndcg@10 {found[-1]:.3f} grades {' '.join(f'{one:g}' for one in grades)} not graded by hand {unjudged}"
        if found:
            yield f"{kind}: ndcg@10 by hand grades ({graded}) {np.mean(found):.3f} of {len(found)} personas"


def by_rubric(court: Court, world: str) -> Iterable[str]:
    """Yield for each kind the personas' mean rubric grade of the first ten, and of the best ten of the catalogue."""
    for kind in KINDS:
        found, best = list[float](), list[float]()
        for persona in read_personas(world):
            ranking = court.served(court.invented(persona.person), kind)
            if ranking is None or not len(ranking.item):
                continue
            stick = court.yardsticks[kind]
            found.append(
                float(np.mean([one.grade for one in stick.grades(persona.person, ranking.item[:FIRST].tolist(), court.at)]))
            )
            every = [one.grade for one in stick.grades(persona.person, range(len(stick.read)), court.at)]
            best.append(float(np.mean(np.sort(every)[::-1][:FIRST])))
        yield f"{kind}: mean rubric grade of the first ten {np.mean(found):.2f}, of the best ten {np.mean(best):.2f}"


def of_residents(court: Court, most: int) -> Iterable[str]:
    """Yield the figures of wanted work and of courses for `most` residents at most."""
    ids = list(court.snapshot.people)[:most]
    profiles = court.snapshot.ask(court.recommender.profiler, keys_of(ids), np.full(len(ids), court.at, np.int64))
    wanted, places = Wanted(), Counter[int]()
    for place in range(len(ids)):
        court.weigh(wanted, profiles.row(place))
        courses = court.served(profiles.row(place), "course")
        places.update(courses.item[:3].tolist() if courses else [])
    yield wanted.line("residents")
    yield f"courses: the ten most shown take {_taken(places):.3f} of {len(ids)} residents' first three places"


def like_the_oracle(court: Court, utilities: Utilities) -> Iterable[str]:
    """Yield the concentration of courses for people of known utilities, in served lists and in lists by true utility."""
    served, best, items = Counter[int](), Counter[int](), court.snapshot.items["course"]
    profiles = court.snapshot.ask(
        court.recommender.profiler, utilities.person, np.full(len(utilities.person), court.at, np.int64)
    )
    live = np.flatnonzero(items.live(court.at, np.arange(len(items))))
    for place, person in enumerate(utilities.person.tolist()):
        known, ranking = utilities.of_person(person, items, live), court.served(profiles.row(place), "course")
        if known and ranking:
            served.update(ranking.item[:3].tolist())
            best.update(live[np.argsort(-np.nan_to_num(known["omniscient"], nan=-np.inf), kind="stable")[:3]].tolist())
    yield f"courses: of {len(utilities.person)} people with known utilities {_taken(served):.3f}, in the best lists {_taken(best):.3f}"


def _taken(places: Counter[int]) -> float:
    """Return the share that the ten most shown items have of all positions."""
    return sum(count for _, count in places.most_common(10)) / max(places.total(), 1)


def _worth(grades: FloatArray) -> float:
    return float(((np.exp2(grades) - 1) * discount(np.arange(1, len(grades) + 1))).sum())


def main(
    folder: Annotated[str, typer.Argument(help="the folder of the world")],
    world: Annotated[str, typer.Option(help="invented_a, invented_b or adverts")],
    bundles_folder: Annotated[Path, typer.Option("--bundles", help="where the current bundle lies")],
    residents: Annotated[int, typer.Option(help="residents of the folder, at most")] = 2_000,
    *,
    wish: Annotated[bool, typer.Option(help="what is wanted comes first, as it is served")] = True,
) -> None:
    """Print every figure."""
    court, wanted = Court.of(folder, bundles_folder, wish=wish), Wanted()
    for persona in read_personas(world):
        court.weigh(wanted, court.invented(persona.person))
    for line in (
        *by_hand(court, world, "hand"),
        *by_hand(court, world, "hand_second"),
        *by_rubric(court, world),
        wanted.line("personas"),
    ):
        print(line, flush=True)
    if court.snapshot.people:
        for line in of_residents(court, residents):
            print(line, flush=True)
    if court.utilities:
        for line in like_the_oracle(court, court.utilities):
            print(line, flush=True)


if __name__ == "__main__":
    typer.run(main)
