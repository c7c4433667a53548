"""Check that a wheel, serving/ and a bundle are all that the service needs, and the wheel and a bundle all that a report does."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "jobviews"
UV = str(ROOT / ".venv" / "bin" / "uv")
SECONDS = 120


def main() -> None:
    """Build, install, serve, ask, report."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        wheel = built_wheel(place)
        python = clean_environment(place, wheel)
        embedded_store(python, place)
        bundle = trained_bundle(place)
        shutil.copytree(ROOT / "serving", place / "alone" / "serving", ignore=shutil.ignore_patterns("__pycache__"))
        answer = served_answer(place / "alone", python, bundle)
        reported(python, place, bundle)
    first = answer["streams"]["job"][0]
    print(f"{wheel.name}: served {len(answer['streams']['job'])} jobs by {answer['rankers']['job']}, first {first['title']!r}")


def built_wheel(place: Path) -> Path:
    """Build the wheel and see that it holds `sqrec/` only."""
    subprocess.run([UV, "build", "--wheel", "--quiet", "--out-dir", str(place)], cwd=ROOT, check=True)
    wheel = next(place.glob("*.whl"))
    tops = {member.split("/")[0] for member in zipfile.ZipFile(wheel).namelist()}
    if strange := {top for top in tops if top != "sqrec" and not top.endswith(".dist-info")}:
        sys.exit(f"The wheel holds more than sqrec/: {sorted(strange)}")
    return wheel


def clean_environment(place: Path, wheel: Path) -> str:
    """Make an environment with the wheel and the locked versions of what it needs to serve, and nothing else of ours."""
    venv.create(place / "venv")
    python = str(place / "venv" / "bin" / "python")
    lock = [UV, "pip", "install", "--quiet", "--python", python, "--constraint", str(ROOT / "requirements.lock")]
    subprocess.run([*lock, f"{wheel}[serve]"], check=True)
    return python


def embedded_store(python: str, place: Path) -> None:
    """See that the wheel brings all that makes a store."""
    sqrec = Path(python).with_name("sqrec")
    subprocess.run([sqrec, "store", "upgrade", "--store", f"sqlite:///{place / 'store.db'}"], cwd=place, check=True)


def trained_bundle(place: Path) -> Path:
    """Train one in the development environment."""
    folder = place / "bundle"
    train = [
        str(ROOT / ".venv" / "bin" / "python"),
        "-m",
        "training.train",
        "--data",
        str(DATA),
        "--kind",
        "job",
        "--split",
        "last",
        "--no-study",
    ]
    subprocess.run([*train, "--bundle", str(folder), "--var", str(place / "var")], cwd=ROOT, check=True)
    return folder


def served_answer(alone: Path, python: str, bundle: Path) -> dict:
    """Serve from a folder that has `serving/` only, and ask once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    command = [python, "-m", "serving", "--data", str(DATA), "--bundle", str(bundle), "--port", str(port)]
    server = subprocess.Popen(command, cwd=alone, env=clean)
    try:
        return ask(port)
    finally:
        server.terminate()
        server.wait(30)


def reported(python: str, place: Path, bundle: Path) -> None:
    """See that the wheel reports on a bundle, and on lists of which it knows nothing else."""
    sqrec, lists = Path(python).with_name("sqrec"), place / "lists.csv"
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    told = [sqrec, "report", DATA, "--kind", "job", "--bundle", bundle, "--bundles", place / "looks", "--out", place / "own"]
    subprocess.run(told, cwd=place, env=clean, check=True)
    rows = [f"p{person},j{person + rank},{rank},{'mf'[person % 2]}" for person in range(40) for rank in range(1, 11)]
    lists.write_text("\n".join(["person,job,rank,sex", *rows]), encoding="utf-8")
    columns = "person_id=person,item_id=job,position=rank,sex=sex"
    told = [sqrec, "report", "--table", lists, "--columns", columns, "--out", place / "foreign"]
    subprocess.run(told, cwd=place, env=clean, check=True)
    for folder in ("own", "foreign"):
        page = (place / folder / "report.html").read_text(encoding="utf-8")
        if "</html>" not in page or not json.loads((place / folder / "report.json").read_text(encoding="utf-8")):
            sys.exit(f"The report in {folder} is not whole.")


def ask(port: int) -> dict:
    """Wait until the service is ready, and ask for five jobs."""
    body = json.dumps({"person": {"desired": ["Cashier"], "area": "New York/New York"}, "n": 5}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/recommend", body, {"content-type": "application/json"})
    until = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").read()
            return json.load(urllib.request.urlopen(request))
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


if __name__ == "__main__":
    main()
