"""Reads the HTTP headers that say when to come back, and with what. What cannot be understood counts as not said."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from bot import clock

LONGEST_WAIT = 86_400.0  # seconds; a server that asks for more gets this


def validator(value: str | None) -> str | None:
    """An ETag or Last-Modified that can be sent back as it is."""
    return value if value and len(value) <= 1_000 and value.isascii() and value.isprintable() else None


def seconds_to_wait(retry_after: str) -> float | None:
    """Seconds from a Retry-After header, given in seconds or as a date; at most LONGEST_WAIT."""
    if re.fullmatch(r"\s*\d{1,15}\s*", retry_after, re.ASCII):
        return min(float(retry_after), LONGEST_WAIT)
    at = instant(retry_after)
    return min(max((at - clock.now()).total_seconds(), 0.0), LONGEST_WAIT) if at else None


def seconds_fresh(cache_control: str, expires: str | None, date: str | None) -> float | None:
    """Seconds from Cache-Control: max-age or, without one, from Expires."""
    if found := re.search(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,12})", cache_control, re.IGNORECASE | re.ASCII):
        return float(found[1])
    until = instant(expires)
    return max((until - (instant(date) or clock.now())).total_seconds(), 0.0) if until else None


def instant(text: str | None) -> datetime | None:
    """The instant of a date header; None where it names none."""
    if not text:
        return None
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):  # the last three in older Pythons, for odd texts
        return None
    return parsed if parsed.tzinfo else None
