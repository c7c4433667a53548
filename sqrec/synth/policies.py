"""The tables `policies` and `skills`."""

import json

import pandas as pd

from sqrec.synth.data import read
from sqrec.synth.trades import trades


def policies_table() -> pd.DataFrame:
    """Return the table `policies`: invented ones, modelled on those of real cities."""
    rows = read("policies")["policies"]
    cells = [
        {**row, "audience": "|".join(row["audience"]), "conditions": json.dumps(row["conditions"], ensure_ascii=False)}
        for row in rows
    ]
    return pd.DataFrame(cells)


def skills_table() -> pd.DataFrame:
    """Return the table `skills`: every skill with the occupations that require it."""
    work = trades()
    codes = {skill: [row.code for row in work.rows if skill in row.skills] for skill in work.skills}
    return pd.DataFrame(
        {
            "skill_id": [f"skill-{place + 1:03d}" for place in range(len(work.skills))],
            "name": list(work.skills),
            "occupations": ["|".join(codes[skill]) for skill in work.skills],
        }
    )
