"""What the experiments about learning share: the rows of one data folder and kind, and a judge on its selection questions.

The held-out questions of a report are never looked at. To keep runs short there are fewer questions and fewer rows beside each used item
than in training (the constants say how many), so figures are not those that training prints. A variant is grown with several seeds, the number of trees chosen by the
rule of training each time; a question's figure is the mean over seeds, and variants are compared question by question.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from experiments.questions.city import AS_OF
from sqrec.base.arrays import FloatArray
from sqrec.base.numbers import SEED
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind, SplitName
from sqrec.evaluate import Split, split
from sqrec.evaluate.stats.compare import Interval, difference, interval
from sqrec.rank import Linear, Ranker, Recommender
from sqrec.reach.walk import StraightLine
from sqrec.source import read_source
from sqrec.synth import Demo, write_demo
from training import rows as learnt
from training import train
from training.choosing import grow, ndcg_each
from training.sample import Others, Sample, sample, uses_as_questions
from training.settings import GRID, Settings
from training.words import fit_words

SEEDS = (SEED, SEED + 1)
LEARNT, BESIDE = 1_000, Others(near=100, far=100)
"""How many questions are learnt from, and what stands beside each used item."""
COMPARED = Others(near=200, far=800)
"""What stands beside each used item when variants are compared."""
CENTRE = GRID[1]
"""The setting that variants differ from: trees of middle size."""


@dataclass(frozen=True)
class Judged:
    """Hold ndcg@10 per selection question (mean over seeds), the number of trees per seed, and the last seed's ranker."""

    ndcg: FloatArray
    rounds: Sequence[int]
    ranker: Ranker

    @property
    def mean(self) -> Interval:
        """Return the mean over questions with its interval."""
        return interval(self.ndcg, np.random.default_rng(SEED))

    def against(self, other: "Judged") -> Interval:
        """Return the paired difference to another variant."""
        return difference(self.ndcg, other.ndcg, np.random.default_rng(SEED)).interval


@dataclass(frozen=True)
class Lesson:
    """Hold one data folder and kind, divided."""

    name: str
    kind: Kind
    recommender: Recommender
    snapshot: Snapshot
    division: Split

    @classmethod
    def of(cls, data: Path | str, kind: Kind, split_name: SplitName, name: str) -> "Lesson":
        """Read and divide a data folder."""
        folder = read_source(data)
        profiler = train.fitted(folder)
        snapshot = Snapshot.of(folder, profiler)
        parts = train.DECLARED[kind]
        recommender = Recommender(
            profiler, folder.city, StraightLine.of(folder.city), {kind: parts.rows}, {}, {kind: Linear.nothing()}
        )
        return cls(name, kind, recommender, snapshot, split(snapshot.events, kind, split_name))

    @property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        return train.DECLARED[self.kind].rows.names

    @property
    def monotone(self) -> tuple[int, ...]:
        """What each column promises."""
        return tuple(column.monotone for column in train.DECLARED[self.kind].rows.columns)

    @cached_property
    def compare(self) -> Sample:
        """The rows of the selection questions."""
        known = self.snapshot.with_events(self.snapshot.events.where(self.division.kept))
        rng = np.random.default_rng([SEED, 3])
        questions = self.division.selection.some(learnt.MOST_COMPARED, rng)
        return sample(self.recommender, known, self.kind, questions, COMPARED, rng)

    @cached_property
    def words(self) -> Linear:
        """The baseline."""
        return fit_words(self.kind, self.compare, self.names, self.monotone)

    def learn(self, others: Others = BESIDE) -> Sample:
        """Draw rows to learn from; whatever stands beside them, the questions are the same."""
        kept = self.division.chosen & self.snapshot.feeds(self.snapshot.events)
        known = self.snapshot.with_events(self.snapshot.events.where(kept))
        rng = np.random.default_rng([SEED, 1])
        return sample(self.recommender, known, self.kind, uses_as_questions(known.events).some(LEARNT, rng), others, rng)

    def judge(self, learn: Sample, settings: Settings = CENTRE, seeds: Sequence[int] = SEEDS) -> Judged:
        """Grow a variant with every seed and ask it the selection questions."""
        found, rounds, parts = list[FloatArray](), list[int](), train.DECLARED[self.kind]
        made: Ranker = self.words
        for seed in seeds:
            grown = grow(learn, self.compare, self.names, self.monotone, settings, seed)
            text = train.booster_text(grown.cut())
            made = replace(parts, booster=text).trained or self.words
            found.append(ndcg_each(self.compare, made.score(self.compare.rows, np.zeros(len(self.compare.rows), np.uint64))))
            rounds.append(grown.settings.rounds)
        return Judged(np.mean(found, axis=0), rounds, made)


Figures = Iterator[tuple[Sequence[str], Judged]]
"""What an experiment found, variant by variant, the one that others are compared with first: its cells and its figures."""


def asked(head: str, judged: Callable[[Lesson], Figures]) -> Callable[..., None]:
    """Return the command of an experiment; `head` names the cells of a variant, `|` between them."""

    def main(
        data: Annotated[Path | None, typer.Option(help="a data folder, asked with SPLIT=last")] = None,
        kind: Annotated[Kind, typer.Option(help="the kind to judge")] = "job",
        city: Annotated[int, typer.Option(help="seed of an invented world, asked with SPLIT=time; 0: none")] = 201,
        people: Annotated[int, typer.Option(help="people in it")] = 2_000,
        out: Annotated[Path | None, typer.Option(help="a file that the tables are appended to")] = None,
    ) -> None:
        """Compare variants on the selection questions."""
        for lesson in _lessons(data, kind, city, people):
            written(table(head, lesson, judged(lesson)), out)

    return main


def table(head: str, lesson: Lesson, found: Figures) -> list[str]:
    """Return the lines of one table."""
    rows, base = list[list[str]](), None
    for cells, one in found:
        base = base or one
        change = "" if one is base else told(one.against(base), signed=True)
        rows.append([*cells, ", ".join(map(str, one.rounds)), told(one.mean), change])
    title = f"\n## {lesson.name}, {lesson.kind}s: {len(lesson.compare.sizes)} selection questions\n"
    return [title, *lines_of(f"{head} | trees by seed | ndcg@10, selection | change", rows)]


def _lessons(data: Path | None, kind: Kind, city: int, people: int) -> Iterator[Lesson]:
    """Yield the lesson of a data folder, where one is named, and that of an invented world, where a seed is."""
    if data:
        yield Lesson.of(data, kind, "last", data.name)
    if city:
        with tempfile.TemporaryDirectory() as folder:
            write_demo(Path(folder), Demo(people, city, AS_OF))
            yield Lesson.of(folder, kind, "time", f"invented city {city}")


def told(found: Interval, *, signed: bool = False) -> str:
    """Return a figure with its interval."""
    form = "{:+.4f}" if signed else "{:.4f}"
    return f"{form.format(found.mean)} ({form.format(found.low)} to {form.format(found.high)})"


def lines_of(head: str, rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table in Markdown; `head` names its columns, `|` between them."""
    columns = [one.strip() for one in head.split("|")]
    return [f"| {' | '.join(row)} |" for row in (columns, ["---"] * len(columns), *rows)]


def written(lines: Sequence[str], out: Path | None) -> None:
    """Print lines, and append them to a file where one is named."""
    print("\n".join(lines), flush=True)
    if out:
        with out.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
