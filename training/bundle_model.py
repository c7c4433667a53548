"""A bundle as an MLflow model from code: rows in, scores out."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from sqrec import bundle as bundles


class BundleModel(PythonModel):
    """Score rows with the booster of one kind of a bundle."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load and verify the bundle, and keep the booster of the kind that `model_config` names."""
        parts = bundles.load(Path(context.artifacts["bundle"])).kinds[context.model_config["kind"]]
        self.names = list(parts.rows.names)
        self.ranker = parts.trained or parts.words

    def predict(  # pyright: ignore[reportIncompatibleMethodOverride]: MLflow reads the input's type from the hint
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> np.ndarray:
        """Return one score per row; the columns are those of the kind's rows."""
        rows = model_input[self.names].to_numpy(np.float64)
        return self.ranker.score(rows, np.zeros(len(rows), dtype=np.uint64))


set_model(BundleModel())
