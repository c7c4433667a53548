"""What training one kind gave."""

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
    """Hold what training one kind gave.

    `words_ndcg` is the baseline's ndcg@10 on the comparison questions. `events` are the sorted hashes of the events that were
    learnt from, `seen` of all that were there; `newest` is the moment of the newest, `shape` that of the learning rows. `plain` is
    the baseline that was trained on the same events. `overlap` is that of shown lists (`training.overlap`), None where it was not
    asked; `joined` says that drawn items joined them, `beside` what plain weighs in the ranker.
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
        """Return what a bundle tells of where this kind came from."""
        newest = datetime.fromtimestamp(self.newest // 1_000_000, UTC).isoformat()
        as_of = folder.config.as_of or newest
        told = {"data_as_of": as_of, "newest_event": newest, "settings": asdict(self.settings)}
        lists = {"overlap": self.overlap, "joined": self.joined}
        found = {"trials": plain(self.trials), "study": plain(self.study), "serving": plain(self.serving)}
        return told | found | {"lists": lists, "plain_weight": self.beside}

    def arrays(self) -> dict[str, AnyArray]:
        """Return what a bundle keeps of the events and the rows."""
        return {"events": self.events, "seen": self.seen, "edges": self.shape.edges, "shares": self.shape.shares}
