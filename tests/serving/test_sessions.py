"""Sessions: the platform's word for somebody, once and for a minute; then a cookie that ends, and that no other page can use."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as elliptic
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from serving.allowed import SESSION
from serving.app import application
from serving.assertions import Assertions
from serving.live import Live
from serving.problems import RefusedError
from serving.settings import Settings
from sqrec.access.roles import Grant
from sqrec.access.sessions import IDLE, LONGEST, Session, id_of, new_token
from sqrec.errors import AccessError
from sqrec.store import Sessions, Store, import_folder
from tests.support import tiny
from tests.support.databases import Contents
from tests.support.doorway import event
from tests.support.inside import Inside
from tests.support.server import problem, refused

ISSUER = "https://platform.example"
SIGNER = Ed25519PrivateKey.generate()
OURS = {"origin": "http://localhost:3000"}
"""What a browser says of a page of this service."""


def written(place: Path, key: Any = SIGNER) -> Path:
    file = place / "platform.pem"
    file.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    file.chmod(0o600)
    return file


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    told = {
        "iss": ISSUER,
        "aud": "sqrec",
        "sub": "clerk-7",
        "role": "worker",
        "area": "370203",
        "iat": now,
        "exp": now + 60,
        "jti": new_token(),
    }
    return {name: value for name, value in (told | more).items() if value is not None}


def signed(key: Any = SIGNER, algorithm: str = "EdDSA", **more: Any) -> str:
    return jwt.encode(claims(**more), key, algorithm)


@dataclass(frozen=True)
class Kept:
    """Hold two workers on one store, the first of which is asked unless said otherwise."""

    workers: tuple[Inside, Inside]
    url: str

    def begin(self, worker: int = 0, cookie: str | None = None, **more: Any) -> httpx.Response:
        return self.workers[worker].post({"assertion": signed(**more)}, "/v1/session", headers=brought(cookie))

    def cookie(self, **more: Any) -> str:
        """Begin a session and return the cookie's value."""
        answer = self.begin(**more)
        assert answer.status_code == 200, answer.text
        return answer.headers["set-cookie"].split(";")[0].partition("=")[2]

    def ask(self, cookie: str | None, body: Any, path: str = "/v1/recommend", worker: int = 0) -> httpx.Response:
        return self.workers[worker].post(body, path, headers=brought(cookie))

    def rows(self, table: str) -> list[dict[str, Any]]:
        with Store.open(self.url) as store, store.database.engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()]


def brought(cookie: str | None) -> dict[str, str]:
    return OURS | ({"cookie": f"other=1; {SESSION}={cookie}"} if cookie else {})


def data_in(place: Path) -> Path:
    """Write the small city; p02 lives elsewhere."""
    people = tiny.people()
    people[2]["area"] = "370202"
    return tiny.write(place, {"jobs": tiny.jobs(), "people": people, "events": tiny.events()})


@pytest.fixture
def contents() -> Contents:
    return Contents("sessions", lambda store, place: import_folder(store, data_in(place)))


@pytest.fixture
def kept(store_url: str, small: Path, tmp_path: Path, unwarmed: None) -> Iterator[Kept]:
    data = data_in(tmp_path / "data")
    settings = Settings(
        data=store_url, bundles=small / "var" / "bundles", assertion_key=written(tmp_path), assertion_issuer=ISSUER
    )
    lives = Live(settings), Live(settings)
    yield Kept(
        (Inside(application(lives[0]), data, settings.bundles), Inside(application(lives[1]), data, settings.bundles)), store_url
    )
    for live in lives:
        live.close()


def test_an_assertion_becomes_a_cookie(kept: Kept) -> None:
    answer = kept.begin(**{"with": ["restricted"]})
    assert answer.json() == {
        "role": "worker",
        "scopes": ["advice", "events", "residents", "restricted"],
        "area": "370203",
        "seconds": 28_800,
    }
    name, *parts = answer.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-sq=")
    assert len(name.partition("=")[2]) == 43
    assert set(parts) == {"Path=/", "Max-Age=28800", "Secure", "HttpOnly", "SameSite=Strict"}
    assert answer.headers["cache-control"] == "no-store"
    (row,) = kept.rows("sessions")
    assert row["session_id"] == id_of(name.partition("=")[2])
    assert name.partition("=")[2] not in str(kept.rows("sessions") + kept.rows("audit") + kept.rows("assertions"))


