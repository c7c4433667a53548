"""What operators are given is true: metrics exist, alarms are explained, files fit together, and the documented commands do what they say."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pathspec import PathSpec
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine

from serving.app import application
from serving.live import Live
from serving.process.alive import alive
from serving.process.supervisor import Patience
from serving.settings import VARIABLES, Settings
from sqrec.access.pepper import VARIABLE
from sqrec.store import Database, Store, import_folder, upgrade
from tests.support import tiny
from tests.support.databases import Server as PostgreSQL
from tests.support.inside import Inside
from tests.support.keys import key_for
from tests.support.papers import ROOT, blocks
from tests.support.server import Server, free_port

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
ALERTS = yaml.safe_load((ROOT / "docs" / "operating" / "alerts.yaml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((ROOT / "docs" / "operating" / "dashboard.json").read_text(encoding="utf-8"))
DEPLOY = ROOT / "serving" / "deploy"
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [one["expr"] for panel in DASHBOARD["panels"] for one in panel["targets"]]
HEAVY = ("tests/", "training/", "experiments/", "features/", "docs/", "examples/", ".ci/")


@pytest.fixture(scope="module")
def exposed(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, set[str]]]:
    """Return the metrics of a service on a store, each with the names of its labels."""
    place = tmp_path_factory.mktemp("operating")
    url = f"sqlite:///{place / 'sqrec.db'}"
    with Store.open(url) as store:
        import_folder(store, whole / "data")
    key = key_for(url, "operator", more=())
    live = Live(Settings(data=url, bundles=whole / "var" / "bundles"))
    service = Inside(application(live), whole / "data", whole / "var" / "bundles", key)
    told = service.get("/metrics")
    assert told.status_code == 200
    families = [one.name for one in text_string_to_metric_families(told.text) if one.name.startswith("sqrec_")]
    live.close()
    names = {one: set(REGISTRY._names_to_collectors[one]._labelnames) for one in families if "_test_" not in one and not one.endswith("_created")}
    yield names | {"sqrec_audit_written": set(), "sqrec_rankings_written": set()}


def metrics(expression: str) -> list[tuple[str, set[str]]]:
    """Return the metrics that an expression reads, with the labels that it asks for."""
    found = re.findall(r"\b(sqrec_\w+)(?:\{([^}]*)\})?", expression)
    return [(re.sub(r"_(total|bucket|sum|count)$", "", name), set(re.findall(r"(\w+)(?==|!~|=~|!=)", labels))) for name, labels in found]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_alerts_and_panels_read_is_there(exposed: Mapping[str, set[str]], expression: str) -> None:
    assert expression.count("(") == expression.count(")")
    for name, labels in metrics(expression):
        assert name in exposed, name
        assert labels <= exposed[name] | {"le"}, name
    grouped = {label.strip() for told in re.findall(r"by \(([^)]*)\)", expression) for label in told.split(",")}
    assert grouped <= set().union({"le"}, *(exposed[name] for name, _ in metrics(expression)))


def test_every_metric_is_explained_and_shown(exposed: Mapping[str, set[str]]) -> None:
    explained = {re.sub(r"_total$", "", name) for line in PAGE.splitlines() if line.startswith("| `sqrec_") for name in re.findall(r"`(sqrec_\w+)`", line.split("|")[1])}
    shown = {name for panel in DASHBOARD["panels"] for one in panel["targets"] for name, _ in metrics(one["expr"])}
    assert explained == shown == set(exposed)
    for line in PAGE.splitlines():
        if line.startswith("| `sqrec_"):
            _, names, labels, *_ = line.split("|")
            name = re.sub(r"_total$", "", re.findall(r"`(sqrec_\w+)`", names)[0])
            assert {one.strip() for one in labels.split(",") if one.strip()} == exposed[name], line


def test_every_alarm_is_explained() -> None:
    explained = re.findall(r"^\| (Sqrec\w+) \| .+ \| .+ \|$", PAGE, re.MULTILINE)
    assert explained == [rule["alert"] for rule in RULES]
    assert all(rule["labels"]["severity"] in {"page", "ticket"} and rule["annotations"]["summary"] for rule in RULES)


def test_panels_lie_side_by_side() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places) == len({panel["id"] for panel in DASHBOARD["panels"]})


# The Bento, the image, compose and the unit.


def bento() -> set[str]:
    """Return the files of the checkout that a Bento would hold."""
    told = yaml.safe_load((DEPLOY / "bentofile.yaml").read_text(encoding="utf-8"))
    include, exclude = (PathSpec.from_lines("gitignore", told[name]) for name in ("include", "exclude"))
    every = (path for room in ROOT.iterdir() if room.name not in {".venv", ".git", "var"} for path in ([room] if room.is_file() else room.rglob("*")))
    names = (str(path.relative_to(ROOT)) for path in every if path.is_file())
    return {name for name in names if include.match_file(name) and not exclude.match_file(name)}


def test_a_bento_holds_what_the_service_imports_and_no_more() -> None:
    held = bento()
    assert not [name for name in held if name.startswith(HEAVY) or name.endswith(".pyc")]
    ask = "import sys, serving.service, serving.process.worker, serving.process.alive, sqrec.cli.app; print(*[m.__file__ for m in list(sys.modules.values()) if getattr(m, '__file__', None)], sep='\\n')"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = [Path(one) for one in done.stdout.splitlines() if Path(one).is_relative_to(ROOT) and ".venv" not in one]
    loaded = {str(one.relative_to(ROOT)) for one in ours}
    assert len(loaded) > 100
    assert loaded <= held
    beside = {str(path.relative_to(ROOT)) for room in ("sqrec", "serving") for path in (ROOT / room).rglob("*.json")}
    assert len(beside) > 20
    assert beside <= held


def pins(file: Path) -> dict[str, set[str]]:
    """Return the pinned packages of a lock with their hashes."""
    parts = re.split(r"^(?=[a-z0-9])", file.read_text(encoding="utf-8").replace(" \\\n", "\n"), flags=re.MULTILINE)
    return {part.splitlines()[0].partition(" ;")[0]: set(re.findall(r"sha256:\w{64}", part)) for part in parts if "==" in part}


def test_the_packages_of_the_service_are_those_of_the_project() -> None:
    service, whole = pins(DEPLOY / "requirements.lock"), pins(ROOT / "requirements.lock")
    assert len(service) > 50
    assert all(hashes and hashes <= whole[name] for name, hashes in service.items())
    names = {name.partition("==")[0] for name in service}
    assert names >= {"bentoml", "uvicorn", "prometheus-client", "pyjwt", "lightgbm", "psycopg", "sqlalchemy"}
    assert not names & {"mlflow", "optuna", "pytest", "ruff", "schemathesis", "selenium", "openpyxl"}


def test_what_installs_the_packages_has_hashes() -> None:
    (name, hashes), = pins(ROOT / ".ci" / "uv.txt").items()
    assert name.startswith("uv==")
    assert len(hashes) > 5
    for file in (ROOT / "Makefile", DEPLOY / "Containerfile"):
        installs = [line for line in file.read_text(encoding="utf-8").replace("\\\n", "").splitlines() if "pip install" in line and "--no-deps" not in line]
        assert installs
        assert all(line.count("pip install") == line.count("--require-hashes") for line in installs)


def test_the_image_is_made_of_what_is_there() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    copied = [word for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE) for word in line.split()[:-1]]
    assert set(copied) == {".ci/uv.txt", "serving/deploy/requirements.lock", "sqrec", "serving", "LICENSE"}
    assert all((ROOT / one).exists() for one in copied)
    assert re.search(r"^USER 10001$", text, re.MULTILINE)
    assert text.index("USER 10001") > text.rindex("RUN ")
    for line in re.findall(r'\["python", "-m", "([\w.]+)"', text):
        assert (ROOT / line.replace(".", "/")).with_suffix(".py").exists() or (ROOT / line.replace(".", "/") / "__main__.py").exists()
    assert set(re.findall(r"\bSQREC_\w+(?==)", text)) <= variables()
    assert not re.search(r"password|secret", text, re.IGNORECASE)


def variables() -> set[str]:
    return {one.name for one in VARIABLES.values()} | {"SQREC_STORE", "SQREC_LOG"}


def test_compose_has_no_secret_and_waits_long_enough() -> None:
    told: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    service, database = told["services"]["sqrec"], told["services"]["database"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert int(service["stop_grace_period"].removesuffix("s")) > Patience().stop
    assert {name for name in service["environment"] if name.startswith("SQREC_")} <= variables()
    assert {*service["secrets"], *database["secrets"]} == told["secrets"].keys()
    assert all(one["file"].startswith("${SQREC_SECRETS:?") for one in told["secrets"].values())
    assert "POSTGRES_PASSWORD" not in database["environment"]
    assert "ports" not in database
    for name in ("SQREC_NAMES", "SQREC_OPERATOR", "SQREC_ASSESSMENT", "SQREC_FILING"):
        assert service["environment"][name].startswith(f"${{{name}:?")


def test_the_unit_waits_longer_than_the_service_takes_to_stop() -> None:
    text = (DEPLOY / "sqrec.service").read_text(encoding="utf-8")
    assert int(re.findall(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)[0]) > Patience().stop
    assert "Restart=on-failure" in text
    assert not re.search(r"SystemCallFilter=~.*@resources", text)  # the worker raises its limit of descriptors
    assert set(re.findall(r"\bSQREC_\w+", text)) <= variables() | {"SQREC_HOST"}
    if shutil.which("systemd-analyze"):
        done = subprocess.run(["systemd-analyze", "verify", str(DEPLOY / "sqrec.service")], capture_output=True, text=True, check=False)
        wrong = [line for line in done.stderr.splitlines() if "sqrec.service" in line and "is not executable" not in line]
        assert not wrong


def test_whoever_asks_whether_it_lives_is_told(process: Server) -> None:
    port = int(process.url.rpartition(":")[2])
    assert alive(port, tls=False)
    assert not alive(port, tls=True)
    assert not alive(free_port(), tls=False)


# Backup, restore and upgrade, by the commands of the page.


class Place:
    """Hold a folder in which the commands of the page are run as they stand there."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        program = folder / "bin" / "sqrec"
        program.parent.mkdir()
        program.write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom sqrec.cli.app import main\nmain()\n")
        program.chmod(0o755)
        (folder / "var" / "bundles").mkdir(parents=True)
        (folder / "var" / "bundles" / "current.json").write_text("{}")
        (folder / "var" / "pepper").write_text(os.environ[VARIABLE])
        (folder / "var" / "pepper").chmod(0o600)
        path = f"{program.parent}:{os.environ['PATH']}"
        self.variables = {**os.environ, "PATH": path, **variables}

    def run(self, name: str) -> str:
        """Run a block of the page by its name, and return what it printed."""
        (command,) = [block.text for block in blocks(PAGE) if block.language == name]
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=self.folder, env=self.variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def held(url: str) -> Any:
    """Return what a store holds: its items, how many events, its change number."""
    with Store.open(url, create=False) as store:
        items = store.catalogue_at("job", store.change())
        return sorted(items["job_id"]), store.person_ids(most=99), store.change()


