"""What serving costs in expected gain, by hand; the scale of scores; what yields to the budget, in which order."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sqrec import bundle as bundles
from sqrec.base.arrays import Ragged
from sqrec.bundle import load
from sqrec.catalogue.attention import Loads
from sqrec.cities import Capacity, load_city
from sqrec.evaluate.lists.costs import Batch, ScoredList, batch_of, costs_of, expecting, gains_of
from sqrec.evaluate.lists.servingcost import ServingCost
from sqrec.evaluate.report.asjson import plain
from sqrec.evaluate.stats.split import split
from sqrec.rank import SERVED, Explore, Policy, Serving, Spread, served_in
from sqrec.rank.wish import ANSWERS, OTHERS
from sqrec.texts import LANGUAGES
from training import served
from training.served import affordable, fitted_temperature

SECOND = 1 / np.log2(3)
"""What place 2 is worth."""


def capacity(strength: float = 0.2, temperature: float = 1.0) -> Capacity:
    told = {"since": "2026-11-01", "source": "a test", "trust": "K"}
    return Capacity(strength={"job": strength}, kept=0, temperature=temperature, days=14, **told)


def listed(scores: Sequence[float], used: int, groups: Sequence[int] | None = None) -> ScoredList:
    """Return a list of the items 0, 1, 2, …, of which one was used."""
    size = len(scores)
    gain = np.zeros(size)
    gain[used] = 1.0
    group = np.array([-1] * size if groups is None else groups)
    return ScoredList(
        np.arange(size),
        np.array(scores, float),
        group,
        np.arange(size, dtype=float),
        gain,
        np.full(size, OTHERS),
        np.full(size, -1),
    )


def batch(lists: Sequence[ScoredList], attention: Sequence[float] | None = None) -> Batch:
    """Return a batch over items of one opening each; attention so high that what the lists add hardly counts."""
    size = max((len(one.item) for one in lists), default=1)
    given = np.zeros(size) if attention is None else np.array(attention, float)
    loads = Loads(given, np.ones(size), np.ones(size, bool))
    return Batch(lists, np.arange(1, len(lists) + 1, dtype=np.uint64), loads, np.arange(size, dtype=np.uint64), 0)


def crowd(lists: int = 120, items: int = 14, scale: float = 1.0) -> Batch:
    """Return lists of many items in three groups, where a choice follows the scores and everybody likes the same ones."""
    rng, found = np.random.default_rng(5), list[ScoredList]()
    liking = rng.normal(size=items)
    for _ in range(lists):
        scores = liking + rng.normal(size=items)
        odds = np.exp(scores / 0.7)
        used = int(rng.choice(items, p=odds / odds.sum()))
        order = np.argsort(-scores)
        gain = (order == used).astype(float)
        found.append(
            ScoredList(
                order, scale * scores[order], order % 3, rng.random(items), gain, np.full(items, OTHERS), np.full(items, -1)
            )
        )
    return batch(found)


def test_what_a_spread_costs() -> None:
    """Four of a group lead: the fourth, which was used, goes behind the first ten; somebody else loses nothing."""
    groups = [0, 0, 0, 0, *[-1] * 8]
    both = batch([listed(range(12, 0, -1), 3, groups), listed(range(12, 0, -1), 0, groups)])
    costs = costs_of(both, Policy(spread=Spread(3, 10)), "job")
    fourth = 1 / np.log2(5)
    assert costs.gain.mean == pytest.approx((1 + fourth) / 2)
    assert costs.diversity.mean == pytest.approx(fourth / (1 + fourth))
    assert (costs.price.mean, costs.exploration.mean) == (0, 0)
    assert costs.total.mean == costs.diversity.mean
    assert costs_of(both, Policy(spread=None), "job").total.mean == 0


def test_what_a_circle_costs() -> None:
    """The first of three is far: used, it falls to the third place; where the second was used, that one gains."""
    far = np.array([90.0, 5.0, np.nan])
    first, second = (replace(listed([3, 2, 1], used), minutes=far) for used in (0, 1))
    circle = Policy(spread=None, widest=60.0)
    assert costs_of(batch([first]), circle, "job").circle.mean == pytest.approx(0.5)
    both = costs_of(batch([first, second]), circle, "job")
    assert both.circle.mean == pytest.approx(1 - (0.5 + 1) / (1 + SECOND))
    assert (both.diversity.mean, both.total.mean) == (0, both.circle.mean)
    assert costs_of(batch([first]), replace(circle, widest=90.0), "job").total.mean == 0


def test_what_the_wish_costs() -> None:
    """The third of three answers the wish: used, it rises to the top; where the first was used, that one falls to the second place."""
    turn = np.array([OTHERS, OTHERS, ANSWERS])
    first, third = (replace(listed([3, 2, 1], used), turn=turn) for used in (0, 2))
    wish = Policy(spread=None, wish=60.0)
    assert costs_of(batch([first]), wish, "job").wish.mean == pytest.approx(1 - SECOND)
    both = costs_of(batch([first, third]), wish, "job")
    assert both.wish.mean == pytest.approx(1 - (SECOND + 1) / 1.5)
    assert both.total.mean == 0
    assert costs_of(batch([first]), replace(wish, wish=None), "job").wish.mean == 0


def test_what_the_wish_costs_is_said_and_takes_nothing_else_along() -> None:
    asked = replace(listed([3, 2, 1], 0), turn=np.array([OTHERS, OTHERS, ANSWERS]))
    found = affordable(batch([asked] * 40), Policy(spread=Spread(3, 10), wish=60.0), "job", 0.02)
    assert found.yielded == ()
    assert "serving.wish.over" in {note.code for note in found.notes}
    assert all("36.9%" in note.said(lang) for note in found.notes if note.code == "serving.wish.over" for lang in LANGUAGES)


def test_a_circle_that_alone_costs_too_much_bounds_nothing_and_takes_nothing_else_along() -> None:
    far = replace(listed([3, 2, 1], 0), minutes=np.array([90.0, 5.0, 6.0]))
    city = Policy(spread=Spread(3, 10), widest=60.0)
    found = affordable(batch([far] * 40), city, "job", 0.02)
    assert (found.serving.circle, found.serving.most, found.yielded) == (False, 3, ("circle",))
    assert found.serving.applied(city, "job").widest is None
    near = affordable(batch([replace(far, minutes=np.arange(3.0))] * 40), city, "job", 0.02)
    assert (near.serving.circle, near.yielded) == (True, ())
    assert near.serving.applied(city, "job").widest == 60.0


def test_what_a_price_costs() -> None:
    """p = .525 and .475; loads 1.5 and .5: .525 - .2 ln 1.25 = .480 < .475 - .2 ln .75 = .533, so they change places."""
    one = batch([listed([1.0, 0.9], 0)], [3e6, 1e6])
    costs = costs_of(one, Policy(spread=None, capacity=capacity()), "job")
    assert costs.price.mean == pytest.approx(1 - SECOND)
    assert costs_of(one, Policy(spread=None, capacity=capacity(strength=0.05)), "job").price.mean == 0
    assert costs_of(one, Policy(spread=None, capacity=capacity(temperature=0.1)), "job").price.mean == 0
    other = batch([listed([1.0, 0.9], 1)], [3e6, 1e6])
    assert costs_of(other, Policy(spread=None, capacity=capacity()), "job").price.mean == pytest.approx(1 - 1 / SECOND)


def test_what_a_spread_costs_as_the_ranker_expects() -> None:
    """Odds of 4, 2 and 1, the first two of one group: 4, 1, 2 are shown instead of 4, 2, 1, whatever was used."""
    scores = (3 * np.log([4.0, 2.0, 1.0])).tolist()
    lists = batch([listed(scores, used, [0, 0, -1]) for used in range(3)])
    best = 4 + 2 * SECOND + 0.5
    costs = costs_of(expecting(lists, 3.0), Policy(spread=Spread(1, 2)), "job")
    assert costs.gain.mean == pytest.approx(1)
    assert costs.diversity.mean == pytest.approx(1 - (4 + SECOND + 2 * 0.5) / best)
    assert costs.total.high - costs.total.low == pytest.approx(0)


def test_an_empty_list_expects_nothing() -> None:
    empty = replace(listed([1.0], 0), item=np.empty(0, np.int64), **dict.fromkeys(("score", "minutes", "gain"), np.empty(0)))
    both = expecting(batch([replace(empty, group=np.empty(0, np.int64)), listed([2.0, 1.0], 0)]), 1.0)
    assert costs_of(both, Policy(spread=Spread(1, 2)), "job").total.mean == 0


def test_what_the_ranker_expects_agrees_with_what_was_used_where_choices_follow_its_scores() -> None:
    many, policy = crowd(lists=3000), Policy(spread=Spread(2, 10))
    told = costs_of(many, policy, "job").total
    expected = costs_of(expecting(many, fitted_temperature(many) or 0.0), policy, "job").total
    assert told.low < expected.mean < told.high
    assert expected.high - expected.low < (told.high - told.low) / 2


def test_what_costs_too_much_by_what_the_ranker_expects_yields_though_no_used_item_tells_it() -> None:
    """The first of four was used in every list but one; the second, of its group and nearly as good, goes behind the others."""
    lists = [listed([3.0, 2.9, 0.0, 0.0], 0, [0, 0, 1, 2])] * 60 + [listed([3.0, 2.9, 0.0, 0.0], 2, [0, 0, 1, 2])]
    city = Policy(spread=Spread(1, 10))
    assert costs_of(batch(lists), city, "job").total.mean <= 0
    found = affordable(batch(lists), city, "job", 0.02)
    assert (found.yielded, found.serving.most) == (("diversity",), 2)
    assert found.expected is not None
    assert found.expected.total.mean == 0
    assert ServingCost.of_json(plain(found)) == found


def test_what_exploration_costs_in_expectation() -> None:
    """With .4 the second of three or the third comes to the top: .6 + .2 / log2 3 + .2 / log2 4."""
    costs = costs_of(batch([listed([3, 2, 1], 0)]), Policy(spread=None, explore=Explore(1, 0.4, 2)), "job")
    assert costs.exploration.mean == pytest.approx(1 - (0.6 + 0.2 * SECOND + 0.2 * 0.5))
    assert costs.total.mean == pytest.approx(costs.exploration.mean)


def test_the_costs_are_those_of_served_lists(small: Path) -> None:
    """Lists of a bundle's recommender in score order have the ndcg@10 that a report gives them."""
    from sqrec import Snapshot, read_folder
    from sqrec.evaluate.lists.heldout import ask_held_out
    from sqrec.evaluate.stats.metrics import per_person

    loaded = load(bundles.current(small / "var" / "bundles"))
    recommender = loaded.recommender()
    snapshot = Snapshot.of(read_folder(small / "data", write_rejected=False), loaded.profiler)
    held = split(snapshot.events, "job", "last").held
    outcome = ask_held_out(recommender, snapshot, "job", held, {})
    on = [place for place, who in enumerate(held.person) if who in set(batch_of(recommender, snapshot, "job", held).person)]
    told = batch_of(recommender, snapshot, "job", held)
    expected = per_person(outcome.hits["model"], ("ndcg@10",))["ndcg@10"][on]
    np.testing.assert_allclose(gains_of(told, SERVED, "job")[0], expected)
    weight = np.arange(1.0, len(held.items.values) + 1)
    weighed = batch_of(
        recommender, snapshot, "job", replace(held, weight=Ragged(held.items.offsets, weight)).take(np.arange(1, len(held)))
    )
    there = [place for place in on if place > 0]
    np.testing.assert_allclose(gains_of(weighed, SERVED, "job")[0], expected[-len(there) :] * weight[there])