def test_a_session_may_what_its_role_may_in_its_area(kept: Kept) -> None:
    """At every worker at once, also at the one that did not begin it."""
    cookie = kept.cookie()
    for worker in (0, 1):
        assert kept.ask(cookie, {"person_id": "p01"}, worker=worker).status_code == 200
        told = [kept.ask(cookie, {"person_id": person}, worker=worker) for person in ("p02", "nobody")]
        assert {answer.status_code for answer in told} == {404}
        assert len({answer.content for answer in told}) == 1
    assert kept.ask(cookie, {"events": [event(1)]}, "/v1/events").json()["new"] == 1
    (row,) = [row for row in kept.rows("events") if row["event_id"] == "e1"]
    assert row["writer"] == "session:clerk-7"
    assert kept.ask(None, {"person_id": "p01"}).status_code == 401
    assert kept.ask(new_token(), {"person_id": "p01"}).status_code == 401
    assert kept.ask("x", {"person_id": "p01"}).status_code == 401
    operator = kept.cookie(role="operator", area=None)
    assert kept.ask(operator, {"person_id": "p01"}).status_code == 403
    assert kept.workers[0].get("/metrics", headers=brought(operator)).status_code == 200


def test_a_resident_asks_about_nobody_else(kept: Kept) -> None:
    """Another resident's session, whatever it is for: as if the person were not there."""
    own = kept.cookie(role="resident", sub="p01", area=None)
    assert kept.ask(own, {"person_id": "p01"}).status_code == 200
    assert kept.ask(own, {"person_id": "p01"}, "/v1/profile").status_code == 200
    for path in ("/v1/recommend", "/v1/profile"):
        told = [kept.ask(own, {"person_id": person}, path) for person in ("p02", "nobody")]
        assert {answer.status_code for answer in told} == {404}
        assert len({answer.content for answer in told}) == 1
    assert refused(kept.ask(own, {"events": [event(3), event(2, "p02")]}, "/v1/events")) == [("events.1.person_id", "person")]
    assert kept.ask(own, {"events": [event(1)]}, "/v1/events").json()["new"] == 1
    assert kept.workers[0].get("/metrics", headers=brought(own)).status_code == 403
    assert "p01" not in str([row for row in kept.rows("audit") if row["what"].startswith("session")])


def test_an_assertion_is_used_once(kept: Kept) -> None:
    """By whichever worker; a second one for the same person is another."""
    assertion = signed(jti="once")
    first = kept.workers[0].post({"assertion": assertion}, "/v1/session", headers=OURS)
    assert first.status_code == 200
    invalid = kept.workers[0].post({"assertion": f"{assertion[:-8]}AAAAAAAA"}, "/v1/session", headers=OURS)
    problem(invalid, 401)
    for worker in kept.workers:
        answer = worker.post({"assertion": assertion}, "/v1/session", headers=OURS)
        problem(answer, 401)
        assert "set-cookie" not in answer.headers
        assert answer.content == invalid.content  # who tries it learns nothing of whether it was good
    assert kept.begin(jti="twice").status_code == 200
    assert len(kept.rows("sessions")) == 2


def wrong(now: int) -> dict[str, dict[str, Any]]:
    return {
        "another issuer": {"iss": "https://evil.example"},
        "another service": {"aud": "other"},
        "over": {"iat": now - 120, "exp": now - 60},
        "too long": {"exp": now + 3600},
        "long, told to be of later": {"iat": now + 3000, "exp": now + 3060},
        "no end": {"exp": None},
        "no beginning": {"iat": None},
        "no id": {"jti": None},
        "an empty id": {"jti": ""},
        "a long id": {"jti": "x" * 201},
        "an id that is no text": {"jti": 7},
        "an id with a hole": {"jti": "a\x00b"},
        "half a character": {"sub": "\ud800"},
        "two lines": {"sub": "clerk\n7"},
        "nobody": {"sub": None},
        "no role": {"role": None},
        "a role that is no text": {"role": ["admin"]},
        "an area that is no text": {"area": 370203},
        "scopes that are no list": {"with": "restricted"},
        "an end that is no number": {"exp": str(now + 30)},
        "an end in parts of seconds": {"exp": now + 30.5},
    }


@pytest.mark.parametrize("name", wrong(0))
def test_what_does_not_hold_is_refused_alike(tmp_path: Path, name: str) -> None:
    assertions = Assertions.of(Settings(assertion_key=written(tmp_path), assertion_issuer=ISSUER))
    assert assertions is not None
    now = int(time.time())
    assert assertions.read(signed(), now).subject == "clerk-7"
    with pytest.raises(RefusedError, match="This assertion does not hold") as told:
        assertions.read(signed(**wrong(now)[name]), now)
    assert told.value.status == 401


