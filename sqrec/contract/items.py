"""Tables of items: jobs, courses, amenities."""

from sqrec.contract import vocabulary as words
from sqrec.contract.declare import PLACE, SHOWN, column, education, integer, number
from sqrec.contract.shapes import Table

JOBS = Table(
    "jobs",
    "One row per vacancy.",
    (
        column("job_id*", "id", "the vacancy's id"),
        column("title*", "text", "as advertised"),
        column("occupation", "occupation", "occupation code; empty: coded from the title"),
        column("employer_id", "id", "the employer's id", rule="other-id"),
        column("employer", "text", "the employer's name"),
        column("industry", "text", "GB/T 4754 code or text"),
        number("wage_min", "yuan per wage_unit"),
        number("wage_max", "yuan per wage_unit"),
        column("wage_unit", "choice", "what the wage is paid for", vocabulary=words.WAGE_UNITS),
        education("education_min", "required GB/T 4658 code"),
        number("experience_min_years", "required years", high=80),
        column("skills", "skills", "required skills"),
        column("form", "choice", "form of work", vocabulary=words.FORMS),
        column("mode", "choice", "where and how the work is done", vocabulary=words.MODES),
        column(
            "kind",
            "choice",
            "empty = market, unless the job names a welfare post elsewhere; public_welfare never enters a ranked stream",
            vocabulary=words.JOB_KINDS,
            rule="job-kind",
        ),
        column("hazards", "choices", "hazards of the work", vocabulary=words.HAZARDS, rule="hazard"),
        column("hazards_checked", "boolean", "whether somebody looked"),
        integer("headcount", "people wanted; empty = 1", low=1),
        column("hours", "hours", "clock ranges of the work"),
        number("days_per_week", "days", low=0.5, high=7),
        *PLACE,
        column("address", "text", "workplace"),
        column("phone", "text", "telephone number for applicants"),
        column("event_id", "id", "the fair or market whose temporary work it is", rule="text"),
        column("benefits", "text", "what else is offered"),
        column("description", "text", "the advertisement's text"),
        column("source", "text", "who published it first"),
        column("local_first", "boolean", "residents of the circle first"),
        *SHOWN,
    ),
    key="job_id",
)

COURSES = Table(
    "courses",
    "One row per training offer.",
    (
        column("course_id*", "id", "the offer's id"),
        column("title*", "text", "as advertised"),
        column("teaches", "skills", "skills it teaches"),
        column("occupation", "occupation", "occupation code"),
        integer("level", "certificate level, 5 lowest to 1 highest", low=1, high=5),
        column("provider", "text", "who gives it"),
        number("fee", "yuan"),
        column("subsidised", "boolean", "whether a subsidy covers the fee"),
        column("online", "boolean", "bound to no place"),
        education("education_min", "required GB/T 4658 code"),
        number("age_min", "years", high=120),
        number("age_max", "years", high=120),
        column(
            "audience", "choices", "groups it is for; offered under programmes alone", vocabulary=words.GROUPS, rule="audience"
        ),
        number("capacity", "places"),
        column("start_on", "date", "first day"),
        column("end_on", "date", "last day"),
        number("lesson_hours", "hours"),
        column("schedule", "hours", "clock ranges"),
        *PLACE,
        column("address", "text", "where it is taught"),
        column("phone", "text", "telephone number for enrolment"),
        *SHOWN,
    ),
    key="course_id",
)

AMENITIES = Table(
    "amenities",
    "One row per convenience service or place.",
    (
        column("amenity_id*", "id", "the place's id"),
        column("name*", "text", "as on its sign"),
        column("type*", "choice", "type of amenity", vocabulary=tuple(words.AMENITY_TYPES)),
        column("hours", "hours", "opening hours"),
        number("capacity", "in capacity_unit"),
        column("capacity_unit", "text", "what the capacity counts"),
        column("services", "list", "service items of a station"),
        number("age_min", "years", high=120),
        number("age_max", "years", high=120),
        column("audience", "choices", "groups it is for", vocabulary=words.GROUPS, rule="audience"),
        column("fee_note", "text", "what it costs"),
        column("phone", "text", "public telephone number"),
        column("status", "choice", "whether it is open", vocabulary=words.STATUS, rule="status"),
        *PLACE,
        column("address", "text", "street address"),
        *SHOWN,
    ),
    key="amenity_id",
)
