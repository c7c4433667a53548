"""Training on the small city: the same bundle twice, the settings' choice, the run, the report, everybody's lists."""

from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import typer
from scipy.optimize import check_grad
from sklearn.linear_model import LogisticRegression
from typer.testing import CliRunner

from features import JOB_ROWS, PROFILE
from sqrec import SERVED, Recommender, Snapshot, load, read_folder, report_on
from sqrec import bundle as bundles
from sqrec.base.arrays import KeyArray, Ragged, key_of, keys_of
from sqrec.cli.app import app
from sqrec.errors import DataError
from sqrec.evaluate import Questions, split
from sqrec.push.lists import in_turn
from sqrec.rank import Boosted, Linear
from tests.support import tiny
from training import train
from training.choosing import LEARNT_ENOUGH, LEAST, Trial, best_of, fewest_trees
from training.fitting import fit
from training.sample import Sample, sample, uses_as_questions
from training.settings import GRID, Settings
from training.tracking import use_store
from training.words import _loss, fit_words

AT = tiny.micros("2026-07-20T12:00")


@pytest.fixture(scope="module")
def bundle(small: Path) -> Path:
    return bundles.current(small / "var" / "bundles")


@pytest.fixture(scope="module")
def served(small: Path, bundle: Path) -> tuple[Recommender, Snapshot]:
    loaded = load(bundle)
    return loaded.recommender(), Snapshot.of(read_folder(small / "data", write_rejected=False), loaded.profiler)


def test_the_same_data_makes_the_same_bundle(small: Path, bundle: Path, tmp_path: Path) -> None:
    train.main(small / "data", "job", "last", bundle=None, var=tmp_path)
    assert bundles.current(tmp_path / "bundles").name == bundle.name


def test_restricted_is_never_read(small: Path, bundle: Path, tmp_path: Path) -> None:
    restricted = [
        {"person_id": f"p{i:02d}", "sex": "12"[i % 2], "disability": "true", "household_registration": "370203"}
        for i in range(12)
    ]
    told = {"jobs": tiny.jobs(), "people": tiny.people(), "events": tiny.events(), "restricted": restricted}
    tiny.write(tmp_path / "data", told)
    train.main(tmp_path / "data", "job", "last", bundle=None, var=tmp_path / "var")
    assert bundles.current(tmp_path / "var" / "bundles").name == bundle.name


def test_a_promoted_bundle_stays_current(small: Path, bundle: Path, tmp_path: Path) -> None:
    bundles.save(load(bundle), tmp_path / "bundles" / "promoted")
    bundles.point_to(tmp_path / "bundles", "promoted", promoted=True)
    train.main(small / "data", "job", "none", bundle=None, var=tmp_path)
    assert bundles.current(tmp_path / "bundles").name == "promoted"


def test_a_named_bundle_takes_the_kind(small: Path, bundle: Path, tmp_path: Path) -> None:
    named = tmp_path / "named"
    bundles.save(load(bundle), named)
    train.main(small / "data", "job", "none", bundle=named, var=tmp_path / "var")
    assert load(named).kinds["job"].split == "none"
    assert not (tmp_path / "var" / "bundles" / "current.json").exists()


