"""One place of a list tries other items: which, how often, how it is logged, told, and made again."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.settings import Settings
from sqrec import bundle as bundles
from sqrec.base.arrays import keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.errors import RequestError
from sqrec.profile import Profiles
from sqrec.rank import SERVED, Explore, Policy, Recommender, Spread
from sqrec.rank.explore import explored
from sqrec.source import read_source
from tests.store.test_live import Live, living_inside, run
from tests.support import tiny

AT = tiny.micros("2026-07-25T04:00")
OFTEN = Explore(position=3, epsilon=0.4, pool=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        (" ", None),
        ("epsilon=0.2", Explore(5, 0.2, 10)),
        ("position=1, epsilon=0.5 ,pool=3", Explore(1, 0.5, 3)),
    ],
)
def test_the_setting(text: str, expected: Explore | None) -> None:
    assert Explore.of(text) == expected


@pytest.mark.parametrize(
    "text", ["yes", "place=1", "epsilon=0", "epsilon=0.6", "epsilon=nan", "position=0", "pool=0", "pool=1.5", "epsilon="]
)
def test_a_setting_that_is_none(text: str) -> None:
    with pytest.raises(RequestError, match=r"Write position=5,epsilon=0\.1,pool=10"):
        Explore.of(text)


def test_it_is_off_unless_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SERVED.explore is None
    monkeypatch.delenv("SQREC_EXPLORE", raising=False)
    assert Settings.from_environment().explore is None
    monkeypatch.setenv("SQREC_EXPLORE", "epsilon=0.3")
    assert Settings.from_environment().explore == Explore(epsilon=0.3)


def test_a_draw_by_hand() -> None:
    """Place 2 of six items, pool of three: item 1 stays with 0.7, items 2, 3 and 4 take its place with 0.1 each."""
    order = np.array([10, 11, 12, 13, 14, 15])
    found = {}
    for question in range(200):
        changed, draw = explored(order, np.full(16, -1), None, Explore(2, 0.3, 3), question)
        assert draw is not None
        found[draw.taken] = (changed.tolist(), draw.propensity(6).round(12).tolist())
    assert found == {
        0: ([10, 11, 12, 13, 14, 15], [1, 0.7, 0.9, 0.9, 0.9, 1]),
        1: ([10, 12, 11, 13, 14, 15], [1, 0.1, 0.1, 0.9, 0.9, 1]),
        2: ([10, 13, 12, 11, 14, 15], [1, 0.1, 0.9, 0.1, 0.9, 1]),
        3: ([10, 14, 12, 13, 11, 15], [1, 0.1, 0.9, 0.9, 0.1, 1]),
    }


def test_draws_come_as_often_as_they_say() -> None:
    """Of 20,000 questions, each count lies within four standard deviations."""
    n, explore, order = 20_000, Explore(5, 0.1, 4), np.arange(12)
    questions = (AT + 1_000_003 * np.arange(n)) ^ 0x5DEECE66D
    taken = Counter(explored(order, np.full(12, -1), None, explore, int(question))[1].taken for question in questions)  # type: ignore[union-attr]
    for which, probability in enumerate([0.9, *[0.025] * 4]):
        assert abs(taken[which] - n * probability) < 4 * np.sqrt(n * probability * (1 - probability))


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_short_lists(length: int) -> None:
    """Without an item behind the place there is nothing to draw from."""
    changed, draw = explored(np.arange(length), np.full(length, -1), None, Explore(2, 0.5, 10), 1)
    assert (draw is None) == (length < 3)
    assert sorted(changed.tolist()) == list(range(length))


@given(
    st.lists(st.integers(-1, 3), min_size=1, max_size=25), st.integers(1, 8), st.integers(1, 8), st.integers(1, 3),
    st.integers(1, 12), st.integers(0, 2**63),
)  # fmt: skip
def test_the_probability_of_every_item_in_every_place(
    groups: list[int], position: int, pool: int, most: int, first: int, question: int
) -> None:
    """What is told of a list is what all lists together, each as often as it is drawn, come to; spreading holds in all."""
    array, spread, explore = np.array(groups), Spread(most, first), Explore(position, 0.3, pool)
    order = np.arange(len(groups))
    changed, draw = explored(order, array, spread, explore, question)
    if draw is None:
        assert changed.tolist() == order.tolist()
        return
    assert draw.probability.sum() == pytest.approx(1)
    stands = np.zeros((len(groups), len(groups)))
    before = Counter(array[order[:first]].tolist())
    for pair, place, probability in zip(draw.pairs, draw.positions, draw.probability, strict=True):
        other = order.copy()
        other[[position - 1, place - 1]] = other[[place - 1, position - 1]]
        assert other[position - 1] == pair
        stands[other, np.arange(len(order))] += probability
        after = Counter(array[other[:first]].tolist())
        assert all(after[group] <= max(most, before[group]) for group in range(4))
    assert np.allclose(stands[changed, np.arange(len(order))], draw.propensity(len(order)))


@pytest.fixture(scope="module")
def world(small: Path) -> tuple[Recommender, Snapshot, Profiles]:
    bundle = bundles.load(bundles.current(small / "var" / "bundles"))
    snapshot = Snapshot.of(read_source(small / "data"), bundle.profiler)
    people = keys_of(row["person_id"] for row in tiny.people())
    return bundle.recommender(), snapshot, snapshot.ask(bundle.profiler, people, np.full(len(people), AT))


def test_only_the_place_and_its_pool_change(world: tuple[Recommender, Snapshot, Profiles]) -> None:
    recommender, snapshot, profiles = world
    tried = 0
    for person in range(12):
        for step in range(5):
            profile = snapshot.ask(recommender.profiler, profiles.person[[person]], np.array([AT + step]))
            plain, other, again = (
                recommender.recommend(profile, "job", snapshot, policy, 10)
                for policy in (SERVED, Policy(explore=OFTEN), Policy(explore=OFTEN))
            )
            assert other.item.tolist() == again.item.tolist()
            assert sorted(other.item.tolist()) == sorted(plain.item.tolist())  # the same live, allowed candidates
            changed = np.flatnonzero(plain.item != other.item)
            assert len(changed) in {0, 2}
            assert plain.propensity(10).tolist() == [1] * len(plain.item[:10])
            if person == 11:  # switched off
                assert (other.ranker, other.draw, len(changed)) == ("neutral", None, 0)
                assert other.propensity(10).tolist() == [1] * len(other.item[:10])
            elif len(changed):
                tried += 1
                assert changed[0] == 2
                assert changed[1] <= 7
                assert other.tried == other.order[2]
                assert other.propensity(10)[2] == pytest.approx(0.4 / (len(other.draw.pairs) - 1))
    assert 8 < tried < 36  # of 55, 40 % expected


@pytest.fixture
def live(store_url: str, small: Path, tmp_path: Path) -> Iterator[Live]:
    with living_inside(tmp_path, small, store_url, Explore.of("position=3,epsilon=0.4,pool=5")) as running:
        yield running


def test_a_service_that_explores(live: Live) -> None:
    """Tries are told to residents, logged with their propensity, and made again to the bit; nobody else is explored on."""
    answers = [live.recommend(f"p{number % 11:02d}") for number in range(44)]
    off = [live.recommend("p11"), live.recommend("p01", personalised=False), live.recommend("p01", tags={"wage_min": None})]
    off.append(live.server.post({"person": {"desired": ["面点师"]}}).json())
    moment = live.recommend("p01", at="2026-07-20T12:00:00Z")
    log = live.logged(*answers, *off)
    tried = [
        (answer["request_id"], item["rank"])
        for answer in [*answers, *off, moment]
        for item in answer["streams"]["job"]
        if item["reasons"] and item["reasons"][0]["code"] == "tried"
    ]
    assert 6 < len(tried) < 30
    assert {rank for _, rank in tried} == {3}
    mine = log[log["request_id"].isin([answer["request_id"] for answer in answers])]
    place = mine[mine["position"] == 3].set_index("request_id")["propensity"]
    assert set(place[place < 0.5].index) == {request for request, _ in tried}
    kept = place[place > 0.5]
    assert set(kept) <= {0.6, 1.0}  # 1 where no other of its turn stands near enough to be tried
    assert (kept == 0.6).mean() > 0.5
    assert {json.dumps(json.loads(asked).get("explore")) for asked in mine["asked"]} == {
        '{"position": 3, "epsilon": 0.4, "pool": 5}'
    }
    others = log[~log["request_id"].isin(mine["request_id"])]
    assert set(others["propensity"]) == {1.0}
    assert not others["asked"].str.contains("explore").any()
    code, told = run("replay", "--store", live.url, "--bundles", str(live.server.bundles))
    assert (code, told.partition(" (")[0]) == (
        0,
        "48 lists = 44 equal to the bit + 0 different + 0 not made again + 4 without a person",
    )
