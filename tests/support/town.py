"""A small invented city with all three kinds, for tests of the page."""

from dataclasses import replace
from pathlib import Path

from sqrec import bundle as bundles
from sqrec import load
from sqrec.rank import Linear
from tests.support import tiny
from training import train
from training.words import WORDS

EVIL = '<script>document.title="broken"</script><img src=x onerror=alert(1)>'
"""The name of one place."""

OPEN = {"published_at": "2020-01-01", "valid_to": "", "address": "台东一路18号"}
PHONES = ("0532-55510001 0532-55510002、138 0000 0000", "javascript:alert(1)", "")
"""Telephones of jobs in turn: three numbers, what is none, and none."""

EVERYTHING = {
    "skills": "面点@3|烹饪",
    "occupations": "营业员|4-10-01-05",
    "employment": "flexible",
    "forms": "full_time|part_time",
    "hours": "mon-fri 08:30-17:30; sat 09:00-12:00",
    "needs": "type:childcare|domain:elder_care",
    "pace": 60,
}
"""What p02 has told beside what everybody has: every fact that a ranker reads."""


def build(place: Path) -> Path:
    """Make the city (`data/`) and its bundle (`var/`): jobs are trained, courses and amenities fall back.

    Its jobs are open whenever the tests run.
    """
    told = {
        "jobs": [row | OPEN | {"phone": PHONES[n % 3]} for n, row in enumerate(tiny.jobs())],
        "courses": tiny.courses(),
        "amenities": [row | {"phone": "0532-55500001", "fee_note": "按件收费"} for row in tiny.amenities()],
        "communities": tiny.communities(),
        "people": tiny.people(),
        "events": tiny.events(),
    }
    told["amenities"][7]["name"] = EVIL
    told["people"][1] |= {"occupations": "营业员", "employment": "unemployed"}
    told["people"][2] |= EVERYTHING
    tiny.write(place / "data", told)
    train.main(place / "data", "job", "last", bundle=None, var=place / "var")
    made = load(bundles.current(place / "var" / "bundles"))
    more = {kind: train.DECLARED[kind] for kind in ("course", "amenity")}
    falling = {kind: replace(parts, words=Linear.of(parts.rows.names, WORDS[kind])) for kind, parts in more.items()}
    written = bundles.save_by_hash(replace(made, kinds={**made.kinds, **falling}), place / "var" / "bundles")
    bundles.point_to(place / "var" / "bundles", written.name, promoted=True)
    return place
