"""The page for residents and what it asks for: files of this server alone, under a strict content policy."""

import hashlib
import time
from collections.abc import Callable
from functools import cache
from html import escape
from typing import Any

from pydantic_core import from_json, to_json
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.site.choices import PAGES, Choices, page_words

_TYPES = {
    "page.css": "text/css; charset=utf-8",
    "dom.js": "text/javascript; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "facts.js": "text/javascript; charset=utf-8",
    "person.js": "text/javascript; charset=utf-8",
    "lists.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""The files that are served under /page/, and no others."""

_SAFE = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Pages:
    """Serve `/`, `/page/NAME`, `/page/people`, `/page/places` and `/about-algorithm`; pass everything else on."""

    def __init__(self, app: ASGIApp, choices: Callable[[], Choices]) -> None:
        self.app, self.choices = app, choices

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the page's own addresses."""
        asked = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        answer = self._answer(scope) if asked else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        path = scope["path"]
        if path in _made():
            return _fixed(path, Headers(scope=scope).get("if-none-match", ""))
        if path == "/page/people":
            return _fresh(self.choices().residents(time.time_ns() // 1000))
        if path == "/page/places":
            return _fresh(self.choices().homes())
        return None


def _fresh(told: Any) -> Response:
    return Response(to_json(told), media_type="application/json", headers=_SAFE | {"Cache-Control": "no-store"})


def _fixed(path: str, known: str) -> Response:
    """Return what never changes while the server runs, or that the browser has it."""
    body, kind, tag = _made()[path]
    headers = _SAFE | {"Cache-Control": "no-cache", "ETag": tag}
    if tag in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


@cache
def _made() -> dict[str, tuple[bytes, str, str]]:
    """Return body, type and tag of every fixed answer by path."""
    about = (PAGES / "about.json").read_bytes()
    page = (PAGES / "index.html").read_text(encoding="utf-8").replace("<!-- about -->", _section(from_json(about)))
    found = {
        "/": (page.encode(), "text/html; charset=utf-8"),
        "/about-algorithm": (about, "application/json"),
        "/page/words.json": (to_json(page_words()), "application/json"),
        **{f"/page/{name}": ((PAGES / name).read_bytes(), kind) for name, kind in _TYPES.items()},
    }
    return {path: (body, kind, f'"{hashlib.sha256(body).hexdigest()[:16]}"') for path, (body, kind) in found.items()}


def _section(about: dict[str, Any]) -> str:
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in about["paragraphs"])
    return f'<h2 id="about-title">{escape(about["title"])}</h2>{paragraphs}'
