"""The residents' page: its files, texts and choices."""
