"""`make up` with a stub in the place of python: it falls back where training says no, and stops at every other failure."""

import os
import subprocess
from pathlib import Path

import pytest
import typer

from sqrec.bundle.pointer import Pointer, Standing, write_pointer
from training import ranked

ROOT = Path(__file__).parents[2]
STUB = """#!/bin/sh
echo "$2" >> "$CALLS"
case "$2" in training.ranked) exit "$RANKED";; training.train) exit "$TRAIN";; esac
"""


def up(place: Path, *, has: bool, train: int) -> tuple[bool, list[str]]:
    """Run `make up` where the current bundle `has` a ranker or not and training exits with `train`.

    Return whether make succeeds, and the modules that it ran.
    """
    python, calls = place / "python", place / "calls"
    python.write_text(STUB)
    python.chmod(0o755)
    told = {"CALLS": str(calls), "RANKED": str(int(not has)), "TRAIN": str(train)}
    command = ["make", "-o", ".venv/ready", "up", f"BIN={place}", "DATA=folder"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | told, capture_output=True, text=True, check=False)
    return done.returncode == 0, calls.read_text().split()


def test_a_ranker_that_is_there_serves(tmp_path: Path) -> None:
    assert up(tmp_path, has=True, train=1) == (True, ["training.ranked", "serving"])


def test_a_ranker_is_trained_where_there_is_none(tmp_path: Path) -> None:
    assert up(tmp_path, has=False, train=0) == (True, ["training.ranked", "training.train", "serving"])


def test_where_training_says_no_a_bundle_without_rankers_serves(tmp_path: Path) -> None:
    ran = ["training.ranked", "training.train", "training.fallback", "serving"]
    assert up(tmp_path, has=False, train=3) == (True, ran)


@pytest.mark.parametrize("failure", [1, 2, 137])
def test_any_other_failure_stops(failure: int, tmp_path: Path) -> None:
    assert up(tmp_path, has=False, train=failure) == (False, ["training.ranked", "training.train"])


def test_only_the_current_bundle_counts(tmp_path: Path) -> None:
    folder = tmp_path / "bundles"
    for name in ("trained", "without"):
        (folder / name / "job").mkdir(parents=True)
    (folder / "trained" / "job" / "booster.txt").touch()
    assert not ranked.ranked(folder)
    before = Standing("trained")
    write_pointer(folder, Pointer(Standing("without"), (before,)))
    assert not ranked.ranked(folder)
    write_pointer(folder, Pointer(before))
    assert ranked.ranked(folder)


@pytest.mark.parametrize(("pointer", "code"), [('{"bundle": "made"}', 0), ('{"bundle": "gone"}', 1), ("{", 1), (None, 1)])
def test_the_command_tells_by_its_exit_code(pointer: str | None, code: int, tmp_path: Path) -> None:
    (tmp_path / "bundles" / "made" / "job").mkdir(parents=True)
    (tmp_path / "bundles" / "made" / "job" / "booster.txt").touch()
    if pointer:
        (tmp_path / "bundles" / "current.json").write_text(pointer)
    with pytest.raises(typer.Exit) as left:
        ranked.main(tmp_path)
    assert left.value.exit_code == code
