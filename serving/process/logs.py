"""Lines of the log on standard error: one JSON object each, or readable text. No line holds a value that somebody sent.

Our own messages name no request's value, and are written as they are. Of other libraries' messages the template is written with its
numbers; one that a library has already put together is withheld, as nobody knows what is in it. Of an exception type and places are written,
never its message. Standard library alone: the supervisor writes with it.
"""

import json
import logging
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, TextIO

VARIABLE = "SQREC_LOG"
Form = Literal["json", "text"]
_OURS, _CONSTANT = "sqrec", "uvicorn"
"""Loggers whose messages are written, and those whose messages without arguments are constants."""
_SHOWN: Mapping[str, int] = {_OURS: logging.INFO, "bentoml": logging.INFO, "uvicorn": logging.WARNING}
_LEFT_OUT = "…"
_WITHHELD = "A message that is withheld"
_log = logging.getLogger("sqrec.process")


def form_of(told: str, *, terminal: bool) -> Form:
    """Return the form of lines: as told, else text for a terminal and JSON for whatever collects logs."""
    if told in {"json", "text"}:
        return "text" if told == "text" else "json"
    return "text" if terminal else "json"


def configure(stream: TextIO | None = None, form: Form | None = None) -> None:
    """Write what all loggers say, warnings and what nobody caught to standard error, or to `stream`; `form` None: as `SQREC_LOG` says."""
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(Lines(form or form_of(os.environ.get(VARIABLE, ""), terminal=out.isatty())))
    for name in logging.root.manager.loggerDict:
        one = logging.getLogger(name)
        one.handlers, one.propagate = [], True
    for name, level in _SHOWN.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.root.handlers = [handler]
    logging.root.setLevel(logging.WARNING)
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    _warnings_to_log()


def frames(where: TracebackType | None) -> list[str]:
    """Return the places of a traceback, innermost last, as `file:line in function`."""
    return [f"{one.filename}:{one.lineno} in {one.name}" for one in traceback.extract_tb(where)]


class Lines(logging.Formatter):
    """Write a record as one line: time, level, logger, message, and the fields that stand in `extra={"fields": {...}}` of our own."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, without its end."""
        told = _told(record)
        if self._form == "json":
            return json.dumps(told, ensure_ascii=False, default=str)
        head = " ".join(str(told.pop(name)) for name in ("time", "level", "logger", "message"))
        places = told.pop("at", [])
        line = " ".join([head, *(f"{name}={value}" for name, value in told.items())])
        return "\n    ".join([line.replace("\n", "\n    "), *places])


def _told(record: logging.LogRecord) -> dict[str, Any]:
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    told: dict[str, Any] = {"time": moment, "level": record.levelname.lower(), "logger": record.name, "message": _message(record)}
    if _is(record, _OURS):
        told |= record.__dict__.get("fields", {})
    if record.exc_info and record.exc_info[0]:
        told |= {"error": record.exc_info[0].__name__, "at": frames(record.exc_info[2])}
    elif told["message"] == _WITHHELD:
        told["at"] = [f"{record.pathname}:{record.lineno} in {record.funcName}"]
    return told


def _message(record: logging.LogRecord) -> str:
    if _is(record, _OURS):
        return record.getMessage()
    if not record.args:
        return str(record.msg).partition("\n")[0] if _is(record, _CONSTANT) and isinstance(record.msg, str) else _WITHHELD
    args = record.args.values() if isinstance(record.args, Mapping) else record.args
    numbers = tuple(one if isinstance(one, int | float) else _LEFT_OUT for one in args)
    try:
        return (str(record.msg) % numbers).partition("\n")[0]
    except (TypeError, ValueError):
        return str(record.msg).partition("\n")[0]


def _is(record: logging.LogRecord, name: str) -> bool:
    return record.name == name or record.name.startswith(f"{name}.")


def _uncaught(kind: type[BaseException], mistake: BaseException | None, where: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _log.critical("Nobody caught an error", extra={"fields": {"error": kind.__name__, "at": frames(where)}})


def _warnings_to_log() -> None:
    def show(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
        _log.warning("%s", category.__name__, extra={"fields": {"at": [f"{filename}:{lineno}"]}})

    warnings.showwarning = show  # pyright: ignore[reportAttributeAccessIssue] (its last two arguments are not needed)
