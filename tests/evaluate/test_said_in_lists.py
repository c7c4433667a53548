"""What reports say of reasons: counts of one list by hand, their shares over lists, and a small city's block."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sqrec import bundle as bundles
from sqrec import read_folder
from sqrec.base.arrays import Ragged, keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.evaluate.report.evaluation import About, evaluate
from sqrec.evaluate.report.page import as_page
from sqrec.evaluate.report.reasons import SaidInLists, Signs, ToldList, said_in_lists, told_list
from sqrec.evaluate.report.report import as_json, write_report
from sqrec.evaluate.stats.metrics import Hits
from sqrec.evaluate.stats.split import Questions
from sqrec.rank import Family, Reason, RowBuilder, Speech
from sqrec.texts import report_texts
from training.train import DECLARED

FAMILIES = (
    Family("wish", ("a",)),
    Family("pay", ("b",)),
    Family("crowd", ("c",), said="outstanding"),
    Family("person", ("d",), said="never"),
)
REASONS = (Reason("wanted", "wish", "a", at_least=1.0), Reason("wage", "pay", "b", at_least=0.0), Reason("popular", "crowd", "c"))
SPEECH = Speech(RowBuilder(()), RowBuilder(()), FAMILIES, REASONS, ())


def test_one_list_by_hand() -> None:
    """Columns of gains: wish, pay, crowd, person, others."""
    gains = np.array(
        [
            [0.5, 0.2, 0.1, 0.0, 0.0],  # told by the largest, and by the second
            [0.5, 0.2, 0.1, 0.0, 0.0],  # the largest is not told
            [0.1, 0.0, 0.0, 0.9, 0.0],  # the person raised it most, which is never said
            [0.1, 0.0, 0.9, 0.0, 0.0],  # many people did, and it does not stand out
            [0.1, 0.0, 0.9, 0.0, 0.0],  # many people did, and it is said
            [-0.1, -0.2, 0.3, 0.0, 0.0],  # nothing that may be said
            [0.0, 0.0, 0.0, 0.0, 0.4],  # what all have in common
            [-0.1, 0.2, 0.0, 0.0, 0.0],  # a reason that did not raise it
        ]
    )
    codes = [("wanted", "wage"), ("wage",), ("wanted",), ("wanted",), ("popular",), (), (), ("tried", "wanted")]
    found = told_list(SPEECH, codes, gains)
    assert found == ToldList(
        8,
        8,
        Counter({2: 2, 1: 4, 0: 2}),
        Counter({"wanted": 4, "wage": 2, "popular": 1, "tried": 1}),
        raised=6,
        largest_said=4,
        never=2,
        unremarkable=2,
        silent=2,
        without_gain=1,
        unsaid=Counter({"wish": 1, "pay": 1}),
    )
    assert told_list(SPEECH, codes, None) == replace(
        found, scored=0, raised=0, largest_said=0, never=0, unremarkable=0, silent=0, without_gain=0, unsaid=Counter()
    )


def test_shares_are_of_items_and_intervals_over_lists() -> None:
    one = ToldList(4, 4, Counter({1: 3, 4: 1}), Counter({"wage": 4, "wanted": 3}), raised=4, largest_said=3, never=1)
    other = ToldList(2, 0, Counter({0: 2}), Counter())
    signs = [Signs(np.array([4, 0, 0]), np.array([1, 0, 0])), Signs(np.array([6, 2, 0]), np.array([0, 1, 0]))]
    found = SaidInLists.of([one] * 9 + [other] * 3, signs, ("wish", "pay", "others"), seed=1)
    assert (found.lists, found.items, found.reasons, found.signed) == (12, 42, 63, 2)
    assert {name: round(share.mean, 9) for name, share in found.numbers.items()} == {
        "0": round(6 / 42, 9), "1": round(27 / 42, 9), "2": 0.0, "3": 0.0, "4": round(9 / 42, 9),
    }  # fmt: skip
    assert (found.largest_said.mean, found.largest_said.n) == (0.75, 9)
    assert (found.largest_never.mean, found.largest_never.n) == (0.25, 9)
    assert found.codes == {}  # carried in nine lists: fewer than ten are not told
    assert {name: share.mean for name, share in found.signs_differ.items()} == {"wish": 0.1, "pay": 0.5}
    more = SaidInLists.of([one] * 10 + [other] * 3, signs, ("wish", "pay", "others"), seed=1)
    assert list(more.codes) == ["wage", "wanted"]
    assert more.codes["wage"].mean == pytest.approx(40 / 46)
    assert more.codes["wage"].low < more.codes["wage"].mean < more.codes["wage"].high


def test_a_small_city(small: Path) -> None:
    """Twelve people, one of whom switched personal lists off: no trees scored that list."""
    loaded = bundles.load(bundles.current(small / "var" / "bundles"))
    snapshot = Snapshot.of(read_folder(small / "data", write_rejected=False), loaded.profiler)
    people = keys_of(list(snapshot.people))
    at = np.full(len(people), int(snapshot.events.known[-1]) + 1)
    nothing = Ragged(np.zeros(len(people) + 1, np.int64), np.empty(0, np.uint64))
    questions = Questions(people, at, nothing, nothing)
    found = said_in_lists(loaded.recommender(), snapshot, "job", questions, loaded.kinds["job"].speech, seed=1)
    assert found is not None
    assert (found.lists, found.items, found.without_gain, found.signed) == (12, 120, 0, 11)
    assert found.reasons == pytest.approx(sum(int(n) * share.mean for n, share in found.numbers.items()) * found.items)
    assert found.largest_said.mean > 0.9
    assert found.codes
    assert all(0.0 <= share.mean <= 1.0 for share in (*found.codes.values(), *found.signs_differ.values()))
    assert said_in_lists(loaded.recommender(), snapshot, "job", questions.take(np.empty(0, np.int64)), SPEECH, seed=1) is None


def test_reports_show_the_block(tmp_path: Path) -> None:
    """In report.json and in both languages of the page: sentences of residents beside their codes, families by name."""
    one = ToldList(4, 4, Counter({1: 4}), Counter({"same_words": 4}), raised=4, largest_said=3)
    said = SaidInLists.of([one] * 12, [Signs(np.array([4, 2, 0]), np.array([1, 0, 0]))], ("wish", "pay", "others"), seed=1)
    hits = Hits.of(Ragged.of([[1]] * 40, np.int64), Ragged.of([[1]] * 40, np.int64), np.full(40, 300))
    made = replace(evaluate(About("job", "last"), {"model": hits, "words": hits}, {}, np.random.default_rng(1)), said=said)
    write_report(made, tmp_path)
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))["reasons"]
    assert (told["lists"], told["items"], told["reasons"], told["without_gain"], told["signed"]) == (12, 48, 48, 0, 1)
    assert list(told["numbers"]) == ["0", "1", "2", "3", "4"]
    assert told["largest_said"] == {"mean": 0.75, "low": 0.75, "high": 0.75, "n": 12}
    assert told["codes"]["same_words"]["mean"] == 1.0
    assert told["signs_differ"]["wish"]["mean"] == 0.25
    page = (tmp_path / "report.html").read_text("utf-8")
    for part in (
        "名称与您关注过的“…”都有：…（same_words）",
        "which you looked at, has this in its name, too: … (same_words)",
        *report_texts()["section.reasons"].values(),
        *report_texts()["reasons.largest_said"].values(),
        *report_texts()["said_family.wish"].values(),
    ):
        assert part in page, part
    assert as_json(replace(made, said=None))["reasons"] is None
    assert report_texts()["section.reasons"]["zh-CN"] not in as_page(replace(made, said=None))


def test_every_family_has_a_name_on_the_page() -> None:
    names = {family.name for parts in DECLARED.values() for family in parts.families} | {"others"}
    assert {f"said_family.{name}" for name in names} == {code for code in report_texts() if code.startswith("said_family.")}
