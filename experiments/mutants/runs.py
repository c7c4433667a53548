"""Runs of a file's tests, each in a fork of this process and on another edit of the file."""

import gc
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any

import grimp
import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).parents[2]
HOUSE = ("sqrec", "features", "training", "serving", "experiments")
_MEMORY = 6 << 30  # bytes that a run may take beyond what it begins with: an edit may ask for too much
_PATIENCE = 1800.0  # seconds for the tests of a file as it stands


@dataclass(frozen=True)
class Run:
    """Hold how the tests went: the first that failed (None where all passed), seconds, and the modules loaded by then."""

    failed: str | None
    seconds: float
    modules: Sequence[str] = ()


@dataclass(frozen=True)
class Bench:
    """Hold a file whose edits are judged, the tests that judge them, and the modules that have a part of the file in them."""

    path: str
    tests: Sequence[str]
    above: frozenset[str]

    @classmethod
    def of(cls, path: str, tests: Sequence[str]) -> "Bench":
        """Find out which modules of the house import the file, by whatever way."""
        module = _module_of(path)
        graph = grimp.build_graph(*HOUSE, cache_dir=None)
        return cls(path, tests, frozenset({module, *graph.find_downstream_modules(module)}))

    def once(self) -> Run:
        """Run the tests on the file as it stands, twice: the second run finds loaded what the first one loaded.

        Returns the second, which is as long as that of an edit nobody notices. Raises RuntimeError where a test fails.
        """
        for name in self._plain().modules:
            if not name.startswith("tests"):
                with suppress(Exception):  # what pytest alone can load is loaded by every run
                    import_module(name)
        gc.collect()
        gc.freeze()  # else every run walks, and so copies, all that was loaded
        return self._plain()

    def _plain(self) -> Run:
        run = _collected(_start(lambda: self._tested(None)), time.monotonic() + _PATIENCE)
        if run.failed:
            raise RuntimeError(f"{run.failed} fails on {self.path} as it stands. Mend it first.")
        return run

    def each(self, codes: Sequence[Callable[[], CodeType]], limit: float, workers: int) -> Iterator[tuple[int, Run]]:
        """Run the tests on every edit, `workers` at a time and none longer than `limit` seconds; yields its place and its run."""
        waiting, running = list(enumerate(codes)), dict[int, tuple[int, _Child, float]]()
        while waiting or running:
            while waiting and len(running) < workers:
                place, code = waiting.pop(0)
                child = _start(lambda code=code: self._tested(code))
                running[child.pipe] = place, child, time.monotonic() + limit
            ready, _, _ = select.select(list(running), [], [], 0.5)
            late = [pipe for pipe, (_, _, until) in running.items() if time.monotonic() > until]
            for pipe in {*ready, *late}:
                place, child, until = running.pop(pipe)
                yield place, _collected(child, until)

    def _tested(self, code: Callable[[], CodeType] | None) -> dict[str, Any]:
        """Put an edit in the file's place and run the tests until one fails."""
        for name in [name for name in sys.modules if name in self.above or name.startswith("tests.")]:
            gone = sys.modules.pop(name)
            package, _, leaf = name.rpartition(".")
            if getattr(sys.modules.get(package), leaf, None) is gone:  # else `from package import leaf` finds the old one
                delattr(sys.modules[package], leaf)
        if code:
            sys.meta_path.insert(0, _Edited(_module_of(self.path), ROOT / self.path, code()))
        _bound_memory()
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # looking for plugins takes longer than most tests
        settings.register_profile(
            "mutants", derandomize=True, database=None, deadline=None, phases=(Phase.explicit, Phase.generate)
        )
        settings.load_profile("mutants")
        witness = _Witness()
        with tempfile.TemporaryDirectory(prefix="mutant-") as place:
            quiet = ["-q", "-x", "-p", "no:cacheprovider", "--noconftest", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
            where = [f"--basetemp={place}/t", f"--rootdir={ROOT}", *(str(ROOT / test) for test in self.tests)]
            ended = pytest.main([*quiet, *where], [witness])
        failed = witness.failed or (None if ended == pytest.ExitCode.OK else f"pytest ends with {ended}")
        return {"failed": failed, "modules": [] if code else list(sys.modules)}


class _Witness:
    """Note the first test that fails."""

    failed: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Read the report of one phase of a test."""
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Read the report of one file: an edit may make it impossible to load."""
        if report.failed:
            self.failed = self.failed or f"{report.nodeid} (does not load)"


class _Edited(MetaPathFinder):
    """Find one module as its edit, and nothing else."""

    def __init__(self, module: str, path: Path, code: CodeType) -> None:
        class Loader(SourceFileLoader):
            def get_code(self, fullname: str) -> CodeType:
                return code

        self.module, self.path, self.loader = module, path, Loader

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return the edited module's spec, None for every other module."""
        if fullname != self.module:
            return None
        return spec_from_file_location(fullname, self.path, loader=self.loader(fullname, str(self.path)))


def _module_of(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _bound_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


@dataclass(frozen=True)
class _Child:
    pid: int
    pipe: int
    begun: float


def _start(work: Callable[[], dict[str, Any]]) -> _Child:
    """Fork, work without a word, and write what came of it into a pipe."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return _Child(pid, reader, time.monotonic())
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    try:
        told = work()
    except BaseException as reason:  # noqa: BLE001 - whatever an edit does, the parent must learn of it
        told = {"failed": f"{type(reason).__name__}: {reason}", "modules": []}
    with os.fdopen(writer, "w") as stream:
        stream.write(json.dumps(told))
    os._exit(0)


def _collected(child: _Child, until: float) -> Run:
    """Read what a child tells, until a moment at most, and end it and what it started."""
    text, failed = b"", "endless"
    while select.select([child.pipe], [], [], max(until - time.monotonic(), 0))[0]:
        part = os.read(child.pipe, 1 << 16)
        if not part:
            failed = "crash"
            break
        text += part
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    os.waitpid(child.pid, 0)
    os.close(child.pipe)
    told = json.loads(text) if failed == "crash" and text else {"failed": failed, "modules": []}
    return Run(told["failed"], time.monotonic() - child.begun, told["modules"])
