"""What is lost where a request scores some candidates alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sqrec import Snapshot, load, read_folder
from sqrec import bundle as bundles
from sqrec.evaluate import split
from sqrec.evaluate.lists import reached
from sqrec.evaluate.lists.reached import lost_at_candidates
from sqrec.rank import SERVED, WHOLE, Recommender


@pytest.fixture(scope="module")
def served(small: Path) -> tuple[Recommender, Snapshot]:
    loaded = load(bundles.current(small / "var" / "bundles"))
    return loaded.recommender(), Snapshot.of(read_folder(small / "data", write_rejected=False), loaded.profiler)


def gain(recommender: Recommender, snapshot: Snapshot, size: int | None) -> float:
    """Return the mean of 1 / log2(place + 1) of the only item that answers each question, 0 from the eleventh place on."""
    asked = split(snapshot.events, "job", "last").held
    profiles = snapshot.ask(recommender.profiler, asked.person, asked.at)
    found = []
    for place in range(len(asked)):
        ranking = recommender.recommend(profiles.row(place), "job", snapshot, replace(WHOLE, max_candidates=size), 10)
        at = np.flatnonzero(ranking.item[:10] == snapshot.items["job"].find(asked.items.row(place))[0])
        found.append(1 / np.log2(at[0] + 2) if len(at) else 0.0)
    return float(np.mean(found))


def test_the_loss_is_the_share_of_the_whole_catalogues_gain(
    served: tuple[Recommender, Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    recommender, snapshot = served
    monkeypatch.setattr(reached, "SERVED", replace(SERVED, max_candidates=6))
    monkeypatch.setattr(reached, "FEW_PEOPLE", 1)
    asked = split(snapshot.events, "job", "last").held
    found = lost_at_candidates(recommender, snapshot, "job", asked, np.random.default_rng(1))
    assert found is not None
    assert found.n == len(asked)
    assert found.mean == pytest.approx(1 - gain(recommender, snapshot, 6) / gain(recommender, snapshot, None))
    assert found.mean != 0


def test_nothing_is_said_where_all_is_scored_or_too_few_can_be_asked(
    served: tuple[Recommender, Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    recommender, snapshot = served
    asked, rng = split(snapshot.events, "job", "last").held, np.random.default_rng(1)
    assert lost_at_candidates(recommender, snapshot, "job", asked, rng) is None
    monkeypatch.setattr(reached, "SERVED", replace(SERVED, max_candidates=6))
    assert lost_at_candidates(recommender, snapshot, "job", asked.take(np.arange(5)), rng) is None
    monkeypatch.setattr(reached, "MOST_ROWS", 29 * len(snapshot.items["job"]))
    assert lost_at_candidates(recommender, snapshot, "job", asked, rng) is None
