"""One question: do people without events get better lists when training thinks of them more.

Worlds that judge nothing (seeds 201 to 206, as many people as in experiments/city). Every variant is trained with SPLIT=time
on the same questions and asked over the whole catalogue; shares of the observable oracle are compared with those of the
training as it is, person by person. `python -m experiments.questions.cold --kind course --out experiments/questions/cold.md` appends its table.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import lightgbm as lgb
import numpy as np
import typer

from experiments.questions.city import AS_OF
from sqrec.base.arrays import BoolArray, FloatArray, IntArray, KeyArray
from sqrec.base.numbers import SEED
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.evaluate import Questions, split
from sqrec.evaluate.lists.heldout import ask_held_out
from sqrec.evaluate.lists.oracle import BesideOracle, Utilities, beside_oracle
from sqrec.profile import Profiler, Profiles
from sqrec.profile.history import History
from sqrec.rank import Linear, Ranker, Recommender
from sqrec.reach.walk import StraightLine
from sqrec.source import read_source
from sqrec.synth import Demo, write_demo
from training import rows as learnt
from training import train
from training.choosing import MOST_ROUNDS, PATIENCE, fewest_trees
from training.fitting import dataset, parameters
from training.sample import Sample
from training.settings import GRID, Settings

RESAMPLES = 1000
FIGURES = ("all", "without events", "with events", "without / with")
HEADER = "| kind | variant | " + " | ".join(FIGURES) + " | " + " | ".join(f"{name}, change" for name in FIGURES) + " |"


@dataclass(frozen=True)
class Variant:
    """Say how training differs.

    `forgotten`: the share of questions whose history is forgotten; `smooth`: how many rounds to each side the curve is averaged
    over before the number of trees is chosen; `weight` of questions without events; `trees`: their number (of the second
    setting) instead of a chosen one.
    """

    forgotten: float = 0.0
    smooth: int = 0
    weight: float = 1.0
    trees: int | None = None


AS_IT_IS = Variant()
CHOSEN: Mapping[str, Variant] = {
    "as it is": AS_IT_IS,
    "curve averaged over 11 rounds": Variant(smooth=5),
    "curve averaged over 21 rounds": Variant(smooth=10),
    "questions without events weigh 2": Variant(weight=2.0),
    "a quarter of the histories forgotten": Variant(forgotten=0.25),
    "a quarter forgotten, 11 rounds": Variant(forgotten=0.25, smooth=5),
}
FIXED: Mapping[str, Variant] = {
    f"{trees} trees{said}": Variant(forgotten, trees=trees)
    for trees in (30, 45, 60)
    for said, forgotten in (("", 0.0), (", a quarter forgotten", 0.25))
}
"""The same number of trees with and without: cheaper, and free of the luck of a choice."""


@dataclass(frozen=True)
class Forgetful(Snapshot):
    """Know nothing of what people did before; what they use from then on stays the label."""

    def ask(self, profiler: Profiler, person: KeyArray, at: IntArray) -> Profiles:
        """Return one profile per question, as of people without events."""
        profiles = super().ask(profiler, person, at)
        return replace(profiles, history=[dict.fromkeys(one, History.none()) for one in profiles.history])


@dataclass(frozen=True)
class Lesson:
    """Hold the same questions twice: with the histories of those who ask, and without any."""

    known: Sample
    blank: Sample

    def mixed(self, share: float) -> Sample:
        """Forget the histories of a drawn share of the questions."""
        forgotten = np.random.default_rng([SEED, 4]).random(len(self.known.sizes)) < share
        return _picked(self.known, self.blank, forgotten) if share else self.known


def main(
    kind: Annotated[Kind, typer.Option(help="the kind to judge")],
    seeds: Annotated[list[int], typer.Option(help="seeds of the worlds")] = [201, 202, 203, 204, 205, 206],  # noqa: B006 (typer copies it)
    people: Annotated[int, typer.Option(help="people in each")] = 2_000,
    trees: Annotated[Literal["chosen", "fixed"], typer.Option(help="how their number is found")] = "chosen",
    out: Annotated[Path | None, typer.Option(help="a file that the table is appended to")] = None,
) -> None:
    """Judge every variant of one kind in all worlds together."""
    variants = CHOSEN if trees == "chosen" else FIXED
    found: list[Mapping[str, BesideOracle]] = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            write_demo(Path(folder), Demo(people, seed, AS_OF))
            found.append(judged(Path(folder), kind, variants))
        print(f"world {seed} of {seeds}", flush=True)
    lines = [f"\n{len(found)} worlds, {sum(len(one.ours) for w in found for one in list(w.values())[:1])} people\n", HEADER]
    lines += ["|---" * (HEADER.count("|") - 1) + "|", *table(kind, found)]
    print("\n".join(lines))
    if out:
        with out.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


def judged(folder: Path, kind: Kind, variants: Mapping[str, Variant]) -> Mapping[str, BesideOracle]:
    """Train every variant in one world and ask it beside the observable oracle."""
    data = read_source(folder)
    profiler = train.fitted(data)
    snapshot = Snapshot.of(data, profiler)
    parts = train.DECLARED[kind]
    recommender = Recommender(profiler, data.city, StraightLine.of(data.city), {kind: parts.rows}, {}, {kind: Linear.nothing()})
    division = split(snapshot.events, kind, "time")
    blank = Forgetful(**{field.name: getattr(snapshot, field.name) for field in fields(snapshot)})
    learn, final = (
        Lesson(*(learnt.learning_rows(recommender, one, kind, kept, stream, most) for one in (snapshot, blank)))
        for kept, stream, most in ((division.chosen, 1, learnt.MOST_TRIED), (division.kept, 2, learnt.MOST_LEARNT))
    )
    trained = Trainer(kind, learn, final, learnt.compared(recommender, snapshot, kind, division))
    rankers = {name: trained.ranker(variant) for name, variant in variants.items()}
    utilities = Utilities.of(data.tables["utilities"], kind)
    outcome = ask_held_out(recommender, snapshot, kind, _reached(snapshot, division.held), rankers, utilities)
    if outcome.watch is None:
        raise ValueError(f"{folder} has no utilities: the oracle cannot be asked.")
    return {name: beside_oracle(outcome.watch, outcome.questions.grades, outcome.hits[name], outcome.history) for name in rankers}


@dataclass(frozen=True)
class Trainer:
    """Hold the rows of one world and kind, and train variants on them."""

    kind: Kind
    learn: Lesson
    final: Lesson
    compare: Sample

    def ranker(self, variant: Variant) -> Ranker:
        """Choose the settings as the variant says, then train on everything that is not held out."""
        parts = train.DECLARED[self.kind]
        settings = self._chosen(variant) if variant.trees is None else replace(GRID[1], rounds=variant.trees)
        rows = self.final.mixed(variant.forgotten)
        data = self._data(rows, variant)
        booster = lgb.train(parameters(settings, self._monotone, SEED), data, num_boost_round=settings.rounds)
        made = replace(parts, booster=train.booster_text(booster)).trained
        if made is None:
            raise ValueError("A booster was trained and cannot be read.")
        return made

    def _chosen(self, variant: Variant) -> Settings:
        learn = self.learn.mixed(variant.forgotten)
        tried = [(curve, one) for one in GRID for curve in [_averaged(self._curve(learn, variant, one), variant.smooth)]]
        chosen = [(curve[fewest_trees(curve) - 1], fewest_trees(curve), one) for curve, one in tried]
        _, rounds, best = max(chosen, key=lambda one: one[0])
        return replace(best, rounds=rounds)

    def _curve(self, learn: Sample, variant: Variant, settings: Settings) -> FloatArray:
        """Return ndcg@10 on the selection questions by number of trees."""
        data, curve = self._data(learn, variant), dict[str, Any]()
        lgb.train(
            parameters(settings, self._monotone, SEED),
            data,
            num_boost_round=MOST_ROUNDS,
            valid_sets=[dataset(self.compare, train.DECLARED[self.kind].rows.names, data)],
            callbacks=[lgb.early_stopping(PATIENCE, verbose=False), lgb.record_evaluation(curve)],
        )
        return np.array(curve["valid_0"]["ndcg@10"])

    def _data(self, rows: Sample, variant: Variant) -> lgb.Dataset:
        names = train.DECLARED[self.kind].rows.names
        data = dataset(rows, names)
        if variant.weight != 1:
            data.set_weight(np.where(rows.rows[:, names.index("history_size")] == 0, variant.weight, 1.0))
        return data

    @property
    def _monotone(self) -> tuple[int, ...]:
        return tuple(column.monotone for column in train.DECLARED[self.kind].rows.columns)


def table(kind: Kind, worlds: Sequence[Mapping[str, BesideOracle]]) -> Iterator[str]:
    """Yield a line per variant: shares of the observable oracle, and their changes against the same without the variant."""
    for name in worlds[0]:
        base = name.partition(", a quarter")[0] if "trees" in name else "as it is"
        ours, theirs = ([world[one] for world in worlds] for one in (name, base))
        rng, whole = np.random.default_rng(SEED), [np.arange(len(one.ours)) for one in ours]
        drawn = [[rng.integers(len(rows), size=len(rows)) for rows in whole] for _ in range(RESAMPLES)]
        now, before = _shares(ours, whole), _shares(theirs, whole)
        low, high = np.quantile([_shares(ours, rows) - _shares(theirs, rows) for rows in drawn], [0.025, 0.975], axis=0)
        changes = zip(now - before, low, high, strict=True)
        told = [f"{one:+.3f} ({a:+.3f} to {b:+.3f})" for one, a, b in changes] if name != base else [""] * len(now)
        yield f"| {' | '.join([kind, name, *(f'{one:.3f}' for one in now), *told])} |"


def _shares(worlds: Sequence[BesideOracle], rows: Sequence[IntArray]) -> FloatArray:
    """Return the shares of everybody, of people without and with events, and the ratio of the last two."""
    ours, best, cold = (
        np.concatenate([getattr(one, name)[mine] for one, mine in zip(worlds, rows, strict=True)])
        for name in ("ours", "observable", "cold")
    )
    everybody, without, with_events = (ours[who].mean() / best[who].mean() for who in (slice(None), cold, ~cold))
    return np.array([everybody, without, with_events, without / with_events])


def _averaged(curve: FloatArray, rounds: int) -> FloatArray:
    """Return a curve averaged over some rounds to each side, fewer at its ends."""
    window = np.ones(2 * rounds + 1)
    return np.convolve(curve, window, "same") / np.convolve(np.ones(len(curve)), window, "same")


def _reached(snapshot: Snapshot, held: Questions) -> Questions:
    """Return the questions of people whom a ranker answers; who switched off gets the neutral list, whatever is trained."""
    asked = zip(held.person.tolist(), held.at.tolist(), strict=True)
    return held.take(np.flatnonzero([snapshot.known_at(person, at).personalised is not False for person, at in asked]))


def _picked(known: Sample, blank: Sample, forgotten: BoolArray) -> Sample:
    """Return each question's rows from one of two samples of the same questions."""
    ends = [np.cumsum(one.sizes) for one in (known, blank)]
    chosen = [(blank, 1) if gone else (known, 0) for gone in forgotten]
    parts = [(one, slice(ends[which][at] - one.sizes[at], ends[which][at])) for at, (one, which) in enumerate(chosen)]
    sizes = np.where(forgotten, blank.sizes, known.sizes)
    return Sample(
        np.concatenate([one.rows[rows] for one, rows in parts]), np.concatenate([one.label[rows] for one, rows in parts]), sizes
    )


if __name__ == "__main__":
    typer.run(main)
