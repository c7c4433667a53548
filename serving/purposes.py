"""What each address that names a stored resident is for: a word of `sqrec/access/purposes.json`."""

from collections.abc import Mapping

from sqrec.access.purposes import Purpose

PURPOSES: Mapping[str, Purpose] = {
    "/v1/recommend": "lists",
    "/v1/recommend/batch": "lists",
    "/v1/profile": "profile",
    "/v1/events": "feedback",
    "/v1/residents/{person_id}/switch": "switch",
    "/v1/residents/{person_id}/tags": "tags",
    "/v1/residents/{person_id}/consents": "consents",
    "/v1/residents/{person_id}/unsuitable": "advice",
    "/v1/access": "access",
    "/v1/erasure": "erasure",
    "/v1/explanations/{request_id}": "explanation",
    "/v1/complaints": "complaint",
    "/v1/complaints/list": "complaint",
    "/v1/complaints/answer": "complaint",
}
"""What stored people are read or written about for, by address."""
