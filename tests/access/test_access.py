"""Who may do what, where: areas as a tree, roles as data, keys that are checked without a database, the pepper."""

import hashlib
import hmac
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrec.access import (
    DEMO,
    NOBODY,
    Asker,
    Key,
    KeyRing,
    Organisation,
    Unit,
    Within,
    canonical,
    new_key,
    pepper_of,
    roles,
)
from sqrec.access.keys import hashed
from sqrec.access.purposes import PURPOSES, purposes
from sqrec.access.roles import Grant, granted
from sqrec.access.scopes import SCOPES
from sqrec.errors import AccessError

PEPPER = b"p" * 40
NOW = 1_796_000_000_000_000


@pytest.mark.parametrize(
    ("told", "compared"),
    [
        ("370203022000", "370203022"),
        ("370203000000", "370203"),
        ("370200", "3702"),
        ("370000", "37"),
        ("370203", "370203"),
        ("370203022001", "370203022001"),
        (" New Jersey / Newark/", "New Jersey/Newark"),
    ],
)
def test_codes_without_the_zeros_that_fill_them_up(told: str, compared: str) -> None:
    assert canonical(told) == compared


@pytest.mark.parametrize(
    ("whole", "area", "right"),
    [
        ("3702", "370203022001", True),
        ("370200", "370203022001", True),
        ("370203", "370203022", True),
        ("370203022000", "370203022001", True),
        ("370203022", "370203022000", True),
        ("370203", "370203", True),
        ("370203", "370202012", False),
        ("370203022", "370203", False),  # told more coarsely: where within the district is not known
        ("370203", None, False),
        ("370203", "", False),
        ("37020", "370203022", False),  # no level has five digits
        ("New Jersey", "New Jersey/Newark", True),
        ("New Jersey", "New Jersey Shore/Newark", False),
        ("New Jersey/Newark", "New Jersey", False),
        ("370203", "New Jersey/Newark", False),
        ("New Jersey", "370203", False),
    ],
)
def test_an_area_holds_what_lies_below_it(whole: str, area: str | None, right: bool) -> None:
    assert Within(whole).holds(area) is right
    assert Asker("key", "a key").holds(area)


CODES = st.sampled_from(["37", "3702", "370203", "370203022", "370203022001", "370202", "370202012", "370202012003", "3101"])


@given(one=CODES, two=CODES, three=CODES)
def test_holding_is_an_order(one: str, two: str, three: str) -> None:
    def holds(whole: str, area: str) -> bool:
        return Within(whole).holds(area)

    assert holds(one, one)
    assert holds(one, two) is two.startswith(one)
    assert not (holds(one, two) and holds(two, three)) or holds(one, three)
    assert one == two or not (holds(one, two) and holds(two, one))


TREE = Organisation.of(
    [
        Unit("370200", "青岛市"),
        Unit("370203", "市北区"),
        Unit("370215", "即墨区"),
        Unit("370203022000", "镇江路街道"),
        Unit("370203022001", "一号社区", "370203022000"),
        Unit("370203022002", "二号社区", "370203099"),  # told to belong to another street than its code says
        Unit("370214005001", "高新区社区", "370299"),  # of a zone with a code of its own
    ],
    {"370282": "370215"},
)


@pytest.mark.parametrize(
    ("whole", "holds", "not_held"),
    [
        ("370203022", ("370203022001", "370203022000", "370203022003"), ("370203022002", "370203", "370203099", None)),
        ("370203099", ("370203022002", "370203099001"), ("370203022001",)),
        ("370203", ("370203022001", "370203022002", "370203099"), ("370214005001", "370202001001", "3702")),
        ("370214005", ("370214005002",), ("370214005001",)),
        ("370214", ("370214005002",), ("370214005001",)),
        ("370299", ("370214005001",), ("370214005002",)),
        ("3702", ("370203022001", "370214005001", "370282001001"), ("3701", None)),
        ("370215", ("370282001001", "370282", "370215001001"), ("370281001001",)),
        ("370282001", ("370215001003", "370282001003"), ("370215002003",)),  # a key of before the district was renamed
    ],
)
def test_a_unit_holds_those_that_the_organisation_says(
    whole: str, holds: tuple[str | None, ...], not_held: tuple[str | None, ...]
) -> None:
    within = Within(whole, TREE)
    assert {area: within.holds(area) for area in (*holds, *not_held)} == dict.fromkeys(holds, True) | dict.fromkeys(
        not_held, False
    )


