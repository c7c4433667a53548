"""`sqrec import`, `export`, `midnight`, `replay`, `store upgrade`: each returns its exit code."""

import time
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import track

from sqrec.bundle import Bundle
from sqrec.cli.check import show_check
from sqrec.contract import Kind
from sqrec.errors import SqrecError
from sqrec.evaluate.logs.replay import replay
from sqrec.push.everybody import recommend_from_store
from sqrec.push.lists import Tally
from sqrec.store import Database, Imported, Store, export_folder, import_folder, upgrade
from sqrec.tables import Form, Listing


def import_into(console: Console, folder: Path, url: str, *, strict: bool, out: Path | None) -> int:
    """Import a folder and print, table by table, what came in and what of it was new; 1 where a row was rejected."""
    with Listing() as listing:
        try:
            with Store.open(url) as store:
                found = import_folder(store, folder, strict=strict, rejected_to=out, listing=listing)
        except SqrecError as problem:
            return _failed(console, problem)
        if strict and found.check.errors and not found.written:
            for line in chain(map(str, found.check.unread), listing.lines(found.check.checks)):
                console.out(line, highlight=False)
            console.print("Nothing was imported.")
        else:
            _show(console, found, store.name)
    return 1 if found.check.errors else 0


def export_from(console: Console, folder: Path, url: str, form: Form) -> int:
    """Export a store and print how many rows each table has."""
    try:
        with Store.open(url, create=False) as store:
            rows = export_folder(store, folder, form)
    except SqrecError as problem:
        return _failed(console, problem)
    console.print(f"{folder}: " + ", ".join(f"{name} {count}" for name, count in rows.items()), soft_wrap=True)
    return 0


def upgrade_store(console: Console, url: str) -> int:
    """Bring a store to the newest revision and print which it was."""
    try:
        with Database(url) as database:
            before, now = upgrade(database)
    except SqrecError as problem:
        return _failed(console, problem)
    console.print(f"{database.name}: revision {now}" + ("" if before == now else f", before {before or 'none'}"), soft_wrap=True)
    return 0


def count_midnight(console: Console, url: str) -> int:
    """Note down up to which change the last midnight counts, and print what it counts of each kind."""
    try:
        with Store.open(url, create=False) as store:
            city = store.city()
            midnight = city.midnight(time.time_ns() // 1000)
            counted = store.midnight(midnight)
            known = store.known_events(midnight, counted)
    except SqrecError as problem:
        return _failed(console, problem)
    told = ", ".join(f"{kind} {count}" for kind, count in known.items())
    console.print(f"{city.local(midnight).isoformat()}: events up to change {counted} count: {told}", soft_wrap=True)
    return 0


def replay_log(console: Console, url: str, bundles: Path, since: int) -> int:
    """Replay what was shown since a moment and print how it went; 1 where a list differs or cannot be made again."""
    try:
        with Store.open(url, create=False) as store:
            found = replay(store, bundles, since, time.time_ns() // 1000)
    except SqrecError as problem:
        return _failed(console, problem)
    console.print(
        f"{found.lists} lists = {found.equal} equal to the bit + {found.different} different + {found.failed} not made again "
        f"+ {found.untraceable} without a person (switched off, or facts of the request's own)",
        soft_wrap=True,
    )
    for line in [*found.differences, *(f"{count} lists: {reason}" for reason, count in found.reasons.items())]:
        console.print(escape(line), soft_wrap=True)
    return int(found.different + found.failed > 0)


def recommend_all(console: Console, url: str, bundle: Bundle, kind: Kind, at: int, n: int, out: Path) -> Tally:
    """Write everybody's list from a store; return what came of everybody."""
    with Store.open(url, create=False) as store:
        return recommend_from_store(
            bundle, store, kind, at, n, out, lambda pages: track(pages, "people", console=console, total=None)
        )


def _show(console: Console, found: Imported, store: str) -> None:
    counted = {
        name: f"{written.new} new, {written.changed} changed, {written.unchanged} unchanged"
        for name, written in found.written.items()
    }
    show_check(console, found.check, counted)
    console.print(f"\n{store}: change {found.change}", soft_wrap=True)


def _failed(console: Console, problem: SqrecError) -> int:
    console.print(escape(str(problem)), soft_wrap=True)
    return 1
