"""`sqrec profile`: one person's profile, read from a folder and printed."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from sqrec import bundle as bundles
from sqrec.base.arrays import key_of
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import events_of, people_of
from sqrec.errors import BundleError, DataError
from sqrec.groups.answer import profile_answer
from sqrec.groups.groups import KeyGroups
from sqrec.groups.restricted_table import restricted_of
from sqrec.profile.history import known_at
from sqrec.source import read_source
from sqrec.texts import Language, Texts, built_in_texts, say

_TABLES = ("people", "restricted", "events")
_MARKS = {True: "✓", False: "✗", None: "?"}


def profile_of(
    data: Path | str, person_id: str, at: int | None, lang: Language, bundle: Path | None, bundles_folder: Path
) -> dict[str, Any]:
    """Return the profile of somebody of a folder or store at a moment (microseconds UTC; None: now).

    Encoded facts come from the bundle named, or the current one; without any there are none. Raises DataError for an id that
    nobody has.
    """
    folder = read_source(data, _TABLES)
    person = people_of(folder).get(person_id)
    if person is None:
        raise DataError(f"{folder.path} has no person {person_id!r}: name an id of its table people.")
    moment = time.time_ns() // 1000 if at is None else at
    loaded = _bundle(bundle, bundles_folder)
    return profile_answer(
        known_at(person, events_of(folder), key_of(person_id), moment),
        restricted_of(folder).get(person_id),
        loaded.profiler if loaded else None,
        loaded.groups if loaded else KeyGroups(),
        folder.city,
        moment,
        lang,
        loaded.texts if loaded else built_in_texts(),
    )


def show_profile(console: Console, answer: dict[str, Any], lang: Language) -> None:
    """Print a profile: facts with their source, what rankers see, what is missing, then every group with its evidence."""
    texts = built_in_texts()
    _head(console, texts, "facts", lang)
    _rows(console, [(tag["name"], tag["text"], tag["source_text"]) for tag in answer["tags"]])
    if encoded := [(" + ".join(one["from"]), one["text"]) for one in answer["encoded"] if one["value"] is not None]:
        _head(console, texts, "encoded", lang)
        _rows(console, encoded)
    _head(console, texts, "missing", lang)
    _rows(console, [(", ".join(one["name"] for one in answer["missing"]) or "-",)])
    _head(console, texts, "groups", lang)
    for group in answer["groups"]:
        _show_group(console, group, texts, lang)
    for notice in answer["notices"]:
        console.print(f"\n[dim]{escape(notice['text'])}[/dim]", soft_wrap=True)


def _show_group(console: Console, group: dict[str, Any], texts: Texts, lang: Language) -> None:
    by = f" [dim]({escape(group['ruleset'])})[/dim]" if group["ruleset"] else ""
    console.print(f"  [bold]{escape(group['name'])}[/bold]: {escape(group['text'])}{by}", soft_wrap=True)
    for one in group["evidence"]:
        console.print(f"    {_MARKS[one['holds']]} {escape(one['clause'])} [dim]{escape(one['trust'])}[/dim]", soft_wrap=True)
    if group["not_checked"]:
        head = say(texts, "heading", "not_checked", lang, {})
        console.print(f"    [dim]{escape(head)}: {escape('; '.join(group['not_checked']))}[/dim]", soft_wrap=True)


def _head(console: Console, texts: Texts, code: str, lang: Language) -> None:
    console.print(f"\n[bold]{escape(say(texts, 'heading', code, lang, {}))}[/bold]")


def _rows(console: Console, rows: Iterable[tuple[str, ...]]) -> None:
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    for row in rows:
        grid.add_row(*map(escape, row))
    console.print(grid)


def _bundle(named: Path | None, bundles_folder: Path) -> Bundle | None:
    if named is not None:
        return bundles.load(named)
    try:
        folder = bundles.current(bundles_folder)
    except BundleError:
        return None
    return bundles.load(folder)
