"""The table `restricted`: facts that open programmes by rule and enter no utility."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from sqrec.base.arrays import AnyArray
from sqrec.synth.city import BUILT, Communities
from sqrec.synth.data import ints
from sqrec.synth.residents import UNEMPLOYED, Residents
from sqrec.synth.write import numbers, texts

_YES = {
    "disability": 0.035,
    "low_income": 0.03,
    "zero_employment_household": 0.008,
    "rural_zero_transfer": 0.006,
    "single_parent": 0.015,
    "land_lost": 0.01,
    "returned_migrant": 0.02,
    "veteran": 0.025,
    "rural_worker": 0.05,
    "out_of_poverty": 0.01,
}
_RURAL = ("rural_zero_transfer", "land_lost", "returned_migrant", "rural_worker", "out_of_poverty")
_GROUP_OF = {
    "disability": "disabled",
    "low_income": "low_income",
    "veteran": "veteran",
    "out_of_poverty": "out_of_poverty",
    "rural_worker": "rural_worker",
}


def restricted_columns(
    people: Residents, rows: slice, ids: Sequence[str], places: Communities, as_of: date, rng: np.random.Generator
) -> dict[str, Any]:
    """Return a piece (`rows`) of the table `restricted`; a third of people told only sex and registered residence."""
    size = len(ids)
    age, home = people.age[rows], people.community[rows]
    village = places.built[home] == BUILT.index("village")
    rural = np.where(village, rng.random(size) < 0.8, rng.random(size) < 0.12)
    open_to_say = rng.random(size) < 0.7
    flags = _flags(age, rural, people.parent[rows], rng)
    female = rng.random(size) < 0.49
    since = as_of.toordinal() - rng.integers(100, 9000, size)
    return {
        "person_id": texts(ids),
        "sex": texts(["female" if one else "male" for one in female]),
        "post_type": texts([("cadre" if luck < 0.3 else "worker") if luck < 0.8 else None for luck in rng.random(size)]),
        "hukou_area": texts(
            [places.code[place][:6] if luck < 0.75 else None for place, luck in zip(ints(home), rng.random(size), strict=True)]
        ),
        "hukou_type": texts(["rural" if one else "urban" for one in rural]),
        "resident_since": texts(
            [date.fromordinal(int(day)).isoformat() if ok else None for day, ok in zip(since, open_to_say, strict=True)]
        ),
        "local_insured_months": numbers(rng.integers(0, 240, size), open_to_say & (age >= 18)),
        **{name: pa.array(values.tolist(), pa.bool_(), mask=~(open_to_say | values)) for name, values in flags.items()},
        "recognised": texts(_recognised(people, rows, flags, as_of, rng)),
    }


def _flags(age: AnyArray, rural: AnyArray, parent: AnyArray, rng: np.random.Generator) -> dict[str, AnyArray]:
    found: dict[str, AnyArray] = {}
    for name, share in _YES.items():
        able = rural if name in _RURAL else np.ones(len(age), dtype=bool)
        able = able & parent if name == "single_parent" else able & (age >= 18)
        factor = 3.0 if name in _RURAL else 5.0 if name == "single_parent" else 1.0
        found[name] = able & (rng.random(len(age)) < share * factor)
    return found


def _recognised(
    people: Residents, rows: slice, flags: dict[str, AnyArray], as_of: date, rng: np.random.Generator
) -> list[str | None]:
    """Return official recognitions as cells (group@day), None for people without."""
    age, idle = people.age[rows], people.employment[rows] == UNEMPLOYED
    groups = {_GROUP_OF[name]: values for name, values in flags.items() if name in _GROUP_OF}
    groups["hard_to_employ"] = idle & ((age >= 45) | flags["disability"] | flags["low_income"])
    groups["registered_unemployed"] = idle
    groups["youth_unemployed"] = idle & (age >= 16) & (age <= 24)
    cells = [list[str]() for _ in age]
    for name, members in groups.items():
        for row in np.flatnonzero(members & (rng.random(len(age)) < 0.4)):
            day = date.fromordinal(as_of.toordinal() - int(rng.integers(20, 700)))
            cells[row].append(f"{name}@{day.isoformat()}")
    return ["|".join(cell) or None for cell in cells]
