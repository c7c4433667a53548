"""The ranker that serves, beside the one that is reported on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sqrec import bundle as bundles
from sqrec import load
from sqrec.evaluate.report.run import evaluation_of


@pytest.fixture(scope="module")
def current(small: Path) -> Path:
    return bundles.current(small / "var" / "bundles")


def said(small: Path, bundle: Path, place: Path) -> tuple[str, list[str]]:
    evaluation, _ = evaluation_of(small / "data", "job", bundle, None, place)
    assert evaluation.champion is not None
    return evaluation.champion.code, list(evaluation.rankers)


def test_nothing_promoted(small: Path, current: Path, tmp_path: Path) -> None:
    code, rankers = said(small, current, tmp_path)
    assert code == "champion.none"
    assert "champion" not in rankers


def test_the_one_that_serves_is_not_compared_with_itself(small: Path, current: Path, tmp_path: Path) -> None:
    bundles.save(load(current), tmp_path / "mine")
    bundles.point_to(tmp_path, "mine", promoted=True)
    assert said(small, current, tmp_path)[0] == "champion.itself"


def promoted(current: Path, place: Path, learnt: np.ndarray) -> None:
    """Promote the same ranker under another split's name, which has learnt from some events."""
    loaded = load(current)
    theirs = replace(loaded, kinds={**loaded.kinds, "job": replace(loaded.kinds["job"], split="time")})
    bundles.save(theirs, place / "theirs", {**bundles.arrays_of(current), "job_events": learnt})
    bundles.point_to(place, "theirs", promoted=True)


def test_a_champion_is_asked_the_same_people(small: Path, current: Path, tmp_path: Path) -> None:
    promoted(current, tmp_path, bundles.arrays_of(current)["job_events"])
    evaluation, _ = evaluation_of(small / "data", "job", current, None, tmp_path)
    assert evaluation.champion is not None
    assert evaluation.champion.code == "champion.compared"
    assert list(evaluation.rankers)[:3] == ["model", "model_served", "champion"]
    gap = evaluation.differences["champion"]["ndcg@10"]
    assert (gap.interval.mean, gap.better, gap.worse) == (0, 0, 0), "the same trees give the same lists"
    assert evaluation.reference == "champion"


def test_a_champion_that_learnt_an_answer_is_left_out(small: Path, current: Path, tmp_path: Path) -> None:
    promoted(current, tmp_path, bundles.arrays_of(current)["job_seen"])
    code, rankers = said(small, current, tmp_path)
    assert code == "champion.learnt"
    assert "champion" not in rankers


def test_an_unreadable_champion_is_told(small: Path, current: Path, tmp_path: Path) -> None:
    bundles.point_to(tmp_path, "gone", promoted=True)
    assert said(small, current, tmp_path)[0] == "champion.unreadable"
