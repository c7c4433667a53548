"""What comes in: every field, its meaning and its bounds."""

import re
import time
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, LiteralString, cast
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from sqrec.base.numbers import DAY
from sqrec.cities import City
from sqrec.contract import GROUPS, RULES, TABLES, Column, Kind
from sqrec.contract.coordinates import Frame
from sqrec.contract.parse import parse

MOST_HISTORY = 500
MOST_EVENTS = 500
MOST_PERSONS = 500
MOST_LIST = 50
_UTC = ZoneInfo("UTC")
_BETWEEN = re.compile("[、，；]")
"""What parts members that somebody wrote as one entry, 保洁员、保安; a comma or a stroke of other scripts stands within titles."""


@cache
def _column(name: str, table: str) -> Column:
    return TABLES[table].column(name)


def _checked(column: Column, text: str) -> Any:
    """Read a cell by the contract of tables; a broken rule is the error's type."""
    value, rule = parse(column, text, _UTC)
    if rule and rule != "list-separator":  # what may part members in one entry of a request is parted (`_cells`)
        raise PydanticCustomError(cast("LiteralString", rule), "{right}", {"right": f"right is {RULES[rule].right}"})
    return value


def _cell(name: str, table: str = "people") -> AfterValidator:
    return AfterValidator(lambda value: _checked(_column(name, table), str(value)))


def _cells(name: str, table: str = "people") -> AfterValidator:
    def check(values: list[str]) -> list[str]:
        if any("|" in value for value in values):
            raise PydanticCustomError("list", "right is one member per entry, without |")
        members = [member for value in values for member in _BETWEEN.split(value)]
        if len(members) > MOST_LIST:
            raise PydanticCustomError("list", "right are at most {most} members", {"most": MOST_LIST})
        joined = _checked(_column(name, table), "|".join(members))
        return joined.split("|") if joined else []

    return AfterValidator(check)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "right is a JSON number")
    return value


def _a_group(value: str) -> str:
    if value not in GROUPS:
        raise PydanticCustomError("choice", "right is a group of the contract")
    return value


Text = Annotated[str, Field(max_length=20_000)]
Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=MOST_LIST)]
Number = Annotated[float, BeforeValidator(_number)]


