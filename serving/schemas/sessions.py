"""Sessions: what begins and ends one, and what is answered."""

from typing import Annotated

from pydantic import BaseModel, Field

from serving.schemas.requests import Body


class SessionRequest(Body):
    """Begin a session."""

    assertion: Annotated[str, Field(min_length=1, max_length=4_000, description="the platform's signed assertion, a JWT")]


class EndRequest(Body):
    """End a session: nothing is to be said."""


class SessionResponse(BaseModel):
    """What the session allows, where (null: everywhere), and for how many seconds at most; the cookie is in the header."""

    role: str
    scopes: list[str]
    area: str | None
    seconds: int


class EndResponse(BaseModel):
    """Whether there was a session to end."""

    ended: bool
