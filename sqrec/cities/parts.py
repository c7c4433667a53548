"""What every part of a city file is made of."""

from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict

Trust = Literal["V", "S", "K", "V-law"]
"""Verified, one secondary source, general knowledge, or read in the law's text."""


class Part(BaseModel):
    """Be a frozen value that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, ignored_types=(cached_property,))


class Source(Part):
    """Say since when a value holds, where it stands, and how far it is to be trusted (V, S, K or V-law)."""

    since: str
    source: str
    trust: Trust
