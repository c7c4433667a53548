"""The choice among the likeliest occupations: trees and features by hand, what may recommend an occupation, the stored trees."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec.base.arrays import FloatArray
from sqrec.base.text import HashedText
from sqrec.codes.choice import RISING, ROUND, TEN, Choice, ahead, features
from sqrec.codes.evidence import Evidence
from sqrec.codes.likeness import Language, Similar
from sqrec.codes.occupations import OccupationCoder, Weights, built_in_coder
from sqrec.codes.taxonomy import Taxonomy, built_in, read_taxonomy, table
from training.described import COMPARED, grown, labelled, looked_at, trees_of
from training.occupations import CHANNELS, Asked, read_labelled

FRESH = Path(__file__).parents[1] / "data" / "titles_fresh.csv"
STUMP = {"feature": [[0, 0, 0]], "bound": [[0.5, 0, 0]], "left": [[1, 1, 2]], "right": [[2, 1, 2]], "value": [[0, -2.0, 3.0]]}
LAID = Taxonomy(
    codes=("4-01-01-01", "4-01-01-02", "4-02-01-01"),
    names=("甲工", "乙工", "丙工"),
    aliases=((), (), ()),
    texts=("铺设管道的人员。 1.铺设管道", "烘焙面包的人员。", "驾驶车辆的人员。"),
    parents=("", "", ""),
    definitions=("铺设管道的人员。", "烘焙面包的人员。", "驾驶车辆的人员。"),
)


@cache
def told() -> OccupationCoder:
    """Return a coder of the built-in occupations whose names say what is done."""
    every = built_in()
    return OccupationCoder.of(replace(every, texts=every.names, definitions=every.names))


def choice_of(feature: int, bound: float) -> Choice:
    return Choice.of(STUMP | {"channels": ["like definition"], "feature": [[feature, 0, 0]], "bound": [[bound, 0, 0]]})


# --- by hand


def test_trees_by_hand() -> None:
    """A stump (at most 0.5: -2, else 3) and a tree of two steps whose leaves tell 10, 20 and 30."""
    deep = {"feature": [0, 0, 1, 0, 0], "bound": [0, 0, 7, 0, 0], "left": [1, 1, 3, 3, 4], "right": [2, 1, 4, 3, 4]}
    data = {name: [*STUMP[name], deep[name]] for name in deep} | {"value": [*STUMP["value"], [0, 10, 0, 20, 30]]}
    trees = Choice.of(data | {"channels": []}).trees
    assert trees.depth == 2
    odds = trees.odds(np.array([[0.5, 9.0], [-1.0, 9.0], [1.0, 7.0], [1.0, 8.0]]))
    assert odds.tolist() == [-2 + 30, -2 + 10, 3 + 20, 3 + 30]


def test_how_far_each_is_ahead() -> None:
    assert ahead(np.array([[3.0, 1.0, 2.0], [5.0, 5.0, 0.0]])).tolist() == [[1.0, -2.0, -1.0], [0.0, 0.0, -5.0]]
    assert ahead(np.array([[3.0]])).tolist() == [[3.0]]


def test_features_by_hand() -> None:
    """Chances 1/2, 1/4, 1/4; the first two are of one minor group, all of different sub-major ones but these."""
    scores = np.log([[2.0, 1.0, 1.0]])
    places = np.array([[0, 2]])
    channels = np.array([[[7.0], [4.0]]])
    found = features(channels, scores, places, LAID.codes, np.array([6.0]))
    assert found.shape == (1, 2, 2 + len(RISING) + len(ROUND))
    spread = 0.5 * np.log(2) + 0.25 * np.log(4)
    first = [7, 3, np.log(2), np.log(2), np.log(0.5), 0.75, 0.75, 6, spread, 0.5]
    last = [4, -3, 0, -np.log(2), np.log(0.25), 0.25, 0.25, 6, spread, 0.5]
    assert found[0].tolist() == [pytest.approx(first, abs=1e-6), pytest.approx(last, abs=1e-6)]


def test_the_choice_overrules_the_sum() -> None:
    """By the name the first is the likeliest; the choice looks at nothing but the definition, which is the second's."""
    weights = Weights({"whole holds name": 9.0}, 1.0, 0.0, 0.0)
    alone = OccupationCoder.of(LAID, {}, weights)
    chooser = replace(alone, choice=choice_of(0, 0.2))
    assert alone.code(["甲工面包"])[0][0].code == "4-01-01-01"
    first, *rest = chooser.code(["甲工面包"])[0]
    assert first.code == "4-01-01-02"
    assert first.confidence == pytest.approx(1 / (1 + np.exp(-3)))
    assert [one.code for one in rest] == ["4-01-01-01", "4-02-01-01"]
    assert sum(one.confidence for one in rest) <= 1 - first.confidence + 1e-9
    assert chooser.code(["甲工"])[0][0].code == "4-01-01-01", "an official name is its occupation, whatever is chosen"
    assert chooser.code(["甲工"])[0][0].confidence > 0.99


