"""Rows to learn from: what stands in a question, how rarely it came there, and what that mends."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import training.sample
from sqrec.base.arrays import Ragged, key_of, mixed
from sqrec.catalogue.snapshot import Snapshot
from sqrec.evaluate import Questions
from sqrec.rank import ItemFact, OwnUse, Recommender, RowBuilder
from sqrec.reach.walk import StraightLine
from tests.support import tiny
from tests.support.asked import World, event, world
from training.sample import Sample, sample, uses_as_questions

PLACES = [
    {
        "amenity_id": f"a{n:02d}",
        "name": f"{n}号",
        "type": ("canteen", "market", "gym")[n % 3],
        "lon": 120.35 + n / 1000,
        "lat": 36.08,
        "capacity": n + 1,
        "status": "closed" if n == 39 else "",
    }
    for n in range(40)
]
VISITS = [
    event("p", "a00", "2026-07-10T04:00"),
    event("p", "a01", "2026-07-11T04:00"),
    event("p", "a02", "2026-07-11T05:00", recorded_at="2026-07-13T00:00:00Z"),
    event("p", "a39", "2026-07-11T06:00"),  # closed by now
    event("p", "a00", "2026-07-12T04:00", "view"),
    event("p", "a03", "2026-07-14T04:00", "save"),
    event("p", "a04", "2026-07-15T04:00", "impression"),
    event("q", "a05", "2026-07-12T04:00"),
]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world(tmp_path_factory.mktemp("city"), amenities=PLACES, events=VISITS)


def with_rows(asked: World, *columns: Any) -> tuple[Recommender, Snapshot]:
    recommender, snapshot = asked
    return Recommender(
        recommender.profiler, recommender.city, StraightLine.of(recommender.city), {"amenity": RowBuilder(columns)}, {}, {}
    ), snapshot


def drawn(asked: World, others: int, questions: Questions | None = None, repeats: bool = True, seed: int = 1) -> list[Any]:
    """Return per question who asked when, and of each item (number) the label and the rarity."""
    recommender, snapshot = with_rows(asked, ItemFact("capacity"))
    rng = np.random.default_rng(seed)
    questions = questions or uses_as_questions(snapshot.events, repeats=True)
    rows = sample(recommender, snapshot, "amenity", questions, others, rng, repeats=repeats)
    assert rows.rarity is not None
    assert rows.person is not None
    assert rows.at is not None
    found, first = [], 0
    for person, at, size in zip(rows.person.tolist(), rows.at.tolist(), rows.sizes.tolist(), strict=True):
        part = slice(first, first + size)
        numbers = rows.rows[part, 0].astype(int) - 1
        assert len(set(numbers.tolist())) == size
        found.append((person, at, dict(zip(numbers.tolist(), rows.label[part].tolist(), strict=True)),
                      dict(zip(numbers.tolist(), rows.rarity[part].tolist(), strict=True))))  # fmt: skip
        first += size
    return found


def test_every_use_is_a_question(city: World) -> None:
    """Used before or not, by moment; an impression is no use."""
    asked = uses_as_questions(city[1].events, repeats=True)
    told = sorted((tiny.micros(row["at"][:-1]), key_of(row["item_id"])) for row in VISITS if row["event"] != "impression")
    assert sorted(zip(asked.at.tolist(), asked.items.values.tolist(), strict=True)) == told
    assert asked.at.tolist() == sorted(asked.at.tolist())
    assert Counter(asked.grades.values.tolist()) == {3: 5, 1: 1, 2: 1}
    assert asked.items.sizes.tolist() == asked.grades.sizes.tolist() == [1] * 7


def test_all_that_was_used_before_stands_in_a_question(city: World) -> None:
    """On the 12th p had used a00 and a01 (a02 was not known yet, a39 is closed); on the 14th a02 as well."""
    asked = {(person, at): (label, rarity) for person, at, label, rarity in drawn(city, 5)}
    for at, used, before in (("12", 0, {0, 1}), ("14", 3, {0, 1, 2})):
        label, rarity = asked[key_of("p"), tiny.micros(f"2026-07-{at}T04:00")]
        assert before <= set(label)
        assert {item: grade for item, grade in label.items() if grade} == {used: {"12": 1, "14": 2}[at]}
        assert not {1, 2, 3, 4, 39} & (set(label) - before - {used}), "what the person used at other times is no other item"
        assert {rarity[item] for item in before} == {0.0}
        assert len(label) == len(before | {used}) + 5 + (used in before)


@pytest.mark.parametrize("repeats", [True, False])
def test_rarity_is_how_seldom_an_item_is_drawn(city: World, repeats: bool) -> None:
    """On the 14th: 39 places are open, p used a00 to a03 at some time and was shown a04; the rest is 35 with a03 itself."""
    at = tiny.micros("2026-07-14T04:00")
    one, key = np.arange(2), np.array([key_of("p")], np.uint64)
    asked = Questions(key, np.array([at]), Ragged(one, np.array([key_of("a03")], np.uint64)), Ragged(one, np.array([2])))
    times = Counter[int]()
    for seed in range(400):
        ((_, _, label, rarity),) = drawn(city, 6, asked, repeats, seed)
        assert np.allclose([rarity[item] for item in label if item > 2], np.log(35 / 7))
        times.update(list(label))
    assert times[3] == 400
    assert all(abs(times[item] - 400 * 6 / 34) < 45 for item in range(5, 39))
    assert {times[item] for item in (0, 1, 2)} == ({400} if repeats else {0})


def test_as_many_of_the_rest_stand_in_every_question(city: World) -> None:
    """Whether what was used is of the rest or not: else their number would tell the label."""
    told = [(label, rarity) for _, _, label, rarity in drawn(city, 5) if any(label.values())]
    assert [sum(value > 0 for value in rarity.values()) for _, rarity in told] == [6] * 6
    assert {next(rarity[item] > 0 for item, grade in label.items() if grade) for label, rarity in told} == {True, False}


def test_of_too_long_a_question_an_even_part_stays_with_its_labels(city: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a hash of the item and the place of its question alone; rows, labels and rarity stay together."""
    whole = drawn(city, others=20)
    monkeypatch.setattr(training.sample, "MOST_ROWS", 8)
    for one, ((person, at, labels, rarity), cut) in enumerate(zip(whole, drawn(city, others=20), strict=True)):
        keys = {number: np.uint64(key_of(f"a{number:02d}")) ^ np.uint64(one) for number in labels}
        kept = sorted(labels, key=lambda number: int(mixed(np.array([keys[number]]))[0]))[:8]
        assert cut == (person, at, {n: labels[n] for n in sorted(kept)}, {n: rarity[n] for n in sorted(kept)})