@pytest.mark.parametrize(
    ("units", "circle"),
    [
        ([("370211001001", "370211001002"), ("370211001002", "370211001001")], "370211001001 < 370211001002 < 370211001001"),
        ([("370203", "370203022")], "370203 < 370203022 < 370203"),  # a district below a street that its code says is below it
        ([("370203022", "370203022")], "370203022 < 370203022"),
        ([("370203022001", "a"), ("a", "b"), ("b", "370203022001")], "370203022001 < a < b < 370203022001"),
        ([("370282", "370215001")], "370215 < 370215001 < 370215"),  # by the present code of a renamed district
    ],
)
def test_units_in_a_circle_are_no_tree(units: list[tuple[str, str]], circle: str) -> None:
    """Each would hold all of them: a street its whole district."""
    with pytest.raises(AccessError, match=rf"in a circle: .*{circle.partition(' ')[0]}.* Each would hold all of them"):
        Organisation.of([Unit(area, "", parent) for area, parent in units], {"370282": "370215"})


def test_an_area_is_a_unit_where_the_organisation_goes_so_far() -> None:
    assert granted("worker", "370203022000", organisation=TREE).area == "370203022"
    assert granted("worker", "370282", organisation=TREE).area == "370215"
    assert granted("worker", "370214006", organisation=Organisation.of([Unit("370214", "城阳区")])).area == "370214006"
    assert granted("worker", "New Jersey/Newark").area == "New Jersey/Newark"  # where nothing is named, whatever code fits
    paths = Organisation.of([Unit("New Jersey/Newark", "Newark")])
    assert granted("worker", "New Jersey/Newark/Ironbound", organisation=paths).area == "New Jersey/Newark/Ironbound"
    with pytest.raises(AccessError, match=r"is called 370203023; right is one of 2, such as 370203022 镇江路街道, 370203099\."):
        granted("officer_street", "370203023", organisation=TREE)
    for role, area in (
        ("platform", "37"),
        ("platform", "99"),
        ("worker", "New Jersey/Newark"),
        ("platform", "*"),
        ("platform", "370203/370202"),
        ("resident", "999999"),
    ):
        with pytest.raises(AccessError, match=r"No unit of the organisation is called .*; right is one of"):
            granted(role, area, organisation=TREE, session=True)
    for area in ("999999001", "999999001001"):  # of a level that the tree does not name, below none of its units
        with pytest.raises(AccessError, match=r"No unit of the organisation is called .*; right is one of"):
            granted("worker", area, organisation=Organisation.of([Unit("3702", "青岛市"), Unit("370203", "市北区")]))
    with pytest.raises(AccessError, match=r"^A worker needs another area than 3702; right is [^.]*\.$"):
        granted("worker", "3702", organisation=TREE)


def test_a_key_of_an_area_holds_what_its_unit_holds() -> None:
    key = Key("k", "a key", granted("worker", "370203022", organisation=TREE), NOW)
    (asker,) = KeyRing.of([key], PEPPER, TREE).askers.values()
    assert [asker.holds(area) for area in ("370203022001", "370203022002")] == [True, False]
    (plain,) = KeyRing.of([key], PEPPER).askers.values()
    assert [plain.holds(area) for area in ("370203022001", "370203022002", "370202")] == [True, True, False]


