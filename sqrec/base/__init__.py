"""Arrays, keys, compiled loops, texts: what every room stands on. Knows nothing of people, items or files."""
