"""Seconds, rows a second and peak memory of `sqrec check` and `read_folder`: `python -m experiments.bench.tables`.

Writes invented tables to a temporary folder, as typed Parquet and as CSV, and runs each on each in a process of its own.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import typer
from rich.console import Console
from rich.table import Table

BLOCK = 200_000
FIRST = np.datetime64("2025-11-01T00:00:00", "us").astype(np.int64)
YEAR = 365 * 86_400 * 10**6
CHECK = "import sys; from sqrec.cli.app import main; sys.argv = ['sqrec', 'check', sys.argv[1]]; main()"
READ = "import sys; from sqrec.tables import read_folder; read_folder(sys.argv[1], write_rejected=False)"
SKILLS = ("面点师@4", "育婴员@3", "电工@5", "cook", "driving|repair", "客服", "收银|理货")
WISHES = ("4-10-01-05", "4-03-02-01", "保洁员", "cashier", "4-02-02-01|快递员")


def main(
    people: Annotated[int, typer.Option(help="rows of people")] = 1_000_000,
    events: Annotated[int, typer.Option(help="rows of events")] = 5_000_000,
    jobs: Annotated[int, typer.Option(help="rows of jobs")] = 100_000,
    kinds: Annotated[list[str] | None, typer.Option("--kind", help="parquet, csv, or (default) both")] = None,
) -> None:
    """Measure and print a table."""
    sizes = {"people": people, "events": events, "jobs": jobs}
    grid = Table("folder", "door", "seconds", "of CPU", "rows/s", "rows/CPU s", "peak MiB")
    with tempfile.TemporaryDirectory(prefix="sqrec-bench-") as place:
        for kind in kinds or ("parquet", "csv"):
            folder = Path(place) / kind
            _write(folder, sizes, kind)
            for door, program in (("check", CHECK), ("read_folder", READ)):
                seconds, cpu, peak = measured(program, str(folder))
                rates = [f"{sum(sizes.values()) / took:,.0f}" for took in (seconds, cpu)]
                grid.add_row(kind, door, f"{seconds:.1f}", f"{cpu:.1f}", *rates, f"{peak:,.0f}")
    sizes_told = ", ".join(f"{count:,} {name}" for name, count in sizes.items())
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(f"{sizes_told}; seconds hold the start of the interpreter and the imports")
    console.print(grid)


def measured(program: str, *arguments: str) -> tuple[float, float, float]:
    """Run a Python program with arguments; return seconds, CPU seconds and its peak of resident memory, MiB."""
    start = time.perf_counter()
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", program, *arguments], os.environ, file_actions=silent)
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"The run of {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}.")
    return (
        time.perf_counter() - start,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10),
    )


def _write(folder: Path, sizes: dict[str, int], kind: str) -> None:
    folder.mkdir(parents=True)
    config = {"city": "qingdao", "crs": "WGS84", "as_of": "2026-11-01", "synthetic": True}
    (folder / "folder.json").write_text(json.dumps(config), encoding="utf-8")
    rng = np.random.default_rng(0)
    for name, make in (("people", _people), ("jobs", _jobs), ("events", _events)):
        writer: Any = None
        for first in range(0, sizes[name], BLOCK):
            block = make(np.arange(first, min(first + BLOCK, sizes[name])), sizes, rng)
            if kind == "csv":
                block = _as_texts(block)
            if writer is None:
                file = folder / f"{name}.{kind}"
                writer = (pcsv.CSVWriter if kind == "csv" else pq.ParquetWriter)(file, block.schema)
            writer.write_table(block)
        writer.close()


def _as_texts(block: Any) -> Any:
    """Return a block for CSV: moments as the contract writes them, other columns unchanged."""
    for place, column in enumerate(block.schema):
        if pa.types.is_timestamp(column.type):
            texts = pc.strftime(block[column.name].cast(pa.timestamp("s", "UTC")), "%Y-%m-%dT%H:%M:%SZ")
            block = block.set_column(place, column.name, texts)
    return block


def _ids(letter: str, numbers: np.ndarray) -> Any:
    return pc.binary_join_element_wise(letter, pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 9, "0"), "")


def _some(words: tuple[str, ...], count: int, rng: np.random.Generator) -> Any:
    return pa.array(words).take(pa.array(rng.integers(0, len(words), count)))


def _moments(count: int, rng: np.random.Generator) -> np.ndarray:
    return FIRST + rng.integers(0, YEAR // 10**6, count) * 10**6


def _point(count: int, rng: np.random.Generator) -> Iterator[tuple[str, Any]]:
    yield "lon", pa.array(np.round(rng.uniform(120.2, 120.6, count), 6))
    yield "lat", pa.array(np.round(rng.uniform(36.0, 36.4, count), 6))


def _people(rows: np.ndarray, sizes: dict[str, int], rng: np.random.Generator) -> Any:
    count = len(rows)
    months = tuple(f"{year}-{month:02}" for year in range(1950, 2008) for month in range(1, 13))
    columns = {
        "person_id": _ids("p", rows),
        "birth_month": _some(months, count, rng),
        "education": _some(("21", "31", "61", "71"), count, rng),
        "skills": _some(SKILLS, count, rng),
        "desired": _some(WISHES, count, rng),
        "experience_years": pa.array(rng.integers(0, 40, count).astype(np.float64)),
        "employment": _some(("employed", "unemployed", "flexible"), count, rng),
        "wage_min": pa.array(rng.integers(20, 120, count) * 100.0),
        **dict(_point(count, rng)),
        "area": _some(("370202", "370203001", "370212"), count, rng),
        "updated_at": pa.array(_moments(count, rng), pa.timestamp("us", "UTC")),
    }
    return pa.table(columns)


def _jobs(rows: np.ndarray, sizes: dict[str, int], rng: np.random.Generator) -> Any:
    count = len(rows)
    low = rng.integers(20, 80, count) * 100.0
    columns = {
        "job_id": _ids("j", rows),
        "title": pc.binary_join_element_wise(_some(("面点师", "保洁员", "收银员"), count, rng), _ids("", rows), " "),
        "employer": _ids("Employer ", rows // 10),
        "wage_min": pa.array(low),
        "wage_max": pa.array(low + 1000.0),
        "wage_unit": _some(("month",), count, rng),
        "headcount": pa.array(rng.integers(1, 9, count)),
        "skills": _some(SKILLS, count, rng),
        **dict(_point(count, rng)),
        "published_at": pa.array(_moments(count, rng), pa.timestamp("us", "UTC")),
    }
    return pa.table(columns)


def _events(rows: np.ndarray, sizes: dict[str, int], rng: np.random.Generator) -> Any:
    count = len(rows)
    at = _moments(count, rng)
    columns = {
        "event_id": _ids("e", rows),
        "person_id": _ids("p", rng.integers(0, sizes["people"], count)),
        "kind": _some(("job",), count, rng),
        "item_id": _ids("j", rng.integers(0, sizes["jobs"], count)),
        "event": _some(("impression", "view", "save", "apply"), count, rng),
        "at": pa.array(at, pa.timestamp("us", "UTC")),
        "recorded_at": pa.array(at + 10**6 * rng.integers(0, 600, count), pa.timestamp("us", "UTC")),
        "position": pa.array(rng.integers(1, 50, count)),
        "dwell_seconds": pa.array(np.round(rng.exponential(20.0, count), 1)),
    }
    return pa.table(columns)


if __name__ == "__main__":
    typer.run(main)
