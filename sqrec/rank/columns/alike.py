"""How alike the skills of an item are to those of the person's earlier items: what courses teach, what vacancies ask for."""

from dataclasses import dataclass
from typing import Literal

from sqrec.base.arrays import FloatArray
from sqrec.rank.columns.history import reduced
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class SkillsAlike:
    """Compare the skills of the item with those of earlier items: the `best` of them, the `last`, their `mean`.

    The cosine of lists of skills, each weighted by how few items name it (`Items.skill_rows`). Unknown where the item names none,
    or no earlier item does; earlier items that name none are left out.
    """

    by: Literal["best", "last", "mean"]
    reads: tuple[str, ...] = ("history",)
    monotone: int = 0

    @property
    def name(self) -> str:
        """`skills_history_BY`."""
        return f"skills_history_{self.by}"

    def compute(self, view: View) -> FloatArray:
        """Return cosines, 0 to 1."""
        return reduced(view, view.skills_alike(), self.by)
