"""What Discord's answers mean for a delivery, and what no answer means."""

import discord

from bot import log
from bot.errors import DeliveryError

# A posting names no other message, so this is about its nonce: Discord took it before, and somebody deleted it since.
DELETED_SINCE = 10008

_OUR_BUG = {50006, 50035}
# What only a person can change: unknown channel, guild or webhook, no access, no permission, wrong kind of channel, locked …
_PERMANENT = {10003, 10004, 10013, 10015, 40001, 40067, 50001, 50005, 50007, 50008, 50013, 50024, 50027, 50083, 160005}

_GONE = "the channel is gone: make the briefing anew in another, or unsubscribe"
_NO_ACCESS = "the bot may not write there: give it View Channel, Send Messages and Read Message History in the channel"
_NO_TAG = "the forum wants a tag for each post: give it one that is called like a topic, and that not only moderators may set"
_CURES = {
    10003: _GONE,
    10004: "the bot was removed from the server: invite it again",
    40067: _NO_TAG,
    50001: _NO_ACCESS,
    50013: _NO_ACCESS,
}


def snowflake(text: str) -> int:
    """An id as a number. Raises DeliveryError."""
    try:
        return int(text)
    except ValueError as error:
        raise DeliveryError(f"Discord: {text!r} is no channel id", permanent=True) from error


def delivery_error(error: discord.HTTPException, posted: bool | None = None) -> DeliveryError:
    """What an answer of Discord means for a delivery. ``posted``: what a 5xx means."""
    reason = f"Discord: HTTP {error.status}, code {error.code}: {error.text[:200]}"
    if error.status >= 500:
        return DeliveryError(reason, posted=posted)
    if error.code == DELETED_SINCE:
        return DeliveryError(reason, posted=True)
    if error.status == 429:
        return DeliveryError(reason, retry_after=_retry_after(error))
    if error.code in _OUR_BUG:
        log.bug("discord.payload", error)
        return DeliveryError(reason)
    permanent = error.code in _PERMANENT or error.status == 401
    return DeliveryError(reason, permanent=permanent, cure=_CURES.get(error.code, ""))


def _retry_after(error: discord.HTTPException) -> float | None:
    try:
        return float(error.response.headers.get("Retry-After", ""))
    except ValueError:
        return None
