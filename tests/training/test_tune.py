"""Tuning: nested runs, trials that are given up, the same result twice, a choice that allows for having looked often."""

from dataclasses import replace
from pathlib import Path

import mlflow
import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from sqrec import bundle as bundles
from sqrec import load
from tests.support import tiny
from training import search, tune
from training.registry import use_store
from training.search import SPACE, choice_of
from training.settings import GRID, Settings
from training.trials import Tried


def told(number: int, each: np.ndarray | None, leaves: int = 7, rounds: int = 10) -> Tried:
    return Tried(number, Settings(num_leaves=leaves, rounds=rounds), np.zeros(rounds), each, 1.0)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write(tmp_path_factory.mktemp("tuned") / "data")


def tuned(data: Path, var: Path, trials: int = 5) -> None:
    tune.main(data, "job", "last", trials=trials, minutes=None, seed=3, bundle=None, var=var)


@pytest.fixture(scope="module")
def var(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tune the small city; every trial but the first two is given up at the first look."""
    place = tmp_path_factory.mktemp("var")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "COMPLETE_FIRST", 2)
        patch.setattr(search, "FIRST_STEP", 10)
        patch.setattr("optuna.pruners.MedianPruner.prune", lambda self, study, trial: trial.number > 1)
        tuned(data, place)
    return place


def runs_of(var: Path, what: str) -> list[Run]:
    use_store(var)
    found = mlflow.search_runs(experiment_names=["sqrec-job"], filter_string=f"tags.what = '{what}'", output_format="list")
    return sorted(found, key=lambda run: str(run.info.run_name))


def test_every_trial_is_a_run_below_the_search(var: Path) -> None:
    (whole,) = runs_of(var, "search")
    trials = runs_of(var, "trial")
    assert len(trials) == 5
    assert {run.data.tags["mlflow.parentRunId"] for run in trials} == {whole.info.run_id}
    assert whole.data.metrics["trials_run"] == 5
    assert {name.removeprefix("space_") for name in whole.data.params if name.startswith("space_")} == set(SPACE)


def test_what_was_given_up_is_marked(var: Path) -> None:
    trials = runs_of(var, "trial")
    assert [run.data.tags["trial"] for run in trials] == ["complete", "complete", "pruned", "pruned", "pruned"]
    assert [run.info.status for run in trials] == ["FINISHED", "FINISHED", "KILLED", "KILLED", "KILLED"]
    assert all(("selection_ndcg_at_10" in run.data.metrics) == (run.info.status == "FINISHED") for run in trials)
    curve = MlflowClient().get_metric_history(trials[2].info.run_id, "selection_ndcg_at_10_by_trees")
    assert [point.step for point in curve] == list(range(1, 11))


def test_the_first_trials_are_the_grid(var: Path) -> None:
    first = runs_of(var, "trial")[: len(GRID)]
    assert [{name: run.data.params[name] for name in SPACE} for run in first] == [
        {name: str(getattr(one, name)) for name in SPACE} for one in GRID
    ]


def test_the_final_run_is_the_challenger_and_its_bundle_loads(var: Path) -> None:
    (whole,) = runs_of(var, "search")
    challenger = MlflowClient().get_model_version_by_alias("sqrec-job", "challenger")
    final = mlflow.get_run(str(challenger.run_id))
    assert final.data.tags["mlflow.parentRunId"] == whole.info.run_id
    made = load(bundles.current(var / "bundles"))
    assert made.name == challenger.tags["bundle"] == final.data.tags["bundle"]
    assert made.kinds["job"].trained is not None
    assert {name: str(value) for name, value in made.provenance["job"]["settings"].items()} == {
        name: value for name, value in final.data.params.items() if name not in {"split", "kind"}
    }


def test_the_same_seed_finds_the_same(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The bundle and every trial."""
    for name in ("one", "other"):
        tuned(data, tmp_path / name)
    assert bundles.current(tmp_path / "one" / "bundles").name == bundles.current(tmp_path / "other" / "bundles").name
    one, other = ([run.data.params for run in runs_of(tmp_path / name, "trial")] for name in ("one", "other"))
    assert one == other
    assert len({str(params) for params in one}) == 5
    said = capsys.readouterr().out
    assert "of 5 (0 given up early)" in said
    assert "To promote this job ranker: `python -m training.promote job --run" in said
    assert "words baseline, as nothing was promoted yet" in said


def test_no_trial_begins_after_the_time_is_up(data: Path, tmp_path: Path) -> None:
    tune.main(data, "job", "last", trials=50, minutes=1e-6, seed=3, bundle=None, var=tmp_path)
    assert len(runs_of(tmp_path, "trial")) == 1


def test_a_kind_that_cannot_be_trained_leaves_the_search_of_another_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = {"jobs": tiny.jobs(), "courses": tiny.courses(), "people": tiny.people(), "events": tiny.events()}
    data = tiny.write(tmp_path / "data", tables)
    tune.main(str(data), "all", "last", trials=1, minutes=None, seed=3, bundle=None, var=tmp_path / "var")
    made = load(bundles.current(tmp_path / "var" / "bundles"))
    assert {kind: parts.booster is not None for kind, parts in made.kinds.items()} == {"job": True, "course": False}
    said = capsys.readouterr()
    assert "course: served without a ranker from " in said.err
    assert said.out.count("To promote this ") == 1
    assert "To promote this job ranker" in said.out


def test_luck_alone_is_worth_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty settings that are equal but for noise: the winner looks far better than the grid's best; the gain told is about 0."""
    monkeypatch.setattr(search, "RESAMPLES", 100)
    rng, gains, looks = np.random.default_rng(1), [], []
    for _ in range(60):
        each = rng.random((100, 43))
        means = each.mean(axis=0)
        looks.append(means.max() - means[: len(GRID)].max())
        gains.append(choice_of([told(number, each[:, number]) for number in range(43)], rng)[1].mean)
    assert np.mean(looks) > 0.03
    assert abs(np.mean(gains)) < 3 * np.std(gains) / np.sqrt(len(gains))
    assert abs(np.mean(gains)) < 0.5 * np.mean(looks)


def test_a_better_setting_is_found_and_its_gain_is_the_true_one() -> None:
    rng = np.random.default_rng(1)
    base = rng.random(400)
    tried = [told(number, base + 0.01 * rng.standard_normal(400)) for number in range(len(GRID))]
    tried += [told(len(GRID), base + 0.05 + 0.01 * rng.standard_normal(400)), told(len(GRID) + 1, None)]
    chosen, gain = choice_of(tried, np.random.default_rng(2))
    assert chosen.number == len(GRID)
    assert gain.low < 0.05 < gain.high
    assert gain.mean == pytest.approx(0.05, abs=0.003)
    assert gain.n == 400


def test_of_nearly_equal_trials_the_smallest() -> None:
    base = np.linspace(0.2, 0.4, 100)
    tried = [told(number, base) for number in range(len(GRID))]
    tried += [told(len(GRID), base + 0.05, 31, 100), told(len(GRID) + 1, base + 0.0499, 7, 100)]
    assert choice_of(tried, np.random.default_rng(2))[0].number == len(GRID) + 1


def test_with_the_grid_alone_its_best_stands() -> None:
    tried = [told(number, np.full(10, ndcg)) for number, ndcg in enumerate((0.1, 0.3, 0.3))]
    chosen, gain = choice_of(tried, np.random.default_rng(2))
    assert (chosen.number, gain.mean) == (1, 0.0)


def test_the_grid_lies_in_the_space() -> None:
    for one in GRID:
        for name, drawn in SPACE.items():
            assert drawn.low <= getattr(one, name) <= drawn.high
        assert replace(Settings(), **{name: getattr(one, name) for name in SPACE}) == one
