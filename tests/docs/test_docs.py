"""The papers are true: requests are answered, code runs, commands and options exist, laws have their tests, links lead somewhere."""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel
from typer.core import TyperGroup
from typer.main import get_command

from serving.app import ROUTES, application
from serving.live import Live
from serving.schemas.answers import Problem
from serving.settings import Settings
from sqrec.cli import app as commands
from sqrec.profile import Person
from sqrec.store import Store, import_folder
from sqrec.tables import read_folder
from tests.serving.test_sessions import ISSUER, written
from tests.support.inside import Inside
from tests.support.keys import bearer, key_for
from tests.support.papers import PAPERS, ROOT, Curl, blocks, curls, lines

TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in PAPERS}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
API = TEXTS["docs/api.md"]
LAWS = TEXTS["docs/laws.md"]


@pytest.fixture(scope="module")
def store(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a store with the small city of all three kinds."""
    place = tmp_path_factory.mktemp("papers")
    (place / "var").mkdir()
    with Store.open(f"sqlite:///{place / 'var' / 'sqrec.db'}") as opened:
        import_folder(opened, whole / "data")
    return f"sqlite:///{place / 'var' / 'sqrec.db'}"


@pytest.fixture(scope="module")
def keys(store: str) -> dict[str, str]:
    """Return keys as the papers say that they are to be had, by the variable that the papers keep each in."""
    return {
        "SQREC_KEY": key_for(store),
        "SQREC_OPERATOR_KEY": key_for(store, "operator", more=()),
        "SQREC_RIGHTS_KEY": key_for(store, more=("restricted", "rights", "owed", "advice")),
        "SQREC_ADMIN_KEY": key_for(store, "admin", more=()),
    }


@pytest.fixture(scope="module")
def service(store: str, keys: dict[str, str], whole: Path) -> Iterator[Inside]:
    """Serve that store."""
    sign_on = {"assertion_key": written(Path(store.removeprefix("sqlite:///")).parent), "assertion_issuer": ISSUER}
    live = Live(Settings(data=store, bundles=whole / "var" / "bundles", **sign_on))
    yield Inside(application(live), whole / "data", whole / "var" / "bundles")
    live.close()


REQUESTS = [(name, number, curl) for name, text in TEXTS.items() for number, curl in enumerate(curls(text))]


@pytest.mark.parametrize(("name", "number", "curl"), REQUESTS, ids=[f"{name}-{number}" for name, number, _ in REQUESTS])
def test_requests_are_answered_as_told(service: Inside, keys: dict[str, str], name: str, number: int, curl: Curl) -> None:
    refused = isinstance(curl.answer, dict) and "status" in curl.answer
    path = re.sub(r"^/v1/items/job/\w+$", f"/v1/items/job/{an_item(service)}", curl.path)
    if curl.path == "/v1/events" and curl.body:  # of somebody and something that this city has
        held = service.app.state.live.store.person_ids(most=1)[0]
        curl.body["events"] = [one | {"person_id": held, "item_id": an_item(service)} for one in curl.body["events"]]
    answer = service.request(curl.method, path, headers=bearer(keys[curl.key] if curl.key else None), **({} if curl.body is None else {"json": curl.body}))
    assert answer.status_code == (curl.answer["status"] if refused else 200), answer.text
    if curl.answer is not None:
        as_described(curl, Problem if refused else None)
    if curl.path == "/v1/profile":  # whose model leaves the parts open
        assert names(curl.answer) <= names(answer.json())


def an_item(service: Inside) -> str:
    return service.app.state.live.deployment.snapshot.items["job"].ids[0]


def names(told: Any) -> set[str]:
    """Return every field name in an answer, at whatever depth."""
    if isinstance(told, list):
        return set().union(*map(names, told)) if told else set()
    return set(told).union(*map(names, told.values())) if isinstance(told, dict) else set()


def model_of(curl: Curl) -> type[BaseModel] | None:
    return next((one.answers for one in ROUTES if one.method == curl.method and one.route.path_regex.match(curl.path)), None)


def as_described(curl: Curl, model: type[BaseModel] | None) -> None:
    """Check that a shown answer has the fields of its model, and no other."""
    model = model or model_of(curl)
    assert model is not None
    assert model.model_validate(curl.answer).model_dump(exclude_unset=True) == curl.answer


def test_the_first_example_is_a_resident_of_qingdao(service: Inside) -> None:
    for name in ("README.md", "README.zh-CN.md", "docs/api.md"):
        assert curls(TEXTS[name])[0].body["person"]["area"].startswith("3702"), name


def test_every_address_is_described_and_asked() -> None:
    table = set(re.findall(r"^\| `(GET|POST) (\S+)` \| (\w+) \|", API, re.MULTILINE))
    assert table == {(one.method, one.path, one.scope) for one in ROUTES}
    asked = {(curl.method, curl.path) for curl in curls(API)}
    for one in ROUTES:
        if one.path.startswith("/v1/"):
            assert any(method == one.method and one.route.path_regex.match(path) for method, path in asked), one.path
            assert f"\n## {one.method} {one.path}\n" in API


PYTHON = [
    (name, number, block.text)
    for name, text in TEXTS.items()
    for number, block in enumerate(blocks(text))
    if block.language == "python" or re.match(r"(with|from|import) ", block.text)
]


@pytest.mark.parametrize(("name", "number", "code"), PYTHON, ids=[f"{name}-{number}" for name, number, _ in PYTHON])
def test_python_runs(store: str, whole: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int, code: str) -> None:
    monkeypatch.chdir(Path(store.removeprefix("sqlite:///")).parents[1])
    now = datetime.now(UTC)
    midnight = int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()) * 1_000_000
    folder, person = read_folder(whole / "data", write_rejected=False), Person(desired=("保洁员",))
    told = {"Store": Store, "events": [], "rows": [], "since": now - timedelta(1), "until": now, "midnight": midnight}
    told |= {"folder": folder, "city": folder.city, "person": person, "people": [person], "lists": [[0, 1]], "moments": [midnight]}
    told |= {"at": midnight}
    exec(compile(code, name, "exec"), told)


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> TyperGroup:
    """Return the command line with the commands of this checkout."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    monkeypatch.setattr(commands, "_elsewhere", lambda: project["entry-points"][commands.ELSEWHERE])
    found = get_command(commands.app)
    assert isinstance(found, TyperGroup)
    return found


def test_commands_and_options_exist(group: TyperGroup) -> None:
    checked = 0
    for name, text in TEXTS.items():
        for line in lines(text):
            for command in re.split(r", (?=\.venv)|\s{2,}(?!\[?[A-Z_]+=|make )|\s#", line.strip()):
                checked += is_there(group, command.removeprefix(".venv/bin/"), f"{name}: {line}")
    assert checked > 100


def is_there(group: TyperGroup, command: str, where: str) -> bool:
    """Check one command; False where it is none of ours."""
    words = command.split()
    if len(words) < 2:
        return False
    if words[0] == "make":
        assert all(re.search(rf"^{word}:", MAKEFILE, re.MULTILINE) for word in words[1:] if re.fullmatch(r"[a-z]+", word)), where
        assert all(f"$({word})" in MAKEFILE or f"$(or $({word})" in MAKEFILE for word in variables(command)), where
    elif words[0] == "sqrec" and words[1].startswith("--"):
        assert options(command) <= {option for param in group.params for option in param.opts}, where
    elif words[0] == "sqrec" and re.fullmatch(r"[a-z-]+", words[1]):
        assert options(command) <= of_command(group, words[1:]), where
    elif words[:2] == ["python", "-m"]:
        assert find_spec(words[2]), where
        assert not options(command) or options(command) <= of_module(words[2]), where
    elif words[0] == "python" and words[1].endswith(".py"):
        assert (ROOT / words[1]).is_file(), where
    else:
        return False
    return True


def variables(command: str) -> set[str]:
    return set(re.findall(r"\b([A-Z_]+)=", command))


def options(command: str) -> set[str]:
    return set(re.findall(r"(?<!\S)\[?(--[a-z][a-z-]*)", command)) - {"--help"}


def of_command(group: TyperGroup, words: list[str]) -> set[str]:
    """Return the options of a command, which may stand in a group of its own."""
    found: Any = group.get_command(typer.Context(group), words[0])
    assert found is not None, f"There is no sqrec {words[0]}."
    if isinstance(found, TyperGroup) and len(words) > 1:
        found = found.commands[words[1]]
    return {option for param in found.params for option in (*param.opts, *param.secondary_opts)}


def of_module(name: str) -> set[str]:
    """Return the options of a module's `main`; where it parses otherwise, what its source names."""
    spec = find_spec(name)
    if spec is not None and spec.submodule_search_locations:
        name = f"{name}.__main__"
    source = Path(str(find_spec(name).origin)).read_text(encoding="utf-8")  # type: ignore[union-attr]
    if "typer" not in source:
        return set(re.findall(r"--[a-z][a-z-]*", source))
    made = typer.Typer()
    made.command()(importlib.import_module(name).main)
    return {option for param in get_command(made).params for option in (*param.opts, *param.secondary_opts)}


def test_what_papers_point_to_is_there() -> None:
    for name, text in TEXTS.items():
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
            assert (ROOT / name).parent.joinpath(link).exists(), f"{name} points to {link}"
        for path in re.findall(r"(?<![/\w])(?:sqrec|features|training|serving|experiments|tests|docs|examples)/[\w./-]*\w/?", text):
            assert (ROOT / path).exists() or "N" in path, f"{name} names {path}"


def test_every_law_has_tests_that_exist_or_says_not_yet() -> None:
    parts = re.split(r"^## (\d+)\. ", LAWS, flags=re.MULTILINE)[1:]
    numbers, told = [int(number) for number in parts[::2]], parts[1::2]
    assert numbers == list(range(1, len(numbers) + 1))
    for number, law in zip(numbers, told, strict=True):
        named = re.findall(r"`(tests/\S+\.py)::(\w+)`", law)
        assert named, f"law {number} names no test"
        assert law.count("::") == len(named), f"law {number}"
        for file, test in named:
            assert test in named_in(ROOT / file), f"law {number}: {file} has no {test}"


def named_in(file: Path) -> set[str]:
    body = ast.parse(file.read_text(encoding="utf-8")).body
    return {one.name for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_code_cites_laws_that_a_reader_can_find() -> None:
    laws, cited = set(re.findall(r"^## (\d+)\.", LAWS, re.MULTILINE)), 0
    for room in ("sqrec", "features", "training", "serving", "experiments"):
        for file in (ROOT / room).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            for found in re.finditer(r"(.{0,14})\blaw (\d+)\b", text):
                cited += 1
                assert found[1].endswith("docs/laws.md, "), f"{file}: {found[0]}"
                assert found[2] in laws, f"{file}: {found[0]}"
    assert cited >= 8
