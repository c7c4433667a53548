"""Bundles: what goes in comes out, the hash says what it is, and what cannot be used is refused in one sentence."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features import KEY_GROUPS, PLAIN_ROWS
from sqrec import bundle as bundles
from sqrec.bundle import load, save, save_by_hash
from sqrec.bundle.files import hash_of, write_manifest
from sqrec.cities import load_city
from sqrec.errors import BundleError
from sqrec.groups.groups import KeyGroups
from sqrec.groups.restricted import Restricted
from sqrec.profile import Person
from tests.support import tiny


@pytest.fixture(scope="module")
def made(small: Path) -> Path:
    return bundles.current(small / "var" / "bundles")


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "bundle"))


def test_only_json_arrays_and_text(made: Path) -> None:
    assert {path.suffix for path in made.rglob("*") if path.is_file()} == {".json", ".npy", ".txt"}


def test_arrays_hold_no_objects(made: Path) -> None:
    for path in made.rglob("*.npy"):
        assert np.load(path, allow_pickle=False).dtype != object


def test_a_round_trip_keeps_everything(made: Path, tmp_path: Path) -> None:
    loaded = load(made)
    name = save(loaded, tmp_path / "again")
    assert name == loaded.name == made.name
    again = load(tmp_path / "again")
    assert (again.kinds, again.city, again.texts) == (loaded.kinds, loaded.city, loaded.texts)


def test_trees_are_read_once_however_often_a_recommender_is_made(made: Path) -> None:
    """Lists are made page by page; reading a model's text takes longer than a page."""
    loaded = load(made)
    assert loaded.recommender().rankers["job"] is loaded.recommender().rankers["job"]


def test_the_rules_of_groups_are_carried_as_data(made: Path, tmp_path: Path) -> None:
    loaded, qingdao = load(made), load_city("qingdao")
    assert (loaded.groups, loaded.city.groups, loaded.city.welfare) == (KEY_GROUPS, qingdao.groups, qingdao.welfare)
    written = json.loads((made / "city" / "groups.json").read_text(encoding="utf-8"))
    assert {one["id"] for one in written["rules"]["rulesets"]} >= {"shandong-2016", "qingdao-2023"}
    assert "groups" not in json.loads((made / "city" / "city.json").read_text(encoding="utf-8"))
    facts = Person(birth_month="1980-01", employment="unemployed"), Restricted(disability=True, sex="female")
    at = tiny.micros("2026-11-01T04:00")
    assert loaded.groups.of(*facts, loaded.city, at) == KEY_GROUPS.of(*facts, qingdao, at)
    fewer = replace(loaded, groups=KeyGroups(("graduate",)))
    assert save(fewer, tmp_path / "fewer") != loaded.name
    assert load(tmp_path / "fewer").groups == fewer.groups


def test_provenance_is_outside_the_hash(made: Path, tmp_path: Path) -> None:
    loaded = load(made)
    told = replace(loaded, provenance={"created": "another day"})
    assert save(told, tmp_path / "again", {"job_events": np.arange(3, dtype=np.uint64)}) == loaded.name


def test_the_plain_baseline_is_outside_the_hash_and_carried_along(made: Path, tmp_path: Path) -> None:
    loaded = load(made)
    assert loaded.references["job"].rows == PLAIN_ROWS["job"]
    assert (made / "provenance" / "job_plain.txt").read_text(encoding="utf-8") == loaded.references["job"].booster
    assert (made / "provenance" / "job_plain_rows.json").exists()
    assert list(loaded.references["job"].ranker.booster.feature_name()) == list(PLAIN_ROWS["job"].names)
    assert not loaded.is_plain("job")
    bare = replace(loaded, references={})
    assert save(bare, tmp_path / "bare") == save(loaded, tmp_path / "with") == loaded.name
    assert load(tmp_path / "bare").references == {}
    assert load(tmp_path / "with").references == loaded.references
    folder = save_by_hash(bare, tmp_path / "bundles")
    assert load(save_by_hash(loaded, tmp_path / "bundles")).references == loaded.references
    assert folder.name == loaded.name
    assert bundles.beside(tmp_path / "with", replace(bare, kinds={})).references == loaded.references
    assert bundles.beside(tmp_path / "with", bare).references == {}
    joined, _ = bundles.join(tmp_path / "bare", tmp_path / "with", ["job"])
    assert joined.references == loaded.references


@pytest.mark.parametrize("text", ["{", "[]", '{"is": "Popen"}'])
def test_a_broken_plain_baseline_keeps_nobody_from_serving(copied: Path, text: str) -> None:
    (copied / "provenance" / "job_plain_rows.json").write_text(text, encoding="utf-8")
    assert load(copied).kinds
    assert load(copied).references == {}


def test_a_plain_baseline_of_other_rows_is_refused_where_it_is_asked(made: Path) -> None:
    plain = load(made).references["job"]
    with pytest.raises(BundleError, match="do not belong together"):
        _ = replace(plain, rows=PLAIN_ROWS["course"]).ranker