def _instant(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("instant", "right is {right}", {"right": RULES["instant"].right})
    return _checked(TABLES["events"].column("at"), value)


Instant = Annotated[int, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
"""An instant with zone; microseconds UTC once it is read."""


class Body(BaseModel):
    """Be something that comes in: nothing unknown, nothing infinite, and not larger than `most_bytes`."""

    most_bytes: ClassVar[int] = 262_144
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Happening = Literal[
    "impression", "view", "save", "dismiss", "apply", "enrol", "visit", "interview", "hire", "complete", "reached"
]


class Location(Body):
    """A point, as coarse as the resident allows."""

    lon: Annotated[float, BeforeValidator(_number), Field(ge=-180, le=180, description="degrees east")]
    lat: Annotated[float, BeforeValidator(_number), Field(ge=-90, le=90, description="degrees north")]
    crs: Frame = Field(default="WGS84", description="the frame of the point")


class HistoryEntry(Body):
    """One thing the person did before."""

    kind: Kind
    item_id: Annotated[str, Field(min_length=1, max_length=128)]
    event: Happening
    at: Annotated[Instant, Field(description="instant with zone")]


class FactsIn(Body):
    """Facts about a person, the columns of `people`; every one may be left out or null."""

    birth_month: Annotated[Text, _cell("birth_month")] | None = Field(default=None, description="YYYY-MM")
    education: Annotated[Text, _cell("education")] | None = Field(default=None, description="GB/T 4658 code")
    graduated_on: Annotated[Text, _cell("graduated_on")] | None = None
    skills: Annotated[Texts, _cells("skills")] | None = None
    occupations: Annotated[Texts, _cells("occupations")] | None = Field(default=None, description="past ones, newest first")
    desired: Annotated[Texts, _cells("desired")] | None = Field(default=None, description="wanted ones")
    experience_years: Annotated[Number, _cell("experience_years")] | None = None
    employment: Annotated[Text, _cell("employment")] | None = None
    registered_unemployed_on: Annotated[Text, _cell("registered_unemployed_on")] | None = None
    wage_min: Annotated[Number, _cell("wage_min")] | None = Field(default=None, description="expected yuan a month")
    forms: Annotated[Texts, _cells("forms")] | None = None
    hours: Annotated[Text, _cell("hours")] | None = Field(default=None, description="clock ranges, e.g. mon-fri 09:00-18:00")
    needs: Annotated[Texts, _cells("needs")] | None = None
    area: Annotated[Text, _cell("area")] | None = None
    pace: Annotated[Number, _cell("pace")] | None = Field(default=None, description="metres a minute")
    walk: Annotated[Text, _cell("walk")] | None = Field(default=None, description="any, or no_steps (pram, wheelchair)")
    location: Location | None = None

    @field_validator("location")
    @classmethod
    def _in_city(cls, value: Location | None, info: ValidationInfo) -> Location | None:
        """Refuse a point outside the city's box, where the city is known."""
        city: City | None = (info.context or {}).get("city")
        if value and city and not city.holds(value.lon, value.lat, value.crs):
            raise PydanticCustomError("outside", "{right}", {"right": f"right is {RULES['outside'].right}"})
        return value


Group = Annotated[str, AfterValidator(_a_group), WithJsonSchema({"type": "string", "enum": list(GROUPS)})]


class PersonIn(FactsIn):
    """A person who is described in the request."""

    person_id: Annotated[Text, _cell("person_id")] | None = Field(
        default=None, description="only says whose events the counts leave out"
    )
    personalised: StrictBool | None = Field(default=None, description="the resident's own switch")
    updated_at: Instant | None = Field(default=None, description="when the facts were last changed")
    history: Annotated[list[HistoryEntry], Field(max_length=MOST_HISTORY)] = []


class Named(Body):
    """Name one person: exactly one of `person` (facts) and `person_id` (somebody of the loaded data)."""

    person: PersonIn | None = None
    person_id: Annotated[Text, _cell("person_id")] | None = None
    tags: FactsIn = Field(default=FactsIn(), description="replaces (or, with null, removes) a fact in every row")

    @property
    def names_one(self) -> bool:
        """Whether exactly one of `person` and `person_id` is given."""
        return (self.person is None) != (self.person_id is None)


class Asked(Named):
    """Ask something about one person."""

    lang: Literal["zh-CN", "en"] = "zh-CN"
    at: Instant | None = Field(default=None, description="evaluation and replay only: instant with zone")


class Wanted(Body):
    """Say which lists are wanted."""

    kinds: Annotated[list[Kind], Field(min_length=1, max_length=3)] | None = Field(
        default=None, description="default: every kind that is served"
    )
    n: Annotated[int, Field(strict=True, ge=1, le=50)] = Field(default=10, description="results per kind")
    minutes: Annotated[float, BeforeValidator(_number), Field(gt=0, le=240)] | None = Field(
        default=None,
        description="leaves out what lies farther, minutes on foot; widened where that is too little. Default: nothing is left out,"
        " what answers a wish or a need comes first, and what lies beyond the city's widest circle stands last",
    )
    personalised: StrictBool = Field(default=True, description="false: the neutral list; off wins over the stored switch")


class RecommendRequest(Asked, Wanted):
    """Ask for one person's lists: exactly one of `person` (facts) and `person_id` (somebody of the loaded data)."""

    explain: StrictBool = Field(
        default=False, description="adds score, contributions (TreeSHAP) and the strongest of them in words"
    )
    groups: Annotated[list[Group], Field(max_length=len(GROUPS))] = Field(
        default=[], description="groups the caller vouches for: they open programmes, reach no row and are not logged"
    )


class RestrictedIn(Body):
    """Facts that only the rules of groups read, the columns of `restricted`; no ranker ever sees them."""

    sex: Annotated[Text, _cell("sex", "restricted")] | None = None
    post_type: Annotated[Text, _cell("post_type", "restricted")] | None = None
    hukou_area: Annotated[Text, _cell("hukou_area", "restricted")] | None = None
    hukou_type: Annotated[Text, _cell("hukou_type", "restricted")] | None = None
    resident_since: Annotated[Text, _cell("resident_since", "restricted")] | None = None
    local_insured_months: Annotated[Number, _cell("local_insured_months", "restricted")] | None = None
    disability: StrictBool | None = None
    low_income: StrictBool | None = None
    zero_employment_household: StrictBool | None = None
    rural_zero_transfer: StrictBool | None = None
    single_parent: StrictBool | None = None
    land_lost: StrictBool | None = None
    returned_migrant: StrictBool | None = None
    veteran: StrictBool | None = None
    rural_worker: StrictBool | None = None
    out_of_poverty: StrictBool | None = None
    recognised: Annotated[Texts, _cells("recognised", "restricted")] | None = Field(default=None, description="group@YYYY-MM-DD")


class ProfileRequest(Asked):
    """Ask what is known of one person; `restricted` takes the facts that only rules of groups read."""

    restricted: RestrictedIn | None = None


class BatchRequest(Wanted):
    """Ask for many people's lists; each is answered like a request of its own."""

    most_bytes: ClassVar[int] = 4_194_304
    lang: Literal["zh-CN", "en"] = "zh-CN"
    persons: Annotated[list[Named], Field(min_length=1, max_length=MOST_PERSONS)] = Field(
        description="each with exactly one of person and person_id"
    )

    @field_validator("persons")
    @classmethod
    def _each_names_one(cls, value: list[Named]) -> list[Named]:
        """Refuse entries that name nobody, or somebody twice."""
        if wrong := [place for place, asked in enumerate(value) if not asked.names_one]:
            places = ", ".join(map(str, wrong[:10]))
            raise PydanticCustomError(
                "one-of", "right is exactly one of person and person_id; not so at {places}", {"places": places}
            )
        return value

    def each(self) -> Iterator[RecommendRequest]:
        """Return a request for each person."""
        wanted = {name: getattr(self, name) for name in (*Wanted.model_fields, "lang")}
        for one in self.persons:
            named = {name: getattr(one, name) for name in Named.model_fields}
            yield RecommendRequest.model_construct(**wanted, **named)


class EventIn(Body):
    """Tell one thing that somebody did, the columns of `events`; when it became known is for the service to say."""

    event_id: Annotated[Text, _cell("event_id", "events")] = Field(description="unique: sending it twice counts once")
    person_id: Annotated[Text, _cell("person_id", "events")]
    kind: Kind
    item_id: Annotated[Text, _cell("item_id", "events")]
    event: Happening
    at: Annotated[Instant, Field(description="when it happened: instant with zone, at most a day ahead of the service's clock")]
    request_id: Annotated[Text, _cell("request_id", "events")] | None = Field(
        default=None, description="the answer that showed it"
    )
    position: Annotated[int, Field(strict=True, ge=1)] | None = Field(default=None, description="where in it, 1 = top")
    dwell_seconds: Annotated[Number, _cell("dwell_seconds", "events")] | None = None
    rating: Annotated[Number, _cell("rating", "events")] | None = None
    reason: Annotated[Text, Field(max_length=500), _cell("reason", "events")] | None = Field(default=None, description="why")

    @field_validator("at")
    @classmethod
    def _has_happened(cls, value: int) -> int:
        """Refuse what lies further ahead than a wrong clock or zone explains."""
        if value > time.time_ns() // 1000 + DAY:
            raise PydanticCustomError("instant", "right is a moment that has passed")
        return value


class EventsRequest(Body):
    """Tell what people did: it is on the disk before the answer, and sending it again changes nothing."""

    events: Annotated[list[EventIn], Field(min_length=1, max_length=MOST_EVENTS)]


class ItemRequest(Body):
    """Name one item."""

    kind: Kind
    item_id: Annotated[str, Field(min_length=1, max_length=128)]
