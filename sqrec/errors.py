"""Errors of sqrec.

SqrecError
├── TableError     a data folder or table cannot be used as it is
├── RequestError   a question that must not or cannot be answered
├── DataError      the data cannot answer what was asked of it
├── StoreError     a store cannot be used as it is
├── AccessError    the doors cannot be set up, or a key cannot be given, as asked
└── BundleError    a bundle is corrupt, foreign, or made by a newer sqrec

Every message says what is wrong, what came in, and what to do.
"""


class SqrecError(Exception):
    """Be the common base, so that a door can catch everything of ours."""


class TableError(SqrecError):
    """Say that a data folder or table cannot be used as it is."""


class RequestError(SqrecError):
    """Say that a question must not or cannot be answered."""


class DataError(SqrecError):
    """Say that the data cannot answer what was asked of it."""


class StoreError(SqrecError):
    """Say that a store cannot be used as it is."""


class BundleError(SqrecError):
    """Say that a bundle is corrupt, foreign, or made by a newer sqrec."""


class AccessError(SqrecError):
    """Say that the doors cannot be set up, or a key cannot be given, as asked."""
