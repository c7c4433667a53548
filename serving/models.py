"""What comes in and goes out: every field, its meaning and its bounds."""

from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from sqrec.cities import City
from sqrec.columns import GRADES, RULES, TABLES, Column, Kind
from sqrec.coordinates import Frame
from sqrec.parse import parse
from sqrec.profile import FACTS

MOST_HISTORY = 500
MOST_LIST = 50
_UTC = ZoneInfo("UTC")


@cache
def _column(name: str) -> Column:
    return TABLES["people"].column(name)


def _checked(column: Column, text: str) -> Any:
    """Read a cell by the contract of tables; a broken rule is the error's type."""
    value, rule = parse(column, text, _UTC)
    if rule:
        raise PydanticCustomError(rule, "{right}", {"right": f"right is {RULES[rule].right}"})
    return value


def _cell(name: str) -> AfterValidator:
    return AfterValidator(lambda value: value if value is None else _checked(_column(name), str(value)))


def _cells(name: str) -> AfterValidator:
    def check(values: list[str]) -> list[str]:
        if any("|" in value for value in values):
            raise PydanticCustomError("list", "right is one member per entry, without |")
        joined = _checked(_column(name), "|".join(values))
        return joined.split("|") if joined else []

    return AfterValidator(check)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise PydanticCustomError("number", "right is a JSON number")
    return value


Text = Annotated[str, Field(max_length=20_000)]
Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=MOST_LIST)]
Number = Annotated[float | None, BeforeValidator(_number)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Location(_In):
    """A point, as coarse as the resident allows."""

    lon: Annotated[float, BeforeValidator(_number), Field(ge=-180, le=180, description="degrees east")]
    lat: Annotated[float, BeforeValidator(_number), Field(ge=-90, le=90, description="degrees north")]
    crs: Frame = Field("WGS84", description="the frame of the point")


class HistoryEntry(_In):
    """One thing the person did before."""

    kind: Kind
    item_id: Annotated[str, Field(min_length=1, max_length=128)]
    event: Literal["impression", "view", "save", "dismiss", "apply", "enrol", "visit", "interview", "hire", "complete"]
    at: Annotated[str, AfterValidator(lambda value: _instant(value)), Field(description="instant with zone")]


def _instant(value: str | None) -> Any:
    column = TABLES["events"].column("at")
    return None if value is None else _checked(column, value)


class PersonIn(_In):
    """A person's facts, the columns of `people`; every one may be left out."""

    person_id: Annotated[str | None, _cell("person_id")] = Field(None, description="only says whose events the counts leave out")
    birth_month: Annotated[Text | None, _cell("birth_month")] = Field(None, description="YYYY-MM")
    education: Annotated[Text | None, _cell("education")] = Field(None, description="GB/T 4658 code")
    graduated_on: Annotated[Text | None, _cell("graduated_on")] = None
    skills: Annotated[Texts, _cells("skills")] = []
    occupations: Annotated[Texts, _cells("occupations")] = []
    desired: Annotated[Texts, _cells("desired")] = []
    experience_years: Annotated[Number, _cell("experience_years")] = None
    employment: Annotated[Text | None, _cell("employment")] = None
    registered_unemployed_on: Annotated[Text | None, _cell("registered_unemployed_on")] = None
    wage_min: Annotated[Number, _cell("wage_min")] = None
    forms: Annotated[Texts, _cells("forms")] = []
    hours: Annotated[Text | None, _cell("hours")] = None
    needs: Annotated[Texts, _cells("needs")] = []
    area: Annotated[Text | None, _cell("area")] = None
    pace: Annotated[Number, _cell("pace")] = None
    personalised: StrictBool | None = None
    updated_at: Annotated[Text | None, AfterValidator(_instant)] = None
    location: Location | None = None
    history: Annotated[list[HistoryEntry], Field(max_length=MOST_HISTORY)] = []

    @field_validator("location")
    @classmethod
    def _in_city(cls, value: Location | None, info: ValidationInfo) -> Location | None:
        """Refuse a point outside the city's box, where the city is known."""
        city: City | None = (info.context or {}).get("city")
        if value and city and not city.holds(value.lon, value.lat, value.crs):
            raise PydanticCustomError("outside", "{right}", {"right": f"right is {RULES['outside'].right}"})
        return value


class RecommendRequest(_In):
    """Ask for lists for one person: `person` (facts) or `person_id` (somebody of the loaded data), one of the two."""

    person: PersonIn | None = None
    person_id: Annotated[str | None, _cell("person_id")] = None
    kinds: Annotated[list[Kind] | None, Field(min_length=1, max_length=3)] = Field(None, description="default: every kind that is served")
    n: Annotated[int, Field(strict=True, ge=1, le=50)] = Field(10, description="results per kind")
    minutes: Annotated[float, BeforeValidator(_number), Field(gt=0, le=240)] = Field(15.0, description="the circle, minutes on foot")
    lang: Literal["zh-CN", "en"] = "zh-CN"
    explain: StrictBool = Field(False, description="adds score and contributions (TreeSHAP)")
    personalised: StrictBool = Field(True, description="false: the neutral list; off wins over the stored switch")
    at: Annotated[Text | None, AfterValidator(_instant)] = Field(None, description="evaluation and replay only: instant with zone")
    tags: dict[str, Any] = Field(default_factory=dict, description="column: value or null; replaces or removes a fact in every row")

    @field_validator("tags")
    @classmethod
    def _known_tags(cls, value: dict[str, Any]) -> dict[str, Any]:
        strange = sorted(set(value) - set(FACTS))
        if strange:
            raise PydanticCustomError("tags", "right is a column of people such as desired")
        PersonIn.model_validate({name: fact for name, fact in value.items() if fact is not None})
        return value


class Said(BaseModel):
    """A code for programs and a text for people."""

    code: str
    text: str


class ReachOut(BaseModel):
    """How far it is: minutes on foot (null: unknown), how they were found, and the circle that holds the item."""

    minutes: float | None
    method: Literal["straight", "area", "online", "unknown"]
    step: float | None


class Recommended(BaseModel):
    """One item of a list."""

    item_id: str
    title: str
    rank: int
    fit: Literal["high", "medium", "low", "unknown"]
    reach: ReachOut
    reasons: list[Said]
    missing: list[Said]
    score: float | None = None
    contributions: dict[str, float] | None = None


class RecommendResponse(BaseModel):
    """The lists, and everything one must know about how they were made."""

    request_id: str
    bundle: str
    rankers: dict[str, Literal["model", "fallback", "neutral"]]
    data_as_of: str | None
    counts_as_of: str
    not_for_display: bool | None = None
    streams: dict[str, list[Recommended]]
    notices: list[Said]
    degraded: list[Said]


class ProblemDetail(BaseModel):
    """One thing that is wrong with a request."""

    field: str
    rule: str
    detail: str


class Problem(BaseModel):
    """An error, as RFC 9457 has it; `problems` names everything that is wrong with the request."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    problems: list[ProblemDetail] = []
