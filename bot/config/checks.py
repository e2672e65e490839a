"""Readers of single values, shared by settings and feeds.yaml; a ValueError says what was expected."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo


def flag(text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        raise ValueError("expected true or false")
    return text.lower() in ("true", "1", "yes", "on")


def one_of(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"expected one of {', '.join(allowed)}")
        return text

    return read


def person(text: str) -> str:
    """A person, or "#" and a channel, on a platform; before it the workspace where there are several."""
    if not re.fullmatch(r"(slack:(T\w+/)?(U|W|#[CG])\w+|discord:(\d+/)?#?\d+)", text):
        raise ValueError("expected slack:U0123ABCD, slack:#C0123ABCD or discord:1234567890")
    return text


def positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ValueError("expected a whole number above 0")
    return int(text)


def whole(text: str) -> int:
    if not text.isdigit():
        raise ValueError("expected a whole number, 0 for none")
    return int(text)


def zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError("expected a time zone such as Asia/Seoul") from None
    return text


def web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("expected an http or https URL")
    if parts.username or parts.password:
        raise ValueError("expected a URL without user name and password")
    return text


def site_address(text: str) -> str:
    """The address of a site, without a slash at its end."""
    parts = urlsplit(web_address(text))
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("expected an address without a path, such as https://briefings.example.com")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("expected at least 32 characters that nobody can guess, such as `openssl rand -hex 32` makes")
    return text


def address_or_off(text: str) -> str:
    """A web address; empty for ``off``."""
    return "" if text.lower() == "off" else web_address(text)


def money(text: str) -> Decimal:
    """An amount or a price, 0 or more."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0:
        raise ValueError("expected an amount such as 20 or 0.25, 0 for none")
    return value
