"""What of a person and of an item is encoded, and how: the same encoders on both sides."""

from sqrec.columns import FORMS
from sqrec.profile import AreaKeys, Choices, EducationRank, Encoding, HashedText, Keys, MonthlyWage, Number, Profiler, WeekSlots

PROFILE = Profiler(
    text=HashedText(widths=(2, 3, 4)),
    people=(
        Encoding("education", ("education",), EducationRank(held=True)),
        Encoding("experience", ("experience_years",), Number()),
        Encoding("wage", ("wage_min",), Number()),
        Encoding("forms", ("forms",), Choices(FORMS)),
        Encoding("hours", ("hours",), WeekSlots()),
        Encoding("area", ("area",), AreaKeys()),
    ),
    items={
        "job": (
            Encoding("education", ("education_min",), EducationRank(held=False)),
            Encoding("experience", ("experience_min_years",), Number()),
            Encoding("wage", ("wage_max", "wage_min", "wage_unit", "form", "hours", "days_per_week"), MonthlyWage()),
            Encoding("forms", ("form",), Choices(FORMS)),
            Encoding("hours", ("hours",), WeekSlots()),
            Encoding("area", ("area",), AreaKeys()),
            Encoding("employer", ("employer_id", "employer"), Keys()),
        ),
    },
    texts=("desired", "occupations"),
    titles={"job": ("title", "employer")},
)
"""The profile that all kinds share."""
