"""Every figure of held-out questions, against each question asked alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features import PLAIN_ROWS
from sqrec.base.arrays import key_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import KINDS, Kind, SplitName
from sqrec.errors import RequestError
from sqrec.evaluate import Questions, split
from sqrec.evaluate.lists import heldout
from sqrec.evaluate.lists.heldout import SHOWN, WHOLE_AND_SEEN, Outcome, ask_any_use, ask_held_out
from sqrec.evaluate.lists.oracle import Utilities
from sqrec.profile import Profiles
from sqrec.rank import WHOLE, Linear, OnRows, Policy, Ranking, Recommender, Requirement, Scene
from tests.support.held import POPULAR, world

PLAIN = {kind: Linear.of(PLAIN_ROWS[kind].names, {"minutes": -1.0, "popularity_item": 0.3}) for kind in POPULAR}
KIND: Kind = "job"
City = tuple[Recommender, Snapshot]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return world(tmp_path_factory.mktemp("city"))


def profile_of(city: City, questions: Questions, place: int) -> Profiles:
    one = slice(place, place + 1)
    return city[1].ask(city[0].profiler, questions.person[one], questions.at[one])


def lists_alone(city: City, kind: Kind, profile: Profiles, policy: Policy) -> tuple[Scene, dict[str, Ranking]]:
    """Return the scene of one question and the list of every ranker, each on rows made for it alone."""
    recommender, snapshot = city
    popular = recommender.with_ranker(kind, POPULAR[kind])
    plain = replace(recommender, rows={kind: PLAIN_ROWS[kind]}, rankers={kind: PLAIN[kind]})
    found = {
        name: by.rank(by.scene(profile, kind, snapshot, policy, 1), kind, policy)
        for name, by in (("popularity", popular), ("plain", plain), ("model", recommender))
    }
    return recommender.scene(profile, kind, snapshot, policy, 1), found


@dataclass(frozen=True)
class Alone:
    place: int
    profile: Profiles
    scene: Scene
    lists: dict[str, Ranking]
    positives: list[int]


def every_question(city: City, kind: Kind, questions: Questions) -> Iterator[Alone | int]:
    """Ask one question after the other, earliest first; a number is one that the law leaves without an answer."""
    recommender, snapshot = city
    for place in sorted(range(len(questions)), key=lambda place: int(questions.at[place])):
        profile = profile_of(city, questions, place)
        try:
            scene, lists = lists_alone(city, kind, profile, WHOLE)
            lists["model_served"] = recommender.recommend(profile, kind, snapshot, recommender.served(kind), 1)
        except RequestError:
            yield place
            continue
        yield Alone(place, profile, scene, lists, snapshot.items[kind].find(questions.items.row(place)).tolist())


def questions_of(city: City, name: SplitName, kind: Kind = KIND) -> Questions:
    return split(city[1].events, kind, name).held


def outcome_of(city: City, questions: Questions, kind: Kind = KIND, **more: Any) -> Outcome:
    rankers = {"popularity": POPULAR[kind], "plain": OnRows(PLAIN_ROWS[kind], PLAIN[kind])}
    return ask_held_out(*city, kind, questions, rankers, **more)


def places(ranking: Ranking, positives: list[int]) -> list[int]:
    """Return where positives stand, found ones first, 0 for the others."""
    listed = ranking.item.tolist()
    found = [listed.index(item) + 1 for item in positives if item in listed]
    return sorted(found) + [0] * (len(positives) - len(found))


@pytest.mark.parametrize(("name", "kind"), [("last", "job"), ("time", "job"), ("last", "amenity")])
def test_everything_is_that_of_the_question_alone(city: City, name: SplitName, kind: Kind) -> None:
    questions, events = questions_of(city, name, kind), city[1].events
    ours, rows, seen = outcome_of(city, questions, kind), list[dict[str, Any]](), set[int]()
    assert list(ours.hits) == ["popularity", "plain", "model", "model_served"]
    assert list(ours.spans) == ["popularity", "plain", "model"]
    for alone in every_question(city, kind, questions):
        place = alone if isinstance(alone, int) else alone.place
        at = int(questions.at[place])
        mine = (events.person == questions.person[place]) & (events.kind == KINDS.index(kind)) & (events.known < at)
        used = events.where(mine & (events.grade > 0))
        assert ours.history[place] == len(set(used.item.tolist()))
        np.testing.assert_equal(ours.idle[place], (at - used.at.max()) / 60e6 if len(used) else np.nan)
        assert ours.refused[place] == isinstance(alone, int)
        if isinstance(alone, int):
            seen.add(place)
            assert np.isnan(ours.rows[place]).all()
            assert all(hits.listed[place] == hits.ranks.row(place).max() == 0 for hits in ours.hits.values())
            assert all(spans[place].first.max() == spans[place].last.max() == 0 for spans in ours.spans.values())
            continue
        for ranker, ranking in alone.lists.items():
            assert ours.hits[ranker].listed[place] == len(ranking.item)
            assert ours.hits[ranker].ranks.row(place).tolist() == places(ranking, alone.positives), ranker
            listed = zip(ranking.item.tolist(), ranking.score.tolist(), strict=True)
            rows += [
                {"person_id": city[1].person_ids[int(questions.person[place])], "kind": kind, "item_id": city[1].items[kind].ids[item],
                 "position": rank, "score": score, "ranker": ranker, "at": pd.Timestamp(at, unit="us", tz="UTC")}
                for rank, (item, score) in enumerate(listed, start=1)
            ]  # fmt: skip
        if not alone.scene.personal:
            assert np.isnan(ours.rows[place]).all()
            continue
        known = ~np.isnan(alone.scene.rows)
        means = [
            column[there].mean() if there.any() else np.nan for column, there in zip(alone.scene.rows.T, known.T, strict=True)
        ]
        np.testing.assert_allclose(ours.rows[place], means, rtol=1e-12)
    assert len(seen) == 1
    theirs = pd.DataFrame(rows)
    pd.testing.assert_frame_equal(ours.lists, theirs.astype(ours.lists.dtypes.to_dict()), check_exact=True)
    assert ours.lists["at"].dt.tz is not None


def test_a_table_holds_the_first_places_and_the_figures_the_whole_list(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SHOWN == 100  # docs/report.md says so
    questions = questions_of(city, "last")
    every = outcome_of(city, questions)
    monkeypatch.setattr(heldout, "SHOWN", 3)
    few = outcome_of(city, questions)
    first = every.lists[every.lists["position"] <= 3].reset_index(drop=True)
    pd.testing.assert_frame_equal(few.lists, first)
    for name, hits in every.hits.items():
        np.testing.assert_array_equal(few.hits[name].listed, hits.listed)


def test_nobody_who_is_answered_makes_an_empty_table(city: City) -> None:
    questions = questions_of(city, "last")
    young = questions.take(np.flatnonzero(questions.person == key_of("p10")))
    ours = outcome_of(city, young)
    assert ours.refused.tolist() == [True]
    assert ours.lists.columns.tolist() == ["person_id", "kind", "item_id", "position", "score", "ranker", "at"]
    assert len(ours.lists) == 0


def test_who_used_nothing_before_has_been_idle_for_nobody_knows_how_long(city: City) -> None:
    first = questions_of(city, "last").take(np.array([0]))
    ours = outcome_of(city, replace(first, at=city[1].events.known.min(keepdims=True)))
    assert ours.history.tolist() == [0]
    assert np.isnan(ours.idle).all()
    assert not ours.refused.any()


def test_what_watches_is_told_of_every_question(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracles get every candidate and every list, the fit bands those of whom rows are made, the facts the moments of the answered."""
    looks: dict[str, list[tuple[Any, ...]]] = {"oracle": [], "bands": []}
    moments: list[np.ndarray] = []
    facts = heldout.ItemFacts.of
    monkeypatch.setattr(heldout.Watch, "look", lambda self, *told: looks["oracle"].append(told))
    monkeypatch.setattr(heldout.BandWatch, "look", lambda self, *told: looks["bands"].append(told))
    monkeypatch.setattr(heldout.ItemFacts, "of", lambda items, at: moments.append(at) or facts(items, at))
    questions, steps = questions_of(city, "last"), list[int]()
    utilities = Utilities(np.empty(0, np.uint64), np.zeros(1, np.int64), np.empty(0, np.uint64), {})
    needs = (Requirement("education", "education_gap", 0.0),)

    def watched(places: Any) -> Any:
        for one in places:
            steps.append(one)
            yield one

    ours = outcome_of(city, questions, utilities=utilities, requirements=needs, watched=watched)
    assert steps == list(range(len(questions)))
    assert ours.watch is not None
    assert ours.watch.utilities is utilities
    assert ours.bands is not None
    assert (ours.bands.requirements, ours.bands.names) == (needs, city[0].rows[KIND].names)
    np.testing.assert_array_equal(np.sort(moments[0]), np.sort(questions.at[~ours.refused]))
    alone = [one for one in every_question(city, KIND, questions) if isinstance(one, Alone)]
    assert len(looks["oracle"]) == len(alone)
    for one, (place, person, items, rows, positives, lists) in zip(alone, looks["oracle"], strict=True):
        assert (place, person, items) == (one.place, int(questions.person[one.place]), city[1].items[KIND])
        np.testing.assert_array_equal(rows, one.scene.pairs.item)
        assert positives.tolist() == one.positives
        assert {name: listed.tolist() for name, listed in lists.items()} == {
            name: ranking.item.tolist() for name, ranking in one.lists.items()
        }
    personal = [one for one in alone if one.scene.personal]
    assert 0 < len(personal) < len(alone)
    for one, (rows, used, first) in zip(personal, looks["bands"], strict=True):
        np.testing.assert_array_equal(rows, one.scene.rows)
        assert one.scene.pairs.item[used].tolist() == [item for item in one.positives if item in one.scene.pairs.item]
        assert set(one.scene.pairs.item[first].tolist()) == set(one.lists["model"].item[:10].tolist())
    assert outcome_of(city, questions).watch is None


