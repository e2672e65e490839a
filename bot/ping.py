"""The dead man's switch: a URL of the operator's is fetched while deliveries are made, so that somebody notices when none are."""

import aiohttp

from bot import log

LONGEST = 10.0  # seconds


async def ping(url: str) -> None:
    """Fetch ``url`` and forget the answer. A failure is logged, without the URL: whoever has it can sign for us."""
    try:
        limit = aiohttp.ClientTimeout(total=LONGEST)
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(url, allow_redirects=False) as answer:
            if answer.status >= 400:
                log.warning("ping.failed", reason=f"HTTP {answer.status}")
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as exc:
        log.warning("ping.failed", reason=type(exc).__name__)
