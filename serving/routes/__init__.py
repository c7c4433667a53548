"""What each address answers: one function from a checked request to bytes."""
