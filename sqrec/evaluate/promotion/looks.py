"""How often held-out questions have been looked at: each look invites a choice, and chosen figures flatter."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = "looks.jsonl"


@dataclass(frozen=True)
class Looks:
    """Count the evaluations on the same held-out questions, this one included, and the different rankers among them."""

    times: int
    rankers: int


def note_look(bundles_folder: Path, data: str, kind: str, split: str, bundle: str) -> Looks:
    """Write down that a bundle is evaluated on what a split holds out of data (a fingerprint), and count all such looks.

    The list lies beside the bundles, one line a look, and is only added to: looks from other places are not known.
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
