"""Logs of past lists: replays and off-policy estimates."""
