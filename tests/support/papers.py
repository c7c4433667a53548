"""The papers of the project as a reader sees them: code blocks, requests, commands, and what they point to."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAPERS = [
    path
    for path in (
        *sorted(ROOT.glob("README*.md")),
        *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "examples/README.md")),
        *sorted((ROOT / "docs").glob("*.md")),
    )
    if path.exists()
]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:(?<=\n\n)|\A)((?: {4}.*\n|\n(?= {4}))+)")
_INLINE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """Hold one block of code: its language (empty: not said), its text, and where in the paper it begins."""

    language: str
    text: str
    start: int


@dataclass(frozen=True)
class Curl:
    """Hold one request of a paper, and the JSON that the paper shows as its answer (None: none); `key` is the variable with the key that it brings."""

    method: str
    path: str
    body: Any
    answer: Any
    key: str | None = None


def blocks(paper: str) -> list[Block]:
    """Return the blocks of code of a paper in order: fenced, or indented by four spaces after an empty line."""
    fenced = [Block(found[1], found[2], found.start()) for found in _FENCE.finditer(paper)]
    rest = _FENCE.sub(lambda found: "·" * len(found[0]), paper)
    indented = [
        Block("", re.sub(r"^ {4}", "", found[1], flags=re.MULTILINE), found.start()) for found in _INDENTED.finditer(rest)
    ]
    return sorted([*fenced, *indented], key=lambda block: block.start)


def curls(paper: str) -> list[Curl]:
    """Return the requests of a paper; an answer is the block of JSON that follows at once."""
    found: list[Curl] = []
    every = blocks(paper)
    for place, block in enumerate(every):
        told = [_request(words) for words in _commands(block.text) if words[0] == "curl"]
        after = every[place + 1] if place + 1 < len(every) else None
        if told and after and after.language == "json":
            told[-1] = replace(told[-1], answer=json.loads(after.text))
        found += told
    return found


def lines(paper: str) -> Iterator[str]:
    """Return what a paper says in commands: every line of its blocks, and every piece of code within a sentence."""
    for block in blocks(paper):
        if block.language in {"", "sh", "bash"}:
            yield from block.text.splitlines()
    yield from _INLINE.findall(_FENCE.sub("", paper))


def _commands(text: str) -> Iterator[list[str]]:
    """Return the commands of a block as words; a quotation may go over several lines."""
    open_lines: list[str] = []
    for line in text.splitlines():
        open_lines.append(line)
        try:
            words = shlex.split("\n".join(open_lines), comments=True)
        except ValueError:  # the quotation goes on
            continue
        open_lines = []
        if words:
            yield words


def _request(words: list[str]) -> Curl:
    url = next(word for word in words if word.startswith("http://"))
    body = json.loads(words[words.index("-d") + 1]) if "-d" in words else None
    brought = [word.rpartition("$")[2] for word in words if word.lower().startswith("authorization: bearer $")]
    return Curl("GET" if body is None else "POST", url.removeprefix("http://localhost:3000"), body, None, *brought)
