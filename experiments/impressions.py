"""Lists that a platform has shown, as a folder's impressions tell of them: rows made anew, as known at the moment."""

import numpy as np
import pandas as pd

from sqrec.arrays import keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.columns import GRADES, Kind
from sqrec.profile.history import microseconds
from sqrec.rank import Recommender
from training.logged import ShownLists


def lists_shown(table: pd.DataFrame, kind: Kind, recommender: Recommender, snapshot: Snapshot) -> ShownLists:
    """Return the lists of a kind of which something was used, from the table `events` as `read_folder` returns it.

    A list is the impressions with one `request_id`, a use an event of grade >= 1 with it. What has no position, or is not in the
    catalogue, has no row. The rows know what was known when the list was shown, of the events of the snapshot.
    """
    of_kind = table[(table["kind"] == kind) & table["request_id"].notna()]
    used = of_kind["request_id"][of_kind["event"].map(GRADES) > 0]
    seen = of_kind[(of_kind["event"] == "impression") & of_kind["position"].notna() & of_kind["request_id"].isin(used)]
    request, person, key = (keys_of(seen[name].tolist()) for name in ("request_id", "person_id", "item_id"))
    at, position = microseconds(seen["at"]), seen["position"].to_numpy(np.int64)
    items = snapshot.items[kind]
    item = items.find(key)
    order = np.lexsort((key, request))  # an order that knows no label and no position
    order = order[item[order] >= 0]
    _, first, query = np.unique(request[order], return_index=True, return_inverse=True)
    profiles = snapshot.ask(recommender.profiler, person[order][first], at[order][first])
    rows = recommender.build(profiles, snapshot, kind, recommender.pairs(profiles, items, item[order], query))
    return ShownLists(request[order], person[order], key[order], rows, position[order], at[order])
