"""`sqrec occupations`: titles to codes."""

from pathlib import Path
from typing import Annotated

import typer

from sqrec.codes.coding import code_file
from sqrec.codes.occupations import OccupationCoder, built_in_coder
from sqrec.codes.taxonomy import read_taxonomy
from sqrec.errors import DataError


def occupations(
    titles: Annotated[Path, typer.Argument(help="A CSV or Parquet file with a column of titles.")],
    *,
    out: Annotated[Path, typer.Option(help="The CSV to write: title, rank, code, name, confidence.")],
    taxonomy: Annotated[Path | None, typer.Option(help="Occupations with code and name; default: the built-in table.")] = None,
    column: Annotated[
        str | None, typer.Option(help="The column that holds titles; default: one called title, 岗位名称, … or the only one.")
    ] = None,
    top: Annotated[int, typer.Option(help="How many per title at most.", min=1, max=50)] = 5,
) -> None:
    """Code job titles as occupations; a title that says too little keeps an empty code."""
    coder = built_in_coder() if taxonomy is None else OccupationCoder.of(read_taxonomy(taxonomy))
    try:
        found = code_file(titles, coder, out, top, column)
    except OSError as problem:
        raise DataError(str(problem)) from problem
    counts = f"{found.titles} titles = {found.titles - found.without} coded + {found.without} without a code"
    typer.echo(f"{out}: {counts}; read from the column {found.column}")