def test_another_citys_bundle_is_not_mixed_into(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tiny.write(tmp_path / "data", city="nowhere")
    named = tmp_path / "named"
    bundles.save(load(bundle), named)
    with pytest.raises(typer.Exit):
        train.main(other, "job", "none", bundle=named, var=tmp_path / "var")
    assert "train all kinds together" in " ".join(capsys.readouterr().err.split())
    assert load(named).name == load(bundle).name


def test_the_best_settings_and_of_equals_the_earlier() -> None:
    trials = [Trial(Settings(rounds=n), score) for n, score in ((9, 0.1), (4, 0.3), (3, 0.3), (2, 0.29), (1, float("nan")))]
    assert best_of(trials).rounds == 4


def test_the_fewest_trees_that_are_nearly_best() -> None:
    """Within one per cent of 0.3; where enough is learnt from, as many as were tried of the first forty at least."""
    assert fewest_trees(np.array([0.1, 0.293, 0.298, 0.3, 0.2])) == 3
    assert fewest_trees(np.zeros(4)) == 1
    assert fewest_trees(np.array([0.3] * 60), questions=LEARNT_ENOUGH) == LEAST
    assert fewest_trees(np.array([0.3] * 10), questions=LEARNT_ENOUGH) == 10
    assert fewest_trees(np.array([0.3] * 60), questions=LEARNT_ENOUGH - 1) == 1


def test_more_questions_get_more_trees_up_to_a_hundred() -> None:
    found = Settings(rounds=40)
    assert [found.for_more(3000, n).rounds for n in (1000, 3000, 6000, 9000)] == [40, 40, 80, 100]
    assert Settings(rounds=120).for_more(3000, 9000).rounds == 120
    assert found.for_more(0, 0).rounds == 40


def test_without_questions_the_first_setting_stands(tmp_path: Path) -> None:
    """Everybody has used one item: nothing can be held out, but a ranker can still be learnt."""
    once = {row["person_id"]: row for row in tiny.events()}
    data = tiny.write(tmp_path / "data", {"jobs": tiny.jobs(), "people": tiny.people(), "events": list(once.values())})
    train.main(data, "job", "none", bundle=None, var=tmp_path / "var")
    made = load(bundles.current(tmp_path / "var" / "bundles"))
    assert made.provenance["job"]["settings"] == {**vars(GRID[0])}
    assert made.kinds["job"].booster


@pytest.fixture(scope="module")
def drawn(served: tuple[Recommender, Snapshot]) -> tuple[Questions, Sample]:
    recommender, snapshot = served
    questions = uses_as_questions(snapshot.events)
    return questions, sample(recommender, snapshot, "job", questions, 12, np.random.default_rng(1))


def test_samples_are_whole_questions(drawn: tuple[Questions, Sample]) -> None:
    questions, rows = drawn
    assert len(rows.sizes) == len(questions)
    assert rows.sizes.sum() == len(rows.rows) == len(rows.label)
    ends = np.cumsum(rows.sizes)
    assert all((rows.label[end - size : end] > 0).sum() == 1 for end, size in zip(ends, rows.sizes, strict=True))


def test_a_used_item_that_is_gone_has_no_row(served: tuple[Recommender, Snapshot]) -> None:
    recommender, snapshot = served
    one = np.array([0, 2])
    asked = Questions(keys_of(["p05"]), np.array([AT]), Ragged(one, keys_of(["gone", "j01"])), Ragged(one, np.array([5, 3])))
    rows = sample(recommender, snapshot, "job", asked, 6, np.random.default_rng(1))
    assert sorted(rows.label.tolist())[-2:] == [0, 3]
    assert rows.sizes.tolist() == [len(rows.label)]


def test_the_place_in_a_question_tells_nothing(drawn: tuple[Questions, Sample]) -> None:
    """Were positives first, a ranker that ties everything would look perfect."""
    _, rows = drawn
    starts = np.concatenate(([0], np.cumsum(rows.sizes)[:-1]))
    place = np.array([np.flatnonzero(rows.label[s : s + n])[0] / n for s, n in zip(starts, rows.sizes, strict=True)])
    assert 0.35 < place.mean() < 0.65


def test_too_long_a_group_is_refused() -> None:
    rows = Sample(np.zeros((10_001, 1)), np.zeros(10_001, np.int64), np.array([10_001]))
    with pytest.raises(ValueError, match="at most 10000"):
        fit(rows, ("a",), (0,), Settings(), 1)


def toy(rng: np.random.Generator, n: int = 400) -> Sample:
    """Make pairs of rows in which the greater first column wins more often."""
    names = JOB_ROWS.names
    rows = np.zeros((2 * n, len(names)))
    rows[:, names.index("text_desired_best")] = rng.random(2 * n)
    first, second = rows[::2, names.index("text_desired_best")], rows[1::2, names.index("text_desired_best")]
    wins = rng.random(n) < 1 / (1 + np.exp(-4 * (first - second)))
    label = np.zeros(2 * n, np.int64)
    label[::2], label[1::2] = wins, ~wins
    return Sample(rows, label, np.full(n, 2))


def test_words_weights_equal_those_of_a_logistic_regression() -> None:
    """With two items a question, the conditional logit is a logistic regression on the difference."""
    rows = toy(np.random.default_rng(2))
    place = JOB_ROWS.names.index("text_desired_best")
    ours = fit_words("job", rows, JOB_ROWS.names, (0,) * len(JOB_ROWS.names))
    difference = (rows.rows[::2] - rows.rows[1::2])[:, [place]]
    theirs = LogisticRegression(C=1 / (2 * 1e-3 * 400), fit_intercept=False, tol=1e-10).fit(difference, rows.label[::2])
    assert ours.weights[ours.places.index(place)] == pytest.approx(float(theirs.coef_[0, 0]), rel=1e-3)


def test_the_slope_of_the_loss() -> None:
    rng = np.random.default_rng(3)
    values, sizes = rng.normal(size=(30, 4)), np.array([7, 3, 20])
    told = (values, np.array([0, 7, 10]), sizes, rng.random(30) < 0.3)
    assert check_grad(lambda w: _loss(w, *told)[0], lambda w: _loss(w, *told)[1], rng.normal(size=4)) < 1e-6


@pytest.mark.parametrize("size", [1, 7, 300, 10_000])
def test_scores_have_the_same_bits_in_any_company(served: tuple[Recommender, Snapshot], size: int) -> None:
    recommender, snapshot = served
    ranker = recommender.rankers["job"]
    people: KeyArray = keys_of(f"p{i:02d}" for i in range(12))
    profiles = snapshot.ask(recommender.profiler, people, np.full(12, AT))
    query = np.sort(np.arange(size) % 12)
    item = np.random.default_rng(size).integers(0, 40, size)
    pairs = recommender.pairs(profiles, snapshot.items["job"], item, query)
    scores = ranker.score(recommender.build(profiles, snapshot, "job", pairs), np.zeros(size, np.uint64))
    every = recommender.pairs(profiles, snapshot.items["job"], np.tile(np.arange(40), 12), np.repeat(np.arange(12), 40))
    rows = recommender.build(profiles, snapshot, "job", every)
    alone = np.concatenate([ranker.score(row[None], np.zeros(1, np.uint64)) for row in rows]).reshape(12, 40)
    assert scores.tobytes() == alone[query, item].tobytes()


def test_the_run_tells_everything(small: Path, bundle: Path, served: tuple[Recommender, Snapshot]) -> None:
    use_store(small / "var")
    (run,) = mlflow.search_runs(experiment_names=["sqrec-job"], output_format="list")
    assert run.data.tags["bundle"] == bundle.name
    assert len(run.data.tags["data"]) == 64
    assert run.data.tags["code_version"]
    assert run.data.params["split"] == "last"
    assert {"selection_ndcg_at_10", "selection_ndcg_at_10_words"} <= run.data.metrics.keys()
    assert mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/importances.json").keys() == set(JOB_ROWS.names)


def test_the_logged_model_scores_with_the_same_bits(small: Path, served: tuple[Recommender, Snapshot]) -> None:
    use_store(small / "var")
    (model,) = mlflow.search_logged_models(output_format="list")
    loaded = mlflow.pyfunc.load_model(model.model_uri)
    recommender, snapshot = served
    profile = snapshot.ask(recommender.profiler, keys_of(["p05"]), np.array([AT]))
    rows = recommender.build(profile, snapshot, "job", recommender.pairs(profile, snapshot.items["job"], np.arange(40)))
    ours = recommender.rankers["job"].score(rows, np.zeros(40, np.uint64))
    theirs = loaded.predict(pd.DataFrame(rows, columns=list(JOB_ROWS.names)))
    assert ours.tobytes() == theirs.tobytes()


def test_the_report(small: Path, bundle: Path, tmp_path: Path) -> None:
    told = report_on(small / "data", "job", None, None, tmp_path, small / "var" / "bundles")
    assert any("ndcg@10" in line for line in told)
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "report.json", "recommendations.parquet"}
    lists = pd.read_parquet(tmp_path / "recommendations.parquet")
    assert set(lists["ranker"]) == {"model", "model_served", "plain", "popularity", "nearest", "words", "random"}
    read = read_folder(small / "data", write_rejected=False)
    held = split(Snapshot.of(read, PROFILE.fit({"job": read.tables["jobs"]})).events, "job", "last").held
    assert lists["person_id"].nunique() == len(held)