@pytest.mark.parametrize("temperature", [0.3, 2.0])
def test_the_temperature_of_choices_is_found(temperature: float) -> None:
    rng, lists = np.random.default_rng(1), list[ScoredList]()
    for _ in range(3000):
        scores = np.sort(rng.normal(size=15))[::-1]
        odds = np.exp(scores / temperature)
        lists.append(listed(scores.tolist(), int(rng.choice(15, p=odds / odds.sum()))))
    assert fitted_temperature(batch(lists)) == pytest.approx(temperature, rel=0.1)


def test_nothing_tells_a_temperature() -> None:
    assert fitted_temperature(batch([])) is None
    assert fitted_temperature(batch([listed([1.0, 1.0], 0)])) is None


def test_scores_ten_times_as_large_make_the_same_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "SURE", 1.0)
    city = Policy(capacity=capacity(0.02, 0.8))
    one, ten = (affordable(crowd(scale=scale), city, "job", 0.05) for scale in (1.0, 10.0))
    assert ten.serving.temperature == pytest.approx(10 * one.serving.temperature)
    assert replace(ten.serving, temperature=1.0) == replace(one.serving, temperature=1.0)
    for ours, theirs in zip(
        gains_of(crowd(scale=1.0), one.serving.applied(city, "job"), "job"),
        gains_of(crowd(scale=10.0), ten.serving.applied(city, "job"), "job"),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_over_the_budget_exploration_yields_first_then_the_price_then_diversity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "SURE", 1.0)
    city = Policy(capacity=capacity(0.3, 0.8), spread=Spread(1, 10), explore=Explore(1, 0.5, 8))
    found = [affordable(crowd(), city, "job", budget) for budget in (1.0, 0.4, 0.3, 0.2, 0.1, 0.05, 0.0)]
    order = ("exploration", "price", "diversity")
    assert all(one.yielded == order[: len(one.yielded)] for one in found)
    assert [len(one.yielded) for one in found] == sorted(len(one.yielded) for one in found)
    assert {len(one.yielded) for one in found} >= {0, 2, 3}
    assert all(one.costs.total.mean <= one.budget for one in found)
    assert [one.serving.explores for one in found] == [not one.yielded for one in found]


