"""Reports: one evaluation, its verdict, its JSON and its page."""
