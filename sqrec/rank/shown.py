"""A list as it is shown and logged: served, and made again by a replay, by the same lines."""

from typing import Any

import numpy as np

from sqrec.rank.ranking import Ranking


def shown(ranking: Ranking, n: int) -> list[dict[str, Any]]:
    """Return the first `n` items of a ranking in columns of the table `rankings`; `vector` is the row as float64 bytes.

    A list that is not personal has no rows: its vectors are empty.
    """
    scene, pairs = ranking.scene, ranking.order[:n]
    ids, rows = scene.items.ids, np.ascontiguousarray(scene.rows[pairs], dtype="<f8")
    found: list[dict[str, Any]] = []
    told = zip(pairs.tolist(), ranking.scores[pairs].tolist(), ranking.propensity(n).tolist(), strict=True)
    for place, (pair, score, propensity) in enumerate(told):
        reach = ranking.reach(pair)
        found.append(
            {
                "item_id": ids[int(scene.pairs.item[pair])],
                "position": place + 1,
                "score": score,
                "propensity": propensity,
                "reach_method": reach.method,
                "minutes": reach.minutes,
                "vector": rows[place].tobytes(),
            }
        )
    return found
