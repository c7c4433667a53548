"""Everything that serves, in one folder: JSON, arrays and booster text; no pickle.

manifest.json   format, sqrec version, platform, splits, hash of every serving file; its own hash names the bundle
provenance.json and provenance/   when, from what and how well: outside the hash, not read when serving
city/           profile declarations and text weights, the city file, rules of key groups, texts
KIND/           booster text, weights of the sum it was grown on and of the words baseline, rows, reasons, requirements
"""

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np

from sqrec.arrays import AnyArray
from sqrec.cities import City
from sqrec.columns import KINDS, Kind
from sqrec.declared import from_json, to_json
from sqrec.errors import BundleError
from sqrec.evaluate.split import SplitName
from sqrec.profile import encoders, profiler
from sqrec.profile.groups import KeyGroups
from sqrec.profile.profiler import Profiler
from sqrec.profile.skills import Skills
from sqrec.profile.text import HashedText
from sqrec.rank import columns
from sqrec.rank.ranker import Boosted, Linear, Ranker
from sqrec.rank.reasons import Reason, Requirement
from sqrec.rank.recommender import Recommender
from sqrec.rank.rows import RowBuilder
from sqrec.version import VERSION

FORMAT = 2
_CLASSES = (
    *(getattr(columns, name) for name in columns.__all__),
    *(getattr(encoders, name) for name in encoders.__all__ if name[0].isupper()),
    profiler.Encoding,
    HashedText,
    KeyGroups,
    RowBuilder,
    Reason,
    Requirement,
)


@dataclass(frozen=True)
class KindParts:
    """Hold what serves one kind: rows, booster text (None: no trained ranker), words weights, what is said.

    `start` is the weighted sum that the booster was grown on.
    """

    rows: RowBuilder
    booster: str | None
    words: Linear
    start: Linear
    reasons: tuple[Reason, ...]
    requirements: tuple[Requirement, ...]
    split: SplitName

    @property
    def trained(self) -> Boosted | None:
        """The trained ranker: what the booster was grown on, and its trees."""
        return Boosted.of_text(self.booster, self.start) if self.booster else None


@dataclass(frozen=True)
class Bundle:
    """Hold everything that serves, and where it came from."""

    profiler: Profiler
    city: City
    texts: Mapping[str, Mapping[str, str]]
    kinds: Mapping[Kind, KindParts]
    groups: KeyGroups = field(default_factory=KeyGroups)
    name: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def recommender(self) -> Recommender:
        """Return the recommender that these parts make."""
        trained: dict[Kind, Ranker] = {kind: ranker for kind, parts in self.kinds.items() if (ranker := parts.trained)}
        return Recommender(
            profiler=self.profiler,
            city=self.city,
            rows={kind: parts.rows for kind, parts in self.kinds.items()},
            rankers=trained,
            fallbacks={kind: parts.words for kind, parts in self.kinds.items()},
        )


def save(bundle: Bundle, folder: Path, arrays: Mapping[str, AnyArray] | None = None) -> str:
    """Write a bundle as `folder` (replacing what is there at once) and return its hash.

    `arrays` go to `provenance/`, outside the hash.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".bundle-", dir=folder.parent))
    _write_city(bundle, fresh / "city")
    for kind, parts in bundle.kinds.items():
        _write_kind(parts, fresh / kind)
    name = _write_manifest(bundle, fresh)
    _write_json(fresh / "provenance.json", bundle.provenance)
    for label, array in (arrays or {}).items():
        _write_array(fresh / "provenance" / f"{label}.npy", array)
    fresh.chmod(0o755)
    if folder.exists():
        shutil.rmtree(folder)
    fresh.rename(folder)
    return name


def save_by_hash(bundle: Bundle, bundles: Path, arrays: Mapping[str, AnyArray] | None = None) -> Path:
    """Write a bundle into `bundles` under its own hash and return its folder."""
    fresh = bundles / ".new"
    folder = bundles / save(bundle, fresh, arrays)
    if folder.exists():
        shutil.rmtree(folder)
    return fresh.rename(folder)


def load(folder: Path) -> Bundle:
    """Read and verify a bundle.

    Raises BundleError, in one sentence, for a folder that is no bundle, was changed or cut short, was made by a
    newer sqrec or on another platform, or whose rows and booster do not belong together.
    """
    manifest = _manifest(folder)
    _verify(folder, manifest)
    with _readable(folder):
        told = _read_json(folder / "city" / "groups.json")
        return Bundle(
            profiler=_read_profiler(folder / "city"),
            city=City.model_validate({**_read_json(folder / "city" / "city.json"), "groups": told["rules"]}),
            texts=_read_json(folder / "city" / "texts.json"),
            kinds={kind: _read_kind(folder / kind, manifest["splits"][kind]) for kind in KINDS if kind in manifest["splits"]},
            groups=from_json(told["told"], _CLASSES),
            name=_hash((folder / "manifest.json").read_bytes()),
            provenance=_read_json(folder / "provenance.json") if (folder / "provenance.json").exists() else {},
        )


def current(bundles: Path) -> Path:
    """Return the folder that the pointer names. Raises BundleError where there is none or it names nothing."""
    pointer = bundles / "current.json"
    if not pointer.exists():
        raise BundleError(f"No bundle is current in {bundles}: train one with `make train DATA=folder`.")
    try:
        return bundles / str(_read_json(pointer)["bundle"])
    except (ValueError, KeyError, TypeError) as problem:
        raise BundleError(f"{pointer} names no bundle: it was cut short or edited. Train or promote again.") from problem


def point_to(bundles: Path, name: str, *, promoted: bool) -> None:
    """Make a bundle current by one atomic rename."""
    fresh = bundles / f".current-{os.getpid()}.json"
    _write_json(fresh, {"bundle": name, "promoted": promoted})
    fresh.replace(bundles / "current.json")


def is_promoted(bundles: Path) -> bool:
    """Tell whether the current bundle was promoted: training then moves no pointer."""
    pointer = bundles / "current.json"
    return pointer.exists() and bool(_read_json(pointer).get("promoted"))


def of_same_city(folder: Path, fresh: Bundle) -> Bundle:
    """Load a bundle whose kinds are to stand beside those of `fresh`.

    Raises BundleError where profile, city file or texts differ: their rows would mean other things.
    """
    there = load(folder)
    ours, theirs = _city_arrays(fresh.profiler), _city_arrays(there.profiler)
    if _city_parts(there) != _city_parts(fresh) or not all(np.array_equal(ours[name], theirs[name]) for name in ours):
        raise BundleError(f"{folder} has another city/ than this data makes: train all kinds together (KIND=all).")
    return there


def arrays_of(folder: Path) -> dict[str, AnyArray]:
    """Return the arrays of a bundle's provenance; none where there is no bundle."""
    return {path.stem: _read_array(path) for path in sorted((folder / "provenance").glob("*.npy"))}


