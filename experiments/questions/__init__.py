"""One question a file, with its answer in the table beside it."""
