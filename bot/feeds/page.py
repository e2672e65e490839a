"""Reads one page or PDF that a person points at, as clean text.

The work is done in a child process of its own: what a page does to the extractors, it does to nobody else.
"""

import asyncio
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import clock, log
from bot.errors import FetchError, ParseError
from bot.feeds.extract import SIZE
from bot.feeds.fetch import Client, Fetched, Unreachable
from bot.feeds.robots import Robots
from bot.feeds.urls import canonical
from bot.model import Page

_ACCEPT = "text/html, application/xhtml+xml, application/pdf;q=0.9, text/plain;q=0.8, */*;q=0.1"
_KINDS = {"text/html": "html", "application/xhtml+xml": "html", "application/pdf": "pdf", "text/plain": "text"}
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT")  # and no token or key

ROBOTS = "asks programs not to read it (robots.txt)"
LOGIN = "asks for a login or a subscription"
REFUSED = "does not let programs in"
GONE = "does not exist, or no longer"
SUBSCRIBERS = "is open to subscribers only"
EMPTY = "has no text that can be read: it is empty, or made by scripts"
NO_PAGE = "is neither a web page nor a PDF"
UNREACHABLE = "cannot be reached"
REASONS = (ROBOTS, LOGIN, REFUSED, GONE, SUBSCRIBERS, EMPTY, NO_PAGE, UNREACHABLE)
_STATUS = {401: LOGIN, 402: LOGIN, 403: REFUSED, 451: REFUSED, 404: GONE, 410: GONE}
_WALL = 15.0  # seconds for one page, the child's start included


class Pages:
    """The PageReader of ports.py, over a ``client`` that is open. ``at_once``: pages that may be worked on at a time."""

    def __init__(self, client: Client, robots: Robots, *, at_once: int = 2, wall: float = _WALL) -> None:
        self._client = client
        self._robots = robots
        self._places = asyncio.Semaphore(at_once)
        self._wall = wall

    async def read(self, url: str) -> Page:
        """The page at ``url`` as clean text.

        Raises:
            FetchError, ParseError: with a reason for the person who asked, where it can be one of ``REASONS``. A private
                address and one where nobody answers give the same, so that nobody can look around in our network.
        """
        fetched = await self._fetched(url)
        head = {"kind": _kind(url, fetched), "url": fetched.url, "type": fetched.content_type, "now": clock.now().isoformat()}
        async with self._places:
            answer = await asyncio.to_thread(_ask_child, head, fetched.body, self._wall)
        paywalled = bool(answer.get("paywalled"))
        if not answer.get("text"):
            log.event("page.unreadable", url=url, why=answer.get("why", "no text"))
            raise ParseError(url, SUBSCRIBERS if paywalled else EMPTY)
        published = datetime.fromisoformat(answer["published"]) if answer["published"] else None
        address = canonical(fetched.url) or fetched.url
        return Page(address, answer["title"], answer["text"], answer["language"], answer["site"], published, paywalled)

    async def _fetched(self, url: str) -> Fetched:
        """The bytes, if the site wants programs to read them: the one asked for, and the one that it redirects to."""
        if not await self._robots.allow(url):
            raise FetchError(url, ROBOTS)
        try:
            fetched = await self._client.get(url, accept=_ACCEPT)
        except Unreachable as exc:
            raise FetchError(url, UNREACHABLE) from exc
        except FetchError as exc:
            raise FetchError(url, _STATUS.get(exc.status or 0, exc.reason), status=exc.status) from exc
        if fetched.url != url and not await self._robots.allow(fetched.url):
            raise FetchError(url, ROBOTS)
        return fetched


def _kind(url: str, fetched: Fetched) -> str:
    """html, pdf or text. Raises ParseError for anything else."""
    start = fetched.body[:1024].lstrip()
    if b"%PDF-" in start:
        return "pdf"
    named = fetched.content_type.split(";")[0].strip().lower()
    kind = _KINDS.get(named) or ("html" if not named and start.startswith(b"<") else "")
    if kind in ("", "pdf") or (b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise ParseError(url, NO_PAGE)
    return kind


def _ask_child(head: dict[str, str], body: bytes, wall: float) -> dict[str, Any]:
    """What a fresh child makes of ``body``; {"why": …} where it fails or overruns its limits."""
    packed = json.dumps(head).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from bot.feeds.extract import answer_parent; answer_parent()"],
            input=SIZE.pack(len(packed)) + packed + body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ},
            timeout=wall,
            check=True,
        )
        return dict(json.loads(done.stdout))
    except (subprocess.SubprocessError, OSError, ValueError) as exc:
        return {"why": type(exc).__name__}
