"""Bytes that lead back to somebody, looked for in every file."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from sqrec.base.arrays import key_of, keys_of


def marks(person_id: str, events: Iterable[str], more: Iterable[str] = ()) -> dict[str, bytes]:
    """Return what leads back to a person: ids, and hashes of ids as arrays and texts hold them."""
    hashes = {f"hash of {one}": int(key) for one, key in zip(events, keys_of(events).tolist(), strict=True)}
    hashes["hash of the id"] = int(key_of(person_id))
    told = {"the id": person_id.encode(), **{one: one.encode() for one in (*events, *more)}}
    arrays = {f"{name}, eight bytes": np.uint64(value).tobytes() for name, value in hashes.items()}
    return told | arrays | {f"{name}, digits": str(value).encode() for name, value in hashes.items()}


def found(place: Path, sought: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return every file under a folder that holds a mark, with the mark."""
    files = [path for path in sorted(place.rglob("*")) if path.is_file()]
    return [(str(path.relative_to(place)), name) for path in files for name, mark in sought.items() if mark in path.read_bytes()]
