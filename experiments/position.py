"""One question: does telling places in shown lists bring what is learnt from clicks closer to the truth.

Invented worlds that chose nothing (seeds 301 to 303), where true utilities are known. Two logs are learnt from:

- `own`: the lists that the city's platform showed before T (impressions and uses; place k is looked at with k^-0.35);
- *clicks*: lists that are invented here: of people in `utilities`, sixty of their candidates at a time, the first twenty shown by a
  plain platform (words and popularity) or by a good one (the observable part of utility), each place k looked at with k^-eta, and
  if so clicked with a chance that rises with the true utility.

The same trees are grown on each log as it is, with places told, and, of clicks, on what would have been clicked had everybody
looked at every place. Each ranks everything live at T for people whose clicks it did not see.
`python -m experiments.position --out experiments/position.md` appends its tables.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from experiments.city import AS_OF
from experiments.impressions import lists_shown
from experiments.lessons import Lesson, lines_of, told, written
from sqrec.arrays import FloatArray, IntArray, KeyArray, Ragged, keys_of
from sqrec.catalogue.source import read_source
from sqrec.columns import Kind
from sqrec.evaluate.compare import difference, interval
from sqrec.evaluate.metrics import Hits, per_person, ranks_in
from sqrec.evaluate.oracle import FIRST, Utilities
from sqrec.profile import Profiles
from sqrec.profile.history import microseconds
from sqrec.rank import Linear, candidates
from sqrec.synth import Demo, write_demo
from sqrec.synth.choices import EXAMINED_FALL
from training import rows as learnt
from training import train
from training.places import examined_fall
from training.sample import Sample, sample, uses_as_questions
from training.settings import Settings, fit
from training.words import WORDS

SHOWN, POOL, LISTS = 20, 60, 6
"""How long a list is, of how many candidates it is made, and how many each person gets."""
TREES = Settings(num_leaves=7, min_data_in_leaf=50, rounds=60, on_prior=False)
AS_IT_IS, LOOKED, DRAWN = "as it is", "everybody looks at every place", "drawn negatives in place of the shown ones"
KNOWN, SHUFFLED = "the pull of places is known", "the pull of places by one list in ten, shuffled"
PLAIN, GOOD = "clicks on a plain platform's lists", "clicks on a good platform's lists"
VARIANTS: Mapping[str, Settings] = {
    AS_IT_IS: TREES,
    "LightGBM learns the pull of 20 places": replace(TREES, positions=20),
    "the same, held back by 0.01": replace(TREES, positions=20, lambdarank_position_bias_regularization=0.01),
    "the same, held back by 0.1": replace(TREES, positions=20, lambdarank_position_bias_regularization=0.1),
}
HEADER = "log | variant | people | utility of the first ten | change | ndcg@10, the ten truly best | change"


@dataclass(frozen=True)
class Person:
    """Hold somebody whose utilities are known: what is live (rows of the kind's items), its rows, what it is worth."""

    profile: Profiles
    live: IntArray
    rows: FloatArray
    utility: FloatArray
    observable: FloatArray


def main(
    kind: Annotated[Kind, typer.Option(help="the kind to judge")] = "job",
    seeds: Annotated[list[int], typer.Option(help="seeds of the worlds")] = [301, 302, 303],  # noqa: B006 (typer copies it)
    people: Annotated[int, typer.Option(help="people in each")] = 2_000,
    eta: Annotated[list[float], typer.Option(help="how fast fewer look further down")] = [0.35, 1.0],  # noqa: B006 (typer copies it)
    out: Annotated[Path | None, typer.Option(help="a file that the table is appended to")] = None,
) -> None:
    """Learn from both logs in every world, and judge by the truth."""
    found: dict[str, dict[str, list[FloatArray]]] = {}
    sizes: dict[str, list[int]] = {}
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            write_demo(Path(folder), Demo(people, seed, AS_OF))
            for log, (lists, figures) in judged(Path(folder), kind, eta, seed).items():
                sizes.setdefault(log, []).append(lists)
                for name, each in figures.items():
                    found.setdefault(log, {}).setdefault(name, []).append(each)
        print(f"world {seed} of {seeds}", flush=True)
    rows = [row for log, variants in found.items() for row in _table(f"{log}, {sum(sizes[log]):,} lists", variants)]
    title = f"\n## {kind.capitalize()}s, worlds {', '.join(map(str, seeds))}, {people:,} people each\n"
    written([title, *lines_of(HEADER, rows)], out)


def judged(folder: Path, kind: Kind, eta: Sequence[float], seed: int) -> dict[str, tuple[int, dict[str, FloatArray]]]:
    """Return, per log, how many lists it has and the figures of every variant, one row per person."""
    lesson, tables = Lesson.of(folder, kind, "time", folder.name), read_source(folder).tables
    everybody = _people(lesson, tables["utilities"])
    mixed = np.random.default_rng(seed).permutation(len(everybody))
    apart = len(everybody) * 2 // 3
    clicking, asked = ([everybody[place] for place in part] for part in (mixed[:apart], mixed[apart:]))
    own, drawn = _own(lesson, tables["events"])
    pulls = {KNOWN: (own, replace(TREES, examined_fall=EXAMINED_FALL)), DRAWN: (drawn, TREES)}
    variants = {name: (own, one) for name, one in VARIANTS.items()} | pulls
    result = {"own": (len(own.sizes), _learnt(lesson, variants, asked))}
    for platform in (PLAIN, GOOD):
        shown = _shown(lesson, clicking, platform, np.random.default_rng([seed, 1]))
        for one in eta:
            rng = np.random.default_rng([seed, 2])
            clicked, looked = _clicked(shown, one, rng), _clicked(shown, 0.0, rng)
            fall = _fall(shown, one, rng)
            pulls = {KNOWN: (clicked, replace(TREES, examined_fall=one)), SHUFFLED: (clicked, replace(TREES, examined_fall=fall))}
            variants = {name: (clicked, settings) for name, settings in VARIANTS.items()} | pulls | {LOOKED: (looked, TREES)}
            result[f"{platform}, eta {one:g}"] = (len(clicked.sizes), _learnt(lesson, variants, asked))
    return result


def _own(lesson: Lesson, table: pd.DataFrame) -> tuple[Sample, Sample]:
    """Return the platform's own lists before T, and as many drawn rows for the uses that came from them."""
    events = lesson.snapshot.events
    kept = events.where(lesson.division.kept & lesson.snapshot.feeds(events))
    shown, came = lists_shown(table, lesson.kind, lesson.recommender, lesson.snapshot).learnt(kept, events)
    known, rng = lesson.snapshot.with_events(kept), np.random.default_rng(train.SEED)
    questions = uses_as_questions(kept).take(np.flatnonzero(came))
    return shown, sample(lesson.recommender, known, lesson.kind, questions, learnt.DRAWN, rng)


def _learnt(lesson: Lesson, variants: Mapping[str, tuple[Sample, Settings]], asked: Sequence[Person]) -> dict[str, FloatArray]:
    """Train every variant and return two figures per person.

    What the first ten are worth (the ten best: 1, the mean of all: 0), and ndcg@10 where the ten best are the positives.
    """
    found: dict[str, FloatArray] = {}
    for name, (learn, settings) in variants.items():
        booster = fit(learn, Linear.nothing(), lesson.names, lesson.monotone, settings, train.SEED)
        ranker = replace(train.DECLARED[lesson.kind], booster=train.booster_text(booster)).trained
        if ranker is None:
            raise ValueError("A booster was trained and cannot be read.")
        scores = [ranker.score(one.rows, np.zeros(len(one.rows), np.uint64)) for one in asked]
        found[name] = np.array([_figures(score, one.utility) for score, one in zip(scores, asked, strict=True)])
    return found


@dataclass(frozen=True)
class Shown:
    """Hold invented lists, top first: rows, the chance that whoever looks at an item clicks it, how long each list is."""

    rows: FloatArray
    chance: FloatArray
    sizes: IntArray
    position: IntArray
    key: KeyArray

    @classmethod
    def of(cls, lists: "Sequence[Shown]") -> "Shown":
        """Join lists."""
        rows, chance, sizes = (np.concatenate([getattr(one, name) for one in lists]) for name in ("rows", "chance", "sizes"))
        position, key = (np.concatenate([getattr(one, name) for one in lists]) for name in ("position", "key"))
        return cls(rows, chance, sizes, position, key)


def _shown(lesson: Lesson, people: Sequence[Person], platform: str, rng: np.random.Generator) -> Shown:
    """Invent lists: a platform orders some candidates; the chance of a click is 1/2 at the person's best twentieth of all."""
    plain = Linear.of(lesson.names, WORDS[lesson.kind])
    lists, items, snapshot = list[Shown](), lesson.snapshot.items[lesson.kind], lesson.snapshot
    for one in people:
        midnight = lesson.recommender.city.midnight(int(one.profile.at[0]))
        near = candidates(snapshot.index[lesson.kind], snapshot.counts[lesson.kind], one.profile, midnight, 300, personal=True)
        within = np.flatnonzero(np.isin(one.live, near))
        far = (one.utility - np.quantile(one.utility, 0.95)) / max(float(one.utility.std()), 1e-9)
        chance = 1 / (1 + np.exp(-2 * far))
        score = plain.score(one.rows, np.zeros(len(one.rows), np.uint64)) if platform == PLAIN else one.observable
        for _ in range(LISTS):
            pool = rng.permutation(within)[:POOL]
            top = pool[np.argsort(-score[pool], kind="stable")[:SHOWN]]
            size, place = np.array([len(top)]), np.arange(1, len(top) + 1)
            lists.append(Shown(one.rows[top], chance[top], size, place, items.key[one.live[top]]))
    return Shown.of(lists)


def _fall(shown: Shown, eta: float, rng: np.random.Generator) -> float:
    """Show one list in ten once more, in random order, and work out from its clicks how fast fewer look further down."""
    which = np.repeat(np.arange(len(shown.sizes)), shown.sizes)
    some = np.flatnonzero(which % 10 == 0)
    place = shown.position[some][np.lexsort((rng.random(len(some)), which[some]))]
    looked = rng.random(len(some)) < place.astype(np.float64) ** -eta
    return examined_fall(place, (looked & (rng.random(len(some)) < shown.chance[some])).astype(np.int64))


def _clicked(shown: Shown, eta: float, rng: np.random.Generator) -> Sample:
    """Let people look and click; lists without a click teach nothing and are left out. The order of rows knows no place."""
    looked = rng.random(len(shown.position)) < shown.position.astype(np.float64) ** -eta
    label = (looked & (rng.random(len(shown.chance)) < shown.chance)).astype(np.int64)
    which = np.repeat(np.arange(len(shown.sizes)), shown.sizes)
    order = np.lexsort((shown.key, which))
    order = order[np.bincount(which, label)[which[order]] > 0]
    sizes = np.bincount(which[order])
    return Sample(shown.rows[order], label[order], sizes[sizes > 0], shown.position[order])


def _people(lesson: Lesson, table: pd.DataFrame) -> list[Person]:
    """Return the people of `utilities`, each with what may be shown to them at the moment."""
    rows = table[table["kind"] == lesson.kind]
    keys, first = np.unique(keys_of(rows["person_id"].tolist()), return_index=True)
    known, at = Utilities.of(table, lesson.kind), microseconds(rows["at"])[first]
    return [_person(lesson, int(key), int(moment), known) for key, moment in zip(keys, at, strict=True)]


def _person(lesson: Lesson, person: int, at: int, known: Utilities) -> Person:
    items = lesson.snapshot.items[lesson.kind]
    every = np.arange(len(items))
    utility = known.of_person(person, items, every)
    if utility is None:
        raise ValueError("A person of `utilities` is not in it.")
    live = every[~np.isnan(utility["omniscient"]) & items.live(at, every)]
    profile = lesson.snapshot.ask(lesson.recommender.profiler, np.array([person], np.uint64), np.array([at]))
    rows = lesson.recommender.build(profile, lesson.snapshot, lesson.kind, lesson.recommender.pairs(profile, items, live))
    return Person(profile, live, rows, utility["omniscient"][live], utility["observable"][live])


def _figures(score: FloatArray, true: FloatArray) -> tuple[float, float]:
    order, best = np.argsort(-score, kind="stable"), np.argsort(-true, kind="stable")[:FIRST]
    middle = true.mean()
    worth = (true[order[:FIRST]].mean() - middle) / (true[best].mean() - middle)
    grades = Ragged.of([np.ones(len(best), np.int64)], np.int64)
    hits = Hits.of(Ragged.of([ranks_in(order, best)], np.int64), grades, np.array([len(order)]))
    return float(worth), float(per_person(hits, ("ndcg@10",))["ndcg@10"][0])


def _table(log: str, variants: Mapping[str, Sequence[FloatArray]]) -> list[list[str]]:
    base, rows = np.concatenate(variants[AS_IT_IS]), list[list[str]]()
    for name, worlds in variants.items():
        each = np.concatenate(worlds)
        cells = [log, name, str(len(each))]
        for place in range(2):
            rng = np.random.default_rng(train.SEED)
            change = difference(each[:, place], base[:, place], rng).interval
            cells += [f"{interval(each[:, place], rng).mean:.4f}", "" if name == AS_IT_IS else told(change, signed=True)]
        rows.append(cells)
    return rows


if __name__ == "__main__":
    typer.run(main)
