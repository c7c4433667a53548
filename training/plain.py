"""The plain baseline: LightGBM with its default settings on obvious columns (`features/plain.py`), over drawn or shown others."""

from collections.abc import Mapping
from typing import Any

import lightgbm as lgb
import numpy as np

from features import PLAIN_ROWS
from sqrec.arrays import BoolArray
from sqrec.catalogue.snapshot import Snapshot
from sqrec.columns import Kind
from sqrec.profile import Profiler
from sqrec.rank import Recommender, Reference
from sqrec.tables import Folder
from training.boosters import booster_text
from training.sample import Others, Sample, sample, uses_as_questions

PLAIN_OTHERS = Others(near=0, far=200)
"""What stands beside each used item where no list is known: a part of the catalogue, drawn evenly."""
PLAIN_TREES = 100
"""LightGBM's own default number of trees."""
MOST_PLAIN = 4_000
"""Questions that are drawn of more: as many as the ranker beside it learns from."""
_SEED, _STREAM = 20250530, 5
"""The seed of training, and a stream of lots that nothing else draws from."""
_TOLD: Mapping[str, Any] = {
    "objective": "lambdarank",
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
    "num_threads": 1,
}


def plain_of(
    profiler: Profiler,
    folder: Folder,
    snapshot: Snapshot,
    kind: Kind,
    kept: BoolArray,
    *,
    repeats: bool,
    shown: Sample | None = None,
) -> Reference:
    """Train the baseline of a kind as if only the kept events had ever happened.

    Where the kind repeats every use is a question, with what the person used before beside it. Questions of lists that were
    `shown`, on the baseline's own rows, come first and count towards `MOST_PLAIN`; drawn ones fill up.
    """
    rows, rng = PLAIN_ROWS[kind], np.random.default_rng([_SEED, _STREAM])
    known = snapshot.with_events(snapshot.events.where(kept & snapshot.feeds(snapshot.events)))
    questions = uses_as_questions(known.events, repeats=repeats)
    questions = questions.some(max(MOST_PLAIN - (len(shown.sizes) if shown else 0), 0), rng)
    recommender = Recommender(profiler, folder.city, {kind: rows}, {}, {})
    learn = sample(recommender, known, kind, questions, PLAIN_OTHERS, rng, "rows of the baseline", repeats=repeats)
    return Reference(rows, booster_text(fit_plain(shown.with_rows(learn) if shown else learn, rows.names, _SEED)))


def fit_plain(sample: Sample, names: tuple[str, ...], seed: int) -> lgb.Booster:
    """Train the baseline: every use counts the same, nothing is chosen, nothing is held back."""
    data = lgb.Dataset(
        sample.rows,
        (sample.label > 0).astype(int),
        group=sample.sizes,
        init_score=sample.rarity,
        feature_name=list(names),
    )
    return lgb.train({**_TOLD, "seed": seed}, data, num_boost_round=PLAIN_TREES)