def filled(url: str, folder: Path) -> None:
    with Store.open(url) as store:
        import_folder(store, tiny.write(folder))
        store.audit("a test", "clerk 7", {})


def test_sqlite_is_backed_up_restored_and_goes_on(tmp_path: Path) -> None:
    place, url = Place(tmp_path), f"sqlite:///{tmp_path / 'var' / 'sqrec.db'}"
    filled(url, tmp_path / "data")
    with Store.open(url) as running:  # the service goes on meanwhile
        running.audit("before", "clerk 7", {})
        before = held(url)
        place.run("sqlite_backup")
        running.append_events([{"event_id": "later", "person_id": "p01", "kind": "job", "item_id": "j01", "event": "view", "at": 1, "recorded_at": 1}])
    assert held(url) != before
    place.run("sqlite_restore")
    assert held(url) == before
    assert (tmp_path / "var" / "pepper").stat().st_mode & 0o777 == 0o600
    assert held(f"sqlite:///{tmp_path / 'before' / 'sqrec.db'}") != before


def test_postgresql_is_backed_up_and_restored(postgresql: PostgreSQL, tmp_path: Path) -> None:
    if not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not installed.")
    url = postgresql.database()
    plain = url.replace("+psycopg", "")
    restored = plain.rpartition("/")[0] + "/restored"
    place = Place(tmp_path, DATABASE=plain, RESTORED=restored)
    filled(url, tmp_path / "data")
    before = held(url)
    place.run("postgresql_backup")
    place.run("postgresql_restore")
    assert held(restored.replace("postgresql:", "postgresql+psycopg:")) == before
    with pytest.raises(AssertionError, match="already exists"):
        place.run("postgresql_restore")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_older_store_is_upgraded(kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path)
    server: PostgreSQL | None = request.getfixturevalue("postgresql") if kind == "postgresql" else None
    url = server.database("empty") if server else f"sqlite:///{tmp_path / 'var' / 'sqrec.db'}"
    place.variables["SQREC_STORE"] = url
    module, older = sys.modules[upgrade.__module__], tmp_path / "revisions"
    older.mkdir()
    for file in sorted(module._REVISIONS.glob("r*.py"))[:-1]:
        shutil.copy(file, older)
    with monkeypatch.context() as patch:
        patch.setattr(module, "_REVISIONS", older)
        database = Database(url)
        _, was = upgrade(database)
        database.close()
    place.run("upgrade")
    engine = create_engine(url)
    with engine.connect() as connection:
        now = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    engine.dispose()
    assert now is not None
    assert now > was
