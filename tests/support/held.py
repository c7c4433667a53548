"""The small city as held-out questions see it: jobs and places, somebody far away, a child, somebody too young in July."""

from pathlib import Path
from typing import Any

from features import AMENITY_ROWS, JOB_ROWS, PROFILE
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.rank import Linear, Recommender
from sqrec.reach.walk import StraightLine
from sqrec.tables import read_folder
from tests.support import tiny

ROWS: dict[Kind, Any] = {"job": JOB_ROWS, "amenity": AMENITY_ROWS}
POPULAR: dict[Kind, Linear] = {kind: Linear.of(rows.names, {"popularity_item": 1.0}) for kind, rows in ROWS.items()}
NEAR: dict[Kind, Linear] = {kind: Linear.of(rows.names, {"minutes": -1.0}, {"minutes": 1e4}) for kind, rows in ROWS.items()}


def world(folder: Path) -> tuple[Recommender, Snapshot]:
    visits = [row | {"event_id": f"w{row['event_id']}", "kind": "amenity", "item_id": f"a{place % 8}", "event": "visit"}
              for place, row in enumerate(tiny.events())]  # fmt: skip
    people = tiny.people()
    people[0] |= {"lon": "", "lat": "", "area": ""}
    people[7] |= {"lon": 120.45, "lat": 36.15}  # more than a quarter of an hour from everything
    people[9] |= {"birth_month": "2011-01"}  # too young for jobs
    people[10] |= {"birth_month": "2012-07"}  # 14 from August on, too young for anything in July
    jobs = [row | {"headcount": 1 + place % 3} for place, row in enumerate(tiny.jobs())]
    told = {"jobs": jobs, "amenities": tiny.amenities(), "people": people, "events": [*tiny.events(), *visits]}
    read = read_folder(tiny.write(folder, told), write_rejected=False)
    profiler = PROFILE.fit({"job": read.tables["jobs"], "amenity": read.tables["amenities"]})
    return Recommender(profiler, read.city, StraightLine.of(read.city), ROWS, NEAR, {}), Snapshot.of(read, profiler)
