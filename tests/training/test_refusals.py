"""Training says no, in one sentence with counts, leaves no bundle, and measures nothing by questions that tell nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer

from sqrec import bundle as bundles
from sqrec.base.arrays import key_of
from sqrec.contract import Kind
from sqrec.errors import DataError
from sqrec.evaluate.report.verdict import _bounds
from sqrec.evaluate.stats.compare import Interval
from sqrec.tables.use import LEAST_ROWS
from tests.support import tiny
from tests.support.doors import RESIDENT
from tests.support.inside import inside
from training import fallback, train
from training import sample as sampling
from training.choosing import ndcg_of
from training.sample import Sample, within
from training.settings import GRID, Settings
from training.several import Untrainable, train_each
from training.words import Linear

Row = dict[str, Any]


def of_events(change: Callable[[Row], Row]) -> dict[str, Sequence[Row]]:
    return {"jobs": tiny.jobs(), "people": tiny.people(), "events": [change(row) for row in tiny.events()]}


def late() -> dict[str, Sequence[Row]]:
    tables = of_events(lambda row: row)
    return tables | {"jobs": [row | {"published_at": "2026-07-29"} for row in tiny.jobs()]}


def one_item() -> dict[str, Sequence[Row]]:
    tables = of_events(lambda row: row | {"item_id": "j01"})
    return tables | {"jobs": [tiny.jobs()[1]]}


LAW = "Nobody else's events may be learnt from."
CASES: dict[str, tuple[dict[str, Sequence[Row]], str, str]] = {
    "none": ({"jobs": tiny.jobs(), "people": tiny.people()}, "time", "0 events with a job that have happened. Add events"),
    "ahead": (of_events(lambda row: row | {"at": "2099-01-01T00:00:00Z"}), "time", "0 events with a job that have happened"),
    "shown": (
        of_events(lambda row: row | {"event": "impression"}),
        "time",
        "160 events with a job that have happened, 0 of grade 1",
    ),
    "items": (of_events(lambda row: row | {"item_id": "100022.0"}), "time", "0 with a job of the table jobs. `sqrec check`"),
    "no items": (
        of_events(lambda row: row) | {"jobs": [row | {"title": ""} for row in tiny.jobs()]},
        "none",
        "0 with a job of the table jobs. `sqrec check`",
    ),
    "people": (of_events(lambda row: row | {"person_id": row["person_id"] + ".0"}), "time", "0 of people of the table people."),
    "off": (of_events(lambda row: row | {"person_id": "p11"}), "time", f"0 of people who left recommendations on. {LAW}"),
    "late": (late(), "none", "0 while the job could stand in a list. The events lie before published_at"),
    "one item": (one_item(), "none", "none of them has both a job that was used and one that was not"),
    "one person": (of_events(lambda row: row | {"item_id": "j01", "person_id": "p03"}), "last", "too few for a split"),
}


@pytest.mark.parametrize("name", CASES)
def test_training_says_no(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables, split, sentence = CASES[name]
    with pytest.raises(typer.Exit) as left:
        train.main(str(tiny.write(tmp_path / "data", tables)), "job", split, bundle=None, var=tmp_path / "var", studied=False)  # type: ignore[arg-type]
    said = " ".join(capsys.readouterr().err.split())
    assert left.value.exit_code == 1
    assert sentence in said
    assert not (tmp_path / "var").exists()


def test_a_bundle_without_rankers_serves_and_says_so(tmp_path: Path) -> None:
    data = tiny.write(tmp_path / "data", {"jobs": [row | {"published_at": "2020-01-01"} for row in tiny.jobs()]})
    fallback.main(str(data), tmp_path / "var")
    assert all(parts.booster is None for parts in bundles.load(bundles.current(tmp_path / "var" / "bundles")).kinds.values())
    with inside(tmp_path / "in", data, tmp_path / "var" / "bundles") as running:
        answer = running.post({"person": RESIDENT, "kinds": ["job"], "n": 5}).json()
    assert answer["rankers"] == {"job": "fallback"}
    assert "收银员" in answer["streams"]["job"][0]["title"]  # what the resident wants, by the words alone


def test_kinds_that_cannot_be_trained_are_served_without_a_ranker(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = of_events(lambda row: row) | {"courses": tiny.courses()}
    train.main(str(tiny.write(tmp_path / "data", tables)), "all", "none", bundle=None, var=tmp_path / "var", studied=False)
    made = bundles.load(bundles.current(tmp_path / "var" / "bundles"))
    assert {kind: parts.booster is not None for kind, parts in made.kinds.items()} == {"job": True, "course": False}
    why, becomes = (line for line in capsys.readouterr().err.splitlines() if "course" in line)
    assert why.startswith("No course ranker can be trained, there is nothing to learn from: 0 events with a course")
    assert becomes.startswith("course: served without a ranker from ")


def test_in_a_named_bundle_what_cannot_be_trained_stays_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bundle without courses serves none; one that has a ranker of courses keeps it."""
    tables = of_events(lambda row: row) | {"courses": tiny.courses()}
    data, named = tiny.write(tmp_path / "data", tables), tmp_path / "named"

    def trained() -> tuple[bool | None, str]:
        train.main(str(data), "all", "none", bundle=named, var=tmp_path / "var", studied=False)
        kinds = bundles.load(named).kinds
        said = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("course:"))
        return (kinds["course"].booster is not None if "course" in kinds else None), said

    assert trained() == (None, f"course: not served from {named}, which has no course part.")
    made = bundles.load(named)
    bundles.save(replace(made, kinds={**made.kinds, "course": made.kinds["job"]}), named)
    assert trained() == (True, f"course: the earlier ranker stays in {named}.")


