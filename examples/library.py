"""The library in ten lines: a bundle and a data folder, one person, a list. `python examples/library.py FOLDER var/bundles`."""

import sys
import time
from pathlib import Path

import numpy as np

from sqrec import Person, Snapshot, load, read_source
from sqrec.bundle import current


def ten_lines(folder: str, bundles: str) -> list[str]:
    """Return the titles of five jobs for one person, best first, with the minutes on foot (None: unknown)."""
    bundle = load(current(Path(bundles)))
    recommender = bundle.recommender()
    snapshot = Snapshot.of(read_source(folder), bundle.profiler)
    person = Person(birth_month="1986-03", education="71", desired=("收银员",), lon=100.012, lat=30.012)
    now, nobody = np.array([time.time_ns() // 1000]), np.zeros(1, np.uint64)  # microseconds UTC; whose events counts leave out
    profile = recommender.profiler.profiles([person], now, [{}], nobody)
    ranking = recommender.recommend(profile, "job", snapshot, recommender.served("job"), n=5)
    jobs, best = snapshot.items["job"], ranking.order[:5].tolist()
    return [f"{jobs.titles[row]}, {ranking.reach(pair).minutes}" for row, pair in zip(ranking.item.tolist(), best, strict=False)]


if __name__ == "__main__":
    print("\n".join(ten_lines(*sys.argv[1:])))
