"""The result of training one kind."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from sqrec.base.arrays import AnyArray, KeyArray
from sqrec.bundle.kinds import KindParts
from sqrec.contract import Kind
from sqrec.evaluate.lists.servingcost import ServingCost
from sqrec.evaluate.promotion.drift import Shape
from sqrec.evaluate.report.asjson import plain
from sqrec.evaluate.report.study import Study
from sqrec.rank import Reference
from sqrec.tables import Folder
from training.choosing import Trial
from training.settings import Settings


@dataclass(frozen=True)
class Trained:
    """Hold the result of training one kind.

    `words_ndcg` is the words baseline's ndcg@10 on the comparison questions. `events` are the sorted hashes of the events
    learnt from, `seen` those of all events of the kind; `newest` is the moment of the newest (microseconds UTC), `shape` the
    histogram of the learning rows. `plain` is the baseline trained on the same events. `overlap` is that of shown lists
    (`training.overlap`), None where it was not measured; `joined` says that drawn items joined them, `beside` is the weight of
    plain in the ranker.
    """

    kind: Kind
    parts: KindParts
    settings: Settings
    trials: Sequence[Trial]
    words_ndcg: float
    importances: Mapping[str, float]
    events: KeyArray
    seen: KeyArray
    newest: int
    shape: Shape
    example: pd.DataFrame
    study: Study | None
    plain: Reference
    serving: ServingCost | None = None
    overlap: float | None = None
    joined: bool = False
    beside: float = 0.0

    def origin(self, folder: Folder) -> dict[str, Any]:
        """Return the provenance of this kind as JSON values."""
        newest = datetime.fromtimestamp(self.newest // 1_000_000, UTC).isoformat()
        as_of = folder.config.as_of or newest
        told = {"data_as_of": as_of, "newest_event": newest, "settings": asdict(self.settings)}
        lists = {"overlap": self.overlap, "joined": self.joined}
        found = {"trials": plain(self.trials), "study": plain(self.study), "serving": plain(self.serving)}
        return told | found | {"lists": lists, "plain_weight": self.beside}

    def arrays(self) -> dict[str, AnyArray]:
        """Return the arrays of the provenance: hashes of events, and the histogram of rows."""
        return {"events": self.events, "seen": self.seen, "edges": self.shape.edges, "shares": self.shape.shares}
