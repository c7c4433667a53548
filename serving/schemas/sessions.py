"""Sessions: what begins and ends one, and what is answered."""

from typing import Annotated

from pydantic import BaseModel, Field

from serving.schemas.requests import Body


class SessionRequest(Body):
    """Begin a session."""

    assertion: Annotated[str, Field(min_length=1, max_length=4_000, description="the platform's signed assertion, a JWT")]


class EndRequest(Body):
    """End the session of the cookie; the body is an empty object."""


class SessionResponse(BaseModel):
    """What a session allows; its cookie is in the header."""

    role: str = Field(description="the role that the platform vouches for, as docs/access.md names them")
    scopes: list[str] = Field(description="scopes of the session, sorted; empty: what is open to everybody")
    area: str | None = Field(description="code or path of the area whose residents the session is for; null: everywhere")
    seconds: int = Field(
        description="seconds after which the session ends at the latest; half an hour without a request ends it too"
    )


class EndResponse(BaseModel):
    """Whether a session was ended."""

    ended: bool = Field(description="true: the cookie named a session, which is over now; false: there was none, or it was over")