def test_roles_are_those_of_the_table() -> None:
    """Whoever changes what a role may do changes this table too, and docs/access.md."""
    may = {name: (set(role.scopes), set(role.more)) for name, role in roles().roles.items()}
    nobodys, served = set[str](), {"residents", "events"}
    duty, own = ({"figures"}, {"residents", "restricted"}), ({"residents", "restricted", "rights", "owed", "events"}, nobodys)
    assert may == {
        "platform": (served, {"restricted", "rights", "owed", "advice"}),
        "resident": own,
        "worker": (served | {"advice"}, {"restricted", "rights"}),
        "merchant": ({"offers", "events"}, nobodys),
        "reviewer": ({"review"}, nobodys),
        "evaluator": ({"evaluation"}, nobodys),
        "operator": ({"operation"}, nobodys),
        "admin": ({"operation", "administration", "owed"}, nobodys),
        **dict.fromkeys(("officer_city", "officer_district"), ({"figures"}, nobodys)),
        **dict.fromkeys(("officer_street", "officer_community"), duty),
    }
    assert [name for name, role in roles().roles.items() if role.own] == ["resident"]
    assert not any("restricted" in role.scopes for role in roles().roles.values() if not role.own)


@pytest.mark.parametrize(
    ("role", "area", "more", "told"),
    [
        ("king", None, (), "No role is called king; there are platform"),
        ("worker", None, (), "A worker needs an area"),
        ("worker", "3702", (), "A worker needs another area than 3702"),
        ("officer_street", "370203", (), "needs another area"),
        ("platform", "", (), "The area is empty"),
        ("platform", " / ", (), "The area is empty"),
        ("resident", None, (), "A resident has no key: they ask by a session"),
        ("operator", None, ("residents",), "A operator may not be given residents; right is none"),
        ("officer_community", "370203", ("events",), r"may not be given events.*needs another area"),
    ],
)
def test_what_a_role_must_not_be_given(role: str, area: str | None, more: tuple[str, ...], told: str) -> None:
    with pytest.raises(AccessError, match=told):
        granted(role, area, more)


def test_grants() -> None:
    assert granted("worker", "370203022000") == Grant("worker", (), "370203022")
    assert granted("worker", "New Jersey/Newark").area == "New Jersey/Newark"
    assert granted("platform", None, ["restricted", "restricted"]).scopes == {"residents", "events", "restricted"}
    assert Grant("of an older sqrec", ("residents",), None).scopes == set()
    assert Grant("operator", ("residents",), None).scopes == {"operation"}


def test_purposes_of_a_grant() -> None:
    """Whatever its scopes serve, or what was declared of it; never more than the scopes."""
    assert granted("platform", None).purposes == {"lists", "profile", "explanation", "feedback"}
    assert granted("platform", None, ["rights", "owed", "advice"]).purposes == set(PURPOSES)
    assert granted("operator", None).purposes == set()
    assert granted("admin", None).purposes == {"access", "erasure", "complaint"}
    assert granted("platform", None, declared=["feedback", "lists", "lists"]).declared == ("lists", "feedback")
    assert Grant("operator", (), None, None, ("lists",)).purposes == set()
    assert Grant("platform", (), None, None, ()).purposes == set()
    assert DEMO.purposes == set(PURPOSES)
    assert NOBODY.purposes == set()
    for role, wanted in (("platform", ["switch"]), ("worker", ["lists", "marketing"]), ("operator", ["lists"])):
        with pytest.raises(AccessError, match=r"with these scopes cannot be for (switch|marketing|lists); right is "):
            granted(role, "370203" if role == "worker" else None, declared=wanted)


