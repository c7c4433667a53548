"""What several rooms do with a column of a frame."""

from typing import Any

import pandas as pd


def plain(column: "pd.Series[Any]") -> list[Any]:
    """Return a column as Python values, None for unknown."""
    return [None if unknown else value for value, unknown in zip(column.tolist(), column.isna(), strict=True)]
