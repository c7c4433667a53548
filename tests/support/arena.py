"""A place on the small city where rankers are promoted: runs to choose from, and the rules that they are judged by."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer

from sqrec.bundle.pointer import Pointer, read_pointer
from sqrec.evaluate.promotion.rules import PromotionRules
from tests.support import crowd
from training import promote as promotion
from training.doors import Place
from training.promote import promote, registry_of

APP = typer.Typer(pretty_exceptions_enable=False)
APP.command()(promotion.main)
GOOD, FEWER = "8", "2"
"""The numbers under which the registry knows these runs."""
RULES = PromotionRules(most_milliseconds=1e6, free_milliseconds=1e6, resamples=2000)
"""The rules in force but for time, which a busy machine has little of."""
LENIENT = RULES.model_copy(update={"margin": 10.0, "group_figures": ()})
"""The same for who is no worse by anything: what takes a ranker's place is asked, not whether it is good."""


def lenient(arena: "Arena") -> Path:
    """Return a file with these rules."""
    file = arena.place.var / "lenient.json"
    file.write_text(json.dumps({"promotion": LENIENT.model_dump()}))
    return file


@dataclass(frozen=True)
class Arena:
    """Hold a place where nothing is current yet, and runs to promote."""

    place: Place
    data: Path
    runs: dict[str, str]

    @property
    def pointer(self) -> Pointer | None:
        return read_pointer(self.place.bundles)

    def audited(self) -> list[tuple[str, str, dict[str, Any]]]:
        with sqlite3.connect(self.place.var / "sqrec.db") as store:
            rows = store.execute("select what, who, details from audit order by rowid").fetchall()
        store.close()
        return [(what, who, json.loads(details)) for what, who, details in rows]

    def alias(self, name: str) -> str | None:
        return registry_of(self.place).aliased("job", name)

    def promote(self, run: str) -> Path:
        return promote(["job"], self.runs[run], None, self.place, RULES)


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Arena:
    """Train once; enter a good run, one that says other reasons, a useless one, and ones that have learnt too much."""
    place = tmp_path_factory.mktemp("arena")
    var, data = place / "var", crowd.write(place / "data")
    good, folder = crowd.trained_on(data)
    fewer = replace(good, parts=replace(good.parts, reasons=good.parts.reasons[:-1]))
    unsaid = replace(good, parts=replace(good.parts, reasons=()))
    leaky = replace(good, parts=replace(good.parts, reasons=good.parts.reasons[:2]))
    all_learnt = replace(good, parts=replace(good.parts, reasons=good.parts.reasons[:3], split="none"))
    level = crowd.level_with_plain(good)
    late = replace(good, parts=replace(good.parts, reasons=good.parts.reasons[:4]))
    an_answer = np.setdiff1d(good.seen, good.events)[:1]
    runs = {
        "late": crowd.enter(late, folder, var, job_events=np.union1d(good.events, an_answer)),
        "fewer": crowd.enter(fewer, folder, var),
        "useless": crowd.enter(crowd.useless(good, folder), folder, var),
        "level": crowd.enter(level, folder, var),
        "unsaid": crowd.enter(unsaid, folder, var),
        "leaky": crowd.enter(leaky, folder, var, job_events=good.seen),
        "all": crowd.enter(all_learnt, folder, var),
        "good": crowd.enter(good, folder, var),
    }
    return Arena(Place.of(var, None, "tester"), data, runs)


@pytest.fixture
def arena(ground: Arena) -> Iterator[Arena]:
    """Start from a pointer that names nothing and an empty audit trail."""
    yield ground
    for name in ("bundles/current.json", "sqrec.db", "sqrec.db-wal", "sqrec.db-shm"):
        (ground.place.var / name).unlink(missing_ok=True)
    shutil.rmtree(ground.place.var / "cards", ignore_errors=True)


def card_of(arena: Arena, folder: Path) -> dict[str, Any]:
    return json.loads((arena.place.var / "cards" / folder.name / "card.json").read_text(encoding="utf-8"))


def own_of(arena: Arena, run: str) -> Path:
    return registry_of(arena.place).bundle_of(registry_of(arena.place).version("job", arena.runs[run]))
