"""The report as values, JSON and page."""

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from sqrec.base.arrays import Ragged
from sqrec.errors import DataError
from sqrec.evaluate.fairness.slices import gap_names, history_names
from sqrec.evaluate.report.evaluation import About, Evaluation, evaluate
from sqrec.evaluate.report.page import as_page
from sqrec.evaluate.report.report import as_json, definitions, sentences, write_report
from sqrec.evaluate.report.verdict import verdict_of
from sqrec.evaluate.stats.metrics import NAMES, Hits
from sqrec.evaluate.stats.notes import Note
from sqrec.texts import report_texts

PEOPLE = 120


def hits(ranks: list[int], without: int = 0) -> Hits:
    """Return the hits of people with one positive each, and of some without any behind them."""
    rows = [[rank] for rank in ranks] + [list[int]()] * without
    found, grades = Ragged.of(rows, np.int64), Ragged.of([[1] * len(row) for row in rows], np.int64)
    return Hits.of(found, grades, np.full(len(rows), 300))


def rankings() -> dict[str, Hits]:
    """Return a good ranker, its served order, and two weak ones, three people of whom have no positive."""
    rng = np.random.default_rng(1)
    good = rng.integers(1, 12, PEOPLE)
    weak = {name: rng.integers(10, 60, PEOPLE).tolist() for name in ("words", "random")}
    lists = {"model": good.tolist(), "model_served": (good + rng.integers(0, 2, PEOPLE)).tolist(), **weak}
    return {name: hits(ranks, without=3) for name, ranks in lists.items()}


@pytest.fixture(scope="module")
def made() -> Evaluation:
    slices = {
        "gap": ["within_30_minutes"] * 50 + ["later"] * (PEOPLE - 50 + 3),
        "history": ["none"] * 4 + ["some"] * (PEOPLE - 4 + 3),
    }
    about = About("job", "last", "b0a1", {"fingerprint": "f00d", "events": np.int64(7)}, {"n": np.nan})
    return evaluate(about, rankings(), slices, np.random.default_rng(2), refused=np.arange(PEOPLE + 3) == PEOPLE)


def no_constant(text: str) -> float:
    raise AssertionError(text)


def test_json_has_the_promised_shape(made: Evaluation, tmp_path: Path) -> None:
    write_report(made, tmp_path / "out")
    told = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"), parse_constant=no_constant)
    assert (told["kind"], told["split"], told["people"]) == ("job", "last", PEOPLE)
    assert (told["asked"], told["without_positive"], told["refused"], told["positives"]) == (123, 2, 1, PEOPLE)
    assert list(told["rankers"]) == ["model", "model_served", "words", "random"]
    for figures in told["rankers"].values():
        assert list(figures) == list(NAMES)
        assert all(set(one) == {"mean", "low", "high", "n"} and one["n"] == PEOPLE for one in figures.values())
    assert set(told["differences"]) == {"model_served", "words", "random"}
    assert told["differences"]["words"]["ndcg@10"]["excludes_zero"] is True
    assert told["groups"]["gap"]["later"]["model"]["ndcg@10"]["n"] == 70
    assert told["data"] == {"fingerprint": "f00d", "events": 7}
    assert told["settings"] == {"n": None}
    assert told["bundle"] == "b0a1"


def test_means_are_over_people_with_a_positive(made: Evaluation) -> None:
    ranks = rankings()["model"].ranks.values
    assert made.rankers["model"]["mrr"].mean == pytest.approx((1 / ranks).mean())
    assert made.rankers["model"]["hit_rate@5"].mean == pytest.approx((ranks <= 5).mean())


def test_people_without_a_lawful_answer_are_in_no_figure() -> None:
    lists = {name: hits([0, 1, 2]) for name in ("model", "words")}
    found = evaluate(About("job", "last"), lists, {}, np.random.default_rng(1), refused=np.array([True, False, False]))
    assert (found.people, found.refused, found.without_positive, found.positives) == (2, 1, 0, 2)
    assert found.rankers["model"]["recall@5"].mean == 1


def test_a_slice_is_evaluated_like_its_people_alone(made: Evaluation) -> None:
    ranks = rankings()["words"].ranks.values[:50]
    found = made.groups["gap"]["within_30_minutes"]["words"]["mrr"]
    assert found.mean == pytest.approx((1 / ranks).mean())
    assert found.n == 50


def test_small_slices_are_not_published_nor_can_they_be_worked_out(made: Evaluation) -> None:
    assert made.groups["history"] == {}
    assert made.hidden == {"gap": [], "history": ["none", "some"]}


