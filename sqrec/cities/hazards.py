"""Which facts of a job imply hazards: a city's dated lists. They are read by `sqrec.codes.hazards`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from sqrec.cities.parts import Source
from sqrec.columns import HAZARDS

_Hazard = Annotated[str, Field(pattern=f"^({'|'.join(HAZARDS)})$")]


class HazardRule(Source):
    """Say what implies hazards: occupation codes (or their first parts), industry codes of GB/T 4754, words of a title.

    A word counts where it stands in the title, or in an industry given as text, unless it is part of one of `but_not`.
    """

    hazards: Annotated[tuple[_Hazard, ...], Field(min_length=1)]
    occupations: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        """Refuse a rule that nothing fits."""
        if not (self.occupations or self.industries or self.words):
            raise ValueError("name occupations, industries or words")
        return self
