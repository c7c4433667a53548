"""One question: do estimates from lists that explore find the truth, and how sure are they of it.

Invented places of lists whose true rewards are known: a person's readiness, an appeal of every item, a logging ranker that guesses the
appeal badly and explores, a target ranker that guesses it well. `python -m experiments.questions.offpolicy --out experiments/questions/offpolicy.md`
appends its tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sqrec.base.arrays import FloatArray
from sqrec.evaluate.logs.offpolicy import OffPolicy, Slots, off_policy

RUNS = 100
TRUTH_PEOPLE = 400_000
BUCKETS = 10
HEADER = "| world | estimator | mean | bias | intervals that hold the truth | mean width | sd of the estimate |"


@dataclass(frozen=True)
class World:
    """Hold a world: `people` with `lists` each, places with `options` items, how they are logged, and how common rewards are.

    `guessing` and `aiming` are the noise with which the logging and the target ranker see an item's appeal.
    """

    people: int = 500
    lists: int = 8
    options: int = 6
    epsilon: float = 0.2
    ready: float = -0.3
    guessing: float = 2.0
    aiming: float = 0.6

    def drawn(self, rng: np.random.Generator) -> tuple[Slots, FloatArray]:
        """Return logged places, and the true reward of every option."""
        places = self.people * self.lists
        readiness = np.repeat(rng.normal(size=self.people), self.lists)
        appeal = rng.normal(size=(places, self.options))
        likely = 1 / (1 + np.exp(-(self.ready + readiness[:, None] + 1.2 * appeal)))
        logging, target = (appeal + noise * rng.normal(size=appeal.shape) for noise in (self.guessing, self.aiming))
        own, wanted = logging.argmax(axis=1), target.argmax(axis=1)
        logged = np.full(appeal.shape, self.epsilon / (self.options - 1))
        logged[np.arange(places), own] = 1 - self.epsilon
        shown = (logged.cumsum(axis=1) < rng.random(places)[:, None]).sum(axis=1)
        chosen = (np.arange(self.options) == wanted[:, None]).astype(np.float64)
        buckets = np.searchsorted(np.quantile(target, np.linspace(0, 1, BUCKETS + 1)[1:-1]), target)
        reward = (rng.random(places) < likely[np.arange(places), shown]).astype(np.float64)
        offsets = self.options * np.arange(places + 1)
        person = np.repeat(np.arange(1, self.people + 1, dtype=np.uint64), self.lists)
        row = offsets[:-1] + np.minimum(shown, self.options - 1)
        return Slots(person, reward, row, offsets, logged.ravel(), chosen.ravel(), buckets.ravel()), likely.ravel()

    def truth(self, rng: np.random.Generator) -> float:
        """Return the target's mean reward per place, from the true rewards of very many people."""
        many = World(TRUTH_PEOPLE, 1, self.options, self.epsilon, self.ready, self.guessing, self.aiming)
        slots, likely = many.drawn(rng)
        return float(slots.total(slots.target * likely).mean())


WORLDS: Mapping[str, World] = {
    "common rewards": World(),
    "rare rewards": World(ready=-3.5),
    "few tries": World(epsilon=0.05, people=2000),
}


@dataclass(frozen=True)
class Run:
    """Hold one log's estimates: value and bounds by estimator, and the effective sample size."""

    bounds: Mapping[str, tuple[float, float, float]]
    effective: float


def run(world: World, rng: np.random.Generator, resamples: int = 1000) -> Run:
    """Draw a log and estimate from it, with the reward model of buckets, one without error, and two that are wrong."""
    slots, likely = world.drawn(rng)
    models = {"cells": None, "the truth itself": likely, "upside down": 1 - likely, "always 1": np.ones_like(likely)}
    found = {name: off_policy(slots, rng, expected=model, resamples=resamples) for name, model in models.items()}
    plain = found["cells"]
    bounds = {name: _bounds(plain, name) for name in ("ips", "snips")}
    bounds |= {f"dr, {name}": _bounds(one, "dr") for name, one in found.items()}
    agree = slots.target[slots.shown] > 0
    mean, error = slots.reward[agree].mean(), slots.reward[agree].std() / np.sqrt(agree.sum())
    bounds["naive: where both agree"] = (mean, mean - 1.96 * error, mean + 1.96 * error)
    bounds["naive: what was shown"] = (plain.shown.mean, plain.shown.low, plain.shown.high)
    return Run(bounds, plain.effective)


def covers(runs: list[Run], truth: float, name: str) -> int:
    """Count the runs whose interval holds the truth."""
    return sum(one.bounds[name][1] <= truth <= one.bounds[name][2] for one in runs)


def widths(runs: list[Run], name: str) -> float:
    """Return the mean width of the intervals."""
    return float(np.mean([one.bounds[name][2] - one.bounds[name][1] for one in runs]))


def _bounds(found: OffPolicy, name: str) -> tuple[float, float, float]:
    figure = found.estimates[name]
    return figure.mean, figure.low, figure.high


def table(name: str, runs: list[Run], truth: float) -> Iterator[str]:
    """Yield a line per estimator."""
    for estimator in runs[0].bounds:
        values = np.array([one.bounds[estimator][0] for one in runs])
        holds = f"{covers(runs, truth, estimator)} of {len(runs)}"
        figures = (
            f"{values.mean():.4f} | {values.mean() - truth:+.4f} | {holds} | {widths(runs, estimator):.4f} | {values.std():.4f}"
        )
        yield f"| {name} | {estimator} | {figures} |"


def main(
    runs: Annotated[int, typer.Option(help="logs drawn in each world")] = RUNS,
    seed: Annotated[int, typer.Option()] = 20261127,
    only: Annotated[str | None, typer.Option(help="one of the worlds")] = None,
    out: Annotated[Path | None, typer.Option(help="a file to which the tables are appended")] = None,
) -> None:
    """Print how often intervals hold the truth, and how wide they are."""
    lines: list[str] = []
    for name, world in WORLDS.items() if only is None else [(only, WORLDS[only])]:
        rng = np.random.default_rng(seed)
        truth, found = world.truth(rng), [run(world, rng) for _ in range(runs)]
        effective = f"{np.mean([one.effective for one in found]):.0f}"
        about = f"{world.people * world.lists} places of {world.people} people, epsilon {world.epsilon}, {world.options} items a place"
        lines += [f"\n## {name}: {about}; truth {truth:.4f}, effective sample size {effective}\n", HEADER, "|---" * 7 + "|"]
        lines += table(name, found, truth)
    print("\n".join(lines))
    if out:
        with out.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    typer.run(main)
