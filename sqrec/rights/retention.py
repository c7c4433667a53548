"""How long rows of a store are kept, and by which duty: data of `retention.json`, dated and sourced."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Keeping(BaseModel):
    """Say of one table how long its rows are kept.

    `days` after the moment in the column `after` a row may go (None: no row goes by age, for the reason in `duty`). A row whose
    moment is unknown stays. `least` are the days for which a duty keeps every row: no setting may be below it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int | None = Field(default=None, ge=1)
    after: str | None = None
    least: int = Field(default=0, ge=0)
    duty: str
    source: str

    @model_validator(mode="after")
    def _is_lawful(self) -> "Keeping":
        """Refuse days without a column, and fewer days than a duty asks for."""
        if (self.days is None) != (self.after is None):
            raise ValueError("right are both days and after, or neither")
        if self.days is not None and self.days < self.least:
            raise ValueError(f"right are at least {self.least} days")
        return self


class Retention(BaseModel):
    """Hold the rule of every table, as of a day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: str
    source: str
    tables: Mapping[str, Keeping]


@cache
def retention() -> Retention:
    """Return the rules."""
    return Retention.model_validate_json(Path(__file__).with_name("retention.json").read_bytes())
