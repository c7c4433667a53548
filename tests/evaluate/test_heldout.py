"""What is kept of every held-out question: first places, minutes, circles, ties."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features import JOB_ROWS, PLAIN_ROWS, PROFILE
from sqrec.base.arrays import key_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.evaluate import split
from sqrec.evaluate.lists.heldout import WHOLE_AND_SEEN, Outcome, ask_any_use, ask_held_out
from sqrec.evaluate.lists.lists import EMPTY, FIRST, ItemFacts
from sqrec.evaluate.lists.measures import measures
from sqrec.evaluate.lists.ties import tie_check
from sqrec.evaluate.report.evaluation import About, evaluate
from sqrec.evaluate.report.report import as_json, definitions
from sqrec.evaluate.report.run import OWN_FIRST
from sqrec.evaluate.stats.metrics import METRICS
from sqrec.rank import WHOLE, Linear, OnRows, Ranking, Recommender
from sqrec.reach.walk import StraightLine
from sqrec.tables import read_folder
from tests.support import tiny
from tests.support.held import POPULAR, world


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recommender, Snapshot]:
    return world(tmp_path_factory.mktemp("city"))


def asked(city: tuple[Recommender, Snapshot], kind: Kind) -> Outcome:
    recommender, snapshot = city
    return ask_held_out(recommender, snapshot, kind, split(snapshot.events, kind, "last").held, {"popularity": POPULAR[kind]})


@pytest.fixture(scope="module")
def jobs(city: tuple[Recommender, Snapshot]) -> Outcome:
    return asked(city, "job")


def again(city: tuple[Recommender, Snapshot], outcome: Outcome, place: int, ranker: str, kind: Kind = "job") -> Ranking:
    """Ask one question alone."""
    recommender, snapshot = city
    one = slice(place, place + 1)
    profile = snapshot.ask(recommender.profiler, outcome.questions.person[one], outcome.questions.at[one])
    if ranker == "popularity":
        recommender = recommender.with_ranker(kind, POPULAR[kind])
    return recommender.recommend(
        profile, kind, snapshot, recommender.served(kind) if ranker == "model_served" else WHOLE, n=FIRST
    )


@pytest.mark.parametrize("ranker", ["model", "popularity", "model_served"])
def test_the_first_places_are_those_of_the_question_alone(city: Any, jobs: Outcome, ranker: str) -> None:
    recommender, snapshot = city
    for place in np.flatnonzero(~jobs.refused):
        ranking, shown = again(city, jobs, place, ranker), jobs.shown[ranker]
        size = min(FIRST, len(ranking.item))
        np.testing.assert_array_equal(shown.item[place, :size], ranking.item[:size])
        np.testing.assert_array_equal(shown.minutes[place, :size], ranking.scene.pairs.minutes[ranking.order[:size]])
        assert (shown.item[place, size:] == EMPTY).all()
        assert np.isnan(shown.minutes[place, size:]).all()
        times = snapshot.counts["job"].total("item", recommender.city.midnight(int(jobs.questions.at[place])))
        expected = -np.log2((times[ranking.item[:size]] + 1) / (times.sum() + 40))
        np.testing.assert_allclose(shown.information[place, :size], expected)


def test_no_circle_bounds_what_is_served(jobs: Outcome) -> None:
    """Somebody far from everything gets a list too, of what lies beyond every circle."""
    far = jobs.questions.person == key_of("p07")
    assert np.nanmin(jobs.shown["model_served"].minutes[far]) > 15


def test_who_is_refused_has_no_list_and_counts_nowhere(jobs: Outcome) -> None:
    young = jobs.questions.person == key_of("p10")
    assert jobs.refused.tolist() == young.tolist()
    assert (jobs.shown["model"].item[young] == EMPTY).all()
    found = measures(jobs.shown["model"].take(~jobs.refused), jobs.facts, np.random.default_rng(1))
    assert (found["empty@10"].mean, found["empty@10"].n) == (1 / (len(young) - 1), len(young) - 1)


def test_jobs_have_wages_and_openings(jobs: Outcome) -> None:
    assert jobs.facts.wage is not None
    np.testing.assert_array_equal(jobs.facts.wage, 3500 + 50 * np.arange(40))
    np.testing.assert_array_equal(jobs.facts.openings, 1 + np.arange(40) % 3)
    assert jobs.facts.live.sum() == 38  # j36 is not open yet, j37 a public-welfare post


def test_an_unknown_headcount_is_one_and_an_unknown_capacity_unknown(tmp_path: Path) -> None:
    told = {"jobs": tiny.jobs(), "amenities": tiny.amenities(), "people": tiny.people(), "events": tiny.events()}
    read = read_folder(tiny.write(tmp_path, told), write_rejected=False)
    profiler = PROFILE.fit({"job": read.tables["jobs"], "amenity": read.tables["amenities"]})
    snapshot, at = Snapshot.of(read, profiler), np.array([tiny.micros("2026-07-20T12:00")])
    assert (ItemFacts.of(snapshot.items["job"], at).openings == 1).all()
    assert np.isnan(ItemFacts.of(snapshot.items["amenity"], at).openings).all()


def test_live_is_what_was_live_at_some_question(city: Any) -> None:
    items = city[1].items["job"]
    for moments in (["2026-07-20T12:00"], ["2026-08-20T12:00"], ["2026-02-10T00:00", "2026-08-20T12:00"], []):
        at = np.array([tiny.micros(moment) for moment in moments], dtype=np.int64)
        expected = np.zeros(40, bool)
        for moment in at.tolist():
            expected |= items.live(moment, np.arange(40))
        np.testing.assert_array_equal(ItemFacts.of(items, at).live, expected)


def test_places_have_neither_wages_nor_openings(city: Any) -> None:
    outcome = asked(city, "amenity")
    found = measures(outcome.shown["model"].take(~outcome.refused), outcome.facts, np.random.default_rng(1))
    assert {"diversity@10", "minutes@10", "novelty@10", "coverage@10", "exposure_gini@10"} <= set(found)
    assert not {"wage@10", "wage_known@10", "congestion@10", "crowded_share@10"} & set(found)
    assert all(np.isfinite(one.mean) for one in found.values())


def test_who_switched_off_has_a_neutral_list_without_ties(city: Any, jobs: Outcome) -> None:
    place = int(np.flatnonzero(jobs.questions.person == key_of("p11"))[0])
    assert (jobs.shown["model"].item[place] == jobs.shown["popularity"].item[place]).all()
    assert (jobs.shown["model"].item[place] != EMPTY).all()
    span = jobs.spans["popularity"][place]
    np.testing.assert_array_equal(span.first, span.last)


def test_popular_ties_are_seen(jobs: Outcome) -> None:
    check = tie_check(jobs.hits["popularity"], jobs.spans["popularity"], ~jobs.refused, np.random.default_rng(1))
    assert check.tied.mean > 0
    assert set(jobs.spans) == {"popularity", "model"}


def test_the_json_holds_measures_ties_and_their_definitions(jobs: Outcome) -> None:
    evaluation = evaluate(About("job", "last"), jobs.hits, {}, np.random.default_rng(1), jobs.refused)
    assert as_json(evaluation)["measures"] == as_json(evaluation)["ties"] == {}
    answered = ~jobs.refused
    evaluation = replace(
        evaluation,
        measures={name: measures(one.take(answered), jobs.facts, np.random.default_rng(1)) for name, one in jobs.shown.items()},
        ties={name: tie_check(jobs.hits[name], one, answered, np.random.default_rng(1)) for name, one in jobs.spans.items()},
    )
    told = as_json(evaluation)
    assert set(told["measures"]) == {"model", "popularity", "model_served"}
    assert set(told["measures"]["model_served"]["minutes@10"]) == {"mean", "low", "high", "n"}
    assert set(told["ties"]["model"]) == {"tied", "by_rule", "over_orders", "gain"}
    assert told["ties"]["model"]["by_rule"]["mean"] == told["rankers"]["model"]["ndcg@10"]["mean"]
    for figures in (*told["measures"].values(), *told["rankers"].values()):
        assert {name if name in METRICS else name.partition("@")[0] for name in figures} <= set(definitions())
    assert "mean over every order of its equal scores" in definitions()["ties"]


def test_a_ranker_on_rows_of_its_own_makes_the_lists_that_its_recommender_makes(city: Any) -> None:
    """Popularity on the plain columns is popularity: the same places, also of whom the law or the switch leaves to rules."""
    recommender, snapshot = city
    questions = split(snapshot.events, "job", "last").held
    rows = PLAIN_ROWS["job"]
    other = OnRows(rows, Linear.of(rows.names, {"minutes": -1.0, "popularity_item": 0.3}))
    outcome = ask_held_out(recommender, snapshot, "job", questions, {"other": other, "popularity": POPULAR["job"]})
    theirs = Recommender(
        recommender.profiler, recommender.city, StraightLine.of(recommender.city), {"job": rows}, {"job": other.ranker}, {}
    )
    alone = ask_held_out(theirs, snapshot, "job", questions, {})
    np.testing.assert_array_equal(outcome.hits["other"].ranks.values, alone.hits["model"].ranks.values)
    np.testing.assert_array_equal(outcome.shown["other"].item, alone.shown["model"].item)
    assert not np.array_equal(outcome.shown["other"].item, outcome.shown["popularity"].item)
    assert outcome.rows.shape[1] == len(JOB_ROWS.columns)


def test_any_use_leaves_nothing_out_and_own_visits_come_first(city: Any) -> None:
    recommender, snapshot = replace(city[0], repeats=frozenset({"amenity"})), city[1]
    questions = split(snapshot.events, "amenity", "last", repeats=True).any_use
    assert questions
    rows = PLAIN_ROWS["amenity"]
    own = OnRows(rows, Linear.of(rows.names, {"own_times": OWN_FIRST, "popularity_item": 1.0}))
    hits, refused = ask_any_use(recommender, snapshot, "amenity", questions, {"own_visits": own})
    assert list(hits) == ["model", "own_visits"]
    items, events = snapshot.items["amenity"], snapshot.events
    for place in range(len(questions)):
        who, at = questions.person[place], int(questions.at[place])
        if refused[place]:
            assert who == key_of("p10")
            continue
        listed = 2 if who == key_of("p09") else 8  # a child sees public services alone, others every place, the used ones too
        assert hits["model"].listed[place] == hits["own_visits"].listed[place] == listed
        before = events.where((events.person == who) & (events.kind == 2) & (events.known < at) & (events.grade > 0))
        times = np.bincount(items.find(before.item), minlength=len(items))
        answer = int(items.find(questions.items.row(place))[0])
        found = int(hits["own_visits"].ranks.row(place)[0])
        if found and who != key_of("p11"):  # whose list is nobody's own
            assert (times > times[answer]).sum() < found <= (times >= times[answer]).sum()
    assert replace(WHOLE, exclude_seen=False) == WHOLE_AND_SEEN