def test_signatures(tmp_path: Path) -> None:
    """Of another key, of none, by another algorithm, with the public key as a secret, with a part changed."""
    file = written(tmp_path)
    assertions = Assertions.of(Settings(assertion_key=file, assertion_issuer=ISSUER))
    assert assertions is not None
    head, body, mark = signed().split(".")
    public = file.read_bytes()
    other = jwt.utils.base64url_encode(json.dumps(claims(role="admin")).encode()).decode()
    none = jwt.utils.base64url_encode(b'{"alg":"none","typ":"JWT"}').decode()
    secret = jwt.utils.base64url_encode(b'{"alg":"HS256","typ":"JWT"}').decode()
    forged = jwt.utils.base64url_encode(hmac.digest(public, f"{secret}.{body}".encode(), hashlib.sha256)).decode()
    forged_ones = [
        signed(Ed25519PrivateKey.generate()),
        signed(elliptic(SECP256R1()), "ES256"),
        f"{none}.{body}.",
        f"{none}.{body}.{mark}",
        f"{secret}.{body}.{forged}",
        f"{head}.{other}.{mark}",
        f"{head}.{body}",
        "x",
        "..",
        "é.é.é",
    ]
    for text in forged_ones:
        with pytest.raises(RefusedError, match="This assertion does not hold"):
            assertions.read(text, int(time.time()))


def test_what_a_role_must_not_be_given_is_said(kept: Kept) -> None:
    for more, told in (
        ({"role": "king"}, "No role is called king"),
        ({"area": None}, "A worker needs an area"),
        ({"with": ["events", "all"]}, "may not be given all"),
        ({"area": "370299"}, "No unit of the organisation is called 370299"),
    ):
        answer = kept.begin(**more)
        problem(answer, 403)
        assert told in answer.json()["detail"]


def test_keys_of_the_platform(tmp_path: Path) -> None:
    curve = elliptic(SECP256R1())
    found = Assertions.of(Settings(assertion_key=written(tmp_path, curve), assertion_issuer=ISSUER))
    assert found is not None
    assert found.read(signed(curve, "ES256"), int(time.time())).subject == "clerk-7"
    assert Assertions.of(Settings()) is None
    for key in (elliptic(SECP384R1()), rsa(65537, 2048)):
        with pytest.raises(AccessError, match=r"is of another kind; right is Ed25519 or P-256"):
            Assertions.of(Settings(assertion_key=written(tmp_path, key), assertion_issuer=ISSUER))
    file = written(tmp_path)
    for half in ({"assertion_key": file}, {"assertion_issuer": ISSUER}):
        with pytest.raises(AccessError, match="needs both"):
            Assertions.of(Settings(**half))
    file.chmod(0o666)
    with pytest.raises(AccessError, match=r"may be written by others \(mode 0666\)"):
        Assertions.of(Settings(assertion_key=file, assertion_issuer=ISSUER))
    file.chmod(0o600)
    file.write_text("nonsense", encoding="utf-8")
    for unread in (file, tmp_path / "none"):
        with pytest.raises(AccessError, match="cannot be read"):
            Assertions.of(Settings(assertion_key=unread, assertion_issuer=ISSUER))


def test_sessions_end_by_themselves() -> None:
    session = Session("s", "clerk-7", Grant("worker", (), "370203"), 0, 0)
    assert [session.holds_at(moment) for moment in (0, IDLE - 1, IDLE)] == [True, True, False]
    busy = replace(session, used_at=LONGEST - 1)
    assert [busy.holds_at(moment) for moment in (LONGEST - 1, LONGEST)] == [True, False]
    assert not replace(session, ended_at=1).holds_at(2)


CHANGED = "change = (SELECT change + 1 FROM changes)"


def test_idle_and_old_sessions_are_nobodys(kept: Kept) -> None:
    """In both databases, by the store's own moments; an open page is answered on."""
    for column, ago in (("used_at", IDLE), ("created_at", LONGEST)):
        cookie = kept.cookie()
        assert kept.ask(cookie, {"person_id": "p01"}).status_code == 200
        with Store.open(kept.url) as store, store.database.engine.begin() as connection:
            connection.execute(
                sa.text(
                    f"UPDATE sessions SET {column} = {column} - {ago + 60_000_000}, {CHANGED} WHERE session_id = '{id_of(cookie)}'"
                )
            )
            connection.execute(sa.text("UPDATE changes SET change = change + 1"))
        for worker in (0, 1):
            kept.workers[worker].app.state.live.keys.look()
            assert kept.ask(cookie, {"person_id": "p01"}, worker=worker).status_code == 401
            assert kept.ask(cookie, {"person": {}}, worker=worker).status_code == 200


