"""One question: how near do the rankers come to the best order there is, in invented cities nobody chose anything on.

Five worlds of 2,000 people: three seeds, one with another taste, one of another shape. In each every kind is trained
with SPLIT=time and reported, as `make train` and `make report` do. A row of one world has a sampling error of about 0.08, so
a second table pools the people of all worlds. `python -m experiments.questions.city --out experiments/questions/city.md` writes both. What was
tried on which seed stands above them.
"""

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from sqrec.base.numbers import SEED
from sqrec.contract import KINDS, Kind
from sqrec.evaluate.lists.oracle import BesideOracle, beside_oracle
from sqrec.evaluate.report.report import as_json
from sqrec.evaluate.report.run import evaluation_of
from sqrec.evaluate.stats.compare import ratio_of_shares, share_of_means
from sqrec.synth import Demo, write_demo
from training.train import main as train

AS_OF = date(2026, 11, 1)
"""The day of every world, so that the table can be made again."""
ASKED = 0.85
"""The share of the observable oracle's ndcg@10, and of the others' share by people without events, that is asked for."""
BASELINES = ("words", "nearest", "popularity", "random")
HEADER = (
    "| world | kind | people | model | words | nearest | popularity | least gap to a baseline | of the observable oracle"
    " | of the omniscient | utility | people without events, share | ndcg | guesses sex |"
)

POOLED = (
    "| kind | worlds | people | without events | with events | of the observable oracle | without events | with events"
    " | people without events, share |"
)


@dataclass(frozen=True)
class Judged:
    """Hold one world's report of one kind."""

    world: str
    kind: Kind
    report: Mapping[str, Any]
    people: BesideOracle

    @property
    def gaps(self) -> Sequence[Mapping[str, Any]]:
        """The model's lead over every baseline on ndcg@10."""
        return [self.report["differences"][name]["ndcg@10"] for name in BASELINES]

    @property
    def reached(self) -> tuple[bool, bool, bool]:
        """Tell whether every baseline is beaten, the oracle's share reached, and people without events served as well."""
        oracle = self.report["oracle"]
        return (
            all(gap["low"] > 0 for gap in self.gaps),
            oracle["shares"]["model"]["ndcg"]["observable"]["mean"] >= ASKED,
            oracle["cold"]["share_without_over_with"]["mean"] >= ASKED,
        )

    def line(self) -> str:
        """Return the row of the table; what is not reached is in bold."""
        rankers, oracle = self.report["rankers"], self.report["oracle"]
        shares, least = oracle["shares"]["model"], min(self.gaps, key=lambda gap: gap["low"])
        beaten, near, cold = self.reached
        sex = self.report["proxies"].get("sex")
        cells = [
            self.world,
            self.kind,
            str(self.report["people"]),
            *(f"{rankers[name]['ndcg@10']['mean']:.3f}" for name in ("model", *BASELINES[:3])),
            _bold(_figure(least), plain=beaten),
            _bold(_figure(shares["ndcg"]["observable"]), plain=near),
            _figure(shares["ndcg"]["omniscient"]),
            _figure(shares["utility"]),
            _bold(_figure(oracle["cold"]["share_without_over_with"]), plain=cold),
            _figure(oracle["cold"]["ndcg_without_over_with"]),
            _figure(sex) if sex else "unknown",
        ]
        return f"| {' | '.join(cells)} |"


def worlds(seeds: Sequence[int], people: int) -> Mapping[str, Demo]:
    """Return three plain worlds and the altered ones; the altered ones have seeds of their own."""
    plain = {f"seed {seed}": Demo(people, seed, AS_OF) for seed in seeds}
    taste, shape = seeds[-1] + 1, seeds[-1] + 2
    return plain | {
        f"other taste, seed {taste}": Demo(people, taste, AS_OF, taste="other"),
        f"other shape, seed {shape}": Demo(people, shape, AS_OF, shape="other"),
    }


