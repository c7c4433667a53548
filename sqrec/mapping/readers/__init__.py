"""Value readers: every way in which a source's cells become the contract's, by name, and which one a column takes by itself."""

from collections.abc import Mapping
from functools import cache

from sqrec.contract import Column
from sqrec.contract.shapes import ColumnType
from sqrec.mapping.readers import dates, hours, plain, wages
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
    "people.lon": "lon",
    "people.lat": "lat",
    "restricted.sex": "sex",
    "restricted.post_type": "post",
    "restricted.hukou_type": "hukou",
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
    own = _OF_COLUMN.get(f"{table}.{column.name}")
    if own is None and column.name in {"lon", "lat"}:
        own = column.name
    return own or _OF_TYPE.get(column.type, AS_IS)


@cache
def readers() -> Mapping[str, Reader]:
    """Return every reader by its name."""
    told: dict[str, tuple[str, Read]] = {
        AS_IS: ("cells as they came", plain.read_text),
        ROW_ID: ("an id made of the cells named", plain.read_text),
        "text": ("several cells one behind the other", plain.read_text),
        "html": ("texts of web pages without their tags", single(plain.read_html)),
        "id": ("ids, 100022.0 as 100022", single(plain.read_id)),
        "number": ("2,400元, ３人, 若干 (unknown), 3万", single(plain.read_number)),
        "list": ("A、B，C；D", plain.read_list),
        "area": ("青岛·市南区·香港中路, codes, paths", plain.read_area),
        "lon": ("degrees east, of a pair as well", plain.read_lon),
        "lat": ("degrees north, of a pair as well", plain.read_lat),
        "flags": ("the first column of `words` that is set", plain.read_flags),
        "wage_min": ("4-6K, 面议 (unknown), 150-180元/天, 10-20万/年", wages.read_min),
        "wage_max": ("the upper end of the same", wages.read_max),
        "wage_unit": ("what the same is paid for", wages.read_unit),
        "wage_extra": ("what a wage cell tells besides: 13薪", wages.read_extra),
        "wage_monthly": ("the lower end of the same, a month", wages.read_monthly),
        "wage_code": ("0400106000: 4,001 to 6,000 yuan a month", wages.read_fixed),
        "month": ("1988-05-17, 198805, May-88, a spreadsheet's count of days", single(dates.read_month)),
        "date": ("2026/11/1, 2026.11.01, 2026年11月1日, 46327", single(dates.read_date)),
        "registered": ("the same, or 否, 未登记", single(dates.read_registered)),
        "moment": ("the same with a time, seconds or milliseconds since 1970, 长期有效 (open)", single(dates.read_moment)),
        "age": ("years of age on the day of the data", single(dates.read_age)),
        "hours": ("24/7, Mo-Fr 10:30-13:00, 周一至周五 8:30-17:00", single(hours.read_hours)),
        "yes_no": ("是, 有, 开, √, 1", single(worded.read_yes_no)),
        "education": ("大专, 本科毕业, codes of GB/T 4658", single(worded.read_education)),
        "education_required": ("大专及以上, 学历不限 (unknown: nothing is asked)", single(worded.read_education_required)),
        "months_as_years": ("18 (1.5)", single(worded.read_months_as_years)),
        "years": ("3年, 应届 (0)", single(worded.read_years)),
        "years_required": ("1-3年 (1), 经验不限 (0), 应届 (0)", single(worded.read_years_required)),
        **{name: (f"words for {name.replace('_', ' ')}", make()) for name, make in worded.WORD_READERS.items()},
    }
    return {name: Reader(name, about, read, _SURE.get(name, "")) for name, (about, read) in told.items()}
