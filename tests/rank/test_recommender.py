"""The served list: gates, live items, circles, what was seen, spread, the neutral list."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec import SERVED, WHOLE, Person, Policy, Recommender, Snapshot, load, read_folder
from sqrec import bundle as bundles
from sqrec.base.arrays import key_of, keys_of
from sqrec.catalogue.index import CandidateIndex
from sqrec.errors import RequestError
from sqrec.profile import Profiles
from sqrec.rank.candidates import interleaved, sources
from tests.support import tiny

AT = tiny.micros("2026-07-20T12:00")
Served = tuple[Recommender, Snapshot]


@pytest.fixture(scope="module")
def served(small: Path) -> Served:
    loaded = load(bundles.current(small / "var" / "bundles"))
    return loaded.recommender(), Snapshot.of(read_folder(small / "data", write_rejected=False), loaded.profiler)


def stored(served: Served, person: str, at: int = AT) -> Profiles:
    recommender, snapshot = served
    return snapshot.ask(recommender.profiler, np.array([key_of(person)], np.uint64), np.array([at]))


def invented(served: Served, at: int = AT, **facts: Any) -> Profiles:
    return served[0].profiler.profiles([Person(**facts)], np.array([at]), [{}], np.array([0], np.uint64))


def shown(served: Served, profile: Profiles, policy: Policy = SERVED, n: int = 10, clock: int | None = None) -> list[str]:
    recommender, snapshot = served
    ranking = recommender.recommend(profile, "job", snapshot, policy, n, clock)
    return [snapshot.items["job"].ids[row] for row in ranking.item]


@pytest.mark.parametrize("policy", [SERVED, WHOLE])
def test_only_what_is_live_and_ranked(served: Served, policy: Policy) -> None:
    before, after = tiny.micros("2026-07-31T15:59"), tiny.micros("2026-07-31T16:00")
    there = set(shown(served, invented(served, before), policy, 50))
    assert there == {f"j{i:02d}" for i in range(40)} - {"j36", "j37"}
    assert set(shown(served, invented(served, after), policy, 50)) == there - {"j38"}
    assert "j36" in shown(served, invented(served, tiny.micros("2027-01-01T00:00")), policy, 50)


def test_minors_see_what_was_checked(served: Served) -> None:
    safe = {row["job_id"] for row in tiny.jobs() if row["hazards_checked"] == "true" and not row["hazards"]}
    for born, clock_says in (("2010-06", safe), ("2008-05", None)):
        there = set(shown(served, invented(served, birth_month=born), WHOLE))
        assert there == (clock_says or {f"j{i:02d}" for i in range(40)}) - {"j36", "j37"}
    assert shown(served, invented(served, birth_month="2011-06")) == []
    with pytest.raises(RequestError):
        shown(served, invented(served, birth_month="2013-06"))


def test_age_is_judged_by_the_clock(served: Served) -> None:
    child = invented(served, at=tiny.micros("2040-01-01T00:00"), birth_month="2015-01")
    with pytest.raises(RequestError):
        shown(served, child, clock=AT)
    assert shown(served, child, WHOLE)


def test_what_was_applied_to_is_left_out_and_what_was_looked_at_is_not(served: Served) -> None:
    used = [row for row in tiny.events() if row["person_id"] == "p03" and tiny.micros(row["at"][:-1]) < AT]
    applied = {row["item_id"] for row in used if row["event"] == "apply"}
    looked_at = {row["item_id"] for row in used} - applied
    assert applied
    assert looked_at
    there = set(shown(served, stored(served, "p03"), n=50))
    assert not applied & there
    assert looked_at <= there | {"j36", "j37"}
    assert not (applied | looked_at) & set(shown(served, stored(served, "p03"), replace(SERVED, exclude_seen=True), n=50))


def test_what_lies_beyond_the_widest_circle_stands_behind(served: Served) -> None:
    """Nothing is left out. Without a widest circle the same items stand in score order; work bound to no place is not far."""
    profile = invented(served, lon=120.355, lat=36.083)
    recommender, snapshot = served
    bounded = recommender.recommend(profile, "job", snapshot, replace(SERVED, widest=8.0, spread=None, once=False), 38)
    free = recommender.recommend(profile, "job", snapshot, replace(SERVED, widest=None, spread=None, once=False), 38)
    minutes = dict(zip(free.item.tolist(), free.scene.pairs.minutes[free.order].tolist(), strict=True))
    expected = sorted(free.item.tolist(), key=lambda item: minutes[item] > 8.0)
    assert bounded.item.tolist() == expected != free.item.tolist()
    assert recommender.served("job").widest == max(recommender.city.circle_steps)
    assert recommender.served("job", reach=90.0).widest is None


def test_the_circle_widens_step_by_step(served: Served) -> None:
    recommender, snapshot = served
    home = {"lon": 120.355, "lat": 36.083}
    profile = invented(served, **home)
    minutes = recommender.pairs(profile, snapshot.items["job"], np.arange(40)).minutes
    for n in (1, 5, 20, 30, 38):
        ranking = recommender.recommend(profile, "job", snapshot, replace(SERVED, reach=3.0), n)
        inside = ranking.scene.pairs.minutes
        live = np.delete(minutes, [36, 37])
        steps = [3.0, *(step for step in recommender.city.circle_steps if step > 3)]
        expected = next((step for step in steps if (~(live > step)).sum() >= n), None)
        assert ranking.scene.step == expected
        assert ranking.scene.widened == (expected != 3.0)
        if expected is not None:
            assert not (inside > expected).any()


def test_every_item_says_which_circle_holds_it(served: Served) -> None:
    recommender, snapshot = served
    profile = invented(served, lon=120.355, lat=36.083)
    ranking = recommender.recommend(profile, "job", snapshot, replace(SERVED, reach=3.0), 38)
    for place in range(len(ranking.scene.pairs)):
        reach = ranking.reach(place)
        if reach.minutes is None:
            assert snapshot.items["job"].ids[ranking.scene.pairs.item[place]] == "j39"
            assert (reach.method, reach.step) == ("online", None)
        else:
            assert reach.method == "straight"
            assert reach.step is not None
            assert reach.minutes <= reach.step + 0.05


def test_without_a_point_areas_are_compared(served: Served) -> None:
    recommender, snapshot = served
    ranking = recommender.recommend(invented(served, area="370203022"), "job", snapshot, SERVED, 10)
    assert not ranking.scene.located
    methods = {ranking.reach(place).method for place in range(len(ranking.scene.pairs))}
    assert methods == {"area", "online"}
    nothing = recommender.recommend(invented(served), "job", snapshot, SERVED, 10)
    assert {nothing.reach(place).method for place in range(len(nothing.scene.pairs))} == {"unknown", "online"}


def test_one_employer_does_not_fill_the_first_ten(served: Served) -> None:
    recommender, snapshot = served
    for person in range(11):
        ranking = recommender.recommend(stored(served, f"p{person:02d}"), "job", snapshot, SERVED, 10)
        employers = snapshot.items["job"].groups["employer"][ranking.item[:10]]
        assert np.bincount(employers).max() <= 3
    pure = recommender.recommend(stored(served, "p01"), "job", snapshot, WHOLE, 10)
    assert (np.diff(pure.score) <= 0).all()


def test_who_switched_off_gets_what_anybody_there_gets(served: Served) -> None:
    recommender, snapshot = served
    off = recommender.recommend(stored(served, "p11"), "job", snapshot, SERVED, 10)
    assert (off.ranker, off.by, off.scene.rows.shape[1]) == ("neutral", None, 0)
    facts = {row["person_id"]: row for row in tiny.people()}["p11"]
    stranger = invented(served, lon=float(facts["lon"]), lat=float(facts["lat"]), area=facts["area"], personalised=False)
    assert shown(served, stranger) == shown(served, stored(served, "p11"))
    minutes = off.scene.pairs.minutes[off.order]
    without_spread = recommender.recommend(stored(served, "p11"), "job", snapshot, replace(SERVED, spread=None), 10)
    minutes = without_spread.scene.pairs.minutes[without_spread.order]
    assert (np.diff(minutes[~np.isnan(minutes)]) >= 0).all()


def test_gates_hold_for_the_neutral_list(served: Served) -> None:
    assert shown(served, invented(served, birth_month="2011-06", personalised=False)) == []


def test_a_kind_without_a_ranker_is_served_by_its_fallback(served: Served) -> None:
    recommender, snapshot = served
    bare = replace(recommender, rankers={})
    ranking = bare.recommend(stored(served, "p01"), "job", snapshot, SERVED, 10)
    assert ranking.ranker == "fallback"
    assert len(ranking.item) >= 10


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "birth_month": st.sampled_from(["1960-01", "1999-12"]),
        "education": st.sampled_from(["21", "90", "10"]),
        "skills": st.lists(st.sampled_from(["面点@3", "烹饪", "x"]), max_size=3).map(tuple),
        "desired": st.lists(st.text(max_size=8), max_size=3).map(tuple),
        "experience_years": st.floats(0, 60),
        "wage_min": st.floats(0, 1e6),
        "hours": st.sampled_from(["mon-fri 09:00-18:00", "22:00-06:00"]),
        "lon": st.floats(119.5, 121.0),
        "lat": st.floats(35.5, 37.0),
        "area": st.sampled_from(["370203022", "370203", "370200", "New York"]),
        "pace": st.floats(20, 120),
    },
)


@settings(max_examples=80, deadline=None)
@given(facts=FACTS, n=st.integers(1, 60))
def test_any_profile_gets_a_list(served: Served, facts: dict[str, Any], n: int) -> None:
    recommender, snapshot = served
    ranking = recommender.recommend(invented(served, **facts), "job", snapshot, SERVED, n)
    assert len(np.unique(ranking.item)) == len(ranking.item)
    assert len(ranking.item) >= min(n, 38)
    assert np.isfinite(ranking.score).all()


@settings(max_examples=40, deadline=None)
@given(size=st.integers(1, 38), person=st.integers(0, 11))
def test_few_candidates_have_the_scores_they_have_among_all(served: Served, size: int, person: int) -> None:
    recommender, snapshot = served
    profile = stored(served, f"p{person:02d}")
    everything = recommender.recommend(profile, "job", snapshot, WHOLE, 10)
    few = recommender.recommend(profile, "job", snapshot, replace(WHOLE, max_candidates=size), 10)
    assert len(few.item) <= size
    scores = dict(zip(everything.item.tolist(), everything.score.tolist(), strict=True))
    assert [scores[item] for item in few.item.tolist()] == few.score.tolist()


def test_sources_take_turns() -> None:
    rows = interleaved([np.array([5, 3, 1]), np.array([3, 2]), np.array([], np.int64), np.array([9])], 10)
    assert rows.tolist() == [5, 3, 9, 2, 1]
    assert interleaved([], 10).tolist() == []


def test_near_is_nearest(served: Served) -> None:
    recommender, snapshot = served
    items = snapshot.items["job"]
    index = CandidateIndex(items)
    minutes = recommender.pairs(invented(served, lon=120.36, lat=36.09), items, np.arange(40)).minutes
    order = np.argsort(np.where(np.isnan(minutes), np.inf, minutes), kind="stable")
    assert set(index.near(120.36, 36.09, 8)) == set(order[:8].tolist())
    assert index.near(120.36, 36.09, 1000).shape == (39,)
    assert index.near(np.nan, 36.09, 8).shape == (0,)


def test_like_finds_the_same_words(served: Served) -> None:
    recommender, snapshot = served
    texts = recommender.profiler.text.encode(["养老护理员"])
    found = snapshot.index["job"].like(texts, 4)
    assert {snapshot.items["job"].ids[row] for row in found} == {"j03", "j13", "j23", "j33"}
    assert snapshot.index["job"].like(recommender.profiler.text.encode([""]), 4).shape == (0,)


def test_popular_and_new_and_anywhere(served: Served) -> None:
    _, snapshot = served
    items, index, counts = snapshot.items["job"], snapshot.index["job"], snapshot.counts["job"]
    midnight = tiny.micros("2026-07-20T16:00")
    used = counts.total("item", midnight)
    popular = index.popular(counts, midnight, -1, 5)
    assert sorted(used[popular], reverse=True) == sorted(used, reverse=True)[:5]
    assert [items.ids[row] for row in index.anywhere(5)] == ["j39"]
    assert items.ids[index.newest(1)[0]] == "j36"
    assert (np.diff(items.opens[index.newest(40)]) <= 0).all()


def test_same_employer_is_proposed(served: Served) -> None:
    _, snapshot = served
    items, index = snapshot.items["job"], snapshot.index["job"]
    found = index.together("employer", items.find(keys_of(["j01"])), 50)
    assert {items.ids[row] for row in found} == {f"j{i:02d}" for i in range(40) if i % 4 == 1}


def test_the_neutral_list_asks_no_personal_source(served: Served) -> None:
    _, snapshot = served
    told = (snapshot.index["job"], snapshot.counts["job"], stored(served, "p01"), AT, 5)
    assert len(sources(*told, personal=False)) == 3
    assert len(sources(*told, personal=True)) > 6
