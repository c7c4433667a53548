"""The tables of the contract by name; events, taxonomies and what else is no person and no item."""

from collections.abc import Mapping

from sqrec.contract import vocabulary as words
from sqrec.contract.declare import LAT, LON, column, integer, number
from sqrec.contract.items import AMENITIES, COURSES, JOBS
from sqrec.contract.people import PEOPLE, RESTRICTED
from sqrec.contract.shapes import Table

EVENTS = Table(
    "events",
    "What happened: the labels. Known at T = `at` and `recorded_at` before T.",
    (
        column("event_id*", "id", "unique: sending it twice counts once"),
        column("person_id*", "id", "who"),
        column("kind*", "choice", "kind of the item", vocabulary=words.KINDS),
        column("item_id*", "id", "with which item"),
        column("event*", "choice", "what happened", vocabulary=tuple(words.GRADES)),
        column("at*", "instant", "when it happened"),
        column("recorded_at", "instant", "when it became known; empty = at", rule="instant-required"),
        column("request_id", "id", "the ranking that showed it", rule="other-id"),
        integer("position", "where in that ranking, 1 = top", low=1),
        number("dwell_seconds", "seconds"),
        number("rating", "the person's rating"),
        column("reason", "text", "why, in a few words: of a dismissal, what did not suit"),
        column("writer", "text", "whose key or import it came by; empty: an import that names nobody, which is trusted"),
        column("uncounted", "text", "the cap that it lies above, so that it is kept and counts for nothing; empty: it counts"),
    ),
    key="event_id",
)

_SKILLS = Table(
    "skills",
    "Taxonomy of skills (optional).",
    (
        column("skill_id*", "id", "the skill's id"),
        column("name*", "text", "its name"),
        column("aliases", "list", "other names"),
        column("broader", "id", "skill_id of the broader skill", rule="other-id"),
        column("occupations", "list", "occupation codes"),
    ),
    key="skill_id",
)

_OCCUPATIONS = Table(
    "occupations",
    "Taxonomy of occupations (optional).",
    (
        column("code*", "occupation", "occupation code"),
        column("name*", "text", "its name"),
        integer("level", "1 (large) to 4 (single occupation)", low=1, high=4),
        column("aliases", "list", "other names"),
        column("definition", "text", "what it is"),
        column("tasks", "text", "what is done"),
    ),
    key="code",
)

_POLICIES = Table(
    "policies",
    "Policies that can be looked up.",
    (
        column("policy_id*", "id", "the policy's id"),
        column("title*", "text", "its title"),
        column("audience", "choices", "groups it is for", vocabulary=words.GROUPS, rule="audience"),
        column("conditions", "json", "a JSON expression over the facts of people and restricted"),
        column("benefit", "text", "what it gives"),
        column("source_url", "text", "where it stands"),
        column("valid_from", "opening", "in force from"),
        column("valid_to", "closing", "in force until"),
    ),
    key="policy_id",
)

_COMMUNITIES = Table(
    "communities",
    "One row per community.",
    (
        column("area*", "area", "administrative division"),
        column("name*", "text", "its name"),
        column("parent", "area", "the division above"),
        LON,
        LAT,
        column("boundary", "wkt", "outline as WKT, in the folder's frame"),
        column("circle_id", "id", "its circle", rule="other-id"),
        column("circle_name", "text", "the circle's name"),
        column("model_circle", "boolean", "one of the model circles"),
        column("built", "choice", "type of community", vocabulary=words.BUILT),
        *(
            number(name, meaning)
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
        column("person_id*", "id", "for whom"),
        column("kind*", "choice", "kind of the item", vocabulary=words.KINDS),
        column("item_id*", "id", "which item"),
        column("position*", "integer", "1 = top", low=1),
        number("score", "the ranker's score", low=float("-inf")),
        column("ranker", "text", "which ranker"),
        column("at", "instant", "the moment asked for"),
    ),
)

_RANKINGS = Table(
    "rankings",
    "What was shown; written by the service.",
    (
        column("request_id*", "id", "the answer it was part of"),
        column("at", "instant", "when"),
        column("person_id", "id", "to whom", rule="other-id"),
        integer("person_version", "version of the person's facts: a change number of the store"),
        integer("catalogue_version", "change number of the catalogue"),
        column("counts_as_of", "instant", "the midnight of the counts"),
        column("kind", "choice", "kind of the item", vocabulary=words.KINDS),
        column("item_id", "id", "which item", rule="other-id"),
        integer("position", "1 = top", low=1),
        number("score", "the ranker's score", low=float("-inf")),
        number("propensity", "probability of standing there", high=1),
        column("bundle", "text", "which bundle"),
        column("reach_method", "text", "how the minutes were found"),
        number("minutes", "walk"),
        column("vector", "vector", "the row, shown rows only"),
        column(
            "asked",
            "json",
            "what the list depends on beside the versions: n, minutes (null: no circle), counted (change number of the counts), explore",
        ),
        column(
            "writer", "text", "who asked for it: `nobody` without a key that may ask for residents; empty: not noted, trusted"
        ),
    ),
)

_WALK_NODES = Table(
    "walk_nodes",
    "Nodes of a walking network.",
    (
        column("node_id*", "id", "the node's id"),
        column("lon*", "coordinate", "degrees east in the folder's frame"),
        column("lat*", "coordinate", "degrees north in the folder's frame"),
    ),
    key="node_id",
)

_WALK_EDGES = Table(
    "walk_edges",
    "Edges of a walking network.",
    (
        column("from*", "id", "node_id"),
        column("to*", "id", "node_id"),
        column("metres*", "number", "length", low=0),
        column("kind", "text", "footway, steps, …"),
    ),
)

_UTILITIES = Table(
    "utilities",
    "Known only in invented cities; read by reports alone.",
    (
        column("person_id*", "id", "who"),
        column("kind*", "choice", "kind of the item", vocabulary=words.KINDS),
        column("item_id*", "id", "which item"),
        column("at*", "instant", "the moment"),
        column("utility*", "number", "true utility"),
        number("observable", "its part that could be known", low=float("-inf")),
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
