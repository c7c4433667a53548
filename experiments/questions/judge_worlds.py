"""Judge rankers in worlds of other making than the invented city, and on data that nobody made.

In each world every kind is trained with SPLIT=time, then the people of `utilities` are asked at noon of its last day, as most places are open. A list is worth the
sum of its first ten gains, each divided by log2(place + 1); its share is that of the best possible list's. Real sets are trained with
SPLIT=last and judged by the report's ndcg@10. `python -m experiments.questions.judge_worlds --out experiments/questions/worlds.md` writes the table.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from experiments.worlds.folder import LAST, WORLDS, write
from sqrec import bundle as bundles
from sqrec.base.arrays import FloatArray, IntArray
from sqrec.base.numbers import SEED
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import KINDS, Kind, SplitName
from sqrec.errors import RequestError
from sqrec.evaluate import split
from sqrec.evaluate.lists.heldout import WHOLE_AND_SEEN, ask_any_use, ask_held_out
from sqrec.evaluate.lists.oracle import Utilities
from sqrec.evaluate.report.run import baselines
from sqrec.evaluate.stats.compare import Interval, difference, interval
from sqrec.evaluate.stats.metrics import Hits, per_person
from sqrec.profile import Profiles
from sqrec.profile.history import microseconds
from sqrec.rank import Linear, Recommender
from sqrec.source import read_source
from sqrec.tables import Folder
from training.train import main as train

FIRST = 10
RANKERS = ("popularity", "plain", "score order", "served")
WISHLESS = "served, no wish"
"""What would be served if what people want did not come first (docs/lists.md)."""
SETS: Mapping[str, Kind] = {
    "checkins_nyc": "amenity",
    "mars_courses": "course",
    "mooccube_zh": "course",
    "dacon_jobs": "job",
    "jobviews": "job",
}
WITH_LISTS = frozenset({*WORLDS, *LAST}) - {"nearest"}
"""The worlds that can log what was shown."""
HEADER = (
    f"| world or set | kind | people | {' | '.join(RANKERS)} | score order − plain | served − plain | score order − popularity |"
    " the wish, served |"
)
_HALF_A_DAY = 43_200_000_000
_DISCOUNT = 1 / np.log2(np.arange(2, FIRST + 2))


@dataclass(frozen=True)
class Judged:
    """Hold one row: a figure per person for every ranker."""

    world: str
    kind: Kind
    values: Mapping[str, FloatArray]

    def line(self) -> str:
        """Return the row of the table, with 95 % intervals of means and of paired differences."""
        ours, plain, popular = (self.values[name] for name in ("score order", "plain", "popularity"))
        gaps = [_gap(ours, plain), _gap(self.values["served"], plain), _gap(ours, popular)]
        gaps.append(_gap(self.values["served"], self.values[WISHLESS]) if WISHLESS in self.values else "")
        means = [_said(interval(self.values[name], np.random.default_rng(SEED))) for name in RANKERS]
        return f"| {' | '.join([self.world, self.kind, str(len(ours)), *means, *gaps])} |"


def judged_world(name: str, people: int, seed: int, kinds: Sequence[Kind], *, impressions: bool) -> Iterator[Judged]:
    """Make one world, train every kind in it, and ask the people whose utilities are known."""
    called = f"{name}, {people:,} people" + ("" if impressions else ", no impressions")
    with tempfile.TemporaryDirectory() as told:
        home = Path(told)
        write({**WORLDS, **LAST}[name](people, seed, impressions=impressions), home / "world")
        bundle = _trained(home / "world", kinds, "time", home)
        folder = read_source(home / "world")
        snapshot = Snapshot.of(folder, bundle.profiler)
        for kind in kinds:
            yield Judged(called, kind, shares(bundle, snapshot, folder, kind))


def shares(bundle: Bundle, snapshot: Snapshot, folder: Folder, kind: Kind) -> dict[str, FloatArray]:
    """Return what share of the best first ten every ranker's list is worth, person by person; who can gain nothing is left out."""
    recommender = bundle.recommender()
    return shares_of(lambda profile: _lists(bundle, recommender, profile, kind, snapshot), recommender, snapshot, folder, kind)


def shares_of(
    lists: Callable[[Profiles], Mapping[str, IntArray]], recommender: Recommender, snapshot: Snapshot, folder: Folder, kind: Kind
) -> dict[str, FloatArray]:
    """Return the same of any lists: rows of items by the name of who ranked them, for each person who is asked."""
    table = folder.tables["utilities"]
    utilities, at = Utilities.of(table, kind), int(microseconds(table["at"]).max()) - _HALF_A_DAY
    items, found = snapshot.items[kind], dict[str, list[float]]()
    profiles = snapshot.ask(recommender.profiler, utilities.person, np.full(len(utilities.person), at, np.int64))
    live = np.flatnonzero(items.live(at, np.arange(len(items))))
    for place, person in enumerate(utilities.person.tolist()):
        known = utilities.of_person(person, items, live)
        gain = np.zeros(len(items))
        gain[live] = np.nan_to_num(known["omniscient"]) if known else 0.0
        best = float((np.sort(gain)[::-1][:FIRST] * _DISCOUNT).sum())
        try:
            ranked = lists(profiles.row(place))
        except RequestError:
            continue
        for name, item in ranked.items():
            if best > 0:
                found.setdefault(name, []).append(float((gain[item] * _DISCOUNT[: len(item)]).sum()) / best)
    return {name: np.array(values) for name, values in found.items()}


