"""Benchmarks: what they print is kept in dated tables beside them."""
