"""One item with its known columns."""

import time

import numpy as np
from pydantic_core import to_json

from serving.live import Live
from serving.problems import NotFoundError
from serving.schemas.requests import ItemRequest
from sqrec.access import Asker
from sqrec.base.arrays import key_of
from sqrec.catalogue.itemfacts import facts_of


async def item(live: Live, asked: ItemRequest, who: Asker) -> bytes:
    """Return one item that may be shown now, with every known column of its table.

    Raises NotFoundError where no item of the kind has the id, or where it is not published yet, expired, closed or hidden.
    """
    snapshot, now = live.deployment.snapshot, time.time_ns() // 1000
    items = snapshot.items.get(asked.kind)
    row = -1 if items is None else int(items.find(np.array([key_of(asked.item_id)], np.uint64))[0])
    if items is None or row < 0 or not items.opens[row] <= now < items.closes[row]:
        raise NotFoundError("There is no such item to be shown now: it is unknown, not published yet, or over.")
    return to_json(
        {
            "kind": asked.kind,
            "item_id": asked.item_id,
            "title": items.titles[row],
            "facts": facts_of(items, row),
            "data_as_of": snapshot.data_as_of,
        }
    )
