"""The tables of the contract, column by column."""

from collections.abc import Mapping

from sqrec.columns import vocabulary as words
from sqrec.columns.shapes import Column, ColumnType, Table

_RULES: Mapping[ColumnType, str] = {
    "id": "id",
    "text": "text",
    "list": "text",
    "skills": "skill-level",
    "needs": "need",
    "choice": "choice",
    "choices": "choices",
    "recognised": "recognised",
    "number": "number",
    "integer": "integer",
    "coordinate": "coordinate",
    "occupation": "occupation",
    "wkt": "wkt",
    "boolean": "boolean",
    "month": "birth-month",
    "date": "date",
    "date_or_no": "date",
    "instant": "instant",
    "opening": "validity",
    "closing": "validity",
    "hours": "hours",
    "area": "area",
    "json": "json",
}
_STRICT: Mapping[ColumnType, str] = {
    "choice": "choice-required",
    "instant": "instant-required",
    "number": "number-required",
    "integer": "number-required",
    "coordinate": "number-required",
}


def _column(
    name: str,
    kind: ColumnType,
    meaning: str,
    *,
    vocabulary: tuple[str, ...] = (),
    low: float = float("-inf"),
    high: float = float("inf"),
    rule: str = "",
) -> Column:
    """Declare a column; a name that ends in `*` is required."""
    required = name.endswith("*")
    found = rule or (_STRICT.get(kind, _RULES[kind]) if required else _RULES[kind])
    return Column(name.rstrip("*"), kind, meaning, found, required, vocabulary, low, high)


def _number(name: str, meaning: str, low: float = 0, high: float = float("inf")) -> Column:
    return _column(name, "number", meaning, low=low, high=high)


def _integer(name: str, meaning: str, low: float = 0, high: float = float("inf")) -> Column:
    return _column(name, "integer", meaning, low=low, high=high)


def _education(name: str, meaning: str) -> Column:
    return _column(name, "choice", meaning, vocabulary=words.EDUCATION)


_LON = _column("lon", "coordinate", "degrees east in the folder's frame")
_LAT = _column("lat", "coordinate", "degrees north in the folder's frame")
_PLACE = (_LON, _LAT, _column("area", "area", "administrative division: 6, 9 or 12 digits, or a path"))
_SHOWN = (
    _column("published_at", "opening", "shown from then on; a date means its 00:00; empty = open"),
    _column("valid_to", "closing", "shown until then; a date means its 24:00; empty = open"),
)

PEOPLE = Table(
    "people",
    "One row per person; the store keeps every version.",
    (
        _column("person_id*", "id", "pseudonym"),
        _column("birth_month", "month", "YYYY-MM; a year counts as reached on the first of the next month"),
        _education("education", "GB/T 4658 code"),
        _column("graduated_on", "date", "left full-time education"),
        _column("skills", "skills", "skill ids, names or free text, with an optional level after @"),
        _column("occupations", "list", "past occupations, newest first: codes or titles"),
        _column("desired", "list", "wanted occupations: codes or titles"),
        _number("experience_years", "years", high=80),
        _column("employment", "choice", "work status", vocabulary=words.EMPLOYMENT),
        _column("registered_unemployed_on", "date_or_no", "date of registration; `no` = not registered"),
        _number("wage_min", "expected yuan a month"),
        _column("forms", "choices", "accepted forms of work", vocabulary=words.FORMS),
        _column("hours", "hours", "clock ranges the person can work"),
        _column("needs", "needs", "declared needs: type:TYPE or domain:DOMAIN"),
        *_PLACE,
        _number("pace", "walking metres a minute; unknown: the city's value for the age", low=10, high=150),
        _column("personalised", "boolean", "the resident's own switch; unknown counts as true", rule="switch"),
        _column("updated_at", "instant", "when these facts were last changed"),
    ),
    key="person_id",
)

