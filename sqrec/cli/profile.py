"""`sqrec profile`: one person's profile, read from a folder and printed."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from sqrec import bundle as bundles
from sqrec.base.arrays import key_of
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import people_of
from sqrec.catalogue.trust import events_of
from sqrec.cli.options import BUNDLES, BundlesOption, console, moment
from sqrec.errors import BundleError, DataError
from sqrec.groups.answer import profile_answer
from sqrec.groups.groups import KeyGroups
from sqrec.groups.restricted_table import restricted_of
from sqrec.profile.history import known_at
from sqrec.source import read_source
from sqrec.texts import Language, Texts, built_in_texts, say

_TABLES = ("people", "restricted", "events")
_MARKS = {True: "✓", False: "✗", None: "?"}


def profile(
    folder: Annotated[str, typer.Argument(help="A data folder with people and, kept apart, restricted; or a store's address.")],
    person_id: Annotated[str, typer.Argument(help="An id of its table people.")],
    *,
    at: Annotated[str | None, typer.Option(help="The moment, an instant with zone; default: now.")] = None,
    lang: Annotated[Language, typer.Option(help="The language of texts; clauses stay in the words of their source.")] = "zh-CN",
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder; default: the current one, if any.")] = None,
    bundles_folder: BundlesOption = BUNDLES,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
) -> None:
    """Say what is known of a person, what is missing, and which key groups that speaks for."""
    answer = profile_of(folder, person_id, None if at is None else moment(at), lang, bundle, bundles_folder)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        show_profile(console(), answer, lang)


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


def show_profile(told: Console, answer: dict[str, Any], lang: Language) -> None:
    """Print a profile: facts with their source, what rankers see, what is missing, then every group with its evidence."""
    texts = built_in_texts()
    _head(told, texts, "facts", lang)
    _rows(told, [(tag["name"], tag["text"], tag["source_text"]) for tag in answer["tags"]])
    if encoded := [(" + ".join(one["from"]), one["text"]) for one in answer["encoded"] if one["value"] is not None]:
        _head(told, texts, "encoded", lang)
        _rows(told, encoded)
    _head(told, texts, "missing", lang)
    _rows(told, [(", ".join(one["name"] for one in answer["missing"]) or "-",)])
    _head(told, texts, "groups", lang)
    for group in answer["groups"]:
        _show_group(told, group, texts, lang)
    for notice in answer["notices"]:
        told.print(f"\n[dim]{escape(notice['text'])}[/dim]", soft_wrap=True)


def _show_group(told: Console, group: dict[str, Any], texts: Texts, lang: Language) -> None:
    by = f" [dim]({escape(group['ruleset'])})[/dim]" if group["ruleset"] else ""
    told.print(f"  [bold]{escape(group['name'])}[/bold]: {escape(group['text'])}{by}", soft_wrap=True)
    for one in group["evidence"]:
        told.print(f"    {_MARKS[one['holds']]} {escape(one['clause'])} [dim]{escape(one['trust'])}[/dim]", soft_wrap=True)
    if group["not_checked"]:
        head = say(texts, "heading", "not_checked", lang, {})
        told.print(f"    [dim]{escape(head)}: {escape('; '.join(group['not_checked']))}[/dim]", soft_wrap=True)


def _head(told: Console, texts: Texts, code: str, lang: Language) -> None:
    told.print(f"\n[bold]{escape(say(texts, 'heading', code, lang, {}))}[/bold]")


def _rows(told: Console, rows: Iterable[tuple[str, ...]]) -> None:
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    for row in rows:
        grid.add_row(*map(escape, row))
    told.print(grid)


def _bundle(named: Path | None, bundles_folder: Path) -> Bundle | None:
    if named is not None:
        return bundles.load(named)
    try:
        folder = bundles.current(bundles_folder)
    except BundleError:
        return None
    return bundles.load(folder)
