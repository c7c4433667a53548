"""The rooms and what they import: no circle, and the floors that the contract and the page have."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from experiments.questions import rooms

ROOT = Path(__file__).parents[2]
MODULES = ("sqrec.base.text", "sqrec.base.keys", "sqrec.rank.rows", "serving.app", "sqrec")


def layers() -> list[list[str]]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    every = next(one for one in contracts if one["name"] == "every arrow points down")
    return [layer.split(" | ") for layer in every["layers"]]


def test_rooms_by_hand() -> None:
    told = [("sqrec.rank.rows", "sqrec.base.text"), ("sqrec.base.text", "sqrec.base.keys"), ("serving.app", "sqrec.rank.rows")]
    found = rooms.below(MODULES, told)
    assert found == {
        "sqrec": frozenset(),
        "serving": {"sqrec.rank"},
        "sqrec.rank": {"sqrec.base"},
        "sqrec.base": frozenset(),
    }
    assert rooms.circle(found) == ()
    assert rooms.floors(found) == [["serving"], ["sqrec.rank"], ["sqrec", "sqrec.base"]]
    assert rooms.drawn(found).splitlines()[0] == " 3  serving      → rank"
    assert '  "serving" -> "sqrec.rank";' in rooms.dot(found).splitlines()


def test_a_circle_is_found_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [("sqrec.rank.rows", "sqrec.base.text"), ("sqrec.base.keys", "serving.app"), ("serving.app", "sqrec.rank.rows")]
    found = rooms.below(MODULES, told)
    ring = rooms.circle(found)
    assert ring[0] == ring[-1]
    assert set(ring) == {"serving", "sqrec.rank", "sqrec.base"}
    assert all(other in found[room] for room, other in pairwise(ring))
    monkeypatch.setattr(rooms, "rooms", lambda: found)
    app = typer.Typer()
    app.command()(rooms.main)
    run = CliRunner().invoke(app, [])
    assert run.exit_code == 1
    assert run.stdout.startswith("There is a circle: ")


def test_the_house_has_no_circle_and_every_room_a_floor() -> None:
    found = rooms.rooms()
    assert rooms.circle(found) == ()
    assert set(found) - {"sqrec"} == {room for layer in layers() for room in layer}
    assert not any("sqrec" in others for room, others in found.items() if room.startswith("sqrec.")), "a room asks the front door"


def test_the_page_has_the_rooms_in_the_order_of_the_contract() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    part = page.partition("\n## Rooms")[2].partition("\n## ")[0]
    table = [line for line in part.splitlines() if line.startswith("| `")]
    told = [line.split("|")[1].strip().strip("`").rstrip("/").removesuffix(".py").replace("/", ".") for line in table]
    assert [room for layer in layers() for room in layer] == told
