"""Invented people (personas) for the yardstick of plausibility (docs/plausibility.md), and a folder of written adverts."""
