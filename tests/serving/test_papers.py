"""Production starts with all its papers, or names at once whatever is missing; what it needs to answer is its own."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer

from serving import __main__ as entry
from serving.app import application
from serving.live import Live
from serving.papers import admit, missing
from serving.settings import Settings
from sqrec import bundle as bundles
from sqrec.errors import AccessError
from sqrec.store import Keys, Store, import_folder
from tests.support import tiny
from tests.support.inside import Inside
from tests.support.keys import bearer, key_for
from tests.support.server import ROOT, free_port, problem

NOW = 1_796_000_000_000_000
PAPERS: dict[str, Any] = {
    "operator": "某市公共就业服务中心",
    "assessment": "PIA-2026-7",
    "filing": "网信算备000000号",
    "names": ("jobs.example",),
}
ALL = ("a store", "a key that holds", "the pepper", "host names", "operator", "impact assessment", "filing notice", "TLS")


@pytest.fixture
def url(store_url: str, tmp_path: Path) -> str:
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "data"))
    return store_url


def outside(data: Path | str, **more: Any) -> Settings:
    return Settings(data=data, host="0.0.0.0", **more)


def test_one_message_names_all_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SQREC_PEPPER")
    with pytest.raises(AccessError) as told:
        admit(outside(tmp_path, pepper_file=tmp_path / "none"), synthetic=True)
    assert [word for word in ALL if word not in str(told.value)] == []
    assert "--host 127.0.0.1" in str(told.value)


def test_every_paper_is_missed_alone(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key_for(url)
    whole = outside(url, proxy=(ip_network("10.0.0.0/8"),), **PAPERS)
    assert admit(whole, synthetic=False) == "production"
    for name in PAPERS:
        with pytest.raises(AccessError) as told:
            admit(replace(whole, **{name: type(PAPERS[name])()}), synthetic=False)
        assert f"SQREC_{name.upper()}" in str(told.value)
        assert str(told.value).count("SQREC_") == 1
    with pytest.raises(AccessError, match="SQREC_PROXY"):
        admit(replace(whole, proxy=()), synthetic=False)
    with pytest.raises(
        AccessError, match=r"without: a store \(sqrec import FOLDER\); a key that holds \(sqrec keys create\)\. On"
    ):
        admit(replace(whole, data=tmp_path / "data"), synthetic=False)
    monkeypatch.setenv("SQREC_PEPPER", "short")
    with pytest.raises(AccessError, match=r"usable pepper .*has 5 characters"):
        admit(whole, synthetic=False)


def test_keys_must_hold(url: str) -> None:
    whole = outside(url, proxy=(ip_network("10.0.0.1"),), **PAPERS)
    key = key_for(url, days=1)
    with Store.open(url) as store:
        keys = Keys(store.database)
        (made,) = keys.listed()
        assert missing(whole, keys.listed(), made.created_at) == []
        assert made.expires_at is not None
        assert missing(whole, keys.listed(), made.expires_at) == ["a key that holds (sqrec keys create)"]
        keys.revoke(key[3:11], "tester")
        assert missing(whole, keys.listed(), made.created_at) == ["a key that holds (sqrec keys create)"]


def test_tls_or_a_proxy(tmp_path: Path) -> None:
    (tmp_path / "tls.pem").write_text("x", encoding="utf-8")
    file, gone = tmp_path / "tls.pem", tmp_path / "gone.pem"

    def told(**more: Any) -> list[str]:
        return [one for one in missing(outside("sqlite:///x.db", **PAPERS, **more), [], NOW) if "TLS" in one]

    assert told(tls_certificate=file, tls_key=file) == []
    assert told(proxy=(ip_network("10.0.0.1"),)) == []
    assert "SQREC_TLS_KEY=" in told(tls_certificate=file)[0]
    assert str(gone) in told(tls_certificate=file, tls_key=gone)[0]
    assert "SQREC_TLS_CERTIFICATE=" in told(tls_key=file, proxy=(ip_network("10.0.0.1"),))[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_needs_no_papers(host: str, tmp_path: Path) -> None:
    assert admit(Settings(data=tmp_path, host=host), synthetic=True) == "demo"
    assert admit(Settings(data=tmp_path, host=host), synthetic=False) == "local"
    assert admit(Settings(data="sqlite:///nowhere.db", host=host), synthetic=True) == "local"


def test_the_service_itself_refuses_too(small: Path) -> None:
    """However it was started: not by its command alone."""
    with pytest.raises(AccessError, match="is production, which does not start without"):
        Live(Settings(data=small / "data", bundles=small / "var" / "bundles", host="0.0.0.0"))


def test_the_command_says_so_and_ends(small: Path) -> None:
    command = [sys.executable, "-m", "serving", "--data", str(small / "data"), "--bundles", str(small / "var" / "bundles")]
    done = subprocess.run(
        [*command, "--host", "0.0.0.0", "--port", str(free_port())], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "SQREC_OPERATOR" in done.stderr


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of BentoML's, when it is imported
def test_the_worker_takes_tls_and_the_mode(small: Path, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command was told reaches the worker by its environment, and the server of the worker takes nobody's word for an address."""
    key_for(url)
    file, told = tmp_path / "tls.pem", dict[str, str]()
    file.write_text("x", encoding="utf-8")
    for name, value in (
        ("TLS_CERTIFICATE", str(file)),
        ("TLS_KEY", str(file)),
        ("PROXY", "10.1.0.0/16, ::1"),
        ("NAMES", "jobs.example"),
    ):
        monkeypatch.setenv(f"SQREC_{name}", value)
    for name in ("operator", "assessment", "filing"):
        monkeypatch.setenv(f"SQREC_{name.upper()}", PAPERS[name])

    def handed_over(command: Sequence[str], host: str, port: int, environment: Mapping[str, str]) -> int:
        told.update(environment)
        return 0

    monkeypatch.setattr(entry, "supervise", handed_over)
    monkeypatch.setattr(entry, "configure", lambda: None)
    with pytest.raises(typer.Exit):
        entry.main(url, bundle=bundles.current(small / "var" / "bundles"), host="0.0.0.0")
    again = Settings.from_environment(os.environ | told)
    assert (again.host, again.names, again.proxy) == (
        "0.0.0.0",
        ("jobs.example",),
        (ip_network("10.1.0.0/16"), ip_network("::1")),
    )
    from serving.process.worker import server_of

    live = Live(again)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        config = server_of(live, theirs).config
    assert (config.ssl_certfile, config.ssl_keyfile, config.forwarded_allow_ips) == (file, file, [])
    live.close()


