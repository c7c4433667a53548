"""Nothing is fetched at run time, and no library calls home."""

import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer

from serving import __main__ as entry
from sqrec import bundle as bundles
from tests.support.inside import Inside
from training.doors import keep_home


def test_an_answer_opens_no_connection(server: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*asked: Any) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for path, body in (("/v1/recommend", {"person_id": "p01", "explain": True}), ("/v1/profile", {"person_id": "p01"})):
        assert server.post(body, path).status_code == 200
    for path in ("/", "/page/people", "/docs", "/docs.json", "/metrics", "/readyz"):
        assert server.get(path).status_code == 200


def test_the_doors_switch_telemetry_off(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, str] = {}

    def handed_over(command: Sequence[str], host: str, port: int, environment: Mapping[str, str]) -> int:
        told.update(environment)
        return 7

    monkeypatch.setattr(entry, "supervise", handed_over)
    monkeypatch.setattr(entry, "configure", lambda: None)
    with pytest.raises(typer.Exit) as left:
        entry.main(str(small / "data"), bundle=bundles.current(small / "var" / "bundles"))
    assert left.value.exit_code == 7
    switches = ("DO_NOT_TRACK", "BENTOML_DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY")
    assert all(told[name].lower() in {"1", "true"} for name in switches)
    for name in ("DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    keep_home()
    assert {os.environ[name] for name in ("DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY")} == {"true"}
