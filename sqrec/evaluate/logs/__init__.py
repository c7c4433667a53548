"""What logs of past lists tell: replays, off-policy estimates, what was tried."""