def judged(name: str, world: Demo, kinds: Sequence[Kind], folder: Path) -> Iterator[Judged]:
    """Invent one world, train every kind in it and report."""
    write_demo(folder / "city", world)
    with redirect_stdout(sys.stderr):
        train(str(folder / "city"), "all" if len(kinds) > 1 else kinds[0], "time", None, folder, studied=False)
    for kind in kinds:
        evaluation, outcome = evaluation_of(folder / "city", kind, None, None, folder / "bundles")
        watch = outcome.watch
        if watch is None:
            raise ValueError(f"{name} has no utilities: the oracles cannot be asked.")
        people = beside_oracle(watch, outcome.questions.grades, outcome.hits["model"], outcome.history)
        yield Judged(name, kind, as_json(evaluation), people)


def table(found: Iterable[Judged]) -> Iterator[str]:
    """Yield the lines of both tables, and what the first comes to."""
    yield HEADER
    yield "|---" * (HEADER.count("|") - 1) + "|"
    lines: list[Judged] = []
    for one in found:
        lines.append(one)
        yield one.line()
    told = zip(("above every baseline", "at 0.85 of the observable oracle", "people without events at 0.85 of the others"),
               zip(*(one.reached for one in lines), strict=True), strict=True)  # fmt: skip
    yield "\n" + "; ".join(f"{what}: {sum(each)} of {len(each)}" for what, each in told) + "."
    yield f"\nAll worlds together; people are drawn within their world.\n\n{POOLED}"
    yield "|---" * (POOLED.count("|") - 1) + "|"
    kinds: list[Kind] = list(dict.fromkeys(one.kind for one in lines))
    yield from (pooled(kind, [one.people for one in lines if one.kind == kind]) for kind in kinds)


def pooled(kind: Kind, worlds: Sequence[BesideOracle]) -> str:
    """Return the row of the second table: the people of all worlds, with intervals from people drawn within their world."""
    world = np.repeat(np.arange(len(worlds)), [len(one.ours) for one in worlds])
    ours, best = (np.concatenate([getattr(one, name) for one in worlds]) for name in ("ours", "observable"))
    cold = np.concatenate([one.cold for one in worlds])
    parts = (np.ones(len(world), dtype=bool), cold, ~cold)
    shares = [share_of_means(ours[who], best[who], np.random.default_rng(SEED), strata=world[who]) for who in parts]
    ratio = ratio_of_shares(ours, best, cold, np.random.default_rng(SEED), strata=world)
    counts = [str(len(worlds)), *(str(one.n) for one in shares)]
    figures = [*(_figure(asdict(one)) for one in shares), _bold(_figure(asdict(ratio)), plain=ratio.mean >= ASKED)]
    return f"| {' | '.join([kind, *counts, *figures])} |"


def main(
    seeds: Annotated[list[int], typer.Option(help="seeds of the plain worlds")] = [101, 102, 103],  # noqa: B006 (typer copies it)
    people: Annotated[int, typer.Option(help="people in each")] = 2_000,
    kind: Annotated[Kind | None, typer.Option(help="one kind to judge instead of all")] = None,
    only: Annotated[str, typer.Option(help="worlds whose name has this in it")] = "",
    out: Annotated[Path | None, typer.Option(help="a file for the table; the text above it stays")] = None,
) -> None:
    """Judge every kind in every world, and print the table line by line."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        every = worlds(seeds, people).items()
        found = (
            one
            for number, (name, world) in enumerate(every)
            if only in name
            for one in judged(name, world, (kind,) if kind else KINDS, Path(folder) / str(number))
        )
        for line in table(found):
            lines.append(line)
            print(line)
    if out:
        above = out.read_text(encoding="utf-8").partition(HEADER)[0] if out.exists() else ""
        out.write_text(above + "\n".join(lines) + "\n", encoding="utf-8")


def _figure(found: Mapping[str, Any]) -> str:
    if found["low"] is None:
        return "unknown"
    return f"{found['mean']:.2f} ({found['low']:.2f}–{found['high']:.2f})"


def _bold(text: str, *, plain: bool) -> str:
    return text if plain else f"**{text}**"


if __name__ == "__main__":
    typer.run(main)
