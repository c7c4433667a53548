"""The version, said once; pyproject.toml is compared with it by a test."""

VERSION = "0.1.0"
