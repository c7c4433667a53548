"""The key groups that this city's answers tell of, in this order."""

from sqrec.groups.groups import KeyGroups

KEY_GROUPS = KeyGroups(
    (
        "hard_to_employ",
        "graduate",
        "youth_unemployed",
        "registered_unemployed",
        "veteran",
        "rural_worker",
        "out_of_poverty",
        "disabled",
        "low_income",
        "elderly",
        "flexible_worker",
    )
)
"""All groups of the contract; their rules stand in the city's folder."""
