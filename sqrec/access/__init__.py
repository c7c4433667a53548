"""Access: who asks, what a role may do, and which residents an area holds. No server and no database (docs/access.md).

- Ask     `Asker`: somebody with scopes and an area; `NOBODY`, `DEMO`.
- Rules   `roles()`: every role with its scopes, as data (`roles.json`); `purposes()`: what for (`purposes.json`).
- Where   `Organisation`: the units of a city, each with the one above; `Within`: whom a unit holds.
- Keys    `new_key`, `Key`, `KeyRing.asker_of(text)`.
"""

from sqrec.access.areas import canonical
from sqrec.access.asker import DEMO, NOBODY, Asker
from sqrec.access.keys import Key, KeyRing, new_key
from sqrec.access.organisation import Organisation, Unit, Within
from sqrec.access.pepper import pepper_of
from sqrec.access.purposes import Purpose, purposes
from sqrec.access.roles import Role, roles
from sqrec.access.scopes import Scope

__all__ = [
    "DEMO",
    "NOBODY",
    "Asker",
    "Key",
    "KeyRing",
    "Organisation",
    "Purpose",
    "Role",
    "Scope",
    "Unit",
    "Within",
    "canonical",
    "new_key",
    "pepper_of",
    "purposes",
    "roles",
]
