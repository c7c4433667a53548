"""Start the service: `python -m serving --data FOLDER`. What is checked and loaded is the workers' (`serving.process`)."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from serving.process.logs import configure
from serving.process.supervisor import supervise


def main(
    data: Annotated[str, typer.Option(help="the data folder, or the address of a store")],
    bundle: Annotated[Path | None, typer.Option(help="one bundle folder instead of the current one")] = None,
    bundles_folder: Annotated[Path, typer.Option("--bundles", help="where the bundles and their pointer lie")] = Path(
        "var/bundles"
    ),
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="the port to listen on")] = 3000,
) -> None:
    """Serve bundle and data by BentoML until a signal; a worker that ends or hangs is replaced."""
    configure()
    told = {"SQREC_DATA": data, "SQREC_BUNDLES": str(bundles_folder), "SQREC_HOST": host}
    named = {"SQREC_BUNDLE": str(bundle)} if bundle else {}
    raise typer.Exit(supervise(_WORKER, host, port, told | named | _QUIET))


_WORKER = (sys.executable, "-m", "serving.process.worker")
_QUIET = {"DO_NOT_TRACK": "1", "BENTOML_DO_NOT_TRACK": "True", "MLFLOW_DISABLE_TELEMETRY": "true", "OMP_NUM_THREADS": "1"}
"""Environment of the workers: no telemetry, and no threads of numerical libraries."""

if __name__ == "__main__":
    typer.run(main)
