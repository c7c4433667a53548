"""What we take from libraries that ship no type stubs: the gap is closed here, once."""

from typing import Any, cast

import numba  # pyright: ignore[reportMissingTypeStubs]
import pyarrow as pa  # pyright: ignore[reportMissingTypeStubs]
import pyarrow.compute as _compute  # pyright: ignore[reportMissingTypeStubs]
import pyarrow.parquet as _parquet  # pyright: ignore[reportMissingTypeStubs]
from sklearn import ensemble as _ensemble  # pyright: ignore[reportMissingTypeStubs]
from sklearn import metrics as _metrics  # pyright: ignore[reportMissingTypeStubs]
from sklearn import model_selection as _model_selection  # pyright: ignore[reportMissingTypeStubs]
from sklearn.base import BaseEstimator, TransformerMixin  # pyright: ignore[reportMissingTypeStubs]
from sklearn.utils import validation as _validation  # pyright: ignore[reportMissingTypeStubs]

__all__ = [
    "BaseEstimator",
    "TransformerMixin",
    "arrow",
    "compute",
    "ensemble",
    "metrics",
    "model_selection",
    "njit",
    "parquet",
    "validation",
]

validation = cast("Any", _validation)
"""`check_is_fitted` and `validate_data` of scikit-learn."""

ensemble, metrics, model_selection = cast("Any", _ensemble), cast("Any", _metrics), cast("Any", _model_selection)
"""scikit-learn's trees, measures and folds, for audits."""

arrow, compute, parquet = cast("Any", pa), cast("Any", _compute), cast("Any", _parquet)
"""pyarrow, to write Parquet in pieces."""

njit = cast("Any", numba).njit
"""numba's compiler of loops."""
