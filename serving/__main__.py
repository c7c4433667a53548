"""Start the service: `python -m serving --data FOLDER`."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from serving.papers import admit
from serving.settings import Settings
from sqrec import bundle as bundles
from sqrec.contract import TABLE_OF_KIND
from sqrec.errors import SqrecError
from sqrec.source import read_source


def main(
    data: Annotated[str, typer.Option(help="the data folder, or the address of a store")],
    bundle: Annotated[Path | None, typer.Option(help="one bundle folder instead of the current one")] = None,
    bundles_folder: Annotated[Path, typer.Option("--bundles", help="where the bundles and their pointer lie")] = Path(
        "var/bundles"
    ),
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="the port to listen on")] = 3000,
) -> None:
    """Check bundle and data, then replace this process by BentoML's server."""
    try:
        settings = replace(Settings.from_environment(), data=data, bundles=bundles_folder, bundle=bundle, host=host)
        loaded = bundles.load(settings.bundle or bundles.current(settings.bundles))
        found = read_source(settings.data, [TABLE_OF_KIND[kind] for kind in loaded.kinds])
        admit(settings, synthetic=found.config.synthetic)
    except SqrecError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from problem
    command, environment = server_of(settings, port)
    os.execve(sys.executable, command, environment)  # noqa: S606 (our own interpreter)


def server_of(settings: Settings, port: int) -> tuple[list[str], dict[str, str]]:
    """Return the command of BentoML's server for some settings, and its environment."""
    tls = {"--ssl-certfile": settings.tls_certificate, "--ssl-keyfile": settings.tls_key}
    command = [sys.executable, "-m", "bentoml", "serve", "serving.service:Sqrec", "--host", settings.host, "--port", str(port)]
    command += [str(part) for option, file in tls.items() if file for part in (option, file)]
    return command, os.environ | settings.as_environment() | _QUIET


_QUIET = {"DO_NOT_TRACK": "1", "BENTOML_DO_NOT_TRACK": "True", "MLFLOW_DISABLE_TELEMETRY": "true", "OMP_NUM_THREADS": "1"}
"""Environment of the workers: no telemetry, and no threads of numerical libraries."""

if __name__ == "__main__":
    typer.run(main)
