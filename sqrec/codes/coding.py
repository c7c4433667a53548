"""`sqrec occupations`: a file of titles in, a file of coded titles out."""

import csv
from collections.abc import Sequence
from pathlib import Path

from sqrec.codes.occupations import OccupationCoder
from sqrec.rawtables import Raw, filled, read_raw

COLUMNS = ("title", "rank", "code", "name", "confidence")


def code_file(titles: Path, coder: OccupationCoder, out: Path, top: int = 5) -> tuple[int, int]:
    """Code the column `title` (or the first one) of a CSV or Parquet file; return how many titles, how many without a code.

    Every title comes as often as in the input and in its order, with up to `top` rows; one without a code has rank 1 and
    no code, name or confidence. Raises TableError for a file that cannot be read.
    """
    found = read_titles(titles)
    told = coder.code(found, top)
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for title, candidates in zip(found, told, strict=True):
            for rank, candidate in enumerate(candidates, start=1):
                writer.writerow((title, rank, candidate.code, candidate.name, f"{candidate.confidence:.4f}"))
            if not candidates:
                writer.writerow((title, 1, "", "", ""))
    return len(found), sum(not candidates for candidates in told)


def read_titles(file: Path) -> Sequence[str]:
    """Return the column `title`, or the first one, in the order of the rows; a row cut wrongly keeps what stands there."""
    raw = read_raw(file)
    place = raw.header.index("title") if "title" in raw.header else 0
    return [cells[place].strip() for cells in _in_order(raw)]


def _in_order(raw: Raw) -> Sequence[Sequence[str]]:
    whole = list(zip(raw.lines, raw.rows, strict=True))
    cut = [(line, filled(raw.header, cells)) for line, cells, _ in raw.broken]
    return [cells for _, cells in sorted([*whole, *cut], key=lambda row: row[0])]
