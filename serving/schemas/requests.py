"""What comes in: every field of a request, its meaning, unit and bounds, and what null means."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)
from pydantic_core import PydanticCustomError

from serving.schemas.cells import JSON_NUMBER, Group, Instant, Number, Text, Texts, cell, cells, optional
from sqrec.base.numbers import DAY
from sqrec.cities import City
from sqrec.contract import GROUPS, RULES, Kind
from sqrec.contract.coordinates import Frame

MOST_HISTORY = 500
MOST_EVENTS = 500
MOST_PERSONS = 500
MOST_RESULTS = 50


class Body(BaseModel):
    """Refuse unknown fields, infinite numbers, and bodies of more than `most_bytes` bytes."""

    most_bytes: ClassVar[int] = 262_144
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Happening = Literal[
    "impression", "view", "save", "dismiss", "apply", "enrol", "visit", "interview", "hire", "complete", "reached"
]


class Location(Body):
    """A point, as coarse as the resident allows; outside the city's box it is refused."""

    lon: Annotated[float, JSON_NUMBER, Field(ge=-180, le=180, description="degrees east, in the frame `crs`")]
    lat: Annotated[float, JSON_NUMBER, Field(ge=-90, le=90, description="degrees north, in the frame `crs`")]
    crs: Frame = Field(default="WGS84", description="the coordinate reference frame of lon and lat")


class HistoryEntry(Body):
    """One event of the person before the request; an item that the catalogue does not have is ignored."""

    kind: Kind = Field(description="kind of the item")
    item_id: Annotated[str, Field(min_length=1, max_length=128, description="the item's id")]
    event: Happening = Field(description="what happened; grades of events: docs/tables.md")
    at: Annotated[Instant, Field(description="instant with zone; an entry that is not before the request's moment is ignored")]


class FactsIn(Body):
    """Facts about a person, the columns of `people` in docs/tables.md.

    Each may be left out or null, which means unknown, never zero or "no"; an empty list means unknown, too.
    """

    birth_month: Annotated[Text, cell("birth_month")] | None = optional("birth_month", before="month of birth, ")
    education: Annotated[Text, cell("education")] | None = optional("education", before="highest education, ")
    graduated_on: Annotated[Text, cell("graduated_on")] | None = optional("graduated_on", before="day on which the person ")
    skills: Annotated[Texts, cells("skills")] | None = optional("skills", after=" (5 lowest to 1 highest)")
    occupations: Annotated[Texts, cells("occupations")] | None = optional("occupations")
    desired: Annotated[Texts, cells("desired")] | None = optional("desired")
    experience_years: Annotated[Number, cell("experience_years")] | None = optional(
        "experience_years", before="work experience in "
    )
    employment: Annotated[Text, cell("employment")] | None = optional("employment")
    registered_unemployed_on: Annotated[Text, cell("registered_unemployed_on")] | None = optional("registered_unemployed_on")
    wage_min: Annotated[Number, cell("wage_min")] | None = optional("wage_min")
    forms: Annotated[Texts, cells("forms")] | None = optional("forms")
    hours: Annotated[Text, cell("hours")] | None = optional("hours", after=", such as mon-fri 09:00-18:00")
    needs: Annotated[Texts, cells("needs")] | None = optional("needs", after=", such as type:childcare")
    area: Annotated[Text, cell("area")] | None = optional("area", before="home, ", after=", such as 370202")
    pace: Annotated[Number, cell("pace")] | None = optional("pace")
    walk: Annotated[Text, cell("walk")] | None = optional("walk", after=" (pram, wheelchair)")
    location: Location | None = Field(
        default=None, description="where the person lives; null: unknown, no minutes on foot are told"
    )

    @field_validator("location")
    @classmethod
    def _in_city(cls, value: Location | None, info: ValidationInfo) -> Location | None:
        """Refuse a point outside the city's box, where the city is known."""
        city: City | None = (info.context or {}).get("city")
        if value and city and not city.holds(value.lon, value.lat, value.crs):
            raise PydanticCustomError("outside", "{right}", {"right": f"right is {RULES['outside'].right}"})
        return value


