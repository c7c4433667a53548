"""The residents' page and what it loads: files of this server alone, under a strict content security policy."""

import time
from functools import cache
from html import escape
from typing import Any

from pydantic_core import from_json, to_json
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from serving.live import Live
from serving.modes import Mode
from serving.site.choices import PARTS, page_words
from sqrec.access import Asker

SAFE = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
KEPT, FRESH = SAFE | {"Cache-Control": "no-cache"}, SAFE | {"Cache-Control": "no-store"}


class Files(StaticFiles):
    """Serve a folder's files with the page's content security policy."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Return a file's response with the policy in its headers."""
        response = super().file_response(*args, **kwargs)
        response.headers.update(KEPT)
        return response


async def home(live: Live, asked: None, who: Asker) -> bytes:
    """Return the residents' page (HTML)."""
    return _home(live.mode, _answering(live))


async def about(live: Live, asked: None, who: Asker) -> bytes:
    """Return the explanation of the algorithm that the page shows, in Simplified Chinese."""
    return to_json(_about(_answering(live)))


async def words(live: Live, asked: None, who: Asker) -> bytes:
    """Return the texts of the residents' page, in Simplified Chinese."""
    return to_json(page_words())


async def people(live: Live, asked: None, who: Asker) -> bytes:
    """Return the residents of an invented city who can be picked on the page; outside the demo none, as asking for them needs a key."""
    return to_json(live.deployment.choices.residents(time.time_ns() // 1000) if who.how == "demo" else [])


async def places(live: Live, asked: None, who: Asker) -> bytes:
    """Return the communities that can be picked as home on the page."""
    return to_json(live.deployment.choices.homes())


@cache
def _home(mode: Mode, answering: str) -> bytes:
    about = _about(answering)
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in about["paragraphs"])
    section = f'<h2 id="about-title">{escape(about["title"])}</h2>{paragraphs}'
    note = f'<p class="demo">{escape(page_words()["demo"])}</p>' if mode == "demo" else ""
    return _part("index.html").replace(b"<!-- note -->", note.encode()).replace(b"<!-- about -->", section.encode())


def _answering(live: Live) -> str:
    """Return who answers for the service and how it is filed, as residents are owed in production; nothing elsewhere."""
    told = {"运营单位": live.settings.operator, "算法备案": live.settings.filing}
    return "".join(f"{name}：{value}。" for name, value in told.items() if value) if live.mode == "production" else ""


def _about(answering: str) -> dict[str, Any]:
    about: dict[str, Any] = from_json(_part("about.json"))
    return about | {"paragraphs": [*about["paragraphs"], *([answering] if answering else [])]}


@cache
def _part(name: str) -> bytes:
    return (PARTS / name).read_bytes()
