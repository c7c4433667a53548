"""What the tests of the rubric share: Qingdao, a moment, one grade."""

from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

import numpy as np

from sqrec.cities import City, load_city
from sqrec.contract.parse import micros
from sqrec.evaluate.plausible import Graded, grade
from sqrec.profile.person import Person

AT = micros(datetime(2026, 11, 30, 10, tzinfo=timezone(timedelta(hours=8))))
"""A Monday, ten in the morning in Qingdao."""
SHOP = {"title": "营业员", "occupation": "4-01-02-03"}


@cache
def qingdao() -> City:
    return load_city("qingdao")


def graded(kind: Any, person: dict[str, Any], item: dict[str, Any], minutes: float | None = 10.0) -> Graded:
    return grade(kind, Person(**person), item, AT, qingdao(), np.nan if minutes is None else minutes)
