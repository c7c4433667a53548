"""Lists for many people at a time."""
