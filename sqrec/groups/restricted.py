"""Facts that are kept apart: only group rules and audits read them, no ranker ever does."""

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Restricted:
    """Hold the columns of `restricted` for one person; None is unknown.

    `recognised` lists official recognitions, `group@YYYY-MM-DD`; an empty one says that none is on record. `deleted_apart` names tags
    that the person had deleted: facts of this table, and `group:` with a group that is not to be worked out again.
    """

    person_id: str | None = None
    sex: str | None = None
    post_type: str | None = None
    hukou_area: str | None = None
    hukou_type: str | None = None
    resident_since: str | None = None
    local_insured_months: float | None = None
    disability: bool | None = None
    low_income: bool | None = None
    zero_employment_household: bool | None = None
    rural_zero_transfer: bool | None = None
    single_parent: bool | None = None
    land_lost: bool | None = None
    returned_migrant: bool | None = None
    veteran: bool | None = None
    rural_worker: bool | None = None
    out_of_poverty: bool | None = None
    recognised: tuple[str, ...] = ()
    deleted_apart: tuple[str, ...] = ()

    def hidden(self) -> "Restricted":
        """Return the same with every fact unknown, for whoever may not have them; what was deleted stays so."""
        return Restricted(person_id=self.person_id, deleted_apart=self.deleted_apart)

    def recognised_on(self, group: str, day: str) -> str | None:
        """Return the day of the earliest recognition that holds on a day (both YYYY-MM-DD); None where there is none yet."""
        return min((on for one, _, on in map(_split, self.recognised) if one == group and on <= day), default=None)


def _split(recognition: str) -> tuple[str, str, str]:
    return recognition.partition("@")


_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Restricted)}
RESTRICTED_UNKNOWN = {name: default for name, default in _DEFAULTS.items() if name not in {"person_id", "deleted_apart"}}
"""Every fact that is kept apart, as it is where it is unknown."""
RESTRICTED_FACTS = tuple(name for name in _DEFAULTS if name not in {"person_id", "recognised", "deleted_apart"})
"""The facts that group rules may read."""