class PersonIn(FactsIn):
    """A person who is described in the request; nothing of it is stored."""

    person_id: Annotated[Text, cell("person_id")] | None = Field(
        default=None, description="only says whose events the popularity counts leave out, up to 128 characters; null: nobody's"
    )
    personalised: StrictBool | None = Field(
        default=None, description="the resident's own switch; false: neutral lists; null counts as true"
    )
    updated_at: Instant | None = Field(
        default=None,
        description="instant with zone at which the facts were last changed; those that can change are unknown before it; null: unknown",
    )
    history: Annotated[list[HistoryEntry], Field(max_length=MOST_HISTORY)] = Field(
        default=[], description=f"what the person did before, at most {MOST_HISTORY} events in any order"
    )


class Named(Body):
    """Name one person: exactly one of `person` (facts) and `person_id` (somebody of the loaded data)."""

    person: PersonIn | None = Field(default=None, description="facts about the person; null: `person_id` names somebody")
    person_id: Annotated[Text, cell("person_id")] | None = Field(
        default=None, description="id of a person of the loaded data, up to 128 characters; null: `person` gives the facts"
    )
    tags: FactsIn = Field(
        default=FactsIn(), description="facts that replace those of the person, for this request alone; null removes the fact"
    )

    @property
    def names_one(self) -> bool:
        """Whether exactly one of `person` and `person_id` is given."""
        return (self.person is None) != (self.person_id is None)


class Asked(Named):
    """Ask something about one person."""

    lang: Literal["zh-CN", "en"] = Field(default="zh-CN", description="language of the texts in the answer")
    at: Instant | None = Field(
        default=None,
        description="instant with zone, for evaluation and replay only: the answer as of then, not for display; null: now",
    )


class Wanted(Body):
    """Say which lists are wanted."""

    kinds: Annotated[list[Kind], Field(min_length=1, max_length=3)] | None = Field(
        default=None, description="kinds of items, a list each; null: every kind that is served"
    )
    n: Annotated[int, Field(strict=True, ge=1, le=MOST_RESULTS)] = Field(
        default=10, description=f"results per kind, 1 to {MOST_RESULTS}"
    )
    minutes: Annotated[float, JSON_NUMBER, Field(gt=0, le=240)] | None = Field(
        default=None,
        description="most minutes on foot, above 0 to 240; items beyond are left out, and the limit is widened where too few are within."
        " null: no limit; items beyond the city's widest circle stand last",
    )
    personalised: StrictBool = Field(
        default=True, description="false: neutral lists; true leaves it to the person's own switch, so that off always wins"
    )


class RecommendRequest(Asked, Wanted):
    """Ask for one person's lists: exactly one of `person` (facts) and `person_id` (somebody of the loaded data)."""

    explain: StrictBool = Field(
        default=False, description="true adds score, contributions (TreeSHAP) and the strongest contributions in words"
    )
    groups: Annotated[list[Group], Field(max_length=len(GROUPS))] = Field(
        default=[],
        description="key groups that the caller vouches for; they open programmes, are no input of any ranker and are not logged",
    )


def _restricted(name: str, *, before: str = "", after: str = "") -> Any:
    return optional(name, "restricted", before=before, after=after)


class RestrictedIn(Body):
    """Facts that only the rules of groups read, the columns of `restricted` in docs/tables.md; no ranker reads them.

    Each may be left out or null: unknown, never "no".
    """

    sex: Annotated[Text, cell("sex", "restricted")] | None = _restricted("sex")
    post_type: Annotated[Text, cell("post_type", "restricted")] | None = _restricted("post_type")
    hukou_area: Annotated[Text, cell("hukou_area", "restricted")] | None = _restricted(
        "hukou_area", after=", a code or path as in `area`"
    )
    hukou_type: Annotated[Text, cell("hukou_type", "restricted")] | None = _restricted("hukou_type", before="type ")
    resident_since: Annotated[Text, cell("resident_since", "restricted")] | None = _restricted("resident_since")
    local_insured_months: Annotated[Number, cell("local_insured_months", "restricted")] | None = _restricted(
        "local_insured_months"
    )
    disability: StrictBool | None = _restricted("disability")
    low_income: StrictBool | None = _restricted("low_income")
    zero_employment_household: StrictBool | None = _restricted("zero_employment_household")
    rural_zero_transfer: StrictBool | None = _restricted("rural_zero_transfer")
    single_parent: StrictBool | None = _restricted("single_parent")
    land_lost: StrictBool | None = _restricted("land_lost")
    returned_migrant: StrictBool | None = _restricted("returned_migrant")
    veteran: StrictBool | None = _restricted("veteran")
    rural_worker: StrictBool | None = _restricted("rural_worker")
    out_of_poverty: StrictBool | None = _restricted("out_of_poverty")
    recognised: Annotated[Texts, cells("recognised", "restricted")] | None = _restricted("recognised")