def this_platform() -> str:
    """Name what the bits of a score depend on."""
    return f"{platform.system()}-{platform.machine()}"


def _write_city(bundle: Bundle, folder: Path) -> None:
    for name, part in _city_parts(bundle).items():
        _write_json(folder / f"{name}.json", part)
    for name, array in _city_arrays(bundle.profiler).items():
        _write_array(folder / f"{name}.npy", array)


def _city_parts(bundle: Bundle) -> dict[str, Any]:
    declared = {
        name: to_json(getattr(bundle.profiler, name)) for name in ("text", "people", "items", "texts", "titles", "occupation")
    }
    city = bundle.city.model_dump(mode="json", exclude={"groups"})
    groups = {"told": to_json(bundle.groups), "rules": bundle.city.groups.model_dump(mode="json", exclude_none=True)}
    return {"profile": declared, "city": city, "groups": groups, "texts": bundle.texts}


def _city_arrays(profiler: Profiler) -> dict[str, AnyArray]:
    return {"idf": profiler.text.idf_, "skill_names": profiler.skills.name, "skill_ids": profiler.skills.skill}


def _read_profiler(folder: Path) -> Profiler:
    parts = from_json(_read_json(folder / "profile.json"), _CLASSES)
    parts["text"].idf_ = _read_array(folder / "idf.npy")
    return Profiler(**parts, skills=Skills(_read_array(folder / "skill_names.npy"), _read_array(folder / "skill_ids.npy")))


def _write_kind(parts: KindParts, folder: Path) -> None:
    _write_json(folder / "rows.json", to_json(parts.rows))
    _write_json(folder / "said.json", to_json({"reasons": parts.reasons, "requirements": parts.requirements}))
    _write_json(folder / "words.json", to_json(parts.words))
    _write_json(folder / "start.json", to_json(parts.start))
    if parts.booster:
        (folder / "booster.txt").write_text(parts.booster, encoding="utf-8")


def _read_kind(folder: Path, split: SplitName) -> KindParts:
    rows: RowBuilder = from_json(_read_json(folder / "rows.json"), _CLASSES)
    booster = (folder / "booster.txt").read_text(encoding="utf-8") if (folder / "booster.txt").exists() else None
    if booster and (names := lgb.Booster(model_str=booster).feature_name()) != list(rows.names):
        raise BundleError(
            f"Booster and rows of {folder} do not belong together: {sorted(set(names) ^ set(rows.names))}. Train again."
        )
    said = from_json(_read_json(folder / "said.json"), _CLASSES)
    words, start = (from_json(_read_json(folder / f"{name}.json"), (Linear,)) for name in ("words", "start"))
    return KindParts(rows, booster, words, start, split=split, **said)


def _write_manifest(bundle: Bundle, folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "format": FORMAT,
        "sqrec": VERSION,
        "platform": this_platform(),
        "splits": {kind: parts.split for kind, parts in bundle.kinds.items()},
        "files": {path.relative_to(folder).as_posix(): _hash(path.read_bytes()) for path in files},
    }
    _write_json(folder / "manifest.json", manifest)
    return _hash((folder / "manifest.json").read_bytes())


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = _read_json(folder / "manifest.json")
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


def _verify(folder: Path, manifest: Mapping[str, Any]) -> None:
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    beside = {name for name in there if name.startswith("provenance")} | {"manifest.json"}
    if strange := sorted(there - beside - set(manifest["files"])):
        raise BundleError(f"{folder} is corrupt: {strange[0]} does not belong to it. Remove it, or use another bundle.")
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.is_file() or _hash(path.read_bytes()) != expected:
            raise BundleError(f"{folder} is corrupt: {name} is missing or was changed. Use another bundle, or train again.")


@contextmanager
def _readable(folder: Path) -> Generator[None]:
    """Say of what cannot be understood, although nobody changed it, that this sqrec cannot."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError, lgb.basic.LightGBMError) as problem:
        told = " ".join(f"{type(problem).__name__}: {problem}".split())
        raise BundleError(f"{folder} cannot be read by this sqrec ({told}). Train it again.") from problem


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write_json(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _write_array(path: Path, array: AnyArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, array, allow_pickle=False)


def _read_array(path: Path) -> AnyArray:
    return np.load(path, allow_pickle=False)
