"""What can be true in a city: bounds of cells that are well formed and yet cannot be meant, as dated and sourced data."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from sqrec.cities.parts import Source
from sqrec.contract import TABLES
from sqrec.contract.vocabulary import WAGE_UNITS

_NUMBERS = ("number", "integer")
_MOMENTS = ("month", "date", "instant", "opening", "closing", "date_or_no")


class Bound(Source):
    """Bound columns (`jobs.wage_min`), both ends inclusive: numbers by `low` and `high`, moments by years before and after the clock.

    With `unit` the bounds are those of a wage per month, day or hour. An end that is not named is open.
    """

    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    unit: Annotated[str, Field(pattern=f"^({'|'.join(WAGE_UNITS)})$")] | None = None
    low: float | None = None
    high: float | None = None
    years_back: Annotated[float, Field(ge=0)] | None = None
    years_ahead: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _fits_its_columns(self) -> Self:
        """Refuse columns that are none of the contract's, and bounds of another sort than the columns."""
        types = {name: _type_of(name) for name in self.columns}
        if strange := [name for name, found in types.items() if found not in {*_NUMBERS, *_MOMENTS}]:
            raise ValueError(f"{', '.join(strange)}: only numbers and moments of the contract can be bounded, as TABLE.COLUMN")
        numbers, years = (self.low, self.high), (self.years_back, self.years_ahead)
        right, wrong = (numbers, years) if types[self.columns[0]] in _NUMBERS else (years, numbers)
        if wrong != (None, None) or right == (None, None):
            raise ValueError(f"{', '.join(self.columns)}: numbers have low and high, moments years_back and years_ahead")
        return self

    def of_table(self, table: str) -> list[str]:
        """Return the names of its columns in a table."""
        return [name.partition(".")[2] for name in self.columns if name.startswith(f"{table}.")]


def _type_of(name: str) -> str | None:
    table, _, column = name.partition(".")
    if table not in TABLES or column not in TABLES[table].names:
        return None
    return TABLES[table].column(column).type