_YES_NO = {
    "disability": "holds a disability certificate",
    "low_income": "receives the minimum living allowance",
    "zero_employment_household": "of a household without anybody at work",
    "rural_zero_transfer": "of a poor rural household without anybody working away",
    "single_parent": "raises a minor alone",
    "land_lost": "lost farm land",
    "returned_migrant": "came back from work elsewhere",
    "veteran": "left military service",
    "rural_worker": "works away from a rural home",
    "out_of_poverty": "of a household lifted out of poverty",
}

RESTRICTED = Table(
    "restricted",
    "Kept apart; never read by rankers.",
    (
        _column("person_id*", "id", "pseudonym"),
        _column("sex", "choice", "used by eligibility rules and audits alone", vocabulary=("male", "female")),
        _column("post_type", "choice", "decides a retirement age", vocabulary=("cadre", "worker")),
        _column("hukou_area", "area", "registered residence"),
        _column("hukou_type", "choice", "of the registered residence", vocabulary=("urban", "rural")),
        _column("resident_since", "date", "lives here since"),
        _integer("local_insured_months", "months of local social insurance"),
        *(_column(name, "boolean", meaning) for name, meaning in _YES_NO.items()),
        _column("recognised", "recognised", "official recognitions: group@YYYY-MM-DD", vocabulary=words.GROUPS),
    ),
    key="person_id",
)

JOBS = Table(
    "jobs",
    "One row per vacancy.",
    (
        _column("job_id*", "id", "the vacancy's id"),
        _column("title*", "text", "as advertised"),
        _column("occupation", "occupation", "occupation code; empty: coded from the title"),
        _column("employer_id", "id", "the employer's id", rule="text"),
        _column("employer", "text", "the employer's name"),
        _column("industry", "text", "GB/T 4754 code or text"),
        _number("wage_min", "yuan per wage_unit"),
        _number("wage_max", "yuan per wage_unit"),
        _column("wage_unit", "choice", "what the wage is paid for", vocabulary=words.WAGE_UNITS),
        _education("education_min", "required GB/T 4658 code"),
        _number("experience_min_years", "required years", high=80),
        _column("skills", "skills", "required skills"),
        _column("form", "choice", "form of work", vocabulary=words.FORMS),
        _column("mode", "choice", "where and how the work is done", vocabulary=words.MODES),
        _column(
            "kind",
            "choice",
            "empty = market; public_welfare never enters a ranked stream",
            vocabulary=words.JOB_KINDS,
            rule="job-kind",
        ),
        _column("hazards", "choices", "hazards of the work", vocabulary=words.HAZARDS, rule="hazard"),
        _column("hazards_checked", "boolean", "whether somebody looked"),
        _integer("headcount", "people wanted; empty = 1", low=1),
        _column("hours", "hours", "clock ranges of the work"),
        _number("days_per_week", "days", low=0.5, high=7),
        *_PLACE,
        _column("address", "text", "workplace"),
        _column("benefits", "text", "what else is offered"),
        _column("description", "text", "the advertisement's text"),
        _column("source", "text", "who published it first"),
        _column("local_first", "boolean", "residents of the circle first"),
        *_SHOWN,
    ),
    key="job_id",
)

COURSES = Table(
    "courses",
    "One row per training offer.",
    (
        _column("course_id*", "id", "the offer's id"),
        _column("title*", "text", "as advertised"),
        _column("teaches", "skills", "skills it teaches"),
        _column("occupation", "occupation", "occupation code"),
        _integer("level", "certificate level, 5 lowest to 1 highest", low=1, high=5),
        _column("provider", "text", "who gives it"),
        _number("fee", "yuan"),
        _column("subsidised", "boolean", "whether a subsidy covers the fee"),
        _column("online", "boolean", "bound to no place"),
        _education("education_min", "required GB/T 4658 code"),
        _number("age_min", "years", high=120),
        _number("age_max", "years", high=120),
        _column(
            "audience", "choices", "groups it is for; offered under programmes alone", vocabulary=words.GROUPS, rule="audience"
        ),
        _number("capacity", "places"),
        _column("start_on", "date", "first day"),
        _column("end_on", "date", "last day"),
        _number("lesson_hours", "hours"),
        _column("schedule", "hours", "clock ranges"),
        *_PLACE,
        *_SHOWN,
    ),
    key="course_id",
)

