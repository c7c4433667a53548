"""The MLflow runs of a search: one for the search, one below it for every trial."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from sqrec.contract import Kind
from sqrec.evaluate.stats.compare import Interval
from training.tracking import experiment
from training.trials import Tried


@dataclass(frozen=True)
class SearchRuns:
    """Log a search to MLflow while it runs."""

    client: MlflowClient
    experiment: str
    run: str

    @classmethod
    @contextmanager
    def begin(cls, kind: Kind, var: Path, said: Mapping[str, Any]) -> Iterator[Self]:
        """Create the run of a search; it ends with the block, as failed where that raises."""
        within = experiment(kind, var)
        client = MlflowClient()
        run = str(client.create_run(within, run_name=f"tune {kind}", tags={"kind": kind, "what": "search"}).info.run_id)
        client.log_batch(run, params=[Param(name, str(value)) for name, value in said.items()])
        try:
            yield cls(client, within, run)
        except BaseException:
            client.set_terminated(run, "FAILED")
            raise
        client.set_terminated(run)

    def note(self, one: Tried) -> None:
        """Log a trial; a pruned one is tagged `pruned` and ends as killed."""
        pruned = one.each is None
        tags = {MLFLOW_PARENT_RUN_ID: self.run, "what": "trial", "trial": "pruned" if pruned else "complete"}
        made = self.client.create_run(self.experiment, run_name=f"trial {one.number}", tags=tags)
        name, now = str(made.info.run_id), int(time.time() * 1000)
        figures = [Metric("selection_ndcg_at_10_by_trees", value, now, step) for step, value in enumerate(one.curve.tolist(), 1)]
        figures += [Metric("seconds", one.seconds, now, 0)]
        figures += [] if pruned else [Metric("selection_ndcg_at_10", one.ndcg, now, 0)]
        params = [Param(key, str(value)) for key, value in asdict(one.settings).items()]
        self.client.log_batch(name, metrics=figures, params=params)
        self.client.set_terminated(name, "KILLED" if pruned else "FINISHED")

    def end(self, chosen: Tried, gain: Interval, tried: Sequence[Tried], table: str) -> None:
        """Log the chosen trial and the number of trials."""
        now = int(time.time() * 1000)
        figures = {
            "selection_ndcg_at_10": chosen.ndcg,
            "gain_over_grid": gain.mean,
            "gain_over_grid_low": gain.low,
            "gain_over_grid_high": gain.high,
            "trials_run": len(tried),
            "trials_pruned": sum(one.each is None for one in tried),
        }
        self.client.log_batch(
            self.run,
            metrics=[Metric(name, float(value), now, 0) for name, value in figures.items()],
            tags=[RunTag("chosen", str(chosen.number))],
        )
        self.client.log_text(self.run, table + "\n", "trials.md")
