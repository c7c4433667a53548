"""Rankers that stand beside the one that serves, on rows of their own."""

from dataclasses import dataclass
from functools import cached_property

from sqrec.errors import BundleError
from sqrec.rank.ranker import Boosted, Ranker
from sqrec.rank.rows import RowBuilder


@dataclass(frozen=True)
class OnRows:
    """Hold a ranker with the rows that it scores, where these are not the recommender's."""

    rows: RowBuilder
    ranker: Ranker


@dataclass(frozen=True)
class Reference:
    """Hold a kind's `plain` baseline as data: its rows, and the text of its booster."""

    rows: RowBuilder
    booster: str

    @cached_property
    def ranker(self) -> Boosted:
        """The ranker. Raises BundleError where rows and booster do not belong together."""
        found = Boosted.of_text(self.booster)
        if strange := set(found.booster.feature_name()) ^ set(self.rows.names):
            raise BundleError(f"Booster and rows of a plain baseline do not belong together: {sorted(strange)}. Train again.")
        return found

    @property
    def on_rows(self) -> OnRows:
        """The ranker with its rows."""
        return OnRows(self.rows, self.ranker)
