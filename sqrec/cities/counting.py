"""How much of what one writer tells in a day counts, as dated and sourced data."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from sqrec.cities.parts import Source


class Counting(Source):
    """Cap what counts of one writer on one local day; impressions are counted apart from what people did.

    Events: `person` of one person, `person_item` of one person with one item and of one sort; `item` of one item and `writer` in all or, where
    that is more, the shares `item_share` and `writer_share` of the number of stored residents. Lists: `lists` for an item of those that name no stored
    person; a stored person's lists give an item attention once a day, from whomever.
    """

    person: Annotated[int, Field(ge=1)]
    person_item: Annotated[int, Field(ge=1)]
    item: Annotated[int, Field(ge=1)]
    item_share: Annotated[float, Field(ge=0, le=1)]
    writer: Annotated[int, Field(ge=1)]
    writer_share: Annotated[float, Field(ge=0)]
    lists: Annotated[int, Field(ge=0)]


@cache
def usual() -> Counting:
    """Return the caps of a city whose file names none."""
    return Counting.model_validate_json(Path(__file__).with_name("counting.json").read_bytes())
