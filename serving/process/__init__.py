"""The processes of the service: a supervisor that holds the port, and workers that answer."""