@pytest.mark.parametrize("kind", ["job", "amenity"])
def test_any_use_is_that_of_the_question_alone(city: City, kind: Kind) -> None:
    """Whatever repeats in the recommender, the kind that is asked for does here."""
    questions = split(city[1].events, kind, "last", repeats=True).any_use
    assert questions
    rankers = {"popularity": POPULAR[kind], "plain": OnRows(PLAIN_ROWS[kind], PLAIN[kind])}
    hits, refused = ask_any_use(*city, kind, questions, rankers)
    assert list(hits) == ["model", "popularity", "plain"]
    again = replace(city[0], repeats=frozenset({kind})), city[1]
    found = 0
    for place in range(len(questions)):
        try:
            _, lists = lists_alone(again, kind, profile_of(city, questions, place), WHOLE_AND_SEEN)
        except RequestError:
            assert refused[place]
            assert all(one.listed[place] == one.ranks.row(place).max() == 0 for one in hits.values())
            continue
        assert not refused[place]
        positives = city[1].items[kind].find(questions.items.row(place)).tolist()
        for name, ranking in lists.items():
            assert hits[name].listed[place] == len(ranking.item)
            assert hits[name].ranks.row(place).tolist() == places(ranking, positives)
            found += hits[name].ranks.row(place)[0] > 0
    assert found > len(questions)
    assert refused.sum() == 1
