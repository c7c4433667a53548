"""Every check that a table goes through, by id."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Name one check: its id, whether it rejects the row or blanks the cell, and what would be right."""

    id: str
    severity: Severity
    right: str


RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("missing-column", "error", "every required column stands in the header"),
        Rule("extra-column", "warning", "a column of the contract; this one is ignored"),
        Rule("double-column", "warning", "a column once; the later one is ignored"),
        Rule("column-name", "warning", "the column's name as the contract has it; it is read under that name"),
        Rule("encoding", "error", "characters of the file's encoding in every cell"),
        Rule("other-encoding", "warning", "UTF-8, UTF-16 or GB18030; every text of this file may be wrong"),
        Rule("other-sheet", "warning", "one sheet a workbook; this one is not read"),
        Rule("merged", "warning", "a cell a row; one that is merged over several rows counts for each of them"),
        Rule("quotes", "error", "a cell that starts with a quotation mark ends with one"),
        Rule("cell-count", "error", "as many cells as the header has"),
        Rule(
            "header-again", "error", "the header once, in front: this row repeats it, as where files were put behind one another"
        ),
        Rule("json-line", "error", "a line that is one value of JSON in UTF-8"),
        Rule("no-object", "error", "an object, whose members are the cells of a row"),
        Rule("duplicate-id", "error", "an id that no earlier accepted row has"),
        Rule("required", "error", "a filled cell"),
        Rule("id", "error", "an id of up to 128 characters in one line"),
        Rule("other-id", "warning", "an id of up to 128 characters in one line; this one is unknown"),
        Rule("text", "warning", "a text of up to 20,000 characters"),
        Rule("text-required", "error", "a text of up to 20,000 characters"),
        Rule("control", "warning", "a cell without control characters; it is read without them"),
        Rule(
            "text-mark",
            "warning",
            '00012, not ="00012" or \'00012, which mark a text for a spreadsheet; it is read without the mark',
        ),
        Rule("list-separator", "warning", "| between the members of a list; this cell is read as one member"),
        Rule("choice", "warning", "a word of the column's vocabulary"),
        Rule("choice-required", "error", "a word of the column's vocabulary"),
        Rule("choices", "warning", "words of the column's vocabulary, | between them"),
        Rule("job-kind", "error", "market, public_welfare or event: a welfare post must not slip into a ranked list"),
        Rule(
            "welfare-kind",
            "warning",
            "a kind beside what names a welfare post; this one is read as public_welfare: write market where it is none",
        ),
        Rule("hazard", "error", "hazards of the vocabulary, | between them: none may get lost"),
        Rule("audience", "error", "groups of the vocabulary, | between them: what is for a group is not shown to all"),
        Rule("status", "error", "open, closed or planned: a closed place is not shown"),
        Rule("recognised", "warning", "group@YYYY-MM-DD such as graduate@2026-06-30, | between them"),
        Rule("need", "warning", "type:TYPE or domain:DOMAIN of the amenity types, such as type:childcare"),
        Rule("skill-level", "warning", "a certificate level of 1 to 5 behind the @ of a skill"),
        Rule("number", "warning", "a number such as 3500 or 0.5"),
        Rule("number-required", "error", "a number within the column's bounds"),
        Rule("range", "warning", "a number within the column's bounds"),
        Rule("integer", "warning", "a whole number of up to 15 digits"),
        Rule("switch", "error", "true or false (or 1, 0, yes, no): a resident's off must not get lost"),
        Rule("boolean", "warning", "true or false (or 1, 0, yes, no)"),
        Rule("birth-month", "error", "a month such as 1985-03: ages are checked by law"),
        Rule("date", "warning", "a date such as 2026-06-30"),
        Rule("instant", "warning", "an instant such as 2026-11-01T09:30:00+08:00"),
        Rule("instant-required", "error", "an instant such as 2026-11-01T09:30:00+08:00"),
        Rule(
            "validity",
            "error",
            "a date such as 2026-06-30 or an instant such as 2026-11-01T09:30:00+08:00: a wrong one could show an item too long",
        ),
        Rule("zone", "warning", "an instant with its zone; this one is read in the city's zone"),
        Rule("hours", "warning", "clock ranges such as 09:00-18:00 or mon-fri 08:30-17:30; sat 09:00-12:00"),
        Rule("occupation", "warning", "an occupation code such as 4-10-01-05, or its first parts"),
        Rule("occupation-required", "error", "an occupation code such as 4-10-01-05, or its first parts"),
        Rule("wkt", "warning", "POLYGON or MULTIPOLYGON in well-known text"),
        Rule("former-area", "warning", "the division's present code, which is put in its place"),
        Rule("area", "warning", "a code of 6, 9 or 12 digits, or a path from large to small such as New Jersey/Newark"),
        Rule("area-required", "error", "a code of 6, 9 or 12 digits, or a path from large to small such as New Jersey/Newark"),
        Rule("json", "warning", "a JSON expression"),
        Rule("vector", "warning", "numbers as base64 of their float64 bytes, little-endian"),
        Rule("coordinate", "warning", "lon and lat in degrees, both or none; without one of them both are unknown"),
        Rule("swapped", "error", "lon first, lat second: this point lies in the city the other way round"),
        Rule("swapped-area", "warning", "lon first, lat second; the area stands, the point is unknown"),
        Rule("outside", "error", "a point inside the city's box"),
        Rule("outside-area", "warning", "a point inside the city's box; the area stands, the point is unknown"),
        Rule("too-young", "error", "a person old enough to be served in this city"),
        Rule("wage-unit", "warning", "a wage with its unit; without one the wage is unknown"),
        Rule("wage-order", "warning", "wage_min not above wage_max; both are unknown"),
        Rule("valid-order", "error", "valid_to later than published_at"),
        Rule("course-order", "warning", "end_on not before start_on; both are unknown"),
        Rule("age-order", "warning", "age_min not above age_max; both are unknown"),
        Rule("recorded-order", "warning", "recorded_at not before at; it counts as empty"),
        Rule("event-kind", "warning", "an event that fits the kind of item; the row is kept"),
        Rule("unknown-file", "warning", "NAME.csv, .tsv, .txt (also .gz), .xlsx or .parquet of a table; this one is not read"),
        Rule("rejected-unwritten", "warning", "a place where rejected rows can be written; name another one"),
        Rule("unknown-field", "error", "a field that the request has"),
        Rule("json-type", "error", "the JSON type of the field"),
        Rule("unknown-person", "warning", "a person of the people table; the row is kept"),
        Rule("unknown-item", "warning", "an item of the kind's table; the row is kept"),
        Rule(
            "implausible-wage",
            "warning",
            "a wage that can be paid for its unit, as the city file bounds it; 0 and others are unknown",
        ),
        Rule("implausible", "warning", "a number within the bounds of the city file; others are unknown"),
        Rule("far-date", "warning", "a day within the bounds of the city file; others are unknown"),
        Rule("far-opening", "warning", "a published_at within the bounds of the city file; the item stays hidden until then"),
        Rule("no-place", "warning", "a point on land; 0, 0 is where a lost point lies, and is unknown"),
        Rule(
            "ahead",
            "warning",
            "a moment that has come, by the clock and the folder's as_of; the row is kept and counts for nothing",
        ),
        Rule(
            "after-as-of",
            "warning",
            "a moment not after the folder's as_of: folder.json is older than this row, which is kept and counts",
        ),
        Rule(
            "not-yet",
            "warning",
            "a day or moment that has come, by the clock and the folder's as_of; it is kept and counts from then on: until updated_at of a"
            " person, what may change of them is unknown",
        ),
        Rule("long-ago", "warning", "a moment within the bounds of the city file; the row is kept and counts for nothing"),
        Rule("before-published", "warning", "an event from published_at of its item on; the row is kept, nobody learns from it"),
        Rule("nothing-joins", "error", "events that name people of people and items of the kind's table"),
    )
}
"""Every rule by its id."""
