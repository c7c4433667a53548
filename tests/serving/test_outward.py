"""Nothing is fetched at run time, and no library calls home."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from serving.__main__ import main
from sqrec import bundle as bundles
from tests.support.inside import Inside
from training.doors import keep_home


class Left(BaseException):
    """The process was handed over."""


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

    def handed_over(program: str, command: list[str], variables: dict[str, str]) -> None:
        told.update(variables)
        raise Left

    monkeypatch.setattr(os, "execve", handed_over)
    with pytest.raises(Left):
        main(str(small / "data"), bundle=bundles.current(small / "var" / "bundles"))
    switches = ("DO_NOT_TRACK", "BENTOML_DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY")
    assert all(told[name].lower() in {"1", "true"} for name in switches)
    for name in ("DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    keep_home()
    assert {os.environ[name] for name in ("DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY")} == {"true"}
