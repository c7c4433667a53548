"""The rows that a ranker learns from, and the rows on which its settings are compared."""

import numpy as np

from sqrec.base.arrays import BoolArray, lookup
from sqrec.base.numbers import SEED
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.evaluate import Questions, Split
from sqrec.profile import Events
from sqrec.rank import Recommender
from training.logged import ShownLists
from training.sample import Sample, sample, uses_as_questions, uses_of

DRAWN = 100
"""The number of unused items drawn beside each used one for learning. Drawn evenly: near or popular ones by choice would teach trees
to avoid both (experiments/questions/negatives.md)."""
COMPARED = 2_500
"""The number of unused items drawn beside each used one for comparing settings."""
MOST_LEARNT, MOST_TRIED, MOST_COMPARED = 8_000, 3_000, 600
"""Upper limits on sampled questions of the final ranker, of trial settings, and of their comparison, so that training takes minutes."""
LISTS_FOR_ONE = 2
"""The number of shown lists that count as one question with drawn items for these limits, as lists are short."""
FEWEST_LISTS = 100
"""The fewest shown lists on which settings are compared."""


def learning_rows(
    recommender: Recommender,
    snapshot: Snapshot,
    kind: Kind,
    kept: BoolArray,
    stream: int,
    most: int,
    log: ShownLists | None = None,
    *,
    repeats: bool = False,
    joined: bool = False,
) -> Sample:
    """Return training rows from the kept events alone: shown lists, and drawn items beside all other uses.

    A shown item that nobody used is a stronger negative than a drawn one, which the person may never have seen. If `joined`,
    uses that came from a list are questions with drawn items as well. `stream` numbers the random stream, `most` bounds the
    questions.
    """
    known = snapshot.with_events(snapshot.events.where(kept & snapshot.feeds(snapshot.events)))
    rng, questions = np.random.default_rng([SEED, stream]), uses_as_questions(known.events, repeats=repeats)
    if log is None:
        return sample(recommender, known, kind, questions.some(most, rng), DRAWN, rng, "learning rows", repeats=repeats)
    learnt, came = log.learnt(known.events, snapshot.events, uses_of(known.events, repeats=repeats), repeats=repeats)
    shown = learnt.some(LISTS_FOR_ONE * most, rng).sample(recommender, known, kind)
    drawn = (questions if joined else questions.take(np.flatnonzero(~came))).some(most, rng)
    if not len(drawn):
        return shown
    return shown.with_rows(sample(recommender, known, kind, drawn, DRAWN, rng, "learning rows", repeats=repeats))


def compared(
    recommender: Recommender,
    snapshot: Snapshot,
    kind: Kind,
    division: Split,
    log: ShownLists | None = None,
    *,
    repeats: bool = False,
) -> Sample:
    """Return the rows on which settings are compared: events kept out of `chosen`, never those of the report.

    Shown lists where there are `FEWEST_LISTS`, else the selection questions with drawn items; where the kind repeats, every use
    that was kept back. People who switched off are left out, and so are questions without both what was used and what was not:
    they would count as perfectly ordered.
    """
    known = snapshot.with_events(snapshot.events.where(division.kept))
    rng = np.random.default_rng([SEED, 3])
    if log is not None:
        kept_back = kept_back_of(snapshot, division)
        uses = uses_of(kept_back, repeats=repeats)
        lists = log.learnt(kept_back, snapshot.events, uses, repeats=repeats)[0].some(MOST_COMPARED, rng)
        if len(np.unique(lists.lists.request)) >= FEWEST_LISTS:
            return lists.sample(recommender, known, kind).telling()
    questions = selection_of(snapshot, division, repeats=repeats).some(MOST_COMPARED, rng)
    return sample(recommender, known, kind, questions, COMPARED, rng, "comparison rows", repeats=repeats).telling()


def selection_of(snapshot: Snapshot, division: Split, *, repeats: bool) -> Questions:
    """Return the questions on which settings and costs are measured, without people who switched off.

    The selection questions of the split; where the kind repeats, every use that was kept back, as most are of items used
    before.
    """
    if repeats:
        return uses_as_questions(kept_back_of(snapshot, division), repeats=True)
    questions = division.selection
    return questions.take(np.flatnonzero(lookup(snapshot.off, questions.person) < 0))


def kept_back_of(snapshot: Snapshot, division: Split) -> Events:
    """Return the events that neither the report holds out nor compared rankers learn from."""
    return snapshot.events.where(division.kept & ~division.chosen & snapshot.feeds(snapshot.events))
