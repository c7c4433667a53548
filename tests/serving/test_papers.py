"""Production starts with all its papers, or names at once whatever is missing; what it needs to answer is its own."""

import asyncio
import os
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer

from serving.__main__ import main
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
from tests.support.server import problem

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


class Left(BaseException):
    """The process was handed over."""


def test_the_command_says_so_and_ends(small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(os, "execve", lambda *told: pytest.fail("handed over"))
    with pytest.raises(typer.Exit) as left:
        main(str(small / "data"), bundle=bundles.current(small / "var" / "bundles"), host="0.0.0.0")
    assert left.value.exit_code == 1
    assert "SQREC_OPERATOR" in capsys.readouterr().err


def test_the_command_hands_tls_and_the_mode_over(small: Path, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key_for(url)
    file, told = tmp_path / "tls.pem", list[Any]()
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

    def handed_over(program: str, command: list[str], variables: dict[str, str]) -> None:
        told.extend((command, variables))
        raise Left

    monkeypatch.setattr(os, "execve", handed_over)
    with pytest.raises(Left):
        main(url, bundle=bundles.current(small / "var" / "bundles"), host="0.0.0.0")
    command, variables = told
    assert command[-4:] == ["--ssl-certfile", str(file), "--ssl-keyfile", str(file)]
    assert (variables["SQREC_HOST"], variables["FORWARDED_ALLOW_IPS"]) == ("0.0.0.0", "")
    again = Settings.from_environment(variables)
    assert (again.host, again.names, again.proxy) == (
        "0.0.0.0",
        ("jobs.example",),
        (ip_network("10.1.0.0/16"), ip_network("::1")),
    )


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