def test_votes_by_hand() -> None:
    """A title that is a name twice over counts twice: the cube of a cosine of 1 each time."""
    text = HashedText(widths=(1,)).fit(["甲", "乙"])
    similar = Similar.of(text, ["甲", "甲", "乙"], np.array([0, 0, 1]))
    votes = similar.votes(text.transform(["甲"]), 2)
    assert votes[0, 0] == pytest.approx(2.0)
    assert votes[0, 1] == pytest.approx(similar.best(text.transform(["甲"]), 2)[0, 1] ** 3)


# --- what is not known recommends nothing


def test_an_occupation_without_names_is_not_the_likelier_for_it() -> None:
    """Nobody's name has a letter of the title: the one without names comes last or level, not first."""
    text = HashedText(widths=(1, 2)).fit(["甲工", "乙工", "丙丁戊工"])
    language = Language.of(text, [["甲工"], [], ["丙丁戊工"]])
    found = language.likelihood(text.counts(["子丑"]))[0]
    assert found[1] == found.min() < found[0]


def test_a_group_pays_nothing_for_names() -> None:
    """Of a name that is taken away only the likeness goes, so that a group tells nobody which of its names is missing."""
    text = HashedText(widths=(1, 2)).fit(["甲工", "乙工", "丙工"])
    groups = ["4-01-01", "4-01-01", "4-02-01"]
    whole = Language.of_groups(text, [["甲工"], ["乙工"], ["丙工"]], LAID.definitions, groups)
    less = Language.of_groups(text, [["甲工"], [], ["丙工"]], LAID.definitions, groups)
    own = text.counts(["乙工"])
    assert np.array_equal(whole.length, less.length)
    assert whole.length[0] < whole.length[1], "two definitions are longer than one"
    assert whole.likelihood(own)[0, 0] == whole.likelihood(own)[0, 1] > less.likelihood(own)[0, 0]


def test_a_definition_tells_its_occupation_and_its_group() -> None:
    found = dict(Evidence.of(LAID, {}).channels(["管道"], {"like definition", "held by definition", "speaks of group"}))
    assert found["like definition"][0].argmax() == found["held by definition"][0].argmax() == 0
    assert found["held by definition"][0, 1] < found["held by definition"][0, 0]
    assert found["speaks of group"][0, 0] == found["speaks of group"][0, 1] > found["speaks of group"][0, 2]


ROWS = st.lists(
    st.floats(-30, 30),
    min_size=2 * len(COMPARED) + len(RISING) + len(ROUND),
    max_size=2 * len(COMPARED) + len(RISING) + len(ROUND),
)


@settings(max_examples=50, deadline=None)
@given(row=ROWS, at=st.integers(0, 2 * len(COMPARED) + len(RISING) - 1), more=st.floats(0, 40))
def test_the_stored_trees_rise_with_evidence(row: list[float], at: int, more: float) -> None:
    """Else they learn that, of names left out, the right occupation is the one whose name is missing."""
    rows = np.array([row, row])
    rows[1, at] += more
    low, high = Choice.read().trees.odds(rows)
    assert high >= low - 1e-9


# --- the stored choice, and how it is made


