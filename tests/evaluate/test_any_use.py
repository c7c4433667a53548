"""Any use in a report: a block for kinds that people come back to, and why there may be none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sqrec import bundle as bundles
from sqrec.bundle import load
from sqrec.catalogue.snapshot import Snapshot
from sqrec.evaluate import split
from sqrec.evaluate.report.report import as_json
from sqrec.evaluate.report.run import evaluation_of
from sqrec.evaluate.stats.split import held_events
from sqrec.source import read_source
from tests.support import crowd, tiny
from training import train


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Train places that everybody goes back to: the one of two of their own, again and again."""
    place = tmp_path_factory.mktemp("visits")
    rng, visits = np.random.default_rng(4), list[dict[str, str]]()
    for row in crowd.events(400):
        own = (int(row["person_id"][1:]) + int(rng.integers(2)) * 3) % 8
        item = f"a{own if rng.random() < 0.8 else rng.integers(8)}"
        visits.append(row | {"kind": "amenity", "item_id": item, "event": "visit"})
    data = tiny.write(place / "data", {"amenities": tiny.amenities(), "people": crowd.people(), "events": visits})
    folder = read_source(data)
    profiler = train.fitted(folder)
    trained = train.train_kind("amenity", "last", profiler, folder, Snapshot.of(folder, profiler))
    return data, train.write_bundle(*train.bundle_of([trained], profiler, folder), None, place / "var")


def test_a_report_of_places_has_a_block_of_any_use(made: tuple[Path, Path]) -> None:
    data, bundle = made
    evaluation, _ = evaluation_of(data, "amenity", bundle, None, bundle.parent)
    told = as_json(evaluation)
    assert list(told["rankers"]) == ["model", "model_served", "plain", "popularity", "nearest", "words", "random"]
    assert list(told["any_use"]["rankers"]) == ["model", "plain", "popularity", "nearest", "words", "random", "own_visits"]
    assert told["any_use"]["people"] > 50
    own, random = (told["any_use"]["rankers"][name]["mrr"] for name in ("own_visits", "random"))
    assert own["low"] > random["high"]
    assert told["plain"] is None


def test_what_was_learnt_from_is_not_asked(made: tuple[Path, Path], tmp_path: Path) -> None:
    data, bundle = made
    loaded = load(bundle)
    snapshot = Snapshot.of(read_source(data), loaded.profiler)
    division = split(snapshot.events, "amenity", "last", repeats=True)
    assert division.any_use
    held, (answers, _) = held_events(snapshot.events, division.held)[0], held_events(snapshot.events, division.any_use)
    arrays = bundles.arrays_of(bundle)
    assert not np.isin(answers, arrays["amenity_events"]).any()
    again = np.setdiff1d(answers, held)
    arrays["amenity_events"] = np.union1d(arrays["amenity_events"], again)
    bundles.save(replace(loaded, references={}), tmp_path / "old", arrays)
    told = as_json(evaluation_of(data, "amenity", tmp_path / "old", None, tmp_path)[0])
    assert told["any_use"] == {
        "left_out": f"The ranker has learnt from the answers of {len(again)} of {len(division.any_use)} people, so uses whatever"
        " their item were not evaluated: train it again."
    }
    assert "plain" not in told["rankers"]
    assert told["plain"] == "The bundle holds no plain baseline, so it was not compared with one: train it again."
