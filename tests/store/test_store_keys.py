"""Keys in a store: made, listed, rotated and revoked by the command line, in both databases, and told in the audit trail."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from sqrec.access.keys import KeyRing, hashed
from sqrec.access.pepper import pepper_of
from sqrec.access.roles import granted
from sqrec.base.numbers import DAY
from sqrec.cli.app import app
from sqrec.errors import AccessError
from sqrec.store import Keys, Store, import_folder
from sqrec.store.keys import day_of
from tests.support import tiny


@pytest.fixture(autouse=True)
def pepper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SQREC_PEPPER", raising=False)
    monkeypatch.setenv("SQREC_PEPPER_FILE", str(tmp_path / "pepper"))
    return tmp_path / "pepper"


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["keys", *arguments], env={"COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    with store.database.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()]


def test_a_key_is_made_used_rotated_and_revoked(store_url: str, pepper: Path) -> None:
    Store.open(store_url).close()
    to = ("--store", store_url)
    code, text, told = run(
        "create", "市北区社区", "--role", "worker", "--area", "370203022000", "--with", "restricted", "--days", "30", *to
    )
    assert (code, text.count("\n")) == (0, 1)
    assert "May: advice, events, residents, restricted. Where: 370203022." in told
    assert text.strip() not in told
    secret = pepper_of(pepper, {})
    assert secret is not None
    text = text.strip()
    with Store.open(store_url) as store:
        keys = Keys(store.database)
        (key,) = keys.listed()
        assert KeyRing.of([key], secret).key_of(text, key.created_at) == key
        assert (key.grant.role, key.grant.more, key.grant.area) == ("worker", ("restricted",), "370203022")
        assert key.expires_at == key.created_at + 30 * DAY
        (row,) = rows(store, "keys")
        assert row["hash"] == hashed(secret, text[12:])
        assert not any(
            text[12:] in str(cell) or secret.decode() in str(cell)
            for table in ("keys", "audit")
            for row in rows(store, table)
            for cell in row.values()
        )
        before = store.change()
        keys.used(key.key_id, "2026-12-02")
        keys.used(key.key_id, "2026-12-01")
        assert (keys.listed()[0].used_on, store.change()) == ("2026-12-02", before + 1)

        code, other, told = run("rotate", key.key_id, "--hours", "2", *to)
        assert (code, other.strip() != text) == (0, True)
        old, new = keys.listed()
        assert new.grant == old.grant
        assert old.expires_at is not None
        assert new.expires_at == new.created_at + 30 * DAY
        assert old.expires_at == new.created_at + DAY // 12
        ring = KeyRing.of([old, new], secret)
        assert ring.key_of(text, new.created_at) == old
        assert ring.key_of(text, old.expires_at) is None
        assert ring.key_of(other.strip(), old.expires_at) == new

        assert run("create", "For ever", "--role", "platform", "--days", "99999999", *to)[0] == 2
        assert run("rotate", new.key_id, "--hours", "1e300", *to)[0] == 2
        assert run("revoke", new.key_id, *to)[0] == 0
        ended = store.change()
        assert "revoked" in run("revoke", new.key_id, *to)[1]
        assert store.change() == ended
        code, listed, _ = run("list", *to)
        line = next(line for line in listed.splitlines() if new.key_id in line)
        assert code == 0
        assert "revoked" in line
        assert "2026-12-02" in listed
        assert KeyRing.of(keys.listed(), secret).key_of(other.strip(), new.created_at + 1) is None
        audited = [(row["what"], json.loads(row["details"])) for row in rows(store, "audit")]
        assert [(what, told["key"]) for what, told in audited] == [
            ("key created", old.key_id),
            ("key rotated", new.key_id),
            ("key revoked", new.key_id),
        ]
        assert audited[1][1]["instead_of"] == old.key_id


def test_what_cannot_be_done_is_said(store_url: str, tmp_path: Path) -> None:
    Store.open(store_url).close()
    to = ("--store", store_url)
    assert run("list", *to)[1].startswith("This store has no keys")
    for arguments, told in (
        (("revoke", "abcdefgh"), "No key is called abcdefgh"),
        (("rotate", "abcdefgh"), "No key is called abcdefgh"),
        (("create", "x", "--role", "worker"), "A worker needs an area"),
        (("create", "x", "--role", "king"), "No role is called king"),
    ):
        code, _, said = run(*arguments, *to)
        assert (code, told in said) == (1, True), said
    _, text, _ = run("create", "x", "--role", "platform", *to)
    run("revoke", text[3:11], *to)
    assert "has ended, so it cannot be rotated" in run("rotate", text[3:11], *to)[2]
    with Store.open(store_url) as store:
        assert len(Keys(store.database).listed()) == 1


def test_a_key_without_a_role_may_do_nothing(store_url: str) -> None:
    """As a row would be that an older sqrec had written."""
    with Store.open(store_url) as store:
        with store.database.engine.begin() as connection:
            connection.execute(
                sa.text(
                    "INSERT INTO keys (key_id, name, hash, scopes, created_at, change) VALUES ('aaaaaaaa', 'x', 'y', 'residents|*', 1, 1)"
                )
            )
        (key,) = Keys(store.database).listed()
        assert key.asker().scopes == set()


def test_days() -> None:
    assert [day_of(moment) for moment in (0, DAY - 1, DAY)] == ["1970-01-01", "1970-01-01", "1970-01-02"]


def test_a_key_is_for_a_unit_of_the_organisation(store_url: str, tmp_path: Path) -> None:
    """Districts come from the city file, streets and communities from the table; before an import whatever code fits the role does."""
    to = ("--store", store_url)
    Store.open(store_url).close()
    assert run("create", "a", "--role", "worker", "--area", "370299", *to)[0] == 0
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "data", {"jobs": tiny.jobs(), "communities": tiny.communities()}))
    code, text, told = run("create", "a", "--role", "worker", "--area", "370299", *to)
    assert (code, text) == (1, "")
    assert "No unit of the organisation is called 370299; right is one of 10, such as 370202 市南区" in told
    code, _, told = run("create", "a", "--role", "officer_street", "--area", "370203023", *to)
    assert (code, "such as 370203022 台东社区, 370213001 浮山路社区." in told.replace("\n", "")) == (1, True)
    assert "Where: 370215." in run("create", "a", "--role", "officer_district", "--area", "370282", *to)[2]
    assert "Where: 370203022." in run("create", "a", "--role", "worker", "--area", "370203022000", *to)[2]
    assert run("create", "a", "--role", "officer_community", "--area", "370203022001", *to)[0] == 0  # no community is named
    assert run("create", "a", "--role", "platform", "--area", "", *to)[:2] == (1, "")


@pytest.mark.parametrize(
    "name", ["", "  ", "a\nb", "a\x00b", "a\x1b[31mb", "a\x7fb", "right\u202eleft", "a\u200bb", "a\u2028b", "\ud800", "x" * 201]
)
def test_a_name_of_a_key_can_be_read(store_url: str, name: str) -> None:
    """What a terminal obeys, what turns or hides other signs, and what is none: refused, and nothing is made."""
    with Store.open(store_url) as store:
        with pytest.raises(AccessError, match=r"The name of the key .* right are 1 to 200 characters that can be printed"):
            Keys(store.database).create(name, granted("operator", None), b"x" * 32, "tester")
        assert Keys(store.database).listed() == []
        old, _ = Keys(store.database).create("青岛市平台 (City platform) 2", granted("operator", None), b"x" * 32, "tester")
        with store.database.engine.begin() as connection:  # one of before is shown so that no terminal obeys it
            connection.execute(sa.text("UPDATE keys SET name = :name"), {"name": "a\x1b[31mb\u202ec"})
    assert "a\ufffd[31mb\ufffdc" in run("list", "--store", store_url)[1]
    assert "a\ufffd[31mb\ufffdc" in run("revoke", old.key_id, "--store", store_url)[1]


def test_a_key_keeps_what_it_is_for(store_url: str) -> None:
    """Through the store, the list, rotation and the audit trail; one without declared purposes serves what its scopes serve."""
    Store.open(store_url).close()
    to = ("--store", store_url)
    code, text, told = run("create", "Lists", "--role", "platform", "--for", "feedback", "--for", "lists", *to)
    assert (code, "For: lists, feedback." in told) == (0, True)
    assert run("create", "All", "--role", "platform", *to)[0] == 0
    code, _, told = run("create", "None", "--role", "operator", "--for", "lists", *to)
    assert (code, "cannot be for lists; right is none" in told) == (1, True)
    run("rotate", text[3:11], *to)
    assert run("list", *to)[1].count("feedback") == 2
    with Store.open(store_url) as store:
        found = [(one.name, one.grant.declared, sorted(one.asker().purposes)) for one in Keys(store.database).listed()]
        made = [json.loads(row["details"]) for row in rows(store, "audit") if row["what"] == "key created"]
    mine, every = ("Lists", ("lists", "feedback"), ["feedback", "lists"]), ["explanation", "feedback", "lists", "profile"]
    assert found == [mine, ("All", None, every), mine]
    assert [one.get("purposes") for one in made] == [["lists", "feedback"], None]
