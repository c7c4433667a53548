"""Properties of held-out people's lists, and the costs of serving."""
