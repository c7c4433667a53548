"""Honest evaluation: splits, metrics, comparison, report."""

from sqrec.evaluate.split import Questions, Split, SplitName, first_uses, split

__all__ = ["Questions", "Split", "SplitName", "first_uses", "split"]
