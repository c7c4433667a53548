"""Classic mistakes of ranking projects, put into our own code one by one: a check must notice each of them."""

import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pytest

from sqrec.catalogue.counts import Counts
from sqrec.evaluate.stats import metrics
from sqrec.evaluate.stats.split import first_uses
from sqrec.profile import Events
from sqrec.profile.history import history_before
from sqrec.rank import Recommender
from tests.support import checks
from training.fitting import dataset
from training.sample import Sample, sample


@dataclass(frozen=True)
class Mistake:
    """Hold a mistake: the function it is made in, what of its text is replaced by what, and the check that must notice.

    Some mistakes need another one (`beside`) to do harm.
    """

    name: str
    where: Callable[..., Any]
    texts: Mapping[str, str]
    check: Callable[..., None]
    beside: tuple[Callable[..., Any], Mapping[str, str]] | None = None


IDEAL = "discount(_places(hits.ranks), k)"
MISTAKES = (
    Mistake(
        "the ideal list is made of what was found",
        metrics.gain_share,
        {"gain = np.exp2(hits.grades.values) - 1": "gain = (np.exp2(hits.grades.values) - 1) * (hits.ranks.values > 0)",
         "np.lexsort((-hits.grades.values,": "np.lexsort((-gain,"},
        checks.metrics_agree_with_trec_eval,
    ),
    Mistake("the ideal list is not cut", metrics.gain_share, {IDEAL: "discount(_places(hits.ranks), ALL)"}, checks.metrics_agree_with_trec_eval),
    Mistake("the ideal list is in the order of the ranks", metrics.gain_share, {"gain[best_first]": "gain"}, checks.ndcg_is_that_of_the_table),
    Mistake("the gain is the grade", metrics.gain_share, {"np.exp2(hits.grades.values) - 1": "hits.grades.values.astype(float)"}, checks.ndcg_is_that_of_the_table),
    Mistake("the discount is one rank late", metrics.discount, {"np.maximum(ranks, 1) + 1": "np.maximum(ranks, 1) + 2"}, checks.metrics_agree_with_trec_eval),
    Mistake("the discount is one rank early", metrics.discount, {"np.maximum(ranks, 1) + 1": "np.maximum(ranks, 2)"}, checks.ndcg_is_that_of_the_table),
    Mistake("the cut is one rank early", metrics._within, {"ranks <= k": "ranks < k"}, checks.metrics_agree_with_trec_eval),
    Mistake("nobody to please is perfect", metrics._share, {"np.nan": "1.0"}, checks.metrics_agree_with_trec_eval),
    Mistake("nobody to please is a failure", metrics._share, {"np.nan": "0.0"}, checks.ndcg_is_that_of_the_table),
    Mistake("recall is of what was found", metrics.recall, {"hits.positives": "np.maximum(_found(hits, ALL), 1)"}, checks.metrics_agree_with_trec_eval),
    Mistake("precision is of a short list", metrics.precision, {"np.full(len(hits), k)": "np.minimum(hits.listed, k)"}, checks.metrics_agree_with_trec_eval),
    Mistake("the positive wins every tie", metrics.ranks_of, {" + np.count_nonzero(before)": ""}, checks.constant_scores_do_not_win),
    Mistake("the order of the table breaks ties", metrics.ranks_of, {"tie_order[tied] < tie_order[index]": "np.flatnonzero(tied) < index"}, checks.constant_scores_do_not_win),
    Mistake("history holds the moment itself", history_before, {"events.known[mine] < at": "events.known[mine] <= at"}, checks.nothing_later_is_known),
    Mistake("history holds what came later", history_before, {"(events.known[mine] < at) & ": ""}, checks.nothing_later_is_known),
    Mistake("counts hold everything", Counts._known, {'int(np.searchsorted(self.events.known, midnight, "left"))\n    first': "len(self.events)\n    first"}, checks.nothing_later_is_known),
    Mistake("counts hold midnight itself", Counts._known, {'midnight, "left"))\n    first': 'midnight, "right"))\n    first'}, checks.counts_end_at_midnight),
    Mistake("counts go on until the question", Recommender.build, {"self.city.midnights(profiles.at)": "profiles.at"}, checks.counts_end_at_midnight),
    Mistake("when it became known plays no part", Events.of_columns, {"np.maximum(at, recorded)": "at"}, checks.what_was_recorded_late_is_not_known),
    Mistake("counts hold the own events", Counts.others, {"if len(own):": "if False:"}, checks.counts_leave_out_the_own_events),
    Mistake(
        "counts hold the label",
        Counts._known,
        {'int(np.searchsorted(self.events.known, midnight, "left"))\n    first': "len(self.events)\n    first"},
        checks.no_count_holds_the_label,
        (Counts.others, {"if len(own):": "if False:"}),
    ),
    Mistake("history holds the label", history_before, {"(events.known[mine] < at) & ": ""}, checks.no_count_holds_the_label),
    Mistake("questions are mixed up", sample, {"np.lexsort((items.key[item], query))": "np.argsort(items.key[item])"}, checks.questions_lie_side_by_side),
    Mistake("positives stand first", sample, {"np.lexsort((items.key[item], query))": "np.arange(len(query))"}, checks.the_order_of_rows_tells_no_label),
    Mistake("the first event is the label", first_uses, {"np.maximum.at(strongest, group.ravel(), events.grade[used])": "strongest[:] = events.grade[used][first]"}, checks.the_strongest_event_is_the_label),
)  # fmt: skip


