"""The conditions of retraining: recent data, enough new events, and no drift of the rows."""

from collections.abc import Mapping

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, lookup
from sqrec.base.numbers import DAY
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.evaluate.promotion.drift import Shape
from sqrec.evaluate.promotion.rules import RetrainingRules
from training.rows import learning_rows
from training.sample import uses_as_questions
from training.train import events_of_kind


def too_old(kind: Kind, snapshot: Snapshot, now: int, rules: RetrainingRules) -> str | None:
    """Return why the newest event of a kind is too old at `now` (microseconds UTC); None where it is not."""
    moments = snapshot.events.at[events_of_kind(snapshot, kind)]
    days = (now - int(moments.max())) // DAY if len(moments) else 0
    if days > rules.most_days_old:
        return f"the newest event with a {kind} is {days} days old, where {rules.most_days_old} are the most"
    return None


def new_events(kind: Kind, snapshot: Snapshot, arrays: Mapping[str, AnyArray]) -> int:
    """Return the number of graded events of a kind that the champion has neither learnt from nor been evaluated on.

    All of them where the champion does not say which events it had.
    """
    seen = arrays.get(f"{kind}_seen", arrays.get(f"{kind}_events", np.empty(0, np.uint64)))
    events = snapshot.events.where(events_of_kind(snapshot, kind) & (snapshot.events.grade > 0))
    return int((lookup(np.sort(seen), events.event) < 0).sum())


def too_little(new: int, rules: RetrainingRules) -> str | None:
    """Return why there are too few new events; None where there are enough."""
    return f"there are {new} new events, where {rules.least_new_events} are the least" if new < rules.least_new_events else None


def drifted(
    kind: Kind, champion: Bundle, arrays: Mapping[str, AnyArray], snapshot: Snapshot, rules: RetrainingRules
) -> str | None:
    """Return which columns of the champion's booster have drifted (population stability index); None without any.

    The rows are those that training would draw now, encoded by the champion's profile. None as well where the champion has no
    booster or no histogram of its rows, and where there are too few questions for an index.
    """
    parts, edges, shares = champion.kinds[kind], arrays.get(f"{kind}_edges"), arrays.get(f"{kind}_shares")
    ranker, known = parts.trained, events_of_kind(snapshot, kind)
    if ranker is None or edges is None or shares is None or len(edges) != len(parts.rows.names):
        return None
    if len(uses_as_questions(snapshot.events.where(known))) < rules.least_questions:
        return None
    rows = learning_rows(champion.recommender(), snapshot, kind, known, stream=4, most=rules.most_questions).rows
    gain: FloatArray = ranker.booster.feature_importance("gain")
    relied_on = gain / max(float(gain.sum()), 1e-300) > rules.least_gain
    moved = Shape(edges, shares).moved(rows)
    far = [
        f"{name} ({index:.2f})"
        for name, index, used in zip(parts.rows.names, moved, relied_on, strict=True)
        if used and index > rules.most_moved
    ]
    if far:
        return f"the data have moved in {', '.join(far)}, where an index of {rules.most_moved} is the most"
    return None
