"""What encoders take from scikit-learn. It ships no type stubs: the gap is closed here, once."""

from typing import Any, cast

from sklearn.base import BaseEstimator, TransformerMixin  # pyright: ignore[reportMissingTypeStubs]
from sklearn.utils import validation as _validation  # pyright: ignore[reportMissingTypeStubs]

__all__ = ["BaseEstimator", "TransformerMixin", "validation"]

validation = cast("Any", _validation)
"""`check_is_fitted` and `validate_data`."""