def test_only_as_many_slices_are_held_back_as_it_takes() -> None:
    slices = {"area": ["a"] * 60 + ["b"] * 40 + ["c"] * 13 + ["d"] * 4 + ["e"] * 3 + ["a"] * 3}
    found = evaluate(About("job", "last"), rankings(), slices, np.random.default_rng(1))
    assert list(found.groups["area"]) == ["a", "b"]
    assert found.hidden == {"area": ["c", "d", "e"]}


def test_same_people_same_figures_and_the_same_bytes(made: Evaluation, tmp_path: Path) -> None:
    fewer = {name: found for name, found in rankings().items() if name != "model_served"}
    refused = np.arange(PEOPLE + 3) == PEOPLE
    again = evaluate(made.about, fewer, {}, np.random.default_rng(2), refused)
    assert all(as_json(again)["rankers"][name] == as_json(made)["rankers"][name] for name in fewer)
    for folder in ("one", "two"):
        write_report(made, tmp_path / folder)
    for name in ("report.json", "report.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_first_lines_say_who_is_better_and_how_sure(made: Evaluation) -> None:
    answer, first, *others = sentences(made)
    assert answer == "Promote"
    assert "above every baseline (words, random)" in first
    assert f"{PEOPLE} people" in first
    assert any("95 % interval" in said and f"{PEOPLE} people" in said for said in others)
    assert as_json(made)["verdict"]["answer"] == "promote"


def test_one_person_has_no_bounds_in_json() -> None:
    found = evaluate(About("job", "time"), {"model": hits([2]), "words": hits([3])}, {}, np.random.default_rng(1))
    told = as_json(found)["rankers"]["model"]["mrr"]
    assert told == {"mean": 0.5, "low": None, "high": None, "n": 1}
    assert "区间未知" in as_page(found)


class Reader(HTMLParser):
    """Collect tags, addresses and text, and check that tags are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.addresses: list[str] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.addresses += [str(value) for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data


def test_the_page_is_whole_and_needs_nothing_else(made: Evaluation) -> None:
    reader = Reader()
    reader.feed(as_page(made))
    assert reader.open == []
    assert reader.addresses == []
    assert not reader.seen & {"script", "link", "img", "iframe"}
    codes = ("section.differences", "section.metrics", "section.groups", "section.card", "section.definitions", "answer.promote")
    for part in (*(said for code in codes for said in report_texts()[code].values()), "f00d", *NAMES):
        assert part in reader.said, part
    assert "nan" not in reader.said.lower().split()
    for meaning in definitions().values():
        assert meaning in reader.said


def test_what_comes_from_data_is_escaped() -> None:
    about = About("job", "last", data={"title": "<script>alert(1)</script>"})
    page = as_page(evaluate(about, {"model": hits([1, 2])}, {}, np.random.default_rng(1)))
    assert "<script" not in page


def test_data_and_settings_read_like_prose() -> None:
    about = About("job", "last", data={"rows": {"people": 3, "jobs": np.int64(4)}}, settings={"seen": True, "most": None})
    page = as_page(evaluate(about, {"model": hits([1, 2])}, {}, np.random.default_rng(1)))
    for said in ("<dd>people 3, jobs 4</dd>", "<dd>people 3、jobs 4</dd>", "<dd>yes</dd>", "<dd>是</dd>", "<dd>unknown</dd>"):
        assert said in page


def test_slices_are_named_from_minutes_and_events() -> None:
    assert gap_names(np.array([0.0, 30.0, 30.1, np.nan])) == [
        "within_30_minutes", "within_30_minutes", "later", "no_earlier_event",
    ]  # fmt: skip
    assert history_names(np.array([0, 3])) == ["none", "some"]


def test_rankers_of_other_people_are_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(DataError, match="words and model speak of different people"):
        evaluate(About("job", "last"), {"model": hits([1, 2]), "words": hits([1])}, {}, rng)
    with pytest.raises(DataError, match="gap and model speak of different people"):
        evaluate(About("job", "last"), {"model": hits([1, 2])}, {"gap": ["later"]}, rng)
    with pytest.raises(DataError, match="no ranker 'model'"):
        evaluate(About("job", "last"), {"words": hits([1])}, {}, rng)
    with pytest.raises(DataError, match="None of 4 people has a positive"):
        evaluate(About("job", "last"), {"model": hits([], without=4)}, {}, rng)


def beside(ours: list[int], plain: list[int], popularity: list[int], bundle: str | None = "b0a1") -> Evaluation:
    """Evaluate forty people for whom ranks repeat; words find nothing."""
    lists = {"model": ours, "plain": plain, "popularity": popularity, "words": [200]}
    found = {name: hits((ranks * 40)[:40]) for name, ranks in lists.items()}
    return evaluate(About("job", "last", bundle), found, {}, np.random.default_rng(1))


MIXED, TURNED = [1, 9], [9, 1]
"""The same on the mean, the one better for every second person."""


@pytest.mark.parametrize(
    ("ours", "plain", "answer", "code"),
    [
        ([1], [3], "promote", "plain.above"),
        ([3], [1], "keep", "plain.below"),
        ([2], [2], "keep", "plain.not_above"),
        (MIXED, TURNED, "keep", "plain.not_above"),
        ([1, 9, 2], [9, 1, 3], "promote", "plain.above_on_the_mean"),
    ],
)
def test_the_first_page_says_how_it_stands_to_plain(ours: list[int], plain: list[int], answer: str, code: str) -> None:
    made = beside(ours, plain, [100])
    found = verdict_of(made)
    assert found.answer == answer
    (said,) = (note for note in found.why if note.code.startswith("plain."))
    assert said.code == code
    assert f"{made.differences['plain']['ndcg@10'].interval.mean:+.3f}" in said.said("en")
    page, told = as_page(made), as_json(made)
    assert said.said("zh-CN") in page
    assert list(told["rankers"]) == ["model", "plain", "popularity", "words"]
    assert set(told["differences"]["plain"]) == set(NAMES)
    assert told["plain"] is None


def test_a_ranker_of_a_table_that_is_called_plain_is_not_ours() -> None:
    found = verdict_of(beside([3], [1], [100], bundle=None))
    assert found.answer == "promote"
    assert not [note for note in found.why if note.code.startswith("plain.")]


def test_plain_itself_and_no_plain_are_said_and_decide_nothing() -> None:
    for code in ("plain.itself", "plain.missing"):
        made = replace(beside([1], [1], [100]), plain=Note(code))
        assert verdict_of(made).answer == "promote"
        assert report_texts()[code]["en"] in sentences(made)
        assert as_json(made)["plain"] == report_texts()[code]["en"]


@pytest.mark.parametrize(
    ("popularity", "answer", "code", "says"),
    [
        ([5], "promote", "popularity.above", "It beats popularity by +0."),
        ([1], "keep", "popularity.below", "It is beaten by popularity: ndcg@10 -0."),
        ([2], "unsure", "popularity.not_above", "It is not above popularity on the mean: ndcg@10 +0.000"),
        ([1, 4], "unsure", "popularity.not_above", "It is not above popularity on the mean"),
        ([1, 30], "unsure", "popularity.above_on_the_mean", "On the mean it is above popularity"),
    ],
)
def test_the_first_page_says_how_it_stands_to_popularity(popularity: list[int], answer: str, code: str, says: str) -> None:
    made = beside([2], [100], popularity)
    found = verdict_of(made)
    (said,) = (note for note in found.why if note.code.startswith("popularity."))
    assert (found.answer, said.code) == (answer, code)
    assert says in said.said("en")
    assert said.said("zh-CN") in as_page(made)


def test_any_use_is_a_block_of_the_same_shape() -> None:
    lists = {"model": hits([1, 2] * 20), "plain": hits([2, 3] * 20), "own_visits": hits([1, 1] * 20)}
    any_use = evaluate(About("amenity", "last"), lists, {}, np.random.default_rng(1))
    made = replace(beside([1], [3], [5]), any_use=any_use)
    told = as_json(made)["any_use"]
    assert list(told["rankers"]) == ["model", "plain", "own_visits"]
    assert list(told["rankers"]["model"]) == list(NAMES)
    assert set(told["differences"]) == {"plain", "own_visits"}
    assert (told["people"], told["asked"], told["refused"], told["positives"]) == (40, 40, 0, 40)
    said = [note.code for note in verdict_of(made).why if note.code.startswith("any_use.")]
    assert said == ["any_use.above", "any_use.below"]
    page = as_page(made)
    for code in ("section.any_use", "meaning.any use", "ranker.own_visits"):
        assert all(one in page for one in report_texts()[code].values())
    assert as_json(beside([1], [3], [5]))["any_use"] is None
    left_out = replace(beside([1], [3], [5]), any_use_left_out=Note("any_use.learnt", {"people": 3, "asked": 9}))
    assert "learnt from the answers of 3 of 9 people" in as_json(left_out)["any_use"]["left_out"]
    assert "学过 9 人中 3 人的答案" in as_page(left_out)
