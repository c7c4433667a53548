"""Which edits of the lines that decide a figure no test notices, held against the list of those that may stay."""

import argparse
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.mutants.edits import Edit, edits_of
from experiments.mutants.runs import ROOT, Bench

LISTED = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True)
class Target:
    """Hold a file (or some functions of it) whose edits must be noticed, and the tests that must notice, quick ones first."""

    path: str
    tests: tuple[str, ...]
    functions: tuple[str, ...] = ()


_LEAKS = ("tests/test_leaks.py",)
TARGETS = (
    Target("sqrec/evaluate/stats/metrics.py", ("tests/evaluate/test_metrics.py", "tests/evaluate/test_metric_oracles.py")),
    Target("sqrec/evaluate/stats/split.py", ("tests/evaluate/test_split.py", "tests/evaluate/test_split_oracle.py")),
    Target("sqrec/evaluate/stats/compare.py", ("tests/evaluate/test_compare.py",)),
    Target("sqrec/evaluate/lists/heldout.py", ("tests/evaluate/test_heldout_alone.py", "tests/evaluate/test_heldout.py")),
    Target("sqrec/rank/order.py", ("tests/evaluate/test_metrics.py",), ("by_score",)),
    Target("sqrec/profile/history.py", ("tests/profile/test_history.py", *_LEAKS), ("history_before", "Events.of_columns")),
    Target("sqrec/catalogue/counts.py", ("tests/catalogue/test_counts.py", *_LEAKS), ("Counts._known", "Counts.others")),
    Target("sqrec/rank/recommender.py", _LEAKS, ("Recommender.build",)),
    Target("training/sample.py", (*_LEAKS, "tests/training/test_sample.py"), ("sample",)),
)


@dataclass(frozen=True)
class Verdict:
    """Hold what came of a file's edits: the number killed, who survived without leave, and who has leave without surviving.

    `gone` are listed edits that the file no longer has, or that a test kills.
    """

    killed: int
    listed: int
    unlisted: Sequence[Edit]
    gone: Sequence[tuple[str, str, str]]

    @property
    def fails(self) -> bool:
        """Whether a test or an entry of the list is missing, or an entry is one too many."""
        return bool(self.unlisted or self.gone)


def verdict(edits: Sequence[Edit], killed: Sequence[bool], listed: Mapping[tuple[str, str, str], str]) -> Verdict:
    """Hold what survived against the list of what may; both are told apart by function, line and change."""
    survived = [edit for edit, dead in zip(edits, killed, strict=True) if not dead]
    alive = {edit.key for edit in survived}
    unlisted = [edit for edit in survived if edit.key not in listed]
    return Verdict(sum(killed), len(alive & listed.keys()), unlisted, sorted(listed.keys() - alive))


def listed_of(text: str, path: str) -> dict[tuple[str, str, str], str]:
    """Return the reasons of a file's edits that may survive, by their keys. Raises KeyError where an entry says too little."""
    entries = tomllib.loads(text).get(path, [])
    return {(one["in"], one["line"], one["change"]): one["because"] for one in entries}


def judge(target: Target, workers: int, *, loud: bool) -> Verdict:
    """Run the tests on every edit of a target and print what nobody noticed."""
    edits = edits_of((ROOT / target.path).read_text(encoding="utf-8"), target.path, target.functions)
    bench, begun, killed = Bench.of(target.path, target.tests), time.monotonic(), [False] * len(edits)
    plain = bench.once()
    for place, run in bench.each([edit.code for edit in edits], 60 + 10 * plain.seconds, workers):
        killed[place] = run.failed is not None
        if loud:
            print(f"  {run.seconds:5.1f} s  {_named(target, edits[place])}  {run.failed or 'SURVIVED'}", flush=True)
    found = verdict(edits, killed, listed_of(LISTED.read_text(encoding="utf-8"), target.path))
    seconds = time.monotonic() - begun
    print(f"{target.path}: {len(edits)} edits, {found.killed} killed, {found.listed} survived as listed, {seconds:.0f} s")
    for edit in found.unlisted:
        print(f"  SURVIVED {_named(target, edit)}\n    {edit.line}", flush=True)
    for function, line, change in found.gone:
        print(f"  LISTED, but killed or gone: {function}: {change}\n    {line}", flush=True)
    return found


def _named(target: Target, edit: Edit) -> str:
    return f"{target.path}:{edit.number} {edit.function}: {edit.change}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge all targets, or those whose path holds a word; returns 1 where a survivor is not listed or a listed one is dead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("word", nargs="?", default="", help="judge only files whose path holds this")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--loud", action="store_true", help="print every edit and the test that notices it")
    told = parser.parse_args(arguments)
    chosen = [target for target in TARGETS if told.word in target.path]
    if not chosen:
        parser.error(f"No file is called {told.word!r}. Use a part of one of {', '.join(target.path for target in TARGETS)}.")
    found = [judge(target, told.workers, loud=told.loud) for target in chosen]
    killed, listed, unlisted = (
        sum(part) for part in zip(*((one.killed, one.listed, len(one.unlisted)) for one in found), strict=True)
    )
    print(f"{killed} killed, {listed} survived as listed, {unlisted} survived without leave")
    return int(any(one.fails for one in found))