AMENITIES = Table(
    "amenities",
    "One row per convenience service or place.",
    (
        _column("amenity_id*", "id", "the place's id"),
        _column("name*", "text", "as on its sign"),
        _column("type*", "choice", "type of amenity", vocabulary=tuple(words.AMENITY_TYPES)),
        _column("hours", "hours", "opening hours"),
        _number("capacity", "in capacity_unit"),
        _column("capacity_unit", "text", "what the capacity counts"),
        _column("services", "list", "service items of a station"),
        _number("age_min", "years", high=120),
        _number("age_max", "years", high=120),
        _column("audience", "choices", "groups it is for", vocabulary=words.GROUPS, rule="audience"),
        _column("fee_note", "text", "what it costs"),
        _column("phone", "text", "public telephone number"),
        _column("status", "choice", "whether it is open", vocabulary=words.STATUS, rule="status"),
        *_PLACE,
        _column("address", "text", "street address"),
        *_SHOWN,
    ),
    key="amenity_id",
)

EVENTS = Table(
    "events",
    "What happened: the labels. Known at T = `at` and `recorded_at` before T.",
    (
        _column("event_id*", "id", "unique: sending it twice counts once"),
        _column("person_id*", "id", "who"),
        _column("kind*", "choice", "kind of the item", vocabulary=words.KINDS),
        _column("item_id*", "id", "with which item"),
        _column("event*", "choice", "what happened", vocabulary=tuple(words.GRADES)),
        _column("at*", "instant", "when it happened"),
        _column("recorded_at", "instant", "when it became known; empty = at", rule="instant-required"),
        _column("request_id", "id", "the ranking that showed it", rule="text"),
        _integer("position", "where in that ranking, 1 = top", low=1),
        _number("dwell_seconds", "seconds"),
        _number("rating", "the person's rating"),
    ),
    key="event_id",
)

_SKILLS = Table(
    "skills",
    "Taxonomy of skills (optional).",
    (
        _column("skill_id*", "id", "the skill's id"),
        _column("name*", "text", "its name"),
        _column("aliases", "list", "other names"),
        _column("broader", "id", "skill_id of the broader skill", rule="text"),
        _column("occupations", "list", "occupation codes"),
    ),
    key="skill_id",
)

_OCCUPATIONS = Table(
    "occupations",
    "Taxonomy of occupations (optional).",
    (
        _column("code*", "occupation", "occupation code", rule="id"),
        _column("name*", "text", "its name"),
        _integer("level", "1 (large) to 4 (single occupation)", low=1, high=4),
        _column("aliases", "list", "other names"),
        _column("definition", "text", "what it is"),
        _column("tasks", "text", "what is done"),
    ),
    key="code",
)

_POLICIES = Table(
    "policies",
    "Policies that can be looked up.",
    (
        _column("policy_id*", "id", "the policy's id"),
        _column("title*", "text", "its title"),
        _column("audience", "choices", "groups it is for", vocabulary=words.GROUPS, rule="audience"),
        _column("conditions", "json", "a JSON expression over the facts of people and restricted"),
        _column("benefit", "text", "what it gives"),
        _column("source_url", "text", "where it stands"),
        _column("valid_from", "opening", "in force from"),
        _column("valid_to", "closing", "in force until"),
    ),
    key="policy_id",
)