@contextmanager
def made(function: Callable[..., Any], texts: Mapping[str, str]) -> Iterator[None]:
    """Let a function of ours run with other code, wherever it is called from."""
    ours = getattr(function, "__func__", function)
    assert isinstance(ours, FunctionType)
    source = textwrap.dedent(inspect.getsource(ours))
    for right, wrong in texts.items():
        assert source.count(right) == 1, f"{right!r} stands {source.count(right)} times in {ours.__qualname__}"
        source = source.replace(right, wrong)
    names = dict(ours.__globals__)
    exec(compile(f"from __future__ import annotations\n{source}", inspect.getfile(ours), "exec"), names)
    kept, wrong_one = ours.__code__, names[ours.__name__]
    ours.__code__ = getattr(wrong_one, "__func__", wrong_one).__code__
    try:
        yield
    finally:
        ours.__code__ = kept


def run(check: Callable[..., None], folder: Path) -> None:
    """Run a check, in a folder of its own if it reads one."""
    check(**({"folder": folder} if "folder" in inspect.signature(check).parameters else {}))


@pytest.mark.parametrize("check", dict.fromkeys(one.check for one in MISTAKES), ids=lambda check: check.__name__)
def test_right_code_passes(check: Callable[..., None], tmp_path: Path) -> None:
    run(check, tmp_path)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.name)
def test_every_mistake_is_noticed(mistake: Mistake, tmp_path: Path) -> None:
    with ExitStack() as stack:
        for change in ((mistake.where, mistake.texts), mistake.beside):
            if change:
                stack.enter_context(made(*change))
        with np.errstate(all="ignore"), pytest.raises(AssertionError):  # noticed by the check, not by a division by zero
            run(mistake.check, tmp_path)


def test_a_mistake_ends_with_its_test(tmp_path: Path) -> None:
    with made(metrics._within, {"ranks <= k": "ranks < k"}):
        assert not metrics._within(np.array([5]), 5)[0]
    assert metrics._within(np.array([5]), 5)[0]


def test_sizes_that_do_not_fill_the_rows_are_refused() -> None:
    rows, label = np.zeros((6, 1)), np.array([1, 0, 0, 1, 0, 0])
    for sizes in ([3, 2], [3, 4], [10_001]):
        with pytest.raises(ValueError, match="contiguous"):
            dataset(Sample(rows, label, np.array(sizes)), ("one",))