def test_the_largest_price_within_the_budget_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "SURE", 1.0)
    city = Policy(capacity=capacity(0.05, 0.8))
    found = [affordable(crowd(), city, "job", budget).serving.strength for budget in (0.01, 0.05, 0.1, 1.0)]
    assert found == sorted(found)
    assert found[0] < 0.05
    assert found[-1] == pytest.approx(0.15)


def test_too_few_people_try_no_more_than_the_citys_price() -> None:
    """Many who lose nothing get three times the price; too few of them the city's, with a temperature of the ranker all the same."""
    city = Policy(capacity=capacity(0.02, 0.8))
    found = affordable(crowd(lists=12), city, "job", 1.0)
    assert found.few
    assert found.serving == Serving(fitted_temperature(crowd(lists=12)) or 0.0, 0.02, 3)
    assert (found.yielded, found.notes[0].code) == ((), "serving.few")
    many = affordable(crowd(lists=400), city, "job", 1.0)
    assert (many.few, many.notes[0].code) == (False, "serving.fitted")
    assert many.serving.strength == pytest.approx(0.06)


def test_where_nobody_tells_the_citys_numbers_stand() -> None:
    city = Policy(capacity=capacity(0.02, 0.8), explore=Explore(1, 0.5, 8))
    for nothing in (batch([]), batch([listed([1.0, 1.0], 1)], [1, 1])):
        nobody = affordable(replace(nothing, lists=[replace(one, gain=0 * one.gain) for one in nothing.lists]), city, "job", 0.0)
        assert (nobody.few, nobody.serving, nobody.yielded) == (True, Serving(0.8, 0.02, 3), ())
        assert [note.code for note in nobody.notes] == ["serving.nobody"]


