"""Where a ranker's quality comes from, on rows that leave no doubt; and what a bundle, a run and a report keep of it."""

import json
from dataclasses import replace
from pathlib import Path

import mlflow
import numpy as np
import pytest

from experiments import report as door
from features import AMENITY_ROWS, COURSE_ROWS, JOB_ROWS
from sqrec import bundle as bundles
from sqrec.evaluate.report.asjson import plain
from sqrec.evaluate.report.study import Study
from sqrec.rank import Linear, RowBuilder
from sqrec.rank.columns import HistorySize, Idle, Popularity, TextMatch
from sqrec.texts import report_texts
from training.fitting import fit
from training.sample import Sample
from training.settings import Settings
from training.study import family_of, study
from training.tracking import use_store

ROWS = RowBuilder((TextMatch("desired", "best"), Popularity("item"), HistorySize(), Idle()))
SETTINGS = Settings(num_leaves=7, min_data_in_leaf=20, rounds=20)


def drawn(questions: int, seed: int) -> Sample:
    """Return questions of 12 rows whose positive follows the first column, a little the second, never the others."""
    rng = np.random.default_rng(seed)
    rows = rng.random((questions, 12, 4))
    worth = rows[:, :, 0] + 0.25 * rows[:, :, 1] + 0.1 * rng.random((questions, 12))
    label = (worth == worth.max(axis=1, keepdims=True)).astype(np.int64)
    rows[:, :, 3] = 1.0
    return Sample(rows.reshape(-1, 4), label.ravel(), np.full(questions, 12))


@pytest.fixture(scope="module")
def found() -> Study:
    learn, compare = drawn(400, 1), drawn(120, 2)
    booster = fit(learn, ROWS.names, (0,) * 4, SETTINGS, 1)
    words = Linear.of(ROWS.names, {"popularity_item": 1.0})
    told = study(learn, compare, ROWS, words, SETTINGS, booster, 1)
    assert told is not None
    return told


def test_the_family_that_carries_is_named_first(found: Study) -> None:
    first = found.ablations[0]
    assert (first.family, first.columns) == ("text", 1)
    assert first.change.interval.high < -0.2
    assert first.ndcg.mean == pytest.approx(found.whole.mean + first.change.interval.mean)


def test_what_says_nothing_costs_nothing(found: Study) -> None:
    session = next(one for one in found.ablations if one.family == "session")
    assert session.columns == 2
    assert session.change.interval.low < 0 < session.change.interval.high or session.change.interval.mean == 0


def test_the_learning_curve_ends_with_everything(found: Study) -> None:
    assert [point.questions for point in found.learning] == [50, 100, 200, 400]
    assert found.learning[-1].ndcg.mean == found.whole.mean
    assert found.learning[0].ndcg.mean <= found.learning[-1].ndcg.high


def test_families_that_no_tree_splits_on_are_not_tried() -> None:
    """One tree of two leaves holds the first column alone."""
    learn, compare = drawn(100, 1), drawn(60, 2)
    least = replace(SETTINGS, num_leaves=2, rounds=1, feature_fraction=1.0)
    booster = fit(learn, ROWS.names, (0,) * 4, least, 1)
    assert booster.feature_importance("split").tolist() == [1, 0, 0, 0]
    tried = study(learn, compare, ROWS, Linear.nothing(), least, booster, 1)
    assert tried is not None
    assert {one.family for one in tried.ablations} == {"text"}


def test_gains_are_shares(found: Study) -> None:
    assert sum(found.gains.values()) == pytest.approx(1)
    assert next(iter(found.gains)) == "text_desired_best"
    assert "idle" not in found.gains, "a constant is never split on"


def test_a_study_is_read_as_it_was_written(found: Study) -> None:
    assert plain(Study.of_json(json.loads(json.dumps(plain(found))))) == plain(found)


def test_without_comparison_questions_there_is_no_study() -> None:
    nothing = Sample(np.empty((0, 4)), np.empty(0, np.int64), np.empty(0, np.int64))
    learn = drawn(50, 1)
    booster = fit(learn, ROWS.names, (0,) * 4, SETTINGS, 1)
    assert study(learn, nothing, ROWS, Linear.nothing(), SETTINGS, booster, 1) is None


def test_every_family_has_a_name_in_both_languages() -> None:
    families = {family_of(column) for rows in (JOB_ROWS, COURSE_ROWS, AMENITY_ROWS) for column in rows.columns}
    assert {f"columns.{family}" for family in families} <= set(report_texts())


def test_samples_are_taken_whole() -> None:
    some = drawn(5, 3).take(np.array([3, 1]))
    assert np.array_equal(some.rows, np.concatenate([drawn(5, 3).rows[36:48], drawn(5, 3).rows[12:24]]))
    assert np.array_equal(some.sizes, [12, 12])


def test_the_report_shows_the_study_and_stays_with_the_run(small: Path, tmp_path: Path) -> None:
    var, out = small / "var", tmp_path / "report"
    told = bundles.load(bundles.current(var / "bundles")).provenance["job"]["study"]
    door.main(str(small / "data"), "job", None, None, out, var)
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["study"] == told
    assert report["looks"]["times"] >= 1
    use_store(var)
    runs = mlflow.search_runs(
        search_all_experiments=True, filter_string=f"tags.bundle = '{report['bundle']}'", output_format="list"
    )
    kept = Path(
        mlflow.artifacts.download_artifacts(run_id=runs[0].info.run_id, artifact_path="report", dst_path=str(tmp_path / "kept"))
    )
    for name in ("report.html", "report.json", "recommendations.parquet"):
        assert (kept / name).read_bytes() == (out / name).read_bytes()
    assert runs[0].data.metrics.keys() >= {"selection_ndcg_at_10"}
    run = mlflow.get_run(runs[0].info.run_id)
    assert run.data.metrics["held_out_ndcg_at_10"] == report["rankers"]["model"]["ndcg@10"]["mean"]
