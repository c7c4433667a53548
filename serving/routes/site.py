"""The residents' page and what it loads: files of this server alone, under a strict content security policy."""

import time
from functools import cache
from html import escape
from typing import Any

from pydantic_core import from_json, to_json
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from serving.live import Live
from serving.site.choices import PARTS, page_words

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


async def home(live: Live, asked: None) -> bytes:
    """Return the residents' page (HTML)."""
    return _home()


async def about(live: Live, asked: None) -> bytes:
    """Return the explanation of the algorithm that the page shows, in Simplified Chinese."""
    return _part("about.json")


async def words(live: Live, asked: None) -> bytes:
    """Return the texts of the residents' page, in Simplified Chinese."""
    return to_json(page_words())


async def people(live: Live, asked: None) -> bytes:
    """Return the residents of an invented city who can be picked on the page; none where the data are real."""
    return to_json(live.deployment.choices.residents(time.time_ns() // 1000))


async def places(live: Live, asked: None) -> bytes:
    """Return the communities that can be picked as home on the page."""
    return to_json(live.deployment.choices.homes())


@cache
def _home() -> bytes:
    about = from_json(_part("about.json"))
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in about["paragraphs"])
    section = f'<h2 id="about-title">{escape(about["title"])}</h2>{paragraphs}'
    return _part("index.html").replace(b"<!-- about -->", section.encode())


@cache
def _part(name: str) -> bytes:
    return (PARTS / name).read_bytes()
