"""What we take from libraries that ship no type stubs: the gap is closed here, once."""

from typing import Any, cast

import numba  # pyright: ignore[reportMissingTypeStubs]
import pyarrow as pa  # pyright: ignore[reportMissingTypeStubs]
import pyarrow.compute as _compute  # pyright: ignore[reportMissingTypeStubs]
import pyarrow.parquet as _parquet  # pyright: ignore[reportMissingTypeStubs]
from sklearn.base import BaseEstimator, TransformerMixin  # pyright: ignore[reportMissingTypeStubs]
from sklearn.utils import validation as _validation  # pyright: ignore[reportMissingTypeStubs]

__all__ = ["BaseEstimator", "TransformerMixin", "arrow", "compute", "njit", "parquet", "validation"]

validation = cast("Any", _validation)
"""`check_is_fitted` and `validate_data` of scikit-learn."""

arrow, compute, parquet = cast("Any", pa), cast("Any", _compute), cast("Any", _parquet)
"""pyarrow: columns of texts, loops over them, Parquet in pieces."""

njit = cast("Any", numba).njit
"""numba's compiler of loops."""
