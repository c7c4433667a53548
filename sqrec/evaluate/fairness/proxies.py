"""Proxies of a protected fact: how well a person's rows predict sex."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn import ensemble, metrics, model_selection

from sqrec.base.arrays import BoolArray, FloatArray, KeyArray, keys_of, lookup
from sqrec.evaluate.stats.compare import Interval, of_draws

_FOLDS = 5
_RESAMPLES = 500


@dataclass(frozen=True)
class Proxy:
    """Hold the AUC with which a person's mean row predicts a restricted fact: 0.5 chance, 1 certain."""

    fact: str
    auc: Interval


def sex_proxy(restricted: pd.DataFrame, person: KeyArray, rows: FloatArray, seed: int) -> Proxy | None:
    """Predict sex from mean rows, shape (people, columns), by cross-validation; None with fewer than twenty people of either sex.

    Five folds of gradient boosted trees; the interval is over resamples of people. A column that is unknown of everybody in a
    training fold is left out. `person` are hashes of ids.
    """
    order = np.argsort(keys_of(restricted["person_id"]))
    known = keys_of(restricted["person_id"])[order]
    place = lookup(known, person)
    female, male = (restricted["sex"].eq(one).to_numpy(bool)[order][place] & (place >= 0) for one in ("female", "male"))
    female, features = female[female | male], rows[female | male]
    if min(female.sum(), (~female).sum()) < 4 * _FOLDS:
        return None
    folds = list(model_selection.StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(features, female))
    features = features[:, np.all([~np.isnan(features[learn]).all(axis=0) for learn, _ in folds], axis=0)]
    trees = ensemble.HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=8, random_state=seed)
    guessed = model_selection.cross_val_predict(trees, features, female, cv=folds, method="predict_proba")[:, 1]
    return Proxy("sex", _auc(female, guessed, np.random.default_rng(seed)))


def _auc(truth: BoolArray, guessed: FloatArray, rng: np.random.Generator) -> Interval:
    found: list[float] = []
    for _ in range(_RESAMPLES):
        drawn = rng.integers(len(truth), size=len(truth))
        if 0 < truth[drawn].sum() < len(truth):
            found.append(float(metrics.roc_auc_score(truth[drawn], guessed[drawn])))
    return of_draws(float(metrics.roc_auc_score(truth, guessed)), np.array(found), len(truth))
