"""Promotion of a challenger: comparison, rules, decision."""
