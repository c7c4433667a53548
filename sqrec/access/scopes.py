"""Scopes: what somebody may be allowed to do."""

from typing import Literal, get_args

Scope = Literal[
    "residents",
    "restricted",
    "rights",
    "owed",
    "events",
    "advice",
    "offers",
    "review",
    "evaluation",
    "figures",
    "operation",
    "administration",
]
"""What somebody may be allowed to do; `open` addresses need none of it. What no address asks for yet opens nothing."""
SCOPES: tuple[Scope, ...] = get_args(Scope)
