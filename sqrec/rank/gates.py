"""What the law allows to be shown, decided before anything is scored."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import BoolArray, IntArray
from sqrec.catalogue.items import Items
from sqrec.cities import City
from sqrec.contract import Kind
from sqrec.errors import RequestError


@dataclass(frozen=True)
class Gate:
    """Hold which items are allowed, and the code of a notice that says so (None: nothing to say)."""

    passes: Literal["all", "safe", "none"]
    notice: str | None

    def allowed(self, items: Items, rows: IntArray) -> BoolArray:
        """Tell which of some items (rows) may be shown."""
        if self.passes == "safe":
            return items.safe_for_minors[rows]
        return np.full(len(rows), self.passes == "all")


def gate(age: int | None, kind: Kind, city: City) -> Gate:
    """Return what a person of this age may be shown (docs/laws.md, law 7).

    Under `refused_under` everything is refused (RequestError). Under `jobs_from` there are no jobs; under
    `adult_from` only jobs whose hazards were looked at and are none, and amenities of public service. Retirement age
    hides nothing; an unknown age hides nothing, makes no claim, and is said.
    """
    if age is None:
        return Gate("all", "age_unknown")
    if age < city.gates.refused_under:
        raise RequestError(
            f"Nobody under {city.gates.refused_under} is served; the birth month says {age} years. "
            "A guardian may ask at an employment station."
        )
    if age >= city.gates.adult_from or kind == "course":
        return Gate("all", None)
    if kind == "job" and age < city.gates.jobs_from:
        return Gate("none", "no_jobs_under_age")
    return Gate("safe", "minor_jobs_only" if kind == "job" else "minor_amenities_only")