def test_the_mean_of_a_cost_decides_however_few_tell() -> None:
    """The intervals of twelve people begin at 0 for every strength here; a quarter of the price has the largest mean within."""
    few, city = crowd(lists=12), Policy(capacity=capacity(0.1, 0.8))
    found = affordable(few, city, "job", 0.02)
    assert (found.few, found.yielded) == (True, ("price",))
    assert found.serving.strength == pytest.approx(0.025)
    told = {
        times: costs_of(few, Policy(capacity=capacity(times * 0.1, found.serving.temperature)), "job").total
        for times in (0.25, 0.5, 0.75, 1.0)
    }
    assert found.costs.total == told[0.25]
    assert found.costs.total.mean <= 0.02
    assert all(one.low <= 0 and one.mean > 0.02 for times, one in told.items() if times > 0.25)


def test_a_bundle_serves_by_what_was_fitted(small: Path, tmp_path: Path) -> None:
    loaded = load(bundles.current(small / "var" / "bundles"))
    told = loaded.provenance["job"]["serving"]
    cost = ServingCost.of_json(told)
    assert plain(cost) == told
    assert cost.serving == loaded.kinds["job"].serving
    assert all(note.said(lang) for note in cost.notes for lang in LANGUAGES)
    fitted = Serving(2.5, 0.004, 5, explores=False)
    name = bundles.save(replace(loaded, kinds={"job": replace(loaded.kinds["job"], serving=fitted)}), tmp_path / "fitted")
    assert name != loaded.name
    recommender = load(tmp_path / "fitted").recommender()
    policy = recommender.served("job", 20.0, Explore())
    assert policy.capacity is not None
    assert (policy.capacity.temperature, policy.capacity.strength) == (2.5, {"job": 0.004})
    assert (policy.reach, policy.spread, policy.explore) == (20.0, Spread(5, 10), None)
    city = load_city("qingdao")
    without = replace(recommender, serving={})
    assert without.served("job") == served_in(city)
    assert without.served("job", explore=Explore()).explore == Explore()
    assert without.explores("job")


def test_the_budget_is_data_of_the_city() -> None:
    for name in ("qingdao", "nowhere"):
        budget = load_city(name).budget
        assert budget is not None
        assert budget.share == {"job": 0.02, "course": 0.02, "amenity": 0.01}
