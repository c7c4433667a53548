"""Tables of people."""

from sqrec.contract import vocabulary as words
from sqrec.contract.declare import PLACE, column, education, integer, number
from sqrec.contract.shapes import Table

PEOPLE = Table(
    "people",
    "One row per person; the store keeps every version.",
    (
        column("person_id*", "id", "pseudonym"),
        column("birth_month", "month", "YYYY-MM; a year counts as reached on the first of the next month"),
        education("education", "GB/T 4658 code", spoken="education"),
        column("graduated_on", "date", "left full-time education"),
        column("skills", "skills", "skill ids, names or free text, with an optional level after @"),
        column("occupations", "list", "past occupations, newest first: codes or titles"),
        column("desired", "list", "wanted occupations: codes or titles"),
        number("experience_years", "years", high=80, spoken="number"),
        column("employment", "choice", "work status", vocabulary=words.EMPLOYMENT, spoken="employment"),
        column("registered_unemployed_on", "date_or_no", "date of registration; `no` = not registered", spoken="registered"),
        number("wage_min", "expected yuan a month", spoken="number"),
        column("forms", "choices", "accepted forms of work", vocabulary=words.FORMS, spoken="forms"),
        column("hours", "hours", "clock ranges the person can work"),
        column("needs", "needs", "declared needs: type:TYPE or domain:DOMAIN"),
        *PLACE,
        number("pace", "walking metres a minute; unknown: the city's value for the age", low=10, high=150),
        column("walk", "choice", "ways on foot that the person takes; kept, read by nobody yet", vocabulary=words.WALKS),
        column("personalised", "boolean", "the resident's own switch; unknown counts as true", rule="switch", spoken="yes_no"),
        column("updated_at", "instant", "when these facts were last changed"),
        column(
            "deleted",
            "choices",
            "tags that the person had deleted: what they name is unknown and stays so",
            vocabulary=words.TAGS,
        ),
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
        column("person_id*", "id", "pseudonym"),
        column("sex", "choice", "used by eligibility rules and audits alone", vocabulary=("male", "female"), spoken="sex"),
        column("post_type", "choice", "decides a retirement age", vocabulary=("cadre", "worker"), spoken="post"),
        column("hukou_area", "area", "registered residence"),
        column("hukou_type", "choice", "of the registered residence", vocabulary=("urban", "rural"), spoken="hukou"),
        column("resident_since", "date", "lives here since"),
        integer("local_insured_months", "months of local social insurance", spoken="number"),
        *(column(name, "boolean", meaning, spoken="yes_no") for name, meaning in _YES_NO.items()),
        column("recognised", "recognised", "official recognitions: group@YYYY-MM-DD", vocabulary=words.GROUPS),
        column(
            "deleted_apart",
            "choices",
            "tags that the person had deleted: what they name is unknown and stays so, and no group is worked out again",
            vocabulary=(*words.KEPT_APART, *words.GROUP_TAGS),
        ),
    ),
    key="person_id",
)
