"""What an asker must be allowed: one sentence for each refusal, the same whoever is asked for."""

from dataclasses import dataclass
from typing import Literal

from serving.problems import NotFoundError, RefusedError
from sqrec.access import Asker, Purpose, Scope

UNKNOWN_PERSON = "No person whom you may ask for has this person_id. Send the facts as `person`, or load data that has the id."
_KEY = "This needs a key: send the header `Authorization: Bearer sq_…`. Who runs the service makes one: sqrec keys create (docs/access.md)."
_NO_KEYS = (
    "A data folder is served, and a folder has no keys, so nobody may ask for its people by person_id, write, or read metrics: import it "
    "into a store (sqrec import FOLDER), make a key (sqrec keys create NAME --role platform), and serve the store. People described in "
    "the request (`person`) are answered."
)
SESSION = "__Host-sq"
"""The cookie of a session."""
WRONG_KEY = "This key is not known here, has ended, or was revoked."


@dataclass(frozen=True, slots=True)
class Decision:
    """Hold what was decided about one request, or about one person in it, for the audit.

    `status` is that of the refusal; None: let in. `person_id` is the stored person who was asked for or written about, `fields`
    what of them, and `writes` whether it was written rather than read.
    """

    who: Asker
    route: str
    scope: Scope | Literal["open"]
    status: int | None = None
    person_id: str | None = None
    fields: tuple[str, ...] = ()
    writes: bool = False


def need(who: Asker, scope: Scope, *, keys: bool, purpose: Purpose | None = None) -> None:
    """Let pass who may do something, for a purpose (None: no stored person is asked for); `keys` tells whether there can be keys at all.

    Raises RefusedError: 401 for nobody in particular, 403 for somebody who lacks the scope, or is there for other purposes.
    """
    if not who.may(scope):
        if who.how == "nobody":
            raise RefusedError(401, _KEY if keys else _NO_KEYS)
        raise RefusedError(403, f"What you are known as lacks the scope `{scope}`: docs/access.md says which role has it.")
    if purpose is not None and not who.may_for(purpose):
        raise RefusedError(403, f"What you are known as is not for the purpose `{purpose}`: docs/access.md says what each is.")


def unknown_person() -> NotFoundError:
    """Return the answer about a person who is not there, or not for this asker: the two are told alike."""
    return NotFoundError(UNKNOWN_PERSON)
