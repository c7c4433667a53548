"""Value readers: every way in which a source's cells become the contract's, by name, and which one a column takes by itself."""

from collections.abc import Mapping
from functools import cache

from sqrec.contract import Column
from sqrec.contract.shapes import ColumnType
from sqrec.mapping.readers import dates, hours, plain, recognised, wages
from sqrec.mapping.readers import words as worded
from sqrec.mapping.readers.how import Asks, How, Read, Reader, Unread, question_of, questions, single

__all__ = ["AS_IS", "ROW_ID", "Asks", "How", "Reader", "Unread", "question_of", "questions", "reader_of", "readers"]

AS_IS = "as_is"
"""The reader that leaves cells as they came, in whatever type."""
ROW_ID = "row_id"
"""The reader that makes an id of the cells named: the same cells always give the same id."""

_OF_TYPE: Mapping[ColumnType, str] = {
    "id": "id",
    "list": "list",
    "skills": "list",
    "boolean": "yes_no",
    "number": "number",
    "integer": "number",
    "month": "month",
    "date": "date",
    "date_or_no": "registered",
    "instant": "moment",
    "opening": "moment",
    "closing": "moment",
    "hours": "hours",
    "area": "area",
}
_SURE: Mapping[str, str] = {
    "id": r"^[^\s.+]+$",
    "number": r"^\d{1,15}(\.\d{1,15})?$",
    "month": r"^(19|20)\d\d-(0[1-9]|1[0-2])$",
    "moment": r"^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}
"""Texts that the contract has already, by reader: whole columns of them are told at once."""
_OF_COLUMN: Mapping[str, str] = {
    "people.education": "education",
    "people.employment": "employment",
    "people.forms": "forms",
    "people.needs": "needs",
    "people.wage_min": "wage_monthly",
    "people.experience_years": "years",
    "restricted.sex": "sex",
    "restricted.post_type": "post",
    "restricted.hukou_type": "hukou",
    "restricted.recognised": "recognised",
    "jobs.wage_min": "wage_min",
    "jobs.wage_max": "wage_max",
    "jobs.wage_unit": "wage_unit",
    "jobs.education_min": "education_required",
    "jobs.experience_min_years": "years_required",
    "jobs.form": "form",
    "jobs.mode": "mode",
    "jobs.kind": "job_kind",
    "courses.education_min": "education_required",
    "courses.audience": "groups",
    "courses.level": "level",
    "amenities.type": "amenity_type",
    "amenities.status": "status",
    "amenities.audience": "groups",
    "communities.built": "built",
    "events.kind": "kind",
    "events.event": "event",
}


def reader_of(table: str, column: Column) -> str:
    """Return the reader that a column takes where the mapping names none."""
    if column.name in {"lon", "lat"}:
        return column.name
    return _OF_COLUMN.get(f"{table}.{column.name}") or _OF_TYPE.get(column.type, AS_IS)


@cache
def readers() -> Mapping[str, Reader]:
    """Return every reader by its name; docs/mapping.md says what each of them reads."""
    told: dict[str, Read] = {
        AS_IS: plain.read_text,
        ROW_ID: plain.read_text,
        "text": plain.read_text,
        "html": single(plain.read_html),
        "id": single(plain.read_id),
        "number": single(plain.read_number),
        "list": plain.read_list,
        "area": plain.read_area,
        "lon": plain.read_lon,
        "lat": plain.read_lat,
        "flags": plain.read_flags,
        "wage_min": wages.read_min,
        "wage_max": wages.read_max,
        "wage_unit": wages.read_unit,
        "wage_extra": wages.read_extra,
        "wage_monthly": wages.read_monthly,
        "wage_code": wages.read_fixed,
        "month": single(dates.read_month),
        "date": single(dates.read_date),
        "registered": single(dates.read_registered),
        "moment": single(dates.read_moment),
        "age": single(dates.read_age),
        "recognised": recognised.read_recognised,
        "hours": single(hours.read_hours),
        "yes_no": single(worded.read_yes_no),
        "education": single(worded.read_education),
        "education_required": single(worded.read_education_required),
        "months_as_years": single(worded.read_months_as_years),
        "years": single(worded.read_years),
        "years_required": single(worded.read_years_required),
        **{name: make() for name, make in worded.WORD_READERS.items()},
    }
    return {name: Reader(read, _SURE.get(name, "")) for name, read in told.items()}
