"""What residents see to about themselves: the switch, tags, consents, and an adviser's word that something does not suit."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictBool, field_validator

from serving.schemas.cells import Text, cell
from serving.schemas.requests import Body, FactsIn
from sqrec.contract import Kind
from sqrec.rights import ALL_TAGS, Purpose

Tag = Annotated[str, Field(max_length=64, json_schema_extra={"enum": list(ALL_TAGS)})]


class Whose(Body):
    """Name the resident in the address."""

    person_id: Annotated[Text, cell("person_id")] = Field(
        description="id of the resident, up to 128 characters; part of the address"
    )


class AboutRequest(Whose):
    """Ask what is kept of one resident."""

    lang: Literal["zh-CN", "en"] = Field(default="zh-CN", description="language of the texts in the answer")


class SwitchRequest(Whose):
    """Switch personal lists on or off."""

    personalised: StrictBool = Field(
        description="false: from the next request on everybody's list of the place; true: personal lists"
    )


class SwitchResponse(BaseModel):
    """The switch of one resident."""

    personalised: bool = Field(description="whether lists are personal; true where nobody ever said anything")
    set_at: str | None = Field(
        description="when it was set here, ISO 8601 in the city's time; null: never here, it is as the data say"
    )


class TagsRequest(Whose):
    """Change tags of one resident: all of it, or nothing where one part is wrong."""

    delete: Annotated[list[Tag], Field(max_length=len(ALL_TAGS))] = Field(
        default=[],
        description="tags that become unknown and stay so, whatever is imported; of a derived tag the fact that it comes from goes",
    )
    correct: FactsIn = Field(
        default=FactsIn(),
        description="facts as the resident states them; they stand until newer data come. null is refused: delete it",
    )
    restore: Annotated[list[Tag], Field(max_length=len(ALL_TAGS))] = Field(
        default=[],
        description="deleted or stated tags that are taken back: of a stated one what the data say holds again, a deleted one is unknown until they come again",
    )
    lang: Literal["zh-CN", "en"] = Field(default="zh-CN", description="language of the texts in the answer")

    @field_validator("delete", "restore")
    @classmethod
    def _there_are(cls, value: list[str]) -> list[str]:
        """Refuse what is no tag, without quoting it."""
        if set(value) - set(ALL_TAGS):
            raise ValueError("right are tags of the list")
        return value


class TagOut(BaseModel):
    """One tag: something known or worked out of a resident."""

    tag: str = Field(description="code of the tag; groups are group: and the code of the group")
    name: str = Field(description="the tag's name for residents")
    value: Any = Field(description="the value, in the units of docs/tables.md; of a group its status: recognised or likely")
    text: str = Field(description="the value in words")
    source: Literal["declared", "record", "derived"] = Field(
        description="told by the resident, kept apart as a record, or worked out"
    )
    source_text: str = Field(description="the source in words")
    comes_from: list[str] = Field(description="the facts that it is worked out from; empty: from none")
    ranks: list[Kind] = Field(description="kinds whose ranker reads it; empty: it orders no list")
    correctable: bool = Field(description="whether `correct` takes it; else the authority that keeps the record corrects it")
    goes_with: str | None = Field(description="the fact that is deleted where this tag is; null: this tag alone")


class ChangedTag(BaseModel):
    """One tag that was changed by the resident."""

    tag: str = Field(description="code of the tag")
    name: str = Field(description="the tag's name for residents")
    at: str = Field(description="since when, ISO 8601 in the city's time")


class TagsResponse(BaseModel):
    """The tags of one resident, those that were deleted, and those that the resident stated."""

    tags: list[TagOut] = Field(description="known tags; those kept apart are told with the scope restricted alone")
    deleted: list[ChangedTag] = Field(description="tags that are deleted: unknown to everything, whatever is imported")
    stated: list[ChangedTag] = Field(description="tags as the resident stated them; they give way to newer data alone")


class ConsentRequest(Whose):
    """Give or withdraw one consent."""

    purpose: Purpose = Field(description="what for: push, proposal or backflow")
    given: StrictBool = Field(description="true: given; false: withdrawn, at once")
    notice: Annotated[str, Field(max_length=64)] = Field(
        description="version of the notice that was shown; a consent is given to the one in force, and withdrawn by any"
    )


class ConsentOut(BaseModel):
    """One purpose, the notice in force, and what the resident said."""

    purpose: Purpose = Field(description="what for")
    meaning: str = Field(description="the purpose in a sentence, for programs' authors")
    holds: bool = Field(description="whether a consent holds now; without one the service goes on, without this purpose")
    notice: str = Field(description="version of the notice in force")
    text: str = Field(description="the notice in force, to be shown before a consent is given")
    given_at: str | None = Field(
        description="when the consent that holds was given, ISO 8601 in the city's time; null: none holds"
    )
    accepted: str | None = Field(description="version of the notice that it was given to; null: none holds")
    withdrawn_at: str | None = Field(description="when the last consent was withdrawn; null: none was, or one was given since")


class ConsentsResponse(BaseModel):
    """Every purpose."""

    consents: list[ConsentOut] = Field(description="one for each purpose")


class UnsuitableRequest(Whose):
    """Take an item from one resident's lists, as an adviser who knows why."""

    event_id: Annotated[Text, cell("event_id", "events")] = Field(
        description="unique id, up to 128 characters; sent again it is one word"
    )
    kind: Kind = Field(description="kind of the item")
    item_id: Annotated[str, Field(min_length=1, max_length=128, description="the item's id, as in lists")]
    reason: Annotated[Text, Field(min_length=1, max_length=500), cell("reason", "events")] = Field(
        description="why it does not suit, 1 to 500 characters; no health, belief, debt or family plans"
    )
    request_id: Annotated[Text, cell("request_id", "events")] | None = Field(
        default=None, description="`request_id` of the answer that showed it; null: shown by no answer, or unknown"
    )
    position: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        default=None, description="rank of the item in that answer's list, from 1 = top; null: unknown"
    )


class UnsuitableResponse(BaseModel):
    """What became of an adviser's word."""

    new: bool = Field(description="true: stored now, on the disk before this answer; false: this event_id was stored before")
