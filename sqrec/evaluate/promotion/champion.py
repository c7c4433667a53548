"""The champion's ranks on the held-out questions of a report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sqrec import bundle as bundles
from sqrec.bundle import Bundle
from sqrec.bundle.pointer import read_pointer
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.errors import BundleError
from sqrec.evaluate.lists.heldout import ask_held_out
from sqrec.evaluate.stats.metrics import Hits
from sqrec.evaluate.stats.notes import Note
from sqrec.evaluate.stats.split import Split, held_events
from sqrec.tables import Folder


@dataclass(frozen=True)
class Champion:
    """Hold the note about the champion, and its hits; None where it cannot be compared."""

    said: Note
    hits: Hits | None = None


def champion_of(
    bundles_folder: Path,
    ours: Bundle,
    kind: Kind,
    folder: Folder,
    snapshot: Snapshot,
    division: Split,
    watched: Callable[[Iterable[int]], Iterable[int]],
) -> Champion:
    """Rank the held-out questions of a split with the promoted ranker of a kind.

    It is not compared where nothing was promoted, where it is the ranker of the report, where it cannot be read, or where it
    has learnt from any of the answers.
    """
    try:
        pointer = read_pointer(bundles_folder)
        if pointer is None or not pointer.current.has_champion(kind):
            return Champion(Note("champion.none"))
        where = bundles_folder / pointer.current.bundle
        theirs = bundles.load(where)
    except BundleError as problem:
        return Champion(Note("champion.unreadable", {"problem": str(problem)}))
    parts, same_city = theirs.kinds.get(kind), bundles.same_city(theirs, ours)
    if parts is None or parts.trained is None:
        return Champion(Note("champion.none"))
    if same_city and parts == ours.kinds[kind]:
        return Champion(Note("champion.itself"))
    learnt = bundles.arrays_of(where).get(f"{kind}_events")
    answers, question = held_events(snapshot.events, division.held)
    known = np.unique(question[np.isin(answers, learnt)]) if learnt is not None else np.arange(len(division.held))
    if len(known):
        return Champion(Note("champion.learnt", {"bundle": theirs.name[:12], "people": len(known), "asked": len(division.held)}))
    seen = snapshot if same_city else Snapshot.of(folder, theirs.profiler)
    outcome = ask_held_out(theirs.recommender(), seen, kind, division.held, {}, watched=watched)
    return Champion(Note("champion.compared", {"bundle": theirs.name[:12]}), outcome.hits["model"])
