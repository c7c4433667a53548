"""Everything that serves, in one folder: JSON, arrays and booster text; no pickle.

manifest.json   format, sqrec version, platform, splits, hash of every serving file; its own hash names the bundle
provenance.json and provenance/   when, from what and how well, and each kind's plain baseline: outside the hash, serves nothing
city/           profile declarations and text weights, the city file, rules of key groups, texts
KIND/           booster text, weights of the words baseline, rows, reasons, requirements, how it is served
"""

import shutil
import tempfile
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sqrec.base.arrays import AnyArray
from sqrec.bundle.declared import from_json, to_json
from sqrec.bundle.files import (
    flush,
    name_of,
    read_array,
    read_json,
    read_manifest,
    readable,
    verify,
    write_array,
    write_json,
    write_manifest,
)
from sqrec.bundle.kinds import CLASSES, KindParts, read_kind, read_reference, write_kind, write_reference
from sqrec.bundle.pointer import Pointer, Standing, read_pointer, write_pointer
from sqrec.cities import City
from sqrec.contract import KINDS, Kind
from sqrec.errors import BundleError
from sqrec.groups.groups import KeyGroups
from sqrec.profile.profiler import Profiler
from sqrec.profile.skills import Skills
from sqrec.rank.ranker import Ranker
from sqrec.rank.recommender import Recommender
from sqrec.rank.reference import Reference
from sqrec.reach.walk import StraightLine
from sqrec.texts import built_in_texts

UNFINISHED = ".bundle-"
"""How the names of folders begin that are being written; a killed process leaves them behind."""


@dataclass(frozen=True)
class Bundle:
    """Hold everything that serves, and where it came from; `references` are the plain baselines of the kinds that have one."""

    profiler: Profiler
    city: City
    texts: Mapping[str, Mapping[str, str]]
    kinds: Mapping[Kind, KindParts]
    groups: KeyGroups = field(default_factory=KeyGroups)
    name: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict[str, Any])
    references: Mapping[Kind, Reference] = field(default_factory=dict[Kind, Reference])

    def recommender(self) -> Recommender:
        """Return the recommender of this bundle."""
        trained: dict[Kind, Ranker] = {kind: ranker for kind, parts in self.kinds.items() if (ranker := parts.trained)}
        return Recommender(
            profiler=self.profiler,
            city=self.city,
            walk=StraightLine.of(self.city),
            rows={kind: parts.rows for kind, parts in self.kinds.items()},
            rankers=trained,
            fallbacks={kind: parts.words for kind, parts in self.kinds.items()},
            repeats=frozenset(kind for kind, parts in self.kinds.items() if parts.repeats),
            serving={kind: parts.serving for kind, parts in self.kinds.items() if parts.serving},
        )

    def is_plain(self, kind: Kind) -> bool:
        """Tell whether the ranker of a kind is its plain baseline."""
        parts, plain = self.kinds[kind], self.references.get(kind)
        return plain is not None and (plain.rows, plain.booster) == (parts.rows, parts.booster)


def save(bundle: Bundle, folder: Path, arrays: Mapping[str, AnyArray] | None = None) -> str:
    """Write a bundle as `folder` (replacing what is there at once) and return its hash.

    `arrays` go to `provenance/`, outside the hash.
    """
    with _written(bundle, folder.parent, arrays) as fresh:
        name = name_of(fresh)
        _put_in_place(fresh, folder)
    return name


def save_by_hash(bundle: Bundle, bundles: Path, arrays: Mapping[str, AnyArray] | None = None) -> Path:
    """Write a bundle into `bundles` under its own hash and return its folder.

    Where it is there already, whole and maybe served, only what is outside the hash is replaced.
    """
    with _written(bundle, bundles, arrays) as fresh:
        folder = bundles / name_of(fresh)
        if _is_whole(folder):
            (folder / "provenance").mkdir(exist_ok=True)
            for path in (fresh / "provenance.json", *fresh.glob("provenance/*")):
                path.replace(folder / path.relative_to(fresh))
        else:
            _put_in_place(fresh, folder)
    return folder


def load(folder: Path) -> Bundle:
    """Read and verify a bundle.

    Raises BundleError, in one sentence, for a folder that is no bundle, was changed or cut short, was made by a
    newer sqrec or on another platform, or whose rows and booster do not belong together.
    """
    manifest = read_manifest(folder)
    verify(folder, manifest)
    with readable(folder):
        told = read_json(folder / "city" / "groups.json")
        kinds: list[Kind] = [kind for kind in KINDS if kind in manifest["splits"]]
        return Bundle(
            profiler=_read_profiler(folder / "city"),
            city=City.model_validate({**read_json(folder / "city" / "city.json"), "groups": told["rules"]}),
            # An older bundle has no sentence for a newer code.
            texts={**built_in_texts(), **read_json(folder / "city" / "texts.json")},
            kinds={kind: read_kind(folder / kind, manifest["splits"][kind]) for kind in kinds},
            groups=from_json(told["told"], CLASSES),
            name=name_of(folder),
            provenance=read_json(folder / "provenance.json") if (folder / "provenance.json").exists() else {},
            references={kind: found for kind in kinds if (found := read_reference(folder / "provenance", kind))},
        )


def current(bundles: Path) -> Path:
    """Return the folder that the pointer names. Raises BundleError where there is none or it names nothing."""
    pointer = read_pointer(bundles)
    if pointer is None:
        raise BundleError(f"No bundle is current in {bundles}: train one with `make train DATA=folder`.")
    return bundles / pointer.current.bundle


