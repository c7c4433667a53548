"""Honest evaluation: splits, metrics, comparison, report."""

from sqrec.evaluate.stats.split import Questions, Split, first_uses, split

__all__ = ["Questions", "Split", "first_uses", "split"]