def test_a_score_is_what_the_trees_say_and_what_the_columns_add(served: tuple[Recommender, Snapshot]) -> None:
    recommender, snapshot = served
    ranker = recommender.rankers["job"]
    assert isinstance(ranker, Boosted)
    profile = snapshot.ask(recommender.profiler, keys_of(["p05"]), np.array([AT]))
    rows = recommender.build(profile, snapshot, "job", recommender.pairs(profile, snapshot.items["job"], np.arange(40)))
    scores = ranker.score(rows, np.zeros(40, np.uint64))
    assert np.ptp(scores) > 0
    assert np.array_equal(scores, ranker.booster.predict(rows, raw_score=True, num_threads=1))
    assert ranker.contributions(rows).sum(axis=1) == pytest.approx(scores)


def test_an_unknown_value_takes_its_columns_own_or_counts_as_nothing() -> None:
    ranker = Linear.of(("near", "wage"), {"near": -1.0, "wage": 2.0}, {"near": 100.0})
    rows = np.array([[3.0, 5.0], [np.nan, 5.0], [3.0, np.nan]])
    assert ranker.score(rows, np.zeros(3, np.uint64)).tolist() == [7.0, -90.0, -3.0]
    assert Linear.nothing().score(rows, np.zeros(3, np.uint64)).tolist() == [0.0, 0.0, 0.0]


