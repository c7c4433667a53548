"""Lines of the log: one JSON object each, whoever speaks, and no value that somebody sent."""

import io
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from serving.process.logs import Lines, form_of

ROOT = Path(__file__).parents[3]
SECRET = "370202199001011234"


def line(record: logging.LogRecord, form: Any = "json") -> str:
    return Lines(form).format(record)


def record(name: str, message: Any, *args: Any, **more: Any) -> logging.LogRecord:
    found = logging.LogRecord(name, logging.ERROR, "/there/file.py", 7, message, args, more.pop("exc_info", None), "does")
    found.__dict__.update(more)
    return found


def raised() -> Any:
    try:
        int(SECRET + "x")
    except ValueError:
        return sys.exc_info()


def test_our_lines_have_message_and_fields() -> None:
    told = json.loads(line(record("sqrec.serving", "%d rows\nare gone", 3, fields={"bundle": "b1"})))
    assert told.pop("time").endswith("+00:00")
    assert told == {"level": "error", "logger": "sqrec.serving", "message": "3 rows\nare gone", "bundle": "b1"}


@pytest.mark.parametrize(
    ("name", "message", "args", "told"),
    [
        ("uvicorn.error", "Invalid HTTP request received.", (), "Invalid HTTP request received."),
        ("uvicorn.error", '%s - "%s" %d', (SECRET, SECRET, 200), '… - "…" 200'),
        ("bentoml.serve", "Serving %r", (SECRET,), "Serving '…'"),
        ("asyncio", f"Exception in callback does('{SECRET}')", (), "A message that is withheld"),
        ("somebody", "%d is no number", (SECRET,), "%d is no number"),
        ("somebody", ValueError(SECRET), (), "A message that is withheld"),
        ("sqrecord", SECRET, (), "A message that is withheld"),
        ("somebody", "%(a)s", ({"a": SECRET},), "%(a)s"),
    ],
)
def test_of_others_the_template_is_written(name: str, message: Any, args: tuple[Any, ...], told: str) -> None:
    for form in ("json", "text"):
        assert SECRET not in line(record(name, message, *args), form)
    assert json.loads(line(record(name, message, *args)))["message"] == told


def test_of_exceptions_type_and_place_are_written() -> None:
    for form in ("json", "text"):
        written = line(record("sqrec.serving", "It broke", exc_info=raised()), form)
        assert SECRET not in written
        assert "ValueError" in written
        assert "in raised" in written


def test_one_record_is_one_line_of_json() -> None:
    assert "\n" not in line(record("sqrec.serving", "a\nb\u2028c\ud800 青岛", fields={"x": "\n"}))
    assert line(record("sqrec.serving", "a\nb"), "text").count("\n    ") == 1


def test_the_form_is_told_or_follows_the_terminal() -> None:
    assert [form_of(told, terminal=terminal) for told in ("", "json", "text", "other") for terminal in (True, False)] == [
        *("text", "json"),
        *("json", "json"),
        *("text", "text"),
        *("text", "json"),
    ]


BREAKS = f"""
import asyncio, threading, warnings, logging, sys
logging.getLogger("uvicorn.error").addHandler(logging.StreamHandler())
from serving.process.logs import configure
configure()
warnings.warn("{SECRET}")
logging.getLogger("uvicorn.error").error("Said once")
logging.getLogger("made.later").error("{SECRET}")
def breaks(): raise ValueError("{SECRET}")
thread = threading.Thread(target=breaks); thread.start(); thread.join()
async def main():
    asyncio.get_running_loop().call_soon(breaks)
    await asyncio.sleep(0.01)
asyncio.run(main())
breaks()
"""


def test_whatever_breaks_is_a_line_without_values() -> None:
    done = subprocess.run([sys.executable, "-c", BREAKS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    told = [json.loads(one) for one in done.stderr.splitlines()]
    assert [one["logger"] for one in told] == [
        "sqrec.process",
        "uvicorn.error",
        "made.later",
        "sqrec.process",
        "asyncio",
        "sqrec.process",
    ]
    assert [one.get("error") for one in told] == [None, None, None, "ValueError", "ValueError", "ValueError"]
    assert SECRET not in done.stderr


def test_a_surrogate_is_written_all_the_same() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
    handler = logging.StreamHandler(out)
    handler.setFormatter(Lines("json"))
    handler.handle(record("sqrec.serving", "\ud800"))
    out.seek(0)
    assert json.loads(out.read())["message"] == "\ud800"
