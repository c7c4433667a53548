"""The best list that a folder allows each persona: `python -m experiments.plausible.ceiling FOLDER --world adverts`.

The ten highest rubric grades among all items, without any ranker. It is the upper bound of a ranker's mean grade: where a city has
nothing plausible for a persona, no ranker can do better.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from experiments.plausible.personas import Persona, moment, read_personas
from sqrec.contract import KINDS, TABLE_OF_KIND, Kind
from sqrec.evaluate.plausible import Graded, Yardstick
from sqrec.tables import Folder, read_folder

FIRST = 10


def best(yardstick: Yardstick, persona: Persona, at: int) -> Sequence[tuple[int, Graded]]:
    """Return the rows and grades of the ten items with the highest grades at a moment (microseconds UTC); of ties the first rows."""
    grades = yardstick.grades(persona.person, range(len(yardstick.read)), at)
    order = np.argsort([-one.grade for one in grades], kind="stable")[:FIRST]
    return [(int(row), grades[row]) for row in order]


def yardsticks(folder: Folder) -> dict[Kind, Yardstick]:
    """Return a yardstick for each kind of which the folder has a table."""
    tables = folder.tables
    return {
        kind: Yardstick.of(kind, tables[TABLE_OF_KIND[kind]], folder.city, tables.get("skills"))
        for kind in KINDS
        if TABLE_OF_KIND[kind] in tables
    }


def main() -> None:
    """Print a line per persona and kind: mean of the ten highest grades, counts of grades 3 to 0, the best item and why."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--world", required=True, help="invented_a, invented_b or adverts")
    asked = parser.parse_args()
    folder, at = read_folder(asked.folder, write_rejected=False), moment()
    named = {kind: folder.tables[TABLE_OF_KIND[kind]] for kind in KINDS if TABLE_OF_KIND[kind] in folder.tables}
    for kind, yardstick in yardsticks(folder).items():
        for persona in read_personas(asked.world):
            found = best(yardstick, persona, at)
            grades = [one.grade for _, one in found]
            row, first = found[0]
            title = named[kind].iloc[row]["name" if kind == "amenity" else "title"]
            counts = "/".join(str(grades.count(grade)) for grade in (3, 2, 1, 0))
            print(f"{kind} {persona.id} {np.mean(grades):.1f} {counts} {title}: {first.sentence()}")


if __name__ == "__main__":
    main()