def test_the_stored_choice() -> None:
    data = table("occupation_choice.json")
    choice = Choice.read()
    assert {"source", "since", "trust"} <= set(data)
    assert choice.channels == COMPARED
    assert {f"whole {name}" if not name.startswith("prior") else name for name in COMPARED} <= set(CHANNELS)
    assert 0 <= choice.trees.feature.min() <= choice.trees.feature.max() < 2 * len(COMPARED) + len(RISING) + len(ROUND)
    assert told().choice == choice
    assert built_in_coder().choice is None


def test_stored_trees_tell_what_lightgbm_tells() -> None:
    rng = np.random.default_rng(5)
    rows: FloatArray = rng.normal(size=(900, 3)).round(3)
    right = (rows[:, 0] + 0.5 * rows[:, 1] * rows[:, 2] > 0).astype(np.float64)
    model = grown(rows, right, np.ones(len(rows)), (1, 0, 0))
    trees = Choice.of({"channels": [], **trees_of(model)}).trees
    assert trees.odds(rows) == pytest.approx(np.asarray(model.predict(rows, raw_score=True)), abs=5e-3)
    assert len(trees.feature) > 50


def test_what_is_looked_at_for_learning() -> None:
    """The right one of two titles is among the three; a title without an occupation has none that is right."""
    evidence = Evidence.of(LAID, {})
    part = Asked(evidence, ("管道", "面包", "子丑"), np.array([0, 2, -1]), np.array([-1, 1, -1]))
    looked = looked_at([part], LAID, Weights.read(described=True))
    assert looked.features.shape == (3, 3, 2 * len(COMPARED) + len(RISING) + len(ROUND))
    assert looked.right.sum(axis=1).tolist() == [1, 2, 0]
    assert looked.places[0, 0] == 0
    titles = read_labelled(FRESH).where([True] * 3 + [False] * (len(read_labelled(FRESH).titles) - 3))
    assert labelled(evidence, LAID, titles).titles == ()


# --- titles


@pytest.mark.parametrize("title", ["普工", "学徒工 包吃住", "管培生2026届", "车间普工 长白班", "", "急招！"])
def test_a_title_that_says_too_little_has_no_code(title: str) -> None:
    assert told().code([title], least=0.01) == [[]]


@settings(max_examples=10, deadline=None)
@given(titles=st.lists(st.sampled_from(read_labelled(FRESH).titles), min_size=2, max_size=9, unique=True))
def test_a_title_does_not_depend_on_the_others(titles: list[str]) -> None:
    many = told().code(titles, 3, least=0.0)
    assert [told().code([title], 3, least=0.0)[0] for title in titles] == many
    assert told().code(titles[::-1], 3, least=0.0) == many[::-1]


def test_more_than_ten_fall() -> None:
    places, sure = told().ranked(["收银员兼理货", "开车送货"], 2 * TEN)
    assert places.shape == sure.shape == (2, 2 * TEN)
    assert all(len(set(row)) == 2 * TEN for row in places.tolist())
    assert (np.diff(sure, axis=1) <= 0).all()
    assert (sure.sum(axis=1) <= 1 + 1e-9).all()


def test_an_official_name_is_its_occupation() -> None:
    names = told().taxonomy.names[::40]
    found = told().code(names, 1)
    assert [one[0].name for one in found] == list(names)
    assert min(one[0].confidence for one in found) > 0.95


def test_fresh_titles_with_the_real_classification(shared: Path) -> None:
    """Floors under what is measured (experiments/questions/occupations.md)."""
    coder, titles = OccupationCoder.of(read_taxonomy(shared / "csco2022" / "csco22.csv")), read_labelled(FRESH)
    found = coder.code(titles.titles)
    sure = [
        (one[0], code, other)
        for one, code, other in zip(found, titles.codes, titles.other, strict=True)
        if one and one[0].confidence >= 0.9
    ]
    right = [first.code in {code, other} - {""} for first, code, other in sure]
    assert sum(right) / len(right) >= 0.88
    assert len(sure) / len(found) >= 0.5
    five = [code in {each.code for each in one} for one, code in zip(found, titles.codes, strict=True) if code]
    assert sum(five) / len(five) >= 0.9
