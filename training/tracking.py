"""The MLflow run of one trained kind: parameters, metrics, importances, fingerprint, bundle, and a loadable model."""

from dataclasses import asdict
from math import isfinite
from pathlib import Path

import mlflow
import numpy as np
from mlflow.models import infer_signature

from sqrec import bundle as bundles
from sqrec.contract import Kind
from sqrec.evaluate.report.asjson import plain
from training.registry import register, use_store
from training.trained import Trained


def track_run(trained: Trained, bundle: Path, source: str, var: Path, study: str | None = None) -> str:
    """Log one run, register its model as the challenger, and return the run's id.

    `source` is the address of the data, `study` the id of the search run that chose the settings. The model is code that loads
    the bundle (no pickle): rows in, scores out, with signature and input example.
    """
    experiment(trained.kind, var)
    with mlflow.start_run(parent_run_id=study) as run:
        mlflow.log_params(asdict(trained.settings) | {"split": trained.parts.split})
        tags = _tags(trained, bundle, source)
        mlflow.set_tags(tags)
        _log_metrics(trained)
        mlflow.log_dict(dict(trained.importances), "importances.json")
        if trained.study:
            mlflow.log_dict(plain(trained.study), "study.json")
        ranker = trained.parts.trained or trained.parts.words
        scores = ranker.score(trained.example.to_numpy(), trained.example.index.to_numpy(np.uint64))
        model = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(Path(__file__).with_name("bundle_model.py")),
            artifacts={"bundle": str(bundle)},
            model_config={"kind": trained.kind},
            signature=infer_signature(trained.example, scores),
            input_example=trained.example,
            pip_requirements=[],
        )
        register(trained.kind, run.info.run_id, str(model.model_id), tags)
        return run.info.run_id


def experiment(kind: Kind, var: Path) -> str:
    """Activate the MLflow experiment of a kind, created where it is missing, and return its id."""
    use_store(var)
    name = f"sqrec-{kind}"
    if mlflow.get_experiment_by_name(name) is None:
        mlflow.create_experiment(name, artifact_location=(var / "mlartifacts" / name).resolve().as_uri())
    return str(mlflow.set_experiment(name).experiment_id)


def _log_metrics(trained: Trained) -> None:
    """Log the metrics that were measured; none without comparison questions."""
    for step, trial in enumerate(trained.trials):
        if isfinite(trial.ndcg):
            mlflow.log_metric("selection_ndcg_at_10", trial.ndcg, step=step)
    if isfinite(trained.words_ndcg):
        mlflow.log_metric("selection_ndcg_at_10_words", trained.words_ndcg)


def _tags(trained: Trained, bundle: Path, source: str) -> dict[str, str]:
    made = bundles.load(bundle)
    told = made.provenance[trained.kind]
    return {
        "kind": trained.kind,
        "bundle": made.name,
        "split": trained.parts.split,
        "source": source,
        **{name: str(told[name]) for name in ("data", "data_as_of", "code_version")},
    }
