"""Every door of the project on one folder, in this process: each ends well, or says a sentence; nothing else comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import typer

from sqrec import bundle as bundles
from sqrec import source
from sqrec.cli.recommend import recommend
from sqrec.contract import KINDS, Kind, SplitName
from sqrec.errors import SqrecError
from sqrec.evaluate.report.run import report_on
from sqrec.source import read_source
from sqrec.store import Store, import_folder
from sqrec.tables import Folder, check_folder
from tests.support.inside import inside
from training import train
from training.choosing import Choice, Trial, grow
from training.fallback import without_rankers
from training.sample import Sample
from training.settings import Settings

SMALL = Settings(rounds=5, min_data_in_leaf=2)
RESIDENT = {"birth_month": "1985-03", "location": {"lon": 120.356, "lat": 36.084, "crs": "WGS84"}, "desired": ["收银员"]}


@dataclass
class Walked:
    """Hold what each door came to: `well`, or its sentence."""

    came: dict[str, str] = field(default_factory=dict[str, str])

    def through(self, door: str, run: Callable[[], object]) -> bool:
        """Go through a door; whatever is no error of ours, and no exit in order, comes out as it is."""
        try:
            run()
            self.came[door] = "well"
        except SqrecError as problem:
            self.came[door] = str(problem)
        except typer.Exit as left:
            self.came[door] = f"exit {left.exit_code}"
        assert self.came[door].strip(), f"{door} refuses and does not say why"
        return self.came[door] == "well"


def walk(data: Path, place: Path) -> Walked:
    """Check, train, recommend, report, import and serve a folder; a folder that cannot be read is left alone after the check."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "read_folder", read_once(source.read_folder))
        return _walked(data, place)


def read_once(read: Callable[..., Folder]) -> Callable[..., Folder]:
    """Read the same tables of a folder once: the doors read it alike a dozen times, which is most of their time."""
    kept = dict[tuple[str, tuple[str, ...] | None], Folder]()

    def reading(path: Path | str, tables: Sequence[str] | None = None, **more: Any) -> Folder:
        asked = (str(path), None if tables is None else tuple(tables))
        if asked not in kept:
            kept[asked] = read(path, tables, **more)
        return kept[asked]

    return reading


def _walked(data: Path, place: Path) -> Walked:
    walked = Walked()
    if not walked.through("check", lambda: check_folder(data, write_rejected=False)):
        return walked
    var = place / "var"
    for split in ("time", "last", "none"):  # the last one's bundle serves, as with `make up`
        trained = walked.through(f"train {split}", partial(train_small, data, split, var))
        if trained and split != "none":
            for kind in KINDS:
                walked.through(
                    f"report {split} {kind}", partial(report_on, data, kind, None, None, place / "report", var / "bundles")
                )
    if walked.came["train none"] != "well" and not walked.through("fallback", lambda: without_rankers(read_source(data), var)):
        return walked
    for kind in KINDS:
        out = place / "lists.parquet"
        walked.through(
            f"recommend {kind}",
            partial(recommend, str(data), kind=kind, bundle=None, at=None, bundles_folder=var / "bundles", n=5, out=out),
        )
        walked.through(f"report {kind}", partial(report_on, data, kind, None, "time", place / "report", var / "bundles"))
    walked.through("import", partial(into_store, data, place))
    walked.through("serve", partial(served, data, place, var))
    return walked


def train_small(data: Path, split: SplitName, var: Path) -> None:
    """Train as `make train` does, with one small setting and without a run in the registry."""
    folder = read_source(data)
    studied = split == "time"  # ablations and curves are measured alike on both splits
    train.train_kinds(train.kinds_of("all", folder), split, folder, None, var, dict.fromkeys(KINDS, small), studied=studied)


def small(learn: Sample, compare: Sample, names: tuple[str, ...], monotone: tuple[int, ...], seed: int) -> Choice:
    """Choose one small setting, with as many trees as the comparison questions ask for, where there are any."""
    if not len(compare.sizes):
        return Choice([Trial(SMALL, float("nan"))], SMALL)
    grown = grow(learn, compare, names, monotone, SMALL, seed)
    return Choice([Trial(grown.settings, float(grown.curve[grown.settings.rounds - 1]))], grown.settings)


def into_store(data: Path, place: Path) -> None:
    """Import a folder into a new store."""
    with Store.open(f"sqlite:///{place / 'store.db'}") as store:
        import_folder(store, data, rejected_to=place)


def served(data: Path, place: Path, var: Path) -> None:
    """Ask the service for a resident without a record, and say what it is, and for somebody of the folder."""
    kinds: list[Kind] = list(bundles.load(bundles.current(var / "bundles")).kinds)
    with inside(place / "served", data, var / "bundles") as running:
        answer = running.post({"person": RESIDENT, "kinds": kinds, "n": 5})
        assert answer.status_code == 200, answer.text
        assert set(answer.json()["rankers"].values()) <= {"model", "fallback", "neutral"}
        for person in ("0", "guest"):
            told = running.post({"person_id": person, "kinds": kinds, "n": 5})
            assert told.status_code in {200, 404, 422, 403, 401, 400}, told.text
