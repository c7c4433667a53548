"""What the law allows to be shown, decided before anything is scored."""

from dataclasses import dataclass

import numpy as np

from sqrec.arrays import BoolArray
from sqrec.catalogue.items import Items
from sqrec.cities import City
from sqrec.errors import RequestError
from sqrec.profile.person import age_at


@dataclass(frozen=True)
class Gate:
    """Hold which items are allowed, and the code of a notice that says so (None: nothing to say)."""

    allowed: BoolArray
    notice: str | None


def age_of(birth_month: str | None, at: int, city: City) -> int | None:
    """Return the whole years of age at a moment in city time; None for an unknown birth month."""
    local = city.local(at)
    return age_at(birth_month, local.year, local.month)


def gate(age: int | None, items: Items, city: City) -> Gate:
    """Return what a person of this age may be shown (design, law 7).

    Under `refused_under` everything is refused (RequestError). Under `jobs_from` there are no jobs; under
    `adult_from` only jobs whose hazards were looked at and are none. Retirement age hides nothing; an unknown age
    hides nothing, makes no claim, and is said.
    """
    everything = np.ones(len(items), dtype=bool)
    if age is None:
        return Gate(everything, "age_unknown")
    if age < city.gates.refused_under:
        raise RequestError(
            f"Nobody under {city.gates.refused_under} is served; the birth month says {age} years. "
            "A guardian may ask at an employment station."
        )
    if items.kind != "job" or age >= city.gates.adult_from:
        return Gate(everything, None)
    if age < city.gates.jobs_from:
        return Gate(~everything, "no_jobs_under_age")
    return Gate(items.safe_for_minors, "minor_jobs_only")