def test_a_used_session_stays(kept: Kept) -> None:
    cookie = kept.cookie()
    with Store.open(kept.url) as store, store.database.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE sessions SET used_at = used_at - {IDLE // 2}, {CHANGED}"))
        connection.execute(sa.text("UPDATE changes SET change = change + 1"))
    kept.workers[0].app.state.live.keys.look()
    before = kept.rows("sessions")[0]["used_at"]
    assert kept.ask(cookie, {"person": {}}).status_code == 200
    until = time.monotonic() + 10
    while kept.rows("sessions")[0]["used_at"] <= before:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_signing_off(kept: Kept) -> None:
    """Here at once, at the other worker within a second."""
    cookie = kept.cookie()
    assert [kept.ask(cookie, {"person_id": "p01"}, worker=worker).status_code for worker in (0, 1)] == [200, 200]
    answer = kept.ask(cookie, {}, "/v1/session/end")
    assert answer.json() == {"ended": True}
    assert f"{SESSION}=; Path=/; Max-Age=0" in answer.headers["set-cookie"]
    assert kept.ask(cookie, {"person_id": "p01"}).status_code == 401
    time.sleep(1.0)
    assert kept.ask(cookie, {"person_id": "p01"}, worker=1).status_code == 401
    assert kept.ask(cookie, {}, "/v1/session/end").json() == {"ended": False}
    assert [row["what"] for row in kept.rows("audit") if row["what"].startswith("session")] == ["session begun", "session ended"]


def test_a_new_sign_on_is_a_new_session_and_ends_the_old_one(kept: Kept) -> None:
    first = kept.cookie()
    second = kept.cookie(cookie=first, role="operator", area=None)
    assert first != second
    kept.workers[0].app.state.live.keys.look()
    assert kept.ask(first, {"person_id": "p01"}).status_code == 401
    assert kept.ask(second, {"person_id": "p01"}).status_code == 403


def test_no_other_page_can_use_a_session(kept: Kept) -> None:
    """SameSite keeps the cookie at home; where a browser does not, the origin does, and so it is where none is told."""
    cookie = {"cookie": f"{SESSION}={kept.cookie()}"}
    body = {"person_id": "p01"}
    for origin in ({"origin": "http://evil.example"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "cross-site"}, {}):
        problem(kept.workers[0].post(body, headers=cookie | origin), 403)
    assert kept.workers[0].post(body, headers=cookie | {"sec-fetch-site": "same-origin"}).status_code == 200
    twice = {"cookie": f"{cookie['cookie']}; {SESSION}={new_token()}"}
    assert kept.workers[0].post(body, headers=twice | OURS).status_code == 401
    problem(kept.workers[0].post({"assertion": signed()}, "/v1/session", headers={"origin": "http://evil.example"}), 403)


def test_without_a_sign_on_nobody_signs_on(server: Inside, small: Path, store_url: str) -> None:
    answer = server.post({"assertion": signed()}, "/v1/session")
    problem(answer, 503)
    assert "SQREC_ASSERTION_KEY" in answer.json()["detail"]
    assert server.post({}, "/v1/session/end").json() == {"ended": False}


def test_what_is_over_is_cleared(store_url: str) -> None:
    with Store.open(store_url) as store:
        sessions, grant = Sessions(store.database), Grant("operator", (), None)
        assert sessions.begin("a", "clerk-7", grant, "one", 1) is None
        first = sessions.begin("a", "clerk-7", grant, "one", 2**62)
        assert first
        with store.database.engine.begin() as connection:
            connection.execute(sa.text("UPDATE assertions SET expires_at = 1"))
            connection.execute(sa.text(f"UPDATE sessions SET created_at = created_at - {LONGEST + 60_000_000}"))
        sessions.begin("b", "clerk-7", grant, "two", first.created_at + 60_000_000)
        assert [one.session_id for one in sessions.listed()] == ["b"]
        with store.database.engine.connect() as connection:
            assert connection.execute(sa.text("SELECT jti FROM assertions")).scalars().all() == ["two"]
        assert sessions.begin("c", "clerk-7", grant, "two", first.created_at + 60_000_000) is None