def test_another_setting_is_another_bundle(made: Path, tmp_path: Path) -> None:
    loaded = load(made)
    parts = replace(loaded.kinds["job"], reasons=loaded.kinds["job"].reasons[:-1])
    assert save(replace(loaded, kinds={"job": parts}), tmp_path / "other") != loaded.name


def edit(name: str, change: Callable[[Any], None]) -> Callable[[Path], None]:
    """Change a JSON file and, unless it is the manifest, have the manifest agree."""

    def damage(folder: Path) -> None:
        told = json.loads((folder / name).read_text(encoding="utf-8"))
        change(told)
        (folder / name).write_text(json.dumps(told), encoding="utf-8")
        if name != "manifest.json":
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            manifest["files"][name] = hash_of((folder / name).read_bytes())
            (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    return damage


def cut(folder: Path) -> None:
    booster = folder / "job" / "booster.txt"
    booster.write_bytes(booster.read_bytes()[:-100])


def flip(folder: Path) -> None:
    idf = folder / "city" / "idf.npy"
    data = bytearray(idf.read_bytes())
    data[-3] ^= 1
    idf.write_bytes(data)


def pickled(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    np.save(folder / "city" / "idf.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    manifest["files"]["city/idf.npy"] = hash_of((folder / "city" / "idf.npy").read_bytes())
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "no bundle"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "no bundle"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "no bundle"),
        (edit("manifest.json", lambda m: m.pop("files")), "no bundle"),
        (edit("manifest.json", lambda m: m.update(format=99)), "format 99"),
        (edit("manifest.json", lambda m: m.update(format=1)), "Train again"),
        (edit("manifest.json", lambda m: m.update(format=2)), "has format 2, this sqrec reads 3"),
        (edit("manifest.json", lambda m: m.update(platform="Plan9-vax")), "Plan9-vax"),
        (lambda folder: (folder / "city" / "texts.json").unlink(), "city/texts.json is missing"),
        (cut, "job/booster.txt is missing or was changed"),
        (flip, "city/idf.npy is missing or was changed"),
        (pickled, "cannot be read by this sqrec (ValueError: Object arrays"),
        (
            edit("job/rows.json", lambda rows: rows["columns"][0].update({"is": "Popen"})),
            "'Popen', which this sqrec does not have",
        ),
        (edit("job/rows.json", lambda rows: rows["columns"][0].update(colour="red")), "does not fit this sqrec"),
        (edit("job/rows.json", lambda rows: rows["columns"].pop()), "do not belong together"),
        (edit("city/city.json", lambda city: city.update(detour="far")), "detour"),
        (edit("city/groups.json", lambda groups: groups["rules"]["rulesets"].pop(0)), "no rules for"),
        (edit("city/profile.json", lambda profile: profile.pop("text")), "KeyError: 'text'"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(copied: Path, damage: Callable[[Path], None], says: str) -> None:
    damage(copied)
    with pytest.raises(BundleError) as refused:
        load(copied)
    assert says in str(refused.value)
    assert str(copied) in str(refused.value) or "The bundle" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_more_is_refused(copied: Path) -> None:
    (copied / "course").mkdir()
    (copied / "course" / "booster.txt").write_text("put here by somebody")
    with pytest.raises(BundleError, match=r"course/booster\.txt does not belong to it"):
        load(copied)


def test_the_pointer(made: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="No bundle is current"):
        bundles.current(tmp_path)
    folder = save_by_hash(load(made), tmp_path)
    bundles.point_to(tmp_path, folder.name, promoted=True)
    assert bundles.current(tmp_path) == folder
    assert bundles.is_promoted(tmp_path)
    bundles.point_to(tmp_path, folder.name, promoted=False)
    assert not bundles.is_promoted(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([folder.name, "current.json"])


@pytest.mark.parametrize("told", ["{", "[]", "{}", "3"])
def test_a_broken_pointer_is_refused(tmp_path: Path, told: str) -> None:
    (tmp_path / "current.json").write_text(told)
    with pytest.raises(BundleError, match=r"current\.json"):
        bundles.current(tmp_path)


def test_saving_again_replaces_at_once(made: Path, tmp_path: Path) -> None:
    first = save_by_hash(load(made), tmp_path)
    assert save_by_hash(load(made), tmp_path) == first
    assert load(first).name == first.name


def test_a_bundle_says_which_kinds_repeat_and_one_that_says_nothing_has_none(made: Path, tmp_path: Path) -> None:
    loaded = load(made)
    assert loaded.recommender().repeats == frozenset()
    repeating = replace(loaded, kinds={"job": replace(loaded.kinds["job"], repeats=True)})
    name = save(repeating, tmp_path / "repeating")
    assert name != loaded.name
    assert load(tmp_path / "repeating").recommender().repeats == {"job"}
    (tmp_path / "repeating" / "job" / "served.json").unlink()
    (tmp_path / "repeating" / "manifest.json").unlink()
    write_manifest(tmp_path / "repeating", {"job": loaded.kinds["job"].split})
    assert load(tmp_path / "repeating").kinds["job"].repeats is False
