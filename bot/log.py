"""Structured log lines on standard error, with secrets masked.

``log.event("run.finished", articles=12)`` writes one line; as JSON where asked, otherwise as ``key=value`` for people.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

# Tokens by their form; user and password in a URL; what webhooks and interactions are reached by; telling parameters of a URL.
_SECRETS = re.compile(
    r"xox[a-z]+[.-][\w.-]+|xapp-[\w-]+|\bsk-[\w-]{8,}|[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"
    r"|(?<=://)[^/\s@\"'\\]+(?=@)|(?<=hooks\.slack\.com/)[^\s\"'\\]+|(?<=/webhooks/)[^\s\"'\\]+|(?<=/interactions/)[^\s\"'\\]+"
    r"|(?<=[Bb]earer )[\w.~+/=-]{8,}"
)
_PARAMETERS = re.compile(
    r"([?&;](?:[\w.-]*(?:key|token|secret|passw|auth|signature|credential)[\w.-]*|sig|pw|pwd)=)[^&\s\"'<>#;\\]+", re.IGNORECASE
)
_SHORTEST = 6  # characters; what is shorter would mask half of every line
_hidden: set[str] = set()
_logger = logging.getLogger("bot")
_listeners: list[Callable[[str, str, Mapping[str, Any]], None]] = []


def listen(listener: Callable[[str, str, Mapping[str, Any]], None]) -> Callable[[], None]:
    """Tell ``listener`` level, name and fields of every event, whatever is written; call what is returned to end it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def _tell(level: str, name: str, fields: Mapping[str, Any]) -> None:
    for listener in _listeners:
        listener(level, name, fields)


def hide(*secrets: str) -> None:
    """Mask these values too from now on, whatever they look like."""
    _hidden.update(secret for secret in secrets if len(secret) >= _SHORTEST)


def mask(text: str) -> str:
    """``text`` with tokens, keys and passwords in URLs replaced by ``***``."""
    for secret in _hidden:
        text = text.replace(secret, "***")
    return _PARAMETERS.sub(r"\1***", _SECRETS.sub("***", text))


class _Formatter(logging.Formatter):
    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.name != "bot":
            fields["logger"] = record.name
        if record.exc_info:
            fields["trace"] = "".join(traceback.format_exception(*record.exc_info))
        if self.as_json:
            return mask(json.dumps(fields, ensure_ascii=False, default=str))
        rest = " ".join(f"{key}={value}" for key, value in fields.items() if key not in ("at", "level", "event", "trace"))
        trace = "\n" + fields["trace"] if "trace" in fields else ""
        return mask(f"{fields['at'][11:19]} {fields['level']:<7} {fields['event']} {rest}{trace}")


def setup(level: str = "INFO", *, as_json: bool = False) -> None:
    """Send the log of this process to standard error, once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _logger.setLevel(level.upper())


def event(name: str, /, **fields: Any) -> None:
    """Note that something happened, with its figures."""
    _tell("info", name, fields)
    _logger.info(name, extra={"fields": fields})


def warning(name: str, /, **fields: Any) -> None:
    """Note something that an operator may want to change."""
    _tell("warning", name, fields)
    _logger.warning(name, extra={"fields": fields})


def bug(name: str, error: BaseException, /, **fields: Any) -> None:
    """Note an error that nobody foresaw, with its trace."""
    _tell("error", name, fields)
    _logger.error(name, exc_info=error, extra={"fields": fields})
