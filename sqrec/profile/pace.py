"""The walking pace of a person."""

from sqrec.cities import City
from sqrec.cities.ages import age_of
from sqrec.profile.person import Person


def pace_of(person: Person, at: int | None, city: City) -> float:
    """Return metres a minute at a moment (microseconds UTC; None: no age is known then).

    The person's own pace, else the city's for the age; who switched off, or had the pace deleted, walks like somebody of unknown age.
    """
    if person.personalised is False or "pace" in person.deleted:
        return city.pace_for(None)
    if person.pace:
        return person.pace
    return city.pace_for(None if at is None else age_of(person.birth_month, at, city))
