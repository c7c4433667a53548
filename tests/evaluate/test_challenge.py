"""What decides a promotion, by hand: non-inferiority, Holm, groups, speed, dates, drift, the pointer's memory, slices."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrec.base.arrays import Ragged, keys_of
from sqrec.bundle.pointer import MOST_BEFORE, Champion, Pointer, Standing, read_pointer, write_pointer
from sqrec.catalogue.snapshot import Snapshot
from sqrec.errors import BundleError, DataError
from sqrec.evaluate import Questions
from sqrec.evaluate.fairness.groups import ALPHA, GroupTest, group_tests, holm
from sqrec.evaluate.fairness.slices import audited_slices
from sqrec.evaluate.promotion.decision import Challenge, Dates, Speed
from sqrec.evaluate.promotion.drift import Shape
from sqrec.evaluate.promotion.rules import PromotionRules, Rules
from sqrec.evaluate.stats.compare import Difference, Interval
from sqrec.source import read_source
from tests.support import tiny
from training import train


def figure(mean: float, n: int = 50) -> Interval:
    return Interval(mean, mean - 0.1, mean + 0.1, n)


def found(low: float, champion: float = 0.25, **more: Any) -> Challenge:
    """Return a comparison with a champion whose ndcg@10 is 0.25: the floor is 2 % of that, -0.005."""
    told = Challenge(
        kind="job",
        split="time",
        against="champion",
        rules=PromotionRules(),
        asked=60,
        people=50,
        figures={"challenger": {"ndcg@10": figure(0.26)}, "champion": {"ndcg@10": figure(champion)}},
        gap=Difference(Interval(0.01, low, 0.03, 50), 20, 10),
        groups=(),
        hidden={},
        speed=Speed(300, 0.30, 0.20, 0.45),
        dates=Dates("2026-08-01", "2026-07-01", "2026-08-05T12:00:00+08:00"),
    )
    return replace(told, **more)


@pytest.mark.parametrize(
    ("low", "champion", "passes"),
    [
        (0.001, 0.25, True),  # better
        (0.0, 0.25, True),  # the same list
        (-0.0049, 0.25, True),  # no worse than by 2 % of 0.25
        (-0.005, 0.25, False),  # just that much worse
        (-0.0051, 0.25, False),
        (-0.0049, 0.2, False),  # 2 % of 0.2 are 0.004
        (0.0, 0.0, False),  # where the champion finds nothing, the same is not enough
        (float("nan"), 0.25, False),
    ],
)
def test_non_inferiority(low: float, champion: float, passes: bool) -> None:
    reasons = found(low, champion).reasons
    assert (not reasons) == passes
    assert all("is not wholly above" in reason for reason in reasons)


def beside_plain(mean: float, low: float, high: float) -> Challenge:
    figures = {name: {"ndcg@10": figure(0.25)} for name in ("challenger", "champion", "plain")}
    return found(0.0, figures=figures, plain=Difference(Interval(mean, low, high, 50), 20, 10))


@pytest.mark.parametrize(
    ("mean", "low", "high", "refused", "gives_way"),
    [
        (0.01, 0.001, 0.02, False, False),  # above
        (0.01, -0.01, 0.03, False, False),  # above on the mean
        (0.0, 0.0, 0.0, False, True),  # the same lists
        (-0.01, -0.03, 0.01, False, True),  # below on the mean
        (-0.01, -0.02, 0.0, False, True),  # not wholly below
        (-0.01, -0.02, -0.001, True, False),
    ],
)
def test_plain_refuses_or_is_put_forward(mean: float, low: float, high: float, refused: bool, gives_way: bool) -> None:
    told = beside_plain(mean, low, high)
    assert (told.below_plain, told.gives_way) == (refused, gives_way)
    assert len(told.reasons) == refused
    if refused:
        assert told.reasons[0].startswith(
            "it lies below the plain baseline: its ndcg@10 is 0.250 beside 0.250 of plain, a difference"
        )
    assert told.put_forward.startswith("the plain baseline is put forward in its place: its ndcg@10 is 0.250 beside")


@pytest.mark.parametrize("plain", ["itself", "missing"])
def test_without_another_plain_nothing_is_said_of_it(plain: str) -> None:
    told = found(0.0, plain=plain)
    assert (told.reasons, told.gives_way, told.below_plain) == ((), False, False)


def test_one_person_is_nobody() -> None:
    alone = found(0.0, gap=Difference(Interval(0.1, np.nan, np.nan, 1), 1, 0))
    assert alone.reasons == ("only 1 person is left to compare on",)


@pytest.mark.parametrize(
    ("challenger", "most", "says"),
    [(0.45, 0.45, ""), (0.46, 0.45, "0.46 ms beside 0.20 ms of the champion, where 0.45 ms are the most")],
)
def test_speed(challenger: float, most: float, says: str) -> None:
    reasons = found(0.0, speed=Speed(300, challenger, 0.20, most)).reasons
    assert ("".join(reasons) == "") == (says == "")
    assert says in "".join(reasons)


@pytest.mark.parametrize(
    ("dates", "says"),
    [
        (Dates("2026-08-01", None, "2026-08-31T00:00:00+08:00"), ""),
        (Dates("2026-08-01", None, "2026-09-01T00:00:00+08:00"), "31 days before the newest event, where 30 are the most"),
        (Dates("2026-08-01T09:00:00+08:00", "2026-08-01", "2026-08-02"), ""),
        (Dates("2026-07-31", "2026-08-01", "2026-08-02"), "its data is of 2026-07-31, the champion's of 2026-08-01"),
        (Dates(None, None, "2026-08-02"), "does not say how new"),
    ],
)
def test_dates(dates: Dates, says: str) -> None:
    reasons = found(0.0, dates=dates).reasons
    assert len(reasons) == (says != "")
    assert says in "".join(reasons)


def test_every_reason_is_told() -> None:
    behind = GroupTest("sex", "female", "exposure", 30, 0.9, 0.6, Interval(-0.3, -0.4, -0.2, 30), 0.0001, 0.0008)
    kept = replace(behind, slice="male", adjusted=0.03)
    told = found(-1.0, groups=(behind, kept), speed=Speed(300, 2.0, None, 1.0), dates=Dates(None, None, "2026-08-02")).reasons
    assert len(told) == 4
    assert told[1] == (
        "people of sex female would fall further behind on exposure, from 0.90 to 0.60 of the best group (adjusted p 0.0008)"
    )
    assert pytest.approx(0.025) == ALPHA


def test_holm_by_hand() -> None:
    """0.01, 0.04, 0.03 and 0.005 of four: 4 · 0.005, 3 · 0.01, 2 · 0.03, and 0.04 no less than the one before."""
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.5, 0.9])) == pytest.approx([1.0, 1.0])
    assert holm(np.array([0.02])) == pytest.approx([0.02])
    assert len(holm(np.empty(0))) == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_never_helps_and_keeps_the_order(p: list[float]) -> None:
    values = np.array(p)
    adjusted = holm(values)
    assert (adjusted >= values).all()
    assert (adjusted <= np.minimum(values * len(values), 1.0).max()).all()
    order = np.argsort(values, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()


def by_slice(ours: list[float], theirs: list[float], names: list[str], resamples: int = 2000) -> dict[str, GroupTest]:
    tests, _ = group_tests({"f": np.array(ours)}, {"f": np.array(theirs)}, {"sex": names}, np.random.default_rng(1), resamples)
    return {test.slice: test for test in tests}


def test_groups_by_hand() -> None:
    """Twenty each: the women's mean falls from 0.4 to 0.2, the men's stays 0.5; of the best that is 0.8 and then 0.4."""
    names = ["female"] * 20 + ["male"] * 20
    theirs = [0.3, 0.5] * 10 + [0.4, 0.6] * 10
    ours = [0.1, 0.3] * 10 + [0.4, 0.6] * 10
    both = by_slice(ours, theirs, names)
    women, men = both["female"], both["male"]
    assert (women.before, women.after, women.change.mean) == pytest.approx((0.8, 0.4, -0.4))
    assert (men.before, men.after, men.change.mean) == pytest.approx((1.0, 1.0, 0.0))
    assert women.change.high < -0.2
    assert women.p == pytest.approx(1 / 2001)
    assert women.adjusted == pytest.approx(2 / 2001)
    assert men.p == pytest.approx(1.0)
    assert (women.worse, men.worse) == (True, False)


def test_the_same_ranker_leaves_nobody_behind() -> None:
    rng = np.random.default_rng(2)
    values = rng.random(60).tolist()
    for test in by_slice(values, values, ["a", "b", "c"] * 20).values():
        assert (test.p, test.adjusted, test.worse) == (1.0, 1.0, False)


def test_a_group_that_gains_is_not_left_behind_and_noise_is_not_enough() -> None:
    rng = np.random.default_rng(3)
    names, theirs = ["a"] * 40 + ["b"] * 40, rng.random(80)
    assert not by_slice((theirs + 0.3 * (np.arange(80) < 40)).tolist(), theirs.tolist(), names)["a"].worse
    refused = 0
    for seed in range(40):
        noise = np.random.default_rng(seed).normal(0, 0.3, 80)
        refused += any(test.worse for test in by_slice((theirs + noise).tolist(), theirs.tolist(), names, 400).values())
    assert refused <= 5


def test_small_and_unknown_slices_are_not_by_slice() -> None:
    names = ["a"] * 20 + ["b"] * 20 + ["c"] * 9 + ["unknown"] * 15
    values = {"f": np.linspace(0.1, 1.0, len(names))}
    tests, hidden = group_tests(values, values, {"x": names, "y": ["a"] * len(names)}, np.random.default_rng(1), 100)
    assert {(test.family, test.slice) for test in tests} == {("x", "a"), ("x", "b")}
    assert "c" in hidden["x"]
    assert hidden["y"] == []


def test_figures_of_nothing_are_no_test_against_anybody() -> None:
    """The champion finds nothing for anybody: there is no best group, and nothing to fall behind."""
    nothing, something = [0.0] * 40, [0.5] * 40
    for test in by_slice(something, nothing, ["a", "b"] * 20).values():
        assert (test.p, test.worse) == (1.0, False)
        assert np.isnan(test.change.mean)


def test_the_stability_index_by_hand() -> None:
    """Half of a column of 1 to 100 moves above everything: nine tenths lose half of their share, the last gains it."""
    column = np.arange(1.0, 101.0)
    shape = Shape.of(column[:, None])
    assert shape.edges[0].tolist() == [11.0, 21.0, 31.0, 41.0, 51.0, 61.0, 71.0, 81.0, 91.0]
    assert shape.shares[0].tolist() == pytest.approx([0.1] * 10 + [0.0])
    assert shape.moved(column[:, None]) == pytest.approx([0.0])
    moved = np.concatenate((column, np.full(100, 200.0)))[:, None]
    by_hand = 9 * (0.05 - 0.1) * np.log(0.05 / 0.1) + (0.55 - 0.1) * np.log(0.55 / 0.1)
    assert shape.moved(moved) == pytest.approx([by_hand])


def test_the_stability_index_of_unknown_and_of_few_values() -> None:
    half = np.array([0.0, 0.0, 1.0, 1.0])[:, None]
    unknown = np.array([0.0, np.nan, 1.0, np.nan])[:, None]
    by_hand = 2 * (0.25 - 0.5) * np.log(0.25 / 0.5) + (0.5 - 1e-4) * np.log(0.5 / 1e-4)
    assert Shape.of(half).moved(unknown) == pytest.approx([by_hand])
    nobody = Shape.of(np.full((4, 1), np.nan))
    assert nobody.moved(np.full((9, 1), np.nan)) == pytest.approx([0.0])
    assert nobody.moved(half) > 5
    assert Shape.of(half).moved(np.empty((0, 1))) == pytest.approx([0.0])


def test_the_pointer_remembers_in_order_and_no_more_than_it_must(tmp_path: Path) -> None:
    pointer = Pointer(Standing("0"))
    for number in range(1, MOST_BEFORE + 10):
        pointer = pointer.moved_to(
            Standing(str(number), promoted=True, since="2026-11-25", champions={"job": Champion("r", "1")})
        )
    write_pointer(tmp_path, pointer)
    assert read_pointer(tmp_path) == pointer
    assert len(pointer.before) == MOST_BEFORE
    assert pointer.taken_back().current.bundle == str(MOST_BEFORE + 8)
    assert pointer.taken_back().taken_back().moved_to(Standing("x")).before[0].bundle == str(MOST_BEFORE + 7)
    assert [path.name for path in tmp_path.iterdir()] == ["current.json"]


def test_a_bundle_that_is_promoted_where_it_stands_is_not_what_was_before_itself() -> None:
    """To roll back is to serve another bundle."""
    pointer = Pointer(Standing("a")).moved_to(Standing("b")).moved_to(Standing("b", promoted=True))
    assert pointer.current.promoted
    assert pointer.taken_back() == Pointer(Standing("a"))


def test_who_is_champion() -> None:
    named = Standing("b", promoted=True, champions={"job": Champion("r", "1")})
    assert (named.has_champion("job"), named.has_champion("course")) == (True, False)
    assert Standing("b", promoted=True).has_champion("course")
    assert not Standing("b").has_champion("job")


def test_a_pointer_with_a_broken_memory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "current.json").write_text('{"bundle": "a", "before": [{}]}')
    with pytest.raises(BundleError, match="cut short or edited"):
        read_pointer(tmp_path)


def test_slices(tmp_path: Path) -> None:
    people = [
        row | {"area": area}
        for row, area in zip(tiny.people(), ["370203022", "370282001", "New Jersey/Newark", ""] * 3, strict=True)
    ]
    people[0] |= {"birth_month": "", "education": ""}
    people[1] |= {"graduated_on": "2025-07-01", "employment": "unemployed"}
    people[2] |= {"graduated_on": "2025-07-01", "employment": "unemployed"}
    restricted = [
        {"person_id": "p01", "sex": "female", "disability": "true", "recognised": "hard_to_employ@2026-07-01"},
        {"person_id": "p02", "sex": "male", "disability": "false", "hukou_type": "rural"},
        {"person_id": "p03", "sex": ""},
    ]
    data = {"jobs": tiny.jobs(), "people": people, "events": tiny.events(), "restricted": restricted}
    folder = read_source(tiny.write(tmp_path / "data", data))
    snapshot = Snapshot.of(folder, train.fitted(folder))
    asked = keys_of(["p00", "p01", "p02", "p03"])
    at = np.array([tiny.micros("2026-07-20T12:00")] * 3 + [tiny.micros("2026-06-01T00:00")])
    nothing = Ragged(np.zeros(5, np.int64), np.empty(0, np.uint64))
    slices = audited_slices(folder, snapshot, "job", Questions(asked, at, nothing, nothing))
    assert slices == {
        "sex": ["unknown", "female", "male", "unknown"],
        "age": ["unknown", "45-54", "45-54", "45-54"],
        "education": ["unknown", "upper_secondary", "college", "bachelor"],
        "district": ["370203", "370215", "New Jersey", "unknown"],
        "graduate": ["unknown", "no", "yes", "unknown"],
        "hard_to_employ": ["unknown", "yes", "unknown", "unknown"],
        "registered_unemployed": ["unknown"] * 4,
        "disability": ["unknown", "yes", "no", "unknown"],
        "hukou_type": ["unknown", "unknown", "rural", "unknown"],
        "history": ["some", "some", "some", "none"],
    }


def test_rules_are_read_and_strange_ones_are_told(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text('{"promotion": {"since": "2027-01-01", "margin": 0.01}}')
    read = Rules.read(file)
    assert (read.promotion.margin, read.promotion.metric) == (0.01, "ndcg@10")
    assert Rules.read(None) == Rules()
    file.write_text('{"promotion": {"margn": 0.01}, "retraining": {"most_days_old": "many"}}')
    with pytest.raises(DataError, match=r"promotion\.margn .*retraining\.most_days_old"):
        Rules.read(file)
    with pytest.raises(DataError, match="cannot be read"):
        Rules.read(tmp_path / "none.json")