class ProfileRequest(Asked):
    """Ask what is known of one person."""

    restricted: RestrictedIn | None = Field(
        default=None, description="facts for the rules of groups, instead of the stored ones; null: the stored ones, if any"
    )


class BatchRequest(Wanted):
    """Ask for many people's lists; each is answered as if asked alone."""

    most_bytes: ClassVar[int] = 4_194_304
    lang: Literal["zh-CN", "en"] = Field(default="zh-CN", description="language of the texts in the answers")
    persons: Annotated[list[Named], Field(min_length=1, max_length=MOST_PERSONS)] = Field(
        description=f"1 to {MOST_PERSONS} people, each with exactly one of person and person_id"
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
    """Report one event, the columns of `events` in docs/tables.md; the service sets when it became known (`recorded_at`)."""

    event_id: Annotated[Text, cell("event_id", "events")] = Field(
        description="unique id, up to 128 characters; an event sent again is counted once"
    )
    person_id: Annotated[Text, cell("person_id", "events")] = Field(description="whose event it is, up to 128 characters")
    kind: Kind = Field(description="kind of the item")
    item_id: Annotated[Text, cell("item_id", "events")] = Field(description="the item's id, up to 128 characters")
    event: Happening = Field(description="what happened; grades of events: docs/tables.md")
    at: Annotated[Instant, Field(description="when it happened: instant with zone, at most a day ahead of the service's clock")]
    request_id: Annotated[Text, cell("request_id", "events")] | None = Field(
        default=None, description="`request_id` of the answer that showed the item; null: shown by no answer, or unknown"
    )
    position: Annotated[int, Field(strict=True, ge=1, le=MOST_RESULTS)] | None = Field(
        default=None, description=f"rank of the item in that answer's list, 1 = top to {MOST_RESULTS}; null: unknown"
    )
    dwell_seconds: Annotated[Number, cell("dwell_seconds", "events")] | None = optional(
        "dwell_seconds", "events", before="how long the item was looked at, "
    )
    rating: Annotated[Number, cell("rating", "events")] | None = optional("rating", "events")
    reason: Annotated[Text, Field(max_length=500), cell("reason", "events")] | None = optional(
        "reason", "events", after=", up to 500 characters"
    )

    @field_validator("at")
    @classmethod
    def _has_happened(cls, value: int) -> int:
        """Refuse what lies further ahead than a wrong clock or zone explains."""
        if value > time.time_ns() // 1000 + DAY:
            raise PydanticCustomError("instant", "right is a moment that has passed")
        return value


@dataclass(frozen=True, slots=True)
class Malformed:
    """Stand for an event of a batch that is none: everything that is wrong with it."""

    wrong: ValidationError


def _one_by_one(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Check one event of a batch; one that is none does not take the others along."""
    try:
        return check(value)
    except ValidationError as wrong:
        return Malformed(wrong)


class EventsRequest(Body):
    """Report what people did. Events are on the disk before the answer; sending them again changes nothing."""

    events: Annotated[list[Annotated[EventIn, WrapValidator(_one_by_one)]], Field(min_length=1, max_length=MOST_EVENTS)] = Field(
        description=f"1 to {MOST_EVENTS} events; each is taken or refused for itself"
    )

    @property
    def each(self) -> list[EventIn | Malformed]:
        """The events, and what stands for those that are none."""
        return list(self.events)


class ItemRequest(Body):
    """Name one item."""

    kind: Kind = Field(description="kind of the item")
    item_id: Annotated[str, Field(min_length=1, max_length=128, description="the item's id, as in lists")]
