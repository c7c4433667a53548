"""Whole years of age in city time."""

from sqrec.cities import City


def age_at(birth_month: str | None, year: int, month: int) -> int | None:
    """Return whole years of age in a month of city time; unknown birth month: None.

    A year counts as reached on the first day of the month after the birth month (tables.md, people).
    """
    if birth_month is None:
        return None
    born_year, born_month = (int(part) for part in birth_month.split("-"))
    return ((year - born_year) * 12 + month - born_month - 1) // 12


def age_of(birth_month: str | None, at: int, city: City) -> int | None:
    """Return the whole years of age at a moment in city time; None for an unknown birth month."""
    local = city.local(at)
    return age_at(birth_month, local.year, local.month)


def is_minor(birth_month: str | None, at: int, city: City) -> bool:
    """Tell whether somebody is known to be younger at a moment than the city's law lets choose any work; unknown is not known."""
    age = age_of(birth_month, at, city)
    return age is not None and age < city.gates.adult_from
