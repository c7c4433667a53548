"""`sqrec midnight`: what the counts of a midnight go by."""

import time

from sqrec.cli.options import STORE, StoreOption, console
from sqrec.store import Store


def midnight(*, store: StoreOption = STORE) -> None:
    """Note down what the counts of the last midnight go by, and print them; run again, it prints the same."""
    with Store.open(store, create=False) as opened:
        city = opened.city()
        last = city.midnight(time.time_ns() // 1000)
        counted = opened.midnight(last)
        known = opened.known_events(last, counted)
    told = ", ".join(f"{kind} {count}" for kind, count in known.items())
    console().print(f"{city.local(last).isoformat()}: events up to change {counted} count: {told}", soft_wrap=True)
