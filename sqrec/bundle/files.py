"""The files of a bundle: JSON, arrays, and the manifest with their hashes."""

import hashlib
import json
import os
import platform
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np

from sqrec.base.arrays import AnyArray
from sqrec.errors import BundleError
from sqrec.version import VERSION

FORMAT = 3


def this_platform() -> str:
    """Return the names of everything that the bits of a score depend on."""
    return f"{platform.system()}-{platform.machine()}"


def write_manifest(folder: Path, splits: Mapping[str, str]) -> str:
    """Write the manifest of all files in the folder, and return its hash: the bundle's name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "format": FORMAT,
        "sqrec": VERSION,
        "platform": this_platform(),
        "splits": dict(splits),
        "files": {path.relative_to(folder).as_posix(): hash_of(path.read_bytes()) for path in files},
    }
    write_json(folder / "manifest.json", manifest)
    return name_of(folder)


def name_of(folder: Path) -> str:
    """Return the hash that names a bundle."""
    return hash_of((folder / "manifest.json").read_bytes())


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a manifest. Raises BundleError where it is none of ours, of another format, or of another platform."""
    try:
        manifest = read_json(folder / "manifest.json")
        form = int(manifest["format"])
        files, splits, made_on = dict(manifest["files"]), dict(manifest["splits"]), str(manifest["platform"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BundleError(
            f"{folder} is no bundle of sqrec (its manifest.json is missing or foreign). Name a bundle folder."
        ) from problem
    if form > FORMAT:
        raise BundleError(
            f"{folder} has format {form}, made by sqrec {manifest.get('sqrec')}; this sqrec reads up to {FORMAT}. Update sqrec."
        )
    if form < FORMAT:
        raise BundleError(
            f"{folder} has format {form}, this sqrec reads {FORMAT}: its rankers are kept in another way. Train again."
        )
    if made_on != this_platform():
        raise BundleError(f"{folder} was made on {made_on}, this is {this_platform()}: scores would differ. Train it here.")
    return {**manifest, "files": files, "splits": splits}


def verify(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise BundleError where a file is missing, was changed, or does not belong to the bundle."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    beside = {name for name in there if name.startswith("provenance")} | {"manifest.json"}
    if strange := sorted(there - beside - set(manifest["files"])):
        raise BundleError(f"{folder} is corrupt: {strange[0]} does not belong to it. Remove it, or use another bundle.")
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.is_file() or hash_of(path.read_bytes()) != expected:
            raise BundleError(f"{folder} is corrupt: {name} is missing or was changed. Use another bundle, or train again.")


@contextmanager
def readable(folder: Path) -> Generator[None]:
    """Say of what cannot be understood, although nobody changed it, that this sqrec cannot."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError, lgb.basic.LightGBMError) as problem:
        told = " ".join(f"{type(problem).__name__}: {problem}".split())
        raise BundleError(f"{folder} cannot be read by this sqrec ({told}). Train it again.") from problem


def flush(*paths: Path) -> None:
    """Flush files and the entries of folders to the disk, so that a power cut empties nothing that a pointer names."""
    for path in paths:
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def hash_of(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write_json(path: Path, data: Any) -> None:
    """Write values as JSON; equal values make equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read JSON."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_array(path: Path, array: AnyArray) -> None:
    """Write an array of numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, array, allow_pickle=False)


def read_array(path: Path) -> AnyArray:
    """Read an array; one of objects is refused."""
    return np.load(path, allow_pickle=False)
