"""`python -m experiments.bench`: the service beside an empty endpoint."""

import typer

from experiments.bench.service import main

typer.run(main)
