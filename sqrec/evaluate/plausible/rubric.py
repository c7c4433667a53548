"""The rubric's numbers, lists and sentences, read once from dated data (rubric.json, kin.json)."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import Field

from sqrec.cities.parts import Part, Source

FILES = ("rubric.json", "kin.json")


class Reach(Source):
    """Give the minutes on foot up to which a place is at the doorstep, near, walkable, and not yet too far."""

    doorstep: float
    near: float
    walkable: float
    far: float


class Wage(Source):
    """Give the shares of an expected wage from which one still fits, and from which it is a mild flaw."""

    near: float
    low: float


class Hours(Source):
    """Give the shares of working time outside somebody's hours that still fit, and that are a mild flaw.

    `days` a week are assumed where hours name no weekday and no number of days; `soon_hours` is how long one may wait for a door to open.
    """

    fits: float
    some: float
    days: int
    soon_hours: int


class Requirements(Source):
    """Give how much of a requirement may be missing and still be learnt within weeks."""

    schooling_steps: float
    experience_years: float
    skills: int
    levels: float


class Schooling(Source):
    """Give rungs of schooling: from which a requirement tells a fit, from which plain work is far below, up to which work is plain."""

    telling: float
    far_above: float
    unskilled: float


class Certificates(Source):
    """Give the certificate rungs open to beginners, and to those who have practised a trade for some years; words of titles for beginners.

    From `by_certificate` on a rung is open to those alone who hold the one below.
    """

    beginner: float
    practised: float
    practised_years: float
    by_certificate: float
    beginner_words: tuple[str, ...]


class Ages(Source):
    """Give ages, years: up to which hazardous work is usual, who may have small children, or old parents, or be old.

    Placements are for the young out of work and for some months after leaving school (`interns_to`, `interns_months`).
    """

    hazard_to: int
    interns_to: int
    interns_months: int
    carers: tuple[int, int]
    elders_children: int
    elders: int


class Fee(Source):
    """Give the shares of a month's expected wage above which a fee is dear; `month` is assumed where no wage is told, yuan."""

    dear: float
    very_dear: float
    month: float


class Titles(Source):
    """Give the confidence from which a coded title counts, and the words that courses put around a trade's name."""

    sure: float
    course_words: tuple[str, ...]


class Words(Source):
    """Give words that name skills of use in any trade."""

    words: tuple[str, ...]


class Places(Source):
    """Say who uses which types of amenities; `bounds_of_others` are those whose ages are those of somebody cared for."""

    rare: tuple[str, ...]
    told_only: tuple[str, ...]
    ages: dict[str, tuple[int, int]]
    seekers: tuple[str, ...]
    elders: tuple[str, ...]
    bounds_of_others: tuple[str, ...]


class Sentence(Part):
    """Say a reason in two languages; `cost` is 0 for what is no flaw, 1 for a mild one, 2 for a serious one."""

    cost: Annotated[int, Field(ge=0, le=2)]
    chinese: Annotated[str, Field(alias="zh-CN")]
    english: Annotated[str, Field(alias="en")]


class Group(Part):
    """Hold trades between which an officer sends the same person; codes of 大典, or their first parts."""

    id: str
    chinese: Annotated[str, Field(alias="zh-CN")]
    codes: tuple[str, ...]


class Codes(Source):
    """Hold codes, each with the reason why it is listed."""

    codes: dict[str, str]


class Licence(Part):
    """Say which trades ask for a licence, whether it takes weeks (or years), and the words of skills that vouch for it."""

    id: str
    chinese: Annotated[str, Field(alias="zh-CN")]
    weeks: bool
    codes: tuple[str, ...]
    named: tuple[str, ...]


class Kin(Source):
    """Hold which trades are near each other, across the hierarchy of 大典 and against it; `twins` are one trade under two codes.

    `entry` are trades that take beginners.
    """

    version: str
    kin: tuple[Group, ...]
    twins: tuple[Group, ...]
    wide: Codes
    split: Codes
    entry: Codes
    licences: tuple[Licence, ...]
    licences_from: Source


class Rubric(Source):
    """Hold every number and sentence of the rubric."""

    version: str
    reach: Reach
    wage: Wage
    hours: Hours
    requirements: Requirements
    schooling: Schooling
    certificates: Certificates
    ages: Ages
    fee: Fee
    titles: Titles
    general: Words
    amenities: Places
    requirement_flaws: tuple[str, ...]
    sentences: Mapping[str, Sentence]


@cache
def rubric() -> Rubric:
    """Return the rubric in force."""
    return Rubric.model_validate(_read("rubric.json"))


@cache
def kin() -> Kin:
    """Return which trades are near each other."""
    return Kin.model_validate(_read("kin.json"))


def _read(name: str) -> object:
    return json.loads(resources.files("sqrec.evaluate.plausible").joinpath(name).read_text(encoding="utf-8"))
