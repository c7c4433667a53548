"""What the lists of held-out people are like, and what it costs to serve them as they are served."""
