"""What residents are owed: a file of what is held, erasure, explanations of past lists, complaints."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from serving.schemas.answers import Weighed
from serving.schemas.requests import Body
from sqrec.contract import Kind
from sqrec.texts import Language

Id = Annotated[str, Field(min_length=1, max_length=128)]
_WHOSE = "whose; null in a resident's session: the resident's own"


class AccessRequest(Body):
    """Ask for everything held about a person."""

    person_id: Id | None = Field(default=None, description=_WHOSE)


class HeldTable(BaseModel):
    """The rows of one table about the person."""

    table: str = Field(description="name of the table, as docs/tables.md and docs/store.md name it")
    name: str = Field(description="what the table is called, in Simplified Chinese")
    rows: list[dict[str, Any]] = Field(
        description="each row: by field name its Chinese word (`name`) and what it holds (`value`; null: unknown); moments in city time"
    )


class CopyOut(BaseModel):
    """A copy that the store cannot reach."""

    what: str = Field(description="which: backups, or an export and where it was written")
    last_day: str = Field(description="the last day on which it may be kept, ISO date")


class AccessResponse(BaseModel):
    """Everything held about a person, readable by them."""

    about: str = Field(description="how to read it, in Simplified Chinese")
    rights: str = Field(description="what the resident may ask for, in Simplified Chinese")
    person_id: str = Field(description="about whom")
    made_at: str = Field(description="when it was made, in city time")
    tables: list[HeldTable] = Field(description="every table that holds a row; the last is who used the person's data (`audit`)")
    copies: list[CopyOut] = Field(description="copies elsewhere that may hold the person's data")


class ErasureRequest(Body):
    """Erase a person for good."""

    person_id: Id | None = Field(default=None, description=_WHOSE)
    sure: Literal[True] = Field(description="true: erasure cannot be taken back")


class ErasureResponse(BaseModel):
    """What was erased, and what is left where."""

    rows: dict[str, int] = Field(description="number of rows taken away, by table; all 0: erased before")
    copies: list[CopyOut] = Field(description="copies that the store cannot reach, each with its last day")
    overwritten: bool = Field(
        description="whether the space on the disk is overwritten already; false: that is done by the next `sqrec erase --clean`"
    )


class ExplanationRequest(Body):
    """Ask why a past list was as it was."""

    request_id: Id = Field(description="`request_id` of the answer that had the list")
    lang: Language = Field(default="zh-CN", description="language of the words")


class ExplainedItem(BaseModel):
    """One shown item, and why it stood there."""

    item_id: str = Field(description="id of the item")
    title: str | None = Field(description="its title now; null: it is no longer in the catalogue")
    rank: int = Field(description="position in the list, from 1 = top")
    score: float | None = Field(description="the ranker's score, comparable within the list only; null: not logged")
    minutes: float | None = Field(description="minutes on foot, one way, as they were then; null: unknown")
    propensity: float | None = Field(description="probability with which it stood there; 1: no luck was in it; null: not logged")
    why: list[Weighed] | None = Field(
        description="what raised the score most, greatest first; null: no trained ranker, or it is gone"
    )
    contributions: dict[str, float] | None = Field(
        description="by column of the ranker what it added to the score (TreeSHAP), and `expected`; null as `why`"
    )


class ExplainedStream(BaseModel):
    """One list of the answer."""

    by: Literal["model", "words", "rules"] | None = Field(
        description="who ordered it: a trained ranker; the words of the person's wish; a published rule (near, then new), the same for"
        " everybody at that place; null: its bundle is gone, so nobody can tell"
    )
    note: str | None = Field(description="what could not be explained and why, in words; null: everything was")
    items: list[ExplainedItem] = Field(description="the shown items, from the top")


class ExplanationResponse(BaseModel):
    """Why a past list was as it was, from the log."""

    request_id: str = Field(description="the answer that had the list")
    at: str = Field(description="when it was shown, in city time")
    bundle: str | None = Field(description="name of the bundle that made it; null: not logged")
    personal: bool = Field(description="whether the list was made of the person's facts; false: nobody is named in the log")
    streams: dict[Kind, ExplainedStream] = Field(description="its lists, by kind")


class ComplaintRequest(Body):
    """File a complaint."""

    person_id: Id | None = Field(default=None, description=_WHOSE)
    text: Annotated[str, Field(min_length=1, max_length=4_000, description="what is complained about, in the resident's words")]
    request_id: Id | None = Field(default=None, description="the answer that it is about; null: none in particular")


class ComplaintsRequest(Body):
    """List complaints."""

    person_id: Id | None = Field(
        default=None, description="whose; null in a resident's session: the resident's own, else everybody's of the area"
    )
    unanswered: bool = Field(default=False, description="true: only those without an answer")


class AnswerRequest(Body):
    """Answer a complaint, once."""

    complaint_id: Id = Field(description="which")
    answer: Annotated[str, Field(min_length=1, max_length=4_000, description="the answer, in words for the resident")]


class ComplaintOut(BaseModel):
    """A complaint, and its answer."""

    complaint_id: str = Field(description="id of the complaint")
    person_id: str = Field(description="whose")
    text: str = Field(description="what is complained about")
    request_id: str | None = Field(description="the answer that it is about; null: none in particular")
    filed_at: str = Field(description="when it was filed, in city time")
    due_on: str = Field(description="the last day for its answer (city data), ISO date")
    overdue: bool = Field(description="whether that day is over and there is no answer")
    answer: str | None = Field(description="the answer; null: none yet")
    answered_at: str | None = Field(description="when it was answered, in city time; null: not yet")


class ComplaintsResponse(BaseModel):
    """Complaints, those due first."""

    complaints: list[ComplaintOut] = Field(description="at most 500: without an answer first, then by due day")
