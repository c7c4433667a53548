"""People invented for the yardstick of plausibility (docs/plausibility.md), and adverts as they look in the street."""