def test_a_reason_is_told_before_the_next_kind_is_trained() -> None:
    told = list[str]()

    def train_one(kind: Kind) -> Any:
        told.append(f"{kind} begins")
        if kind != "course":
            raise DataError(f"no {kind}")
        return kind

    found = train_each(("job", "course", "amenity"), train_one, told.append)
    assert told == ["job begins", "no job", "course begins", "amenity begins", "no amenity"]
    assert (found.trained, found.refused) == (("course",), {"job": "no job", "amenity": "no amenity"})
    with pytest.raises(Untrainable, match=r"^no job no amenity$"):
        train_each(("job", "amenity"), train_one, told.append)


def test_a_ranker_that_never_splits_is_refused_before_its_costs_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where plain stands beside it and splits, that mean is a ranker (the city of examples/ is so small)."""
    grow, data = train.fit_mean, tiny.write(tmp_path / "data")

    def stumps(
        sample: Sample, names: tuple[str, ...], monotone: tuple[int, ...], settings: Settings, seeds: Sequence[int]
    ) -> Any:
        return grow(sample, names, monotone, replace(settings, min_data_in_leaf=len(sample.rows)), seeds)

    def too_late(*_: object) -> None:
        raise AssertionError("costs were measured")

    monkeypatch.setattr(train, "fit_mean", stumps)
    monkeypatch.setattr(train, "beside_plain", lambda booster, *_: (booster, 0.0))
    monkeypatch.setattr(train, "fit_serving", too_late)
    with pytest.raises(typer.Exit):
        train.main(str(data), "job", "last", bundle=None, var=tmp_path / "var", studied=False)
    assert "show no difference between what was used and what was not" in capsys.readouterr().err


@pytest.mark.parametrize("code", [1, 3])
def test_the_exit_code_of_a_refusal_is_what_was_asked_for(code: int, tmp_path: Path) -> None:
    nothing = str(tiny.write(tmp_path / "data", {"jobs": tiny.jobs(), "people": tiny.people()}))
    for data, comes in ((nothing, code), (str(tmp_path / "no folder"), 1)):
        with pytest.raises(typer.Exit) as left:
            train.main(data, "job", "none", bundle=None, var=tmp_path / "var", studied=False, refusal=code)
        assert left.value.exit_code == comes


def of_labels(*questions: Sequence[int]) -> Sample:
    label = np.concatenate([np.array(one, np.int64) for one in questions])
    rows = np.arange(len(label), dtype=np.float64)[:, None]
    return Sample(rows, label, np.array([len(one) for one in questions]))


def test_questions_of_one_grade_tell_nothing() -> None:
    told = of_labels([0, 0], [1], [2, 2], [0, 3], [1, 0, 0]).telling()
    assert told.sizes.tolist() == [2, 3]
    assert told.label.tolist() == [0, 3, 1, 0, 0]
    assert told.rows.ravel().tolist() == [5, 6, 7, 8, 9]
    assert np.isnan(ndcg_of(of_labels([0, 0], [1]).telling(), Linear.nothing()))


def test_long_questions_are_cut_evenly_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sampling, "MOST_ROWS", 5)
    query = np.array([0] * 3 + [1] * 12 + [2] * 5)
    key = np.array([key_of(f"j{place}") for place in range(len(query))], dtype=np.uint64)
    kept = within(query, key, "comparison rows")
    assert np.bincount(query[kept]).tolist() == [3, 5, 5]
    assert (within(query, key, "again") == kept).all()
    said = " ".join(capsys.readouterr().err.split())
    assert "1 of 3 questions have more than 5 rows, up to 12" in said
    assert "7 rows were left out" in said


def test_one_person_gives_no_interval() -> None:
    nan = float("nan")
    assert _bounds(Interval(0.5, nan, nan, 1))["en"] == "one person says nothing about others, so there is no interval"
    assert _bounds(Interval(nan, nan, nan, 0))["zh-CN"] == "无人可问"
    assert _bounds(Interval(0.5, 0.25, 0.75, 40), "+")["en"] == "95 % interval +0.250 to +0.750, 40 people"


def test_a_check_counts_by_the_smallest_leaf_of_training() -> None:
    """Two leaves of 50 rows, of the 0.8 of the rows that a tree sees: 125."""
    assert min(2 * settings.min_data_in_leaf / settings.bagging_fraction for settings in GRID) == LEAST_ROWS
