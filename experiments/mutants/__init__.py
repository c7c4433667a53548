"""Mutation testing: each small edit of a line that decides a figure must make a test fail."""