def test_a_weight_keeps_the_promise_of_its_column() -> None:
    rows = toy(np.random.default_rng(2))
    upside_down = Sample(rows.rows, 1 - rows.label, rows.sizes)
    place = JOB_ROWS.names.index("text_desired_best")
    free = fit_words("job", upside_down, JOB_ROWS.names, (0,) * len(JOB_ROWS.names))
    bound = fit_words("job", upside_down, JOB_ROWS.names, tuple(column.monotone for column in JOB_ROWS.columns))
    assert free.weights[free.places.index(place)] < -1
    assert bound.weights[bound.places.index(place)] == 0


def test_a_split_the_bundle_learnt_from_is_refused(small: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has learnt from"):
        report_on(small / "data", "job", None, "time", tmp_path, small / "var" / "bundles")


def test_the_first_list_of_everybodys_is_the_served_one(
    small: Path, bundle: Path, served: tuple[Recommender, Snapshot], tmp_path: Path
) -> None:
    out = tmp_path / "lists.parquet"
    command = ["recommend", str(small / "data"), "--bundle", str(bundle), "--at", "2026-07-20T20:00:00+08:00", "--out", str(out)]
    done = CliRunner().invoke(app, [*command, "--n", "5"])
    assert done.exit_code == 0, done.output
    assert "12 people served + 0 empty by law + 0 empty for lack of items + 0 refused by law = 12" in done.output
    lists = pd.read_parquet(out)
    assert set(lists.loc[lists["person_id"] == "p11", "ranker"]) == {"neutral"}
    recommender, snapshot = served
    first = next(one for one in in_turn(list(snapshot.people), recommender.city.midnight(AT)) if one != "p11")
    profile = snapshot.ask(recommender.profiler, np.array([key_of(first)], np.uint64), np.array([AT]))
    alone = recommender.recommend(profile, "job", snapshot, SERVED, 5)
    mine = lists[lists["person_id"] == first]
    assert mine["item_id"].tolist() == [snapshot.items["job"].ids[i] for i in alone.item[:5]]
    assert mine["score"].to_numpy().tobytes() == alone.score[:5].tobytes()
    assert mine["position"].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("at", ["yesterday", "2026-07-20"])
def test_no_moment_is_said(small: Path, bundle: Path, at: str) -> None:
    done = CliRunner().invoke(app, ["recommend", str(small / "data"), "--bundle", str(bundle), "--at", at])
    assert done.exit_code == 1
    assert "is no moment" in done.output


def test_a_folder_without_items_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tiny.write(tmp_path / "data", {"people": tiny.people()})
    with pytest.raises(typer.Exit):
        train.main(data, "all", "last", bundle=None, var=tmp_path / "var")
    assert "no table of items" in " ".join(capsys.readouterr().err.split())
