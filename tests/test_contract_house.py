"""The house keeps its rules: rooms, lock, versions, no pickle, nothing on import."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import sqrec
from sqrec.contract.page import columns_page

ROOT = Path(__file__).parent.parent
ROOMS = ("sqrec", "features", "training", "serving", "experiments")
SOURCES = [path for room in (*ROOMS, "examples") for path in sorted((ROOT / room).rglob("*.py"))]
TOP = {
    *ROOMS,
    *("tests", "docs", "examples", "typings", ".ci"),
    *("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE"),
    *("pyproject.toml", "requirements.lock", "Makefile", ".gitignore"),
}
"""What may lie at the top level."""


def test_public_names_are_pinned() -> None:
    assert sorted(sqrec.__all__) == sorted(
        [
            "SERVED",
            "VERSION",
            "WHOLE",
            "Bundle",
            "BundleError",
            "City",
            "DataError",
            "Folder",
            "Person",
            "Policy",
            "Profiler",
            "Profiles",
            "Ranking",
            "Recommender",
            "RequestError",
            "RowBuilder",
            "Snapshot",
            "Spread",
            "SqrecError",
            "StoreError",
            "TableError",
            "load",
            "load_city",
            "read_folder",
            "read_source",
            "report_on",
            "save",
        ]
    )
    assert all(hasattr(sqrec, name) for name in sqrec.__all__)


def test_import_contracts_hold() -> None:
    run = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_pickle_and_no_endless_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(import|from)\s+(pickle|joblib|cloudpickle|dill)\b", text, re.MULTILINE)
    assert "allow_pickle=True" not in text
    assert len(text.splitlines()) <= 400


@pytest.mark.parametrize("path", sorted((ROOT / "features").glob("*.py")), ids=lambda path: path.name)
def test_features_hold_instances_only(path: Path) -> None:
    assert not re.search(r"^\s*(def|class|lambda)\b|\blambda\b", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_lock_has_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pins = re.findall(r"^[A-Za-z0-9_.-]+(?:\[.*\])?==", lock, re.MULTILINE)
    blocks = re.split(r"\n(?=\S)", lock.strip())
    assert len(pins) == len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)


def test_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == sqrec.VERSION
    first = re.search(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first is not None
    assert first[1] == "Unreleased" or first[1].startswith(sqrec.VERSION)


def test_tables_page_is_generated() -> None:
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == columns_page()


def test_nothing_happens_on_import(tmp_path: Path) -> None:
    modules = [
        ".".join(p.relative_to(ROOT).with_suffix("").parts)
        for p in SOURCES
        if p.name not in {"__main__.py", "bundle_model.py"} and p.parent.name != "examples"
    ]
    code = f"""
import builtins, socket, sys
sys.path.insert(0, {str(ROOT)!r})
import bentoml, mlflow, lightgbm, pandas, sklearn  # their own imports are their business
def refuse(*args, **kwargs): raise AssertionError("a socket on import")
socket.socket.connect = refuse
import importlib, threading
before = threading.active_count()
for name in {modules!r}:
    importlib.import_module(name.removesuffix(".__init__"))
assert threading.active_count() == before
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_the_top_level_is_fixed() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\0")
    assert {name.split("/")[0] for name in tracked if name} <= TOP
    assert all((ROOT / name).exists() for name in TOP)


def test_the_project_speaks_of_itself_alone() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\0")
    texts = [ROOT / name for name in tracked if name and Path(name).suffix in {".py", ".md", ".toml", ".lock", ".json", ""}]
    for path in texts:
        if path.is_file() and path != Path(__file__):
            text = path.read_text(encoding="utf-8", errors="ignore")
            assert not re.search(r"/work/|/tmp/lead|/root/|pypi\.org|pythonhosted", text), path