_COMMUNITIES = Table(
    "communities",
    "One row per community.",
    (
        _column("area*", "area", "administrative division", rule="id"),
        _column("name*", "text", "its name"),
        _column("parent", "area", "the division above"),
        _LON,
        _LAT,
        _column("boundary", "wkt", "outline as WKT, in the folder's frame"),
        _column("circle_id", "id", "its circle", rule="text"),
        _column("circle_name", "text", "the circle's name"),
        _column("model_circle", "boolean", "one of the model circles"),
        _column("built", "choice", "type of community", vocabulary=words.BUILT),
        *(
            _number(name, meaning)
            for name, meaning in {
                "population": "residents",
                "households": "households",
                "age_0_2": "residents of 0 to 2 years",
                "age_3_6": "residents of 3 to 6 years",
                "age_60_plus": "residents of 60 years and more",
                "seekers": "people looking for work",
                "area_total": "square metres of floor in all",
                "area_commercial": "square metres of commerce",
                "area_service": "square metres of services",
            }.items()
        ),
    ),
    key="area",
)

_RECOMMENDATIONS = Table(
    "recommendations",
    "Any ranker's output; what the reports read.",
    (
        _column("person_id*", "id", "for whom"),
        _column("kind*", "choice", "kind of the item", vocabulary=words.KINDS),
        _column("item_id*", "id", "which item"),
        _column("position*", "integer", "1 = top", low=1),
        _number("score", "the ranker's score", low=float("-inf")),
        _column("ranker", "text", "which ranker"),
        _column("at", "instant", "the moment asked for"),
    ),
)

_RANKINGS = Table(
    "rankings",
    "What was shown; written by the service.",
    (
        _column("request_id*", "id", "the answer it was part of"),
        _column("at", "instant", "when"),
        _column("person_id", "id", "to whom", rule="text"),
        _number("person_version", "version of the person's facts"),
        _number("catalogue_version", "change number of the catalogue"),
        _column("counts_as_of", "instant", "the midnight of the counts"),
        _column("kind", "choice", "kind of the item", vocabulary=words.KINDS),
        _column("item_id", "id", "which item", rule="text"),
        _integer("position", "1 = top", low=1),
        _number("score", "the ranker's score", low=float("-inf")),
        _number("propensity", "probability of standing there", high=1),
        _column("bundle", "text", "which bundle"),
        _column("reach_method", "text", "how the minutes were found"),
        _number("minutes", "walk"),
        _column("vector", "text", "the row, float64, shown rows only"),
    ),
)

_WALK_NODES = Table(
    "walk_nodes",
    "Nodes of a walking network.",
    (
        _column("node_id*", "id", "the node's id"),
        _column("lon*", "coordinate", "degrees east in the folder's frame"),
        _column("lat*", "coordinate", "degrees north in the folder's frame"),
    ),
    key="node_id",
)

_WALK_EDGES = Table(
    "walk_edges",
    "Edges of a walking network.",
    (
        _column("from*", "id", "node_id"),
        _column("to*", "id", "node_id"),
        _column("metres*", "number", "length", low=0),
        _column("kind", "text", "footway, steps, …"),
    ),
)

_UTILITIES = Table(
    "utilities",
    "Known only in invented cities; read by reports alone.",
    (
        _column("person_id*", "id", "who"),
        _column("kind*", "choice", "kind of the item", vocabulary=words.KINDS),
        _column("item_id*", "id", "which item"),
        _column("at*", "instant", "the moment"),
        _column("utility*", "number", "true utility"),
        _number("observable", "its part that could be known", low=float("-inf")),
    ),
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        PEOPLE,
        RESTRICTED,
        JOBS,
        COURSES,
        AMENITIES,
        _SKILLS,
        _OCCUPATIONS,
        _POLICIES,
        _COMMUNITIES,
        EVENTS,
        _RANKINGS,
        _WALK_NODES,
        _WALK_EDGES,
        _UTILITIES,
        _RECOMMENDATIONS,
    )
}
"""Every table of the contract by name."""