def _lists(bundle: Bundle, recommender: Recommender, profile: Profiles, kind: Kind, snapshot: Snapshot) -> dict[str, IntArray]:
    """Return the first ten of every ranker's list for one person: over the whole catalogue, and as a request gets them."""
    plain = bundle.references[kind]
    on_plain = replace(recommender, rows={**recommender.rows, kind: plain.rows})
    popular = Linear.of(recommender.rows[kind].names, {"popularity_item": 1.0})
    asked = {
        "popularity": (recommender.with_ranker(kind, popular), WHOLE_AND_SEEN),
        "plain": (on_plain.with_ranker(kind, plain.ranker), WHOLE_AND_SEEN),
        "score order": (recommender, WHOLE_AND_SEEN),
        "served": (recommender, recommender.served(kind)),
        WISHLESS: (recommender, replace(recommender.served(kind), wish=None)),
    }
    return {name: one.recommend(profile, kind, snapshot, policy, FIRST).item[:FIRST] for name, (one, policy) in asked.items()}


def judged_set(name: str, data: Path) -> Iterator[Judged]:
    """Train on one real set and ask for each person's last new item; where the kind repeats, for the last use as well."""
    kind = SETS[name]
    with tempfile.TemporaryDirectory() as told:
        home = Path(told)
        bundle = _trained(data / name, [kind], "last", home)
        folder = read_source(data / name)
    snapshot, recommender = Snapshot.of(folder, bundle.profiler), bundle.recommender()
    division = split(snapshot.events, kind, "last", repeats=bundle.kinds[kind].repeats)
    rivals = baselines(recommender, kind, bundle)
    outcome = ask_held_out(recommender, snapshot, kind, division.held, rivals)
    named = {"popularity": "popularity", "plain": "plain", "score order": "model", "served": "model_served"}
    yield Judged(f"{name}, last new item", kind, _ndcgs({one: outcome.hits[hit] for one, hit in named.items()}))
    if division.any_use is not None:
        hits, _ = ask_any_use(recommender, snapshot, kind, division.any_use, rivals)
        # Lists that hold what was used before are served in score order, but for what they cost (`serving_cost`).
        yield Judged(f"{name}, last use", kind, _ndcgs({one: hits[hit] for one, hit in (named | {"served": "model"}).items()}))


def _ndcgs(hits: Mapping[str, Hits]) -> dict[str, FloatArray]:
    return {name: per_person(found, ("ndcg@10",))["ndcg@10"] for name, found in hits.items()}


def _trained(folder: Path, kinds: Sequence[Kind], split_name: SplitName, home: Path) -> Bundle:
    with redirect_stdout(sys.stderr):
        train(str(folder), "all" if len(kinds) > 1 else kinds[0], split_name, None, home, studied=False)
    return bundles.load(bundles.current(home / "bundles"))


def _gap(ours: FloatArray, theirs: FloatArray) -> str:
    found = difference(ours, theirs, np.random.default_rng(SEED)).interval
    text = f"{found.mean:+.3f} ({found.low:+.3f} to {found.high:+.3f})"
    return f"**{text}**" if found.mean < 0 else text


def _said(found: Interval) -> str:
    return f"{found.mean:.3f} ({found.low:.3f}–{found.high:.3f})"


def main(
    out: Annotated[Path | None, typer.Option(help="the Markdown file to write")] = None,
    worlds: Annotated[str, typer.Option(help="worlds, by commas; empty: all that were looked at before")] = ",".join(WORLDS),
    data: Annotated[Path | None, typer.Option(help="the folder of the real sets; without it they are left out")] = None,
    people: int = 2_000,
    seed: int = 1,
) -> None:
    """Judge every ranker in every world and on every real set."""
    lines = [HEADER, "|---" * (HEADER.count("|") - 1) + "|"]
    for line in _lines([one for one in worlds.split(",") if one], data, people, seed):
        print(line, flush=True)
        lines.append(line)
    if out:
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _lines(worlds: Sequence[str], data: Path | None, people: int, seed: int) -> Iterator[str]:
    for name in worlds:
        for impressions in (True, False) if name in WITH_LISTS else (False,):
            yield from (one.line() for one in judged_world(name, people, seed, KINDS, impressions=impressions))
    if data is not None:
        for name in SETS:
            yield from (one.line() for one in judged_set(name, data))


if __name__ == "__main__":
    typer.run(main)
