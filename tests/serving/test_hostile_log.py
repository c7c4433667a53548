"""Whatever is sent, however wrong, no value of it stands in the log, and every line of it is one record."""

import json
import socket
import time
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import DataError

from sqrec.store import retry
from tests.support.server import Server

SECRET = "张三370202199001011234"
PLAIN = "zhangsan370202199001011234"
LEVELS = {"info", "warning", "error", "critical"}


def raw(server: Server, sent: bytes) -> tuple[str, int]:
    """Send bytes and return the address that they came from."""
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as asked:
        mine = asked.getsockname()
        asked.sendall(sent)
        asked.shutdown(socket.SHUT_WR)
        while asked.recv(65536):
            pass
    return mine


HEAD = f"POST /v1/recommend HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-name: {PLAIN}\r\n"
RAW = [
    f"{PLAIN}\r\n\r\n",
    f"GET /{PLAIN} HTTP/9.9\r\n\r\n",
    f"GET /{PLAIN} HTTP/1.1\r\nhost: {PLAIN}\r\n\r\n",
    f"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n{PLAIN}\r\n\r\n",
    f"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: {PLAIN}\r\n\r\n",
    f"{HEAD}content-length: {PLAIN}\r\n\r\n",
    f"{HEAD}content-length: 999\r\n\r\n{{{PLAIN}",
    f"{HEAD}transfer-encoding: {PLAIN}\r\n\r\n",
    f"{HEAD}transfer-encoding: chunked\r\n\r\n{PLAIN}\r\n",
    f"{HEAD}cookie: __Host-sqrec={PLAIN}; sqrec={PLAIN}\r\ncontent-length: 2\r\n\r\n{{}}",
    f"{HEAD}authorization: Bearer {PLAIN}\r\norigin: http://{PLAIN}\r\ncontent-length: 2\r\n\r\n{{}}",
    f"{HEAD}x-forwarded-for: {PLAIN}\r\nforwarded: for={PLAIN}\r\ncontent-length: 2\r\n\r\n{{}}",
    f"{PLAIN} / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
]
BODIES: list[Any] = [
    {"person_id": SECRET},
    {"person": {"person_id": SECRET, "desired": [SECRET], "birth_month": SECRET}},
    {"person": {SECRET: SECRET}},
    {"person": {"location": {"lon": SECRET, "lat": 1}}},
    {"at": SECRET, "kinds": [SECRET], "lang": SECRET, "groups": [SECRET]},
    [SECRET],
    SECRET,
]
PATHS = [
    "/v1/recommend",
    "/v1/recommend/batch",
    "/v1/profile",
    "/v1/events",
    "/v1/session",
    "/v1/access",
    "/v1/erasure",
    "/v1/complaints",
    f"/v1/residents/{PLAIN}/tags",
    f"/v1/{PLAIN}",
]


def test_the_log_holds_nothing_that_was_sent(process: Server) -> None:
    ours = [raw(process, sent.encode()) for sent in RAW]
    for path in PATHS:
        for body in BODIES:
            httpx.post(f"{process.url}{path}", json=body, params={"name": PLAIN}, timeout=30)
    for path in (
        f"/v1/items/job/{PLAIN}",
        f"/v1/explanations/{PLAIN}",
        f"/page/{PLAIN}",
        "/page/..%2f..%2fetc%2fpasswd",
        "/metrics",
    ):
        assert httpx.get(f"{process.url}{path}", params={"name": PLAIN}, timeout=30).status_code < 600
    time.sleep(0.3)
    log = process.log.read_text(encoding="utf-8")
    for secret in (SECRET, PLAIN, "370202199001011234", *(f"127.0.0.1:{port}" for _, port in ours), "etc/passwd"):
        assert secret not in log
    assert json.dumps(SECRET)[1:-1] not in log
    for line in log.splitlines():
        told = json.loads(line)
        assert told["level"] in LEVELS
        assert {"time", "logger", "message"} <= told.keys()


def test_what_is_printed_goes_the_same_way(process: Server) -> None:
    """Nothing but records is written, not even at the start."""
    lines = process.log.read_text(encoding="utf-8").splitlines()
    assert all(line.startswith('{"time": "') for line in lines)


class Wrong(Exception):
    """What a driver raises."""


@pytest.mark.parametrize("said", [f'value "{SECRET}" is out of range for type bigint', f"invalid byte sequence: {SECRET}"])
def test_a_database_that_quotes_a_value_is_not_quoted(said: str) -> None:
    assert SECRET not in str(retry.told(DataError("", {}, Wrong(said)), "store"))