def test_every_purpose_is_served_by_a_scope_that_somebody_has() -> None:
    """And docs/access.md says of each what it is."""
    page = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)` \| (.+) \| ([\w, ]+) \|$", page, re.MULTILINE)
    rules = roles().roles.values()
    for name, one in purposes().purposes.items():
        assert (name, one.means, ", ".join(one.scopes)) in told
        assert any(scope in (*role.scopes, *role.more) for role in rules for scope in one.scopes)


def made(**more: int) -> tuple[Key, str]:
    key_id, secret, text = new_key()
    return Key(key_id, "a key", Grant("platform", (), None), NOW, hash=hashed(PEPPER, secret), **more), text


def test_a_key_is_checked_by_its_keyed_hash() -> None:
    key, text = made()
    prefix, key_id, secret = text[:3], text[3:11], text[12:]
    assert (prefix, len(secret)) == ("sq_", 43)
    assert key.hash == hmac.new(PEPPER, secret.encode(), hashlib.sha256).hexdigest()
    ring = KeyRing.of([key], PEPPER)
    assert ring.key_of(text, NOW) is key
    scopes, writes = frozenset({"residents", "events"}), frozenset(roles().roles["platform"].writes)
    aims = frozenset({"lists", "profile", "explanation", "feedback"})
    assert ring.askers[key_id] == Asker("key", f"key:{key_id}", "platform", scopes, None, writes=writes, purposes=aims)
    assert secret not in repr(ring) + repr(key)
    other = "A" if secret[0] != "A" else "B"
    wrong = (
        "",
        "sq_",
        text[:-1],
        f"{text}x",
        f"{text}\n",
        text.upper(),
        f"sq_{key_id}_{other}{secret[1:]}",
        made()[1],
        f" {text}",
    )
    assert [ring.key_of(one, NOW) for one in wrong] == [None] * len(wrong)
    assert KeyRing.of([key], b"q" * 40).key_of(text, NOW) is None
    assert KeyRing.of([key], None).key_of(text, NOW) is None
    assert KeyRing.of([], PEPPER).key_of(text, NOW) is None


def test_keys_end() -> None:
    until, text = made(expires_at=NOW + 10)
    assert KeyRing.of([until], PEPPER).key_of(text, NOW + 9) is until
    assert KeyRing.of([until], PEPPER).key_of(text, NOW + 10) is None
    revoked, text = made(revoked_at=NOW)
    assert KeyRing.of([revoked], PEPPER).key_of(text, NOW) is None


def test_askers() -> None:
    assert [NOBODY.may(scope) for scope in SCOPES] == [False] * len(SCOPES)
    assert [DEMO.may(scope) for scope in SCOPES] == [True] * len(SCOPES)
    worker = Asker.of("key", "key:x", granted("worker", "370203"))
    assert (worker.may("residents"), worker.may("restricted")) == (True, False)
    assert [worker.holds(area) for area in ("370203022", "370202", None)] == [True, False, False]


def test_the_pepper(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "pepper"
    assert pepper_of(file, {}) is None
    assert pepper_of(file, {"SQREC_PEPPER": "x" * 32}, make=True) == b"x" * 32
    assert not file.exists()
    first = pepper_of(file, {}, make=True)
    assert first is not None
    assert len(first) == 64
    assert (file.stat().st_mode & 0o777, pepper_of(file, {}, make=True)) == (0o600, first)
    file.chmod(0o640)
    with pytest.raises(AccessError, match=r"may be read by others \(mode 0640\); run: chmod 600"):
        pepper_of(file, {})
    with pytest.raises(AccessError, match="has 5 characters; right are at least 32") as told:
        pepper_of(file, {"SQREC_PEPPER": "short"})
    assert "short" not in str(told.value)


def test_the_page_says_the_same() -> None:
    """docs/access.md has every scope and role with what the data say."""
    page = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
    for scope, meaning in roles().scopes.items():
        assert f"| `{scope}` | {meaning} |" in page
    for name, role in roles().roles.items():
        cells = (f"`{name}`", role.means, ", ".join(role.scopes), ", ".join(role.more), ", ".join(role.levels) or "any")
        assert f"| {' | '.join(cells)} |" in page
