"""The audit by group: ratios, flags, what is shown to women and to men."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec.base.arrays import Ragged
from sqrec.evaluate.fairness.audit import Audit, audit, better_way
from sqrec.evaluate.fairness.auditing import MAJOR, Occupations, audits, major_groups, notes_of, own_occupations
from sqrec.evaluate.fairness.slices import UNKNOWN, band_of, known_families, rung_of
from sqrec.evaluate.fairness.stereotypes import Stereotypes, shares, stereotypes
from sqrec.evaluate.lists.lists import EMPTY, STRANGER, ItemFacts, Lists
from sqrec.evaluate.report.evaluation import About, evaluate
from sqrec.evaluate.report.report import as_json, as_page
from sqrec.evaluate.stats.metrics import Hits
from sqrec.profile.person import Person


def of(figures: dict[str, list[float]], families: dict[str, list[str]], resamples: int = 400) -> Audit:
    values = {name: np.array(one, dtype=np.float64) for name, one in figures.items()}
    return audit(values, families, np.random.default_rng(1), resamples)


def test_ratios_are_means_over_the_best_mean() -> None:
    values = [0.0, 1.0] * 20 + [0.5, 1.0] * 20 + [1.0, 1.0] * 20
    names = ["a"] * 40 + ["b"] * 40 + ["c"] * 40
    found = of({"ndcg@10": values}, {"x": names}).families["x"]["ndcg@10"]
    assert (found.better, found.best, found.hidden) == ("higher", "c", ())
    ratios = {name: cell.ratio.mean for name, cell in found.slices.items()}
    assert ratios == pytest.approx({"a": 0.5, "b": 0.75, "c": 1.0})
    assert {name: cell.figure.mean for name, cell in found.slices.items()} == pytest.approx({"a": 0.5, "b": 0.75, "c": 1.0})
    assert all(cell.figure.n == cell.ratio.n == 40 for cell in found.slices.values())
    assert {name for name, cell in found.slices.items() if cell.flagged} == {"a", "b"}
    low, high = found.slices["c"].ratio.low, found.slices["c"].ratio.high
    assert low == high == 1.0


def test_where_lower_is_better_the_ratio_is_inverted() -> None:
    found = of({"minutes@10": [10.0] * 30 + [16.0] * 30 + [11.0] * 30}, {"x": ["a"] * 30 + ["b"] * 30 + ["c"] * 30})
    one = found.families["x"]["minutes@10"]
    assert (one.better, one.best) == ("lower", "a")
    ratios = {name: cell.ratio.mean for name, cell in one.slices.items()}
    assert ratios == pytest.approx({"a": 1.0, "b": 10 / 16, "c": 10 / 11})
    assert [flag[:3] for flag in found.flags] == [("x", "minutes@10", "b")]


def test_a_slice_of_few_people_is_no_reference() -> None:
    """Eighteen of a thousand who walk four minutes flag nobody; twenty of them, 2 %, are a group to be held against."""

    def walks(small: int) -> Audit:
        minutes = [4.0] * small + [9.0] * 500 + [10.0] * (500 - small)
        return of({"minutes@10": minutes}, {"district": ["s"] * small + ["a"] * 500 + ["b"] * (500 - small)})

    found = walks(18).families["district"]["minutes@10"]
    assert found.best == "a"
    assert {name: cell.ratio.mean for name, cell in found.slices.items()} == pytest.approx({"a": 1.0, "b": 0.9, "s": 1.0})
    assert walks(18).flags == []
    assert [flag[2] for flag in walks(20).flags] == ["a", "b"]


def test_where_every_slice_is_small_nobody_is_the_reference() -> None:
    names = [f"s{one % 60}" for one in range(60 * 12)]
    found = of({"recall@10": [float(one % 60 == 0) for one in range(60 * 12)]}, {"street": names}).families["street"]["recall@10"]
    assert found.best is None
    assert found.slices["s0"].figure.mean == 1


def test_the_gravest_flags_are_said_and_the_others_counted() -> None:
    values = [mean for mean in (0.1, 0.2, 0.3, 0.4, 1.0) for _ in range(40)]
    found = of({"recall@10": values}, {"x": [f"s{one // 40}" for one in range(200)]})
    assert [note.code for note in notes_of(found)] == ["audit.flag"] * 4 + ["audit.by_chance"]
    assert [note.fields["ratio"] for note in notes_of(found)[:-1]] == ["0.10", "0.20", "0.30", "0.40"]
    first = notes_of(found, 3)
    assert [note.code for note in first] == ["audit.flag"] * 3 + ["audit.more", "audit.by_chance"]
    assert first[3].said("en").startswith("1 more are flagged")
    assert first[4].fields["flags"] == 4


def test_nothing_to_walk_is_best_and_no_division_by_zero() -> None:
    cells = of({"minutes@10": [0.0] * 30 + [5.0] * 30}, {"x": ["a"] * 30 + ["b"] * 30}).families["x"]["minutes@10"].slices
    assert (cells["a"].ratio.mean, cells["b"].ratio.mean) == (1.0, 0.0)
    nothing = of({"ndcg@10": [0.0] * 60}, {"x": ["a"] * 30 + ["b"] * 30}).families["x"]["ndcg@10"]
    assert nothing.best is None
    assert all(np.isnan(cell.ratio.mean) and not cell.flagged for cell in nothing.slices.values())


def test_a_low_ratio_that_may_be_chance_is_not_flagged() -> None:
    """Four of twelve against six of twelve: two thirds, but who is best changes from resample to resample."""
    values = [1.0] * 4 + [0.0] * 8 + [1.0] * 6 + [0.0] * 6
    cell = of({"recall@10": values}, {"x": ["a"] * 12 + ["b"] * 12}).families["x"]["recall@10"].slices["a"]
    assert cell.ratio.mean == pytest.approx(2 / 3)
    assert cell.ratio.high == 1.0
    assert not cell.flagged


def test_a_sure_ratio_over_four_fifths_is_not_flagged() -> None:
    cell = of({"recall@10": [0.85] * 50 + [1.0] * 50}, {"x": ["a"] * 50 + ["b"] * 50}).families["x"]["recall@10"].slices["a"]
    assert cell.ratio.high < 1
    assert not cell.flagged


def test_the_unknown_are_shown_and_compared_with_nobody() -> None:
    names = ["a"] * 30 + ["b"] * 30 + [UNKNOWN] * 30
    found = of({"recall@10": [0.5] * 30 + [0.6] * 30 + [0.9] * 30}, {"x": names}).families["x"]["recall@10"]
    assert found.best == "b"
    assert found.slices[UNKNOWN].figure.mean == pytest.approx(0.9)
    assert np.isnan(found.slices[UNKNOWN].ratio.mean)
    alone = of({"recall@10": [0.5] * 60}, {"x": ["a"] * 30 + [UNKNOWN] * 30}).families["x"]["recall@10"]
    assert alone.best is None


def test_figures_of_which_neither_way_is_better_have_no_ratio() -> None:
    assert [better_way(name) for name in ("novelty@10", "wage@10", "recall@candidates", "mrr", "tenure")] == [
        None, "higher", "higher", "higher", None,
    ]  # fmt: skip
    found = of({"novelty@10": [1.0] * 30 + [9.0] * 30}, {"x": ["a"] * 30 + ["b"] * 30}).families["x"]["novelty@10"]
    assert found.best is None
    assert not any(cell.flagged for cell in found.slices.values())


def test_a_figure_has_its_own_number_of_people() -> None:
    wages = [1.0] * 25 + [np.nan] * 15 + [2.0] * 8 + [np.nan] * 32
    found = of({"recall@10": [1.0] * 80, "wage@10": wages}, {"x": ["a"] * 40 + ["b"] * 40}).families["x"]
    assert {name: cell.figure.n for name, cell in found["recall@10"].slices.items()} == {"a": 40, "b": 40}
    assert found["wage@10"].slices == {}  # eight of b, and without them a's 25 of all 33 tell of them
    assert found["wage@10"].hidden == ("a", "b")


def test_a_figure_that_few_people_lack_speaks_of_fewer() -> None:
    minutes = [np.nan] * 3 + [float(one) for one in range(97)]
    found = of({"recall@10": [1.0] * 100, "minutes@10": minutes}, {"x": ["a"] * 50 + ["b"] * 50}).families["x"]
    assert {name: cell.figure.n for name, cell in found["minutes@10"].slices.items()} == {"a": 37, "b": 50}
    assert {name: cell.figure.n for name, cell in found["recall@10"].slices.items()} == {"a": 50, "b": 50}


@pytest.mark.parametrize(("people", "flagged"), [(12, False), (60, True)])
def test_none_among_few_may_be_chance(people: int, flagged: bool) -> None:
    """None of twelve may be up to 36 in a hundred, none of sixty seven: the best slice has 30."""
    values = [0.0] * people + [0.3] * 30
    found = of({"recall@10": values}, {"x": ["a"] * people + ["b"] * 30}).families["x"]["recall@10"]
    ratio = found.slices["a"].ratio
    assert ratio.mean == 0
    assert ratio.high == pytest.approx(min(1, -np.log(0.0125) / people / 0.3))
    assert found.slices["a"].flagged is flagged


def test_one_persons_hit_flags_nobody() -> None:
    """One of fourteen against none of twelve: in many resamples neither has anything, and both are level."""
    values = [1.0] + [0.0] * 25
    cell = of({"recall@1": values}, {"x": ["b"] * 14 + ["a"] * 12}).families["x"]["recall@1"].slices["a"]
    assert (cell.ratio.mean, cell.ratio.high) == (0, 1)
    assert not cell.flagged


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=30, max_size=60), st.integers(2, 3))
def test_ratios_stay_between_nothing_and_one(values: list[float], slices: int) -> None:
    names = [f"s{one % slices}" for one in range(len(values))]
    found = of({"recall@10": values, "minutes@10": values}, {"x": names}, resamples=50).families["x"]
    for one in found.values():
        for cell in one.slices.values():
            assert 0 <= cell.ratio.low <= cell.ratio.high <= 1
            assert 0 <= cell.ratio.mean <= 1
    assert not found["recall@10"].slices or max(cell.ratio.mean for cell in found["recall@10"].slices.values()) == 1


def test_the_same_people_and_seed_give_the_same_audit() -> None:
    values, names = list(np.linspace(0, 1, 90)), ["a", "b", "c"] * 30
    assert of({"recall@10": values}, {"x": names}) == of({"recall@10": values}, {"x": names})


def test_two_slices_have_the_interval_of_fieller() -> None:
    """With two slices the largest difference is the only one: its 95 % point is that of a normal variable, 1.96."""
    rng = np.random.default_rng(3)
    one, other = rng.normal(6, 2, 400), rng.normal(10, 3, 400)
    found = of({"recall@10": [*one, *other]}, {"x": ["a"] * 400 + ["b"] * 400}, resamples=4000)
    ratio = found.families["x"]["recall@10"].slices["a"].ratio
    top, bottom = one.mean(), other.mean()
    spread = [side.std(ddof=1) / 20 for side in (one, other)]
    # Bounds are the ratios r at which top - r x bottom is 1.96 of its standard errors away from 0.
    for bound, sign in ((ratio.low, 1), (ratio.high, -1)):
        error = np.hypot(spread[0], bound * spread[1])
        assert sign * (top - bound * bottom) / error == pytest.approx(1.96, abs=0.06)


def test_equal_groups_are_seldom_flagged() -> None:
    """Six groups of sixty who do not differ: some slice always looks best, and few families may be flagged for it."""
    rng = np.random.default_rng(8)
    names = [f"s{one % 6}" for one in range(360)]
    values = (rng.random((40, 360)) < 0.3) * rng.random((40, 360))
    found = [audit({"ndcg@10": one}, {"x": names}, rng, 200) for one in values]
    assert np.mean([bool(one.flags) for one in found]) <= 0.15
    lowest = [min(cell.ratio.mean for cell in one.families["x"]["ndcg@10"].slices.values()) for one in found]
    assert np.mean(np.array(lowest) < 0.8) > 0.8  # by the ratio alone nearly every family would be


WORK = ["1"] * 10 + ["2"] * 30 + ["1"] * 24 + ["2"] * 8
"""Own groups of forty women, then of thirty-two men."""


def kitagawa(shown: list[float], own: list[str], women: int) -> Stereotypes:
    table = np.column_stack([shown, 1 - np.array(shown)])
    sex = ["female"] * women + ["male"] * (len(shown) - women)
    found = stereotypes(table, shares([[one] for one in own], ("1", "2")), sex, ("1", "2"), np.random.default_rng(1), 300)
    assert found is not None
    return found


def test_difference_of_own_groups_alone_is_explained() -> None:
    """People of group 1 are shown 0.8 of it, those of group 2 0.2, women and men alike."""
    found = kitagawa([0.8 if one == "1" else 0.2 for one in WORK], WORK, 40)
    gap = found.gaps[0]
    assert (found.women, found.men, found.matched) == (40, 32, 1.0)
    assert gap.women.mean == pytest.approx((10 * 0.8 + 30 * 0.2) / 40)  # 0.35
    assert gap.men.mean == pytest.approx((24 * 0.8 + 8 * 0.2) / 32)  # 0.65
    assert (gap.difference.mean, gap.explained.mean) == pytest.approx((-0.3, -0.3))
    assert (gap.unexplained.mean, gap.unmatched.mean) == pytest.approx((0, 0), abs=1e-12)
    assert (gap.own_women, gap.own_men) == (0.25, None)  # eight men are of group 2
    assert found.gaps[1].difference.mean == pytest.approx(0.3)


def test_kitagawa_by_hand() -> None:
    """Women: p = (1/4, 3/4), m = (0.6, 0.2); men: p = (3/4, 1/4), m = (0.9, 0.4)."""
    shown = [0.6] * 10 + [0.2] * 30 + [0.9] * 24 + [0.4] * 8
    gap = kitagawa(shown, WORK, 40).gaps[0]
    explained = (1 / 4 - 3 / 4) * (0.6 + 0.9) / 2 + (3 / 4 - 1 / 4) * (0.2 + 0.4) / 2
    unexplained = (1 / 4 + 3 / 4) / 2 * (0.6 - 0.9) + (3 / 4 + 1 / 4) / 2 * (0.2 - 0.4)
    assert (gap.explained.mean, gap.unexplained.mean) == pytest.approx((explained, unexplained))
    assert gap.difference.mean == pytest.approx(0.3 - 0.775)
    assert gap.difference.mean == pytest.approx(explained + unexplained)
    assert gap.unexplained.excludes_zero


def test_people_whose_own_group_has_one_sex_stand_apart() -> None:
    own = ["1"] * 20 + ["2"] * 20 + ["1"] * 20
    found = kitagawa([0.5] * 20 + [0.1] * 20 + [0.5] * 20, own, 40)
    gap = found.gaps[0]
    assert found.matched == pytest.approx((1 / 2 + 1) / 2)
    assert gap.difference.mean == pytest.approx(0.3 - 0.5)
    assert (gap.explained.mean, gap.unexplained.mean) == (0, 0)
    assert gap.unmatched.mean == pytest.approx(-0.2)


def test_few_women_or_an_unknown_sex_are_not_compared() -> None:
    table, own = np.full((30, 1), 0.5), np.ones((30, 1))
    for sex in (["female"] * 9 + ["male"] * 21, ["female"] * 12 + ["male"] * 14 + [UNKNOWN] * 4, ["male"] * 30):
        assert stereotypes(table, own, sex, ("1",), np.random.default_rng(1)) is None


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_three_parts_make_up_the_difference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shown, own = rng.dirichlet([1, 1, 1], size=40), rng.dirichlet([0.2, 0.2, 0.2], size=40) * rng.integers(0, 2, (40, 1))
    found = stereotypes(shown, own, ["female", "male"] * 20, ("1", "2", "3"), rng, 20)
    assert found is not None
    for gap in found.gaps:
        assert gap.explained.mean + gap.unexplained.mean + gap.unmatched.mean == pytest.approx(gap.difference.mean)


def test_groups_come_from_codes_and_titles_and_unknown_counts() -> None:
    assert major_groups(["4-10-01-05", "6", "", None, ("", "4-02-07")]) == ["4", "6", None, None, "4"]
    people = [Person(occupations=("4-10-01-05",), desired=("6-31-01-03", "4-01")), Person()]
    assert own_occupations(people) == [["4", "6", "4"], []]
    assert shares([["4", "6", None], []], ("4", "6")).tolist() == [[1 / 3, 1 / 3], [0, 0]]
    shown = Occupations(["4", "6", None], [[]]).shown(Lists.of([np.array([0, 0, 1, 2, STRANGER])]))
    assert shown[0].tolist() == [0, 0, 0, 2 / 5, 0, 1 / 5, 0, 0]
    assert Lists.of([np.array([0])]).item[0, -1] == EMPTY


def listed(n: int = 60) -> tuple[Hits, Lists, ItemFacts]:
    """Return people whose first two places are items 0 and 1 for women, 2 and 3 for men, the positive first."""
    ranks = Ragged.of([[1]] * n, np.int64)
    hits = Hits.of(ranks, Ragged.of([[1]] * n, np.int64), np.full(n, 2))
    items = [np.array([0, 1]) if one < n // 2 else np.array([2, 3]) for one in range(n)]
    minutes = [np.array([30.0, 50.0]) if one < n // 2 else np.array([10.0, 10.0]) for one in range(n)]
    facts = replace(ItemFacts.unknown(4), wage=np.array([3000.0, 3000.0, 5000.0, 5000.0]))
    return hits, Lists.of(items, minutes), facts


def test_the_audit_of_a_ranker_with_everything() -> None:
    hits, lists, facts = listed()
    families = {"sex": ["female"] * 30 + ["male"] * 30}
    own = [["4"]] * 60
    found = audits({"m": hits}, {"m": lists}, facts, families, np.ones(60, bool), 1, Occupations(["4", "4", "6", "6"], own))["m"]
    assert {(figure, name) for _, figure, name, _ in found.flags} == {("wage@10", "female"), ("minutes@10", "female")}
    assert found.families["sex"]["answered@10"].slices["male"].figure.mean == 1
    assert found.occupations is not None
    gaps = {gap.code: gap for gap in found.occupations.gaps}
    assert list(gaps) == list(MAJOR)
    assert (gaps["4"].women.mean, gaps["4"].men.mean, gaps["4"].unexplained.mean) == (1, 0, 1)
    even = audits({"m": hits}, {}, facts, families, np.ones(60, bool), 1)
    assert even == {}


def test_the_audit_is_strictly_valid_json_and_the_page_is_made() -> None:
    hits, lists, facts = listed()
    families = {"sex": ["female"] * 30 + ["male"] * 30}
    made = evaluate(About("job", "last"), {"model": hits, "words": hits}, families, np.random.default_rng(1))
    own = Occupations(["4", "4", "6", "6"], [["4"]] * 60)
    made = replace(made, audits=audits({"model": hits}, {"model": lists}, facts, families, np.ones(60, bool), 1, own))
    told = json.loads(json.dumps(as_json(made), allow_nan=False))["audit"]["model"]
    wage = told["families"]["sex"]["wage@10"]
    assert (wage["better"], wage["best"], wage["hidden"]) == ("higher", "male", [])
    assert set(wage["slices"]["female"]) == {"mean", "low", "high", "n", "ratio", "flagged"}
    assert wage["slices"]["female"]["ratio"]["mean"] == pytest.approx(0.6)
    assert wage["slices"]["female"]["flagged"] is True
    assert told["occupations"]["gaps"][3]["unexplained"]["mean"] == pytest.approx(1)
    assert as_page(made)


def test_families_of_which_nothing_is_known_are_left_out() -> None:
    assert known_families({"sex": [UNKNOWN] * 3, "age": [UNKNOWN, "18-24", UNKNOWN]}).keys() == {"age"}
    assert [band_of(age) for age in (np.nan, 0, 17.9, 18, 75)] == [UNKNOWN, "0-17", "0-17", "18-24", "75+"]
    assert (rung_of("21"), rung_of(None)) == ("bachelor", UNKNOWN)
