"""The number of evaluations on the same held-out questions: a figure chosen among many is optimistic."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = "looks.jsonl"


@dataclass(frozen=True)
class Looks:
    """Hold the number of evaluations on the same held-out questions, this one included, and of rankers among them."""

    times: int
    rankers: int


def note_look(bundles_folder: Path, data: str, kind: str, split: str, bundle: str) -> Looks:
    """Append an evaluation of a bundle on a split's held-out questions of data (a fingerprint), and count all of these.

    The list lies beside the bundles, one line an evaluation; evaluations elsewhere are not counted.
    """
    bundles_folder.mkdir(parents=True, exist_ok=True)
    path = bundles_folder / FILE
    asked = {"data": data, "kind": kind, "split": split}
    line = asked | {"bundle": bundle, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")
    told: list[dict[str, Any]] = [json.loads(one) for one in path.read_text(encoding="utf-8").splitlines()]
    same = [one["bundle"] for one in told if asked.items() <= one.items()]
    return Looks(len(same), len(set(same)))