def point_to(bundles: Path, name: str, *, promoted: bool) -> None:
    """Make a bundle current; the bundle before it can be restored. An unreadable pointer is written anew."""
    there = _pointer_or_none(bundles)
    write_pointer(bundles, Pointer(Standing(name, promoted), there.before if there else ()))


def is_promoted(bundles: Path) -> bool:
    """Tell whether the current bundle was promoted: training then moves no pointer."""
    pointer = _pointer_or_none(bundles)
    return pointer is not None and pointer.current.promoted


def _pointer_or_none(bundles: Path) -> Pointer | None:
    try:
        return read_pointer(bundles)
    except BundleError:
        return None


def same_city(one: Bundle, other: Bundle) -> bool:
    """Tell whether two bundles have the same `city/`: their rows mean the same."""
    ours, theirs = _city_arrays(one.profiler), _city_arrays(other.profiler)
    return same_declarations(one, other) and all(np.array_equal(ours[name], theirs[name]) for name in ours)


def same_declarations(one: Bundle, other: Bundle) -> bool:
    """Tell whether what is declared of profile, city, groups and texts is the same, whatever was fitted to data."""
    return _city_parts(one) == _city_parts(other)


def beside(folder: Path, fresh: Bundle) -> Bundle:
    """Return `fresh` with the other kinds of a bundle folder. Raises BundleError where its `city/` is another one."""
    there = load(folder)
    if not same_city(there, fresh):
        raise BundleError(f"{folder} has another city/ than this data makes: train all kinds together (KIND=all).")
    return replace(
        fresh,
        kinds={**there.kinds, **fresh.kinds},
        provenance={**there.provenance, **fresh.provenance},
        references={kind: one for kind, one in there.references.items() if kind not in fresh.kinds} | {**fresh.references},
    )


def join(base: Path, run: Path, kinds: Collection[Kind]) -> tuple[Bundle, dict[str, AnyArray]]:
    """Return the bundle `base` with these kinds of the bundle `run` in their place, and the arrays of its provenance.

    Raises BundleError where kinds of `base` would stand beside another `city/`: their rows would mean other things.
    """
    theirs, ours = load(base), load(run)
    kept: list[Kind] = [kind for kind in theirs.kinds if kind not in kinds]
    if kept and not same_city(theirs, ours):
        lost = [kind for kind in kept if theirs.kinds[kind].booster and kind in ours.kinds and not ours.kinds[kind].booster]
        to_do = (
            f"{ours.name} has no ranker of {', '.join(lost)}: train all kinds together on data that each can be trained on."
            if lost
            else "train all kinds together (KIND=all) and promote them together (all)."
        )
        raise BundleError(
            f"The city/ of {ours.name} is not that of the current bundle {theirs.name}, so its {', '.join(kinds)} cannot stand"
            f" beside the current {', '.join(kept)}: {to_do}"
        )
    source: dict[Kind, Bundle] = {kind: ours if kind in kinds else theirs for kind in KINDS if kind in {*kept, *kinds}}
    joined = replace(
        ours,
        kinds={kind: bundle.kinds[kind] for kind, bundle in source.items()},
        provenance={kind: bundle.provenance.get(kind, {}) for kind, bundle in source.items()},
        references={kind: bundle.references[kind] for kind, bundle in source.items() if kind in bundle.references},
        name="",
    )
    return joined, {**_arrays_of_kinds(base, kept), **_arrays_of_kinds(run, kinds)}


def arrays_of(folder: Path) -> dict[str, AnyArray]:
    """Return the arrays of a bundle's provenance, named KIND_what; none where there is no bundle."""
    return {path.stem: read_array(path) for path in sorted((folder / "provenance").glob("*.npy"))}


def _arrays_of_kinds(folder: Path, kinds: Collection[Kind]) -> dict[str, AnyArray]:
    return {name: array for name, array in arrays_of(folder).items() if name.partition("_")[0] in kinds}


@contextmanager
def _written(bundle: Bundle, parent: Path, arrays: Mapping[str, AnyArray] | None) -> Generator[Path]:
    """Write a bundle into a folder of its own beside where it will lie; it goes away unless it is moved."""
    parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=parent))
    try:
        _write_city(bundle, fresh / "city")
        for kind, parts in bundle.kinds.items():
            write_kind(parts, fresh / kind)
        write_manifest(fresh, {kind: parts.split for kind, parts in bundle.kinds.items()})
        write_json(fresh / "provenance.json", bundle.provenance)
        for label, array in (arrays or {}).items():
            write_array(fresh / "provenance" / f"{label}.npy", array)
        for kind, reference in bundle.references.items():
            write_reference(reference, fresh / "provenance", kind)
        fresh.chmod(0o755)
        flush(*fresh.rglob("*"), fresh)
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _put_in_place(fresh: Path, folder: Path) -> None:
    """Move a folder to where another one may lie, which goes away."""
    if folder.exists():
        aside = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder.parent))
        folder.rename(aside / "old")
        fresh.rename(folder)
        shutil.rmtree(aside)
    else:
        fresh.rename(folder)
    flush(folder.parent)


def _is_whole(folder: Path) -> bool:
    try:
        load(folder)
    except BundleError:
        return False
    return True


def _write_city(bundle: Bundle, folder: Path) -> None:
    for name, part in _city_parts(bundle).items():
        write_json(folder / f"{name}.json", part)
    for name, array in _city_arrays(bundle.profiler).items():
        write_array(folder / f"{name}.npy", array)


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
    parts = from_json(read_json(folder / "profile.json"), CLASSES)
    parts["text"].idf_ = read_array(folder / "idf.npy")
    return Profiler(**parts, skills=Skills(read_array(folder / "skill_names.npy"), read_array(folder / "skill_ids.npy")))
