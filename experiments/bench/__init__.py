"""Benchmarks; their output is kept in dated tables beside them."""