def test_production_answers_its_proxy_by_its_names(url: str, small: Path) -> None:
    key = key_for(url)
    live = Live(outside(url, bundles=small / "var" / "bundles", proxy=(ip_network("10.1.0.0/16"),), **PAPERS))
    made = application(live)

    def ask(client: str, host: str = "jobs.example", path: str = "/", **more: Any) -> httpx.Response:
        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(made, client=(client, 1))
            async with httpx.AsyncClient(transport=transport, base_url=f"https://{host}") as one:
                return await (one.post(path, **more) if more else one.get(path))

        return asyncio.run(asking())

    assert ask("10.1.2.3").status_code == 200
    problem(ask("10.2.0.1"), 403)
    problem(ask("127.0.0.1"), 403)
    problem(ask("nonsense"), 403)
    problem(ask("10.1.2.3", "localhost"), 421)
    page, about = ask("10.1.2.3").text, ask("10.1.2.3", path="/about-algorithm").json()
    told = "运营单位：某市公共就业服务中心。算法备案：网信算备000000号。"
    assert told in page
    assert about["paragraphs"][-1] == told
    problem(ask("10.1.2.3", path="/v1/recommend", json={"person_id": "p01"}), 401)
    assert ask("10.1.2.3", path="/v1/recommend", json={"person_id": "p01"}, headers=bearer(key)).status_code == 200
    live.close()


def test_elsewhere_nobody_is_named(server: Inside) -> None:
    assert "运营单位" not in server.get("/about-algorithm").text
