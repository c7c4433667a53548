"""Questions about the rankers, each with its answer; the benchmark and the report's door."""
