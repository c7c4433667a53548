"""A report beside the run that made its bundle: the same files in both places."""

import json
from pathlib import Path

from sqrec.contract import Kind
from training.doors import keep_home


def keep_report(out: Path, kind: Kind, var: Path) -> str | None:
    """Log a report's files and headline figures with the newest run that made its bundle, and return the run's id.

    None where no run under `var` did: the bundle came from elsewhere.
    """
    if not (var / "mlflow.db").exists():
        return None
    keep_home()
    from training.registry import Registry  # MLflow is imported after it was told not to call home

    told = json.loads((out / "report.json").read_text(encoding="utf-8"))
    registry = Registry(var)
    made = registry.made(kind, told["bundle"])
    if not made:
        return None
    run = made[0].run
    registry.keep(run, out, "report")
    for name, figure in told["rankers"]["model"].items():
        if figure["mean"] is not None:
            registry.client.log_metric(run, f"held_out_{name.replace('@', '_at_')}", figure["mean"])
    return run