def test_whatever_is_all_drawn_is_not_rare(city: World) -> None:
    for _, _, label, rarity in drawn(city, 100):
        assert set(rarity.values()) == {0.0}
        assert len(label) >= 35


def test_rarity_goes_with_its_rows() -> None:
    rows = Sample(np.arange(5.0)[:, None], np.array([1, 0, 0, 1, 0]), np.array([2, 3]), rarity=np.arange(5.0))
    none = Sample(np.arange(2.0)[:, None], np.array([1, 0]), np.array([2]))
    taken = [rows.take(np.array([1])), rows.with_columns(np.array([0])), rows.with_rows(none), none.with_rows(rows)]
    expected = [[2, 3, 4], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 0, 0], [0, 0, 0, 1, 2, 3, 4]]
    assert [None if one.rarity is None else one.rarity.tolist() for one in taken] == expected
    assert none.with_rows(none).rarity is None


PULL, PEOPLE, USED = 3.6, 1500, 4
"""How much more (in logarithms of odds) a place used before draws; of so many people who used so many places each."""


@pytest.fixture(scope="module")
def habits(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a city of 150 places where everybody uses four places and then one more, by the odds alone."""
    rng, events = np.random.default_rng(3), list[dict[str, str]]()
    places = [{"amenity_id": f"a{n:03d}", "name": f"{n}号", "type": "gym"} for n in range(150)]
    for person in range(PEOPLE):
        used = rng.permutation(150)[:USED]
        odds = np.ones(150)
        odds[used] = np.exp(PULL)
        for day, item in enumerate([*used, rng.choice(150, p=odds / odds.sum())], start=1):
            events.append(event(f"p{person}", f"a{item:03d}", f"2026-07-{day:02d}T04:00"))
    return world(tmp_path_factory.mktemp("habits"), amenities=places, events=events)


def learnt(rows: Sample, rarity: np.ndarray) -> float:
    """Return the pull of a conditional logit (the likeliest), where `rarity` is added to its scores."""
    used = (rows.rows[:, 0] > 0).astype(float)
    starts = np.cumsum(rows.sizes) - rows.sizes

    def loss(pull: float) -> float:
        score = pull * used + rarity
        return float(np.log(np.add.reduceat(np.exp(score), starts)).sum() - score[rows.label > 0].sum())

    return float(minimize_scalar(loss, bounds=(-10, 10), method="bounded").x)


@pytest.mark.parametrize(("far", "missing"), [(3, 3.6), (30, 1.6)])
def test_rarity_recovers_the_odds_of_the_whole_catalogue(habits: World, far: int, missing: float) -> None:
    """Without it the pull is too low by ln(146 / (far + 1)): 3.6 and 1.55; its standard error is about 0.05."""
    recommender, snapshot = with_rows(habits, OwnUse("times"))
    asked = uses_as_questions(snapshot.events.where(snapshot.events.at == tiny.micros("2026-07-05T04:00")), repeats=True)
    rows = sample(recommender, snapshot, "amenity", asked, far, np.random.default_rng(1), repeats=True)
    assert len(rows.sizes) == PEOPLE
    assert rows.rarity is not None
    assert learnt(rows, rows.rarity) == pytest.approx(PULL, abs=0.15)
    assert learnt(rows, np.zeros(len(rows.label))) == pytest.approx(PULL - missing, abs=0.2)
