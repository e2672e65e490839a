"""feeds.yaml: what it may say, and the report of what is wrong with it.

A problem reads ``feeds.yaml:LINE: key: what is wrong, what is expected``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

import yaml

from bot.config.checks import flag, one_of, web_address, zone
from bot.errors import ConfigError
from bot.model import LANGUAGES, Channel, Feed, FeedKind, Filters, Subscription, Topic

QUIRKS = {
    "bot-wall": "refuses some user agents or data-centre addresses",
    "frozen": "answers, but nothing new appears",
    "google-news": "redirect links, ' - outlet' behind the title, summary repeats the title",
    "html-summary": "summary is HTML",
    "naive-dates": "dates without a zone: time_zone is assumed",
    "no-dates": "items carry no date: first-seen time is used",
    "no-guid": "items carry no guid: the link identifies them",
    "no-summary": "items carry a title only",
    "paywall": "headline and link only",
    "rdf": "RSS 1.0 (RDF), dated by dc:date",
    "shift-jis": "served in Shift_JIS",
    "wide": "all subjects: few items are ours",
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class FeedsFile:
    """What feeds.yaml says: the feeds to poll and the subscriptions of its ``digests:``."""

    feeds: tuple[Feed, ...]
    digests: tuple[Subscription, ...] = ()

    @property
    def enabled(self) -> tuple[Feed, ...]:
        """The feeds that are polled."""
        return tuple(feed for feed in self.feeds if feed.enabled)


class _Report:
    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[tuple[int, str]] = []

    def add(self, node: yaml.Node, key: str, problem: str) -> None:
        line = node.start_mark.line + 1
        self.lines.append((line, f"{self.name}:{line}: {key}: {problem}"))

    def raise_if_any(self) -> None:
        if self.lines:
            raise ConfigError([text for _, text in sorted(self.lines)])


_Reader = Callable[[yaml.Node], Any]


def _plain(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError("a single value is expected here")
    return str(node.value).strip()


def _text(read: Callable[[str], Any] = str, pattern: str = "", meaning: str = "") -> _Reader:
    def reader(node: yaml.Node) -> Any:
        text = _plain(node)
        if not text:
            raise ValueError("empty, expected " + (meaning or "some text"))
        if pattern and not re.fullmatch(pattern, text):
            raise ValueError(f"{text!r} is not valid, expected {meaning}")
        try:
            return read(text)
        except ValueError as exc:
            raise ValueError(f"{text!r} is not valid, {exc}") from None

    return reader


def _list(read: Callable[[str], Any]) -> _Reader:
    def reader(node: yaml.Node) -> tuple[Any, ...]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(_text(read)(item) for item in items)

    return reader


def _yes_or_no(node: yaml.Node) -> bool:
    return flag(_plain(node))


def _number(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        message = f"expected a number from {low:g} to {high:g}"
        try:
            value = float(text)
        except ValueError:
            raise ValueError(message) from None
        if not low <= value <= high:
            raise ValueError(message)
        return value

    return read


def _clock_time(text: str) -> time:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError('expected a time of day in quotes such as "07:30"')
    return time.fromisoformat(text)


def _weekdays(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last and last not in _DAYS):
            raise ValueError("expected weekdays such as mon-fri or mon,wed,sun")
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        days.update(range(start, end + 1) if start <= end else (*range(start, 7), *range(end + 1)))
    return frozenset(days)


def _channel(text: str) -> Channel:
    matched = re.fullmatch(r"(slack|discord):([\w-]+)/([\w-]+)", text)
    if not matched:
        raise ValueError("expected slack:TEAM/CHANNEL or discord:GUILD/CHANNEL with their ids")
    platform, workspace, channel = matched.groups()
    return Channel(platform, channel, workspace)


_ID = r"[a-z0-9][a-z0-9-]{0,63}"
_ID_MEANING = "lower-case letters, digits and hyphens"

_FEED: Mapping[str, _Reader] = {
    "id": _text(pattern=_ID, meaning=_ID_MEANING),
    "name": _text(),
    "url": _text(web_address),
    "language": _text(one_of(*LANGUAGES)),
    "country": _text(pattern="[A-Z]{2}|GLOBAL", meaning="a country code such as KR or JP, or GLOBAL"),
    "kind": _text(FeedKind, "|".join(FeedKind), "one of " + ", ".join(FeedKind)),
    "time_zone": _text(zone),
    "tier": _text(int, "[123]", "1 (read first), 2 or 3"),
    "quirks": _list(one_of(*sorted(QUIRKS))),
    "enabled": _yes_or_no,
    "outlet": _text(),
}
_FEED_REQUIRED = ("id", "name", "url", "language", "country", "kind", "time_zone", "tier")

_FILTERS: Mapping[str, _Reader] = {
    "topics": _list(lambda text: Topic(one_of(*Topic)(text))),
    "countries": _list(one_of("KR", "JP")),
    "min_score": _text(_number(0, 1)),
    "include": _list(str),
    "exclude": _list(str),
}
_DIGEST: Mapping[str, _Reader] = {
    "id": _text(pattern=_ID, meaning=_ID_MEANING),
    "channel": _text(_channel),
    "times": _list(_clock_time),
    "weekdays": _text(_weekdays),
    "time_zone": _text(zone),
    "language": _text(one_of(*LANGUAGES)),
}
_DIGEST_REQUIRED = ("id", "channel", "times")


def _pairs(node: yaml.Node, where: str, known: Mapping[str, object], report: _Report) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Key → (key node, value node) of a mapping; unknown and repeated keys go into the report."""
    found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    if not isinstance(node, yaml.MappingNode):
        report.add(node, where, f"expected keys and values ({', '.join(known)})")
        return found
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key not in known:
            report.add(key_node, key, f"unknown key, expected one of {', '.join(known)}")
        elif key in found:
            report.add(key_node, key, "stands here twice, expected once")
        else:
            found[key] = (key_node, value_node)
    return found


def _record(
    node: yaml.Node,
    where: str,
    readers: Mapping[str, _Reader],
    required: tuple[str, ...],
    report: _Report,
    extra: tuple[str, ...] = (),
) -> dict[str, Any] | None:
    """The values of one mapping, or None where something in it cannot be used."""
    before = len(report.lines)
    pairs = _pairs(node, where, {**readers, **dict.fromkeys(extra)}, report)
    values: dict[str, Any] = {}
    for key, (_, value_node) in pairs.items():
        if key in extra:
            continue
        try:
            values[key] = readers[key](value_node)
        except ValueError as exc:
            report.add(value_node, key, str(exc))
    if isinstance(node, yaml.MappingNode):
        for key in required:
            if key not in pairs:
                report.add(node, key, f"missing, expected in every entry of {where}")
    return values if len(report.lines) == before else None


def _items(node: yaml.Node | None, where: str, report: _Report) -> list[yaml.Node]:
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value in ("", "null", "~")):
        return []
    if not isinstance(node, yaml.SequenceNode):
        report.add(node, where, "expected a list, each entry starting with a hyphen")
        return []
    return list(node.value)


def _feed(node: yaml.Node, report: _Report) -> Feed | None:
    values = _record(node, "feeds", _FEED, _FEED_REQUIRED, report)
    if values is None:
        return None
    values["quirks"] = frozenset(values.get("quirks", ()))
    values["tier"] = int(values["tier"])
    values.setdefault("outlet", values["name"])
    return Feed(**values)


def _digest(node: yaml.Node, report: _Report) -> Subscription | None:
    values = _record(node, "digests", _DIGEST, _DIGEST_REQUIRED, report, extra=("filters",))
    filters: dict[str, Any] | None = {}
    for key_node, value_node in node.value if isinstance(node, yaml.MappingNode) else ():
        if key_node.value == "filters":
            filters = _record(value_node, "filters", _FILTERS, (), report)
    if values is None or filters is None:
        return None
    for key in ("topics", "countries"):
        filters[key] = frozenset(filters.get(key, ()))
    return Subscription(**values, filters=Filters(**filters))


def _unique(nodes: list[yaml.Node], values: list[Any], key: str, report: _Report) -> None:
    first: dict[str, int] = {}
    for node, value in zip(nodes, values, strict=True):
        if value is None:
            continue
        name = getattr(value, key)
        if name in first:
            report.add(node, key, f"{name!r} is already used in line {first[name]}, expected a {key} of its own")
        first.setdefault(name, node.start_mark.line + 1)


def load_feeds(path: Path) -> FeedsFile:
    """Read feeds.yaml. Raises ConfigError with one line for each problem."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "not UTF-8 text"
        raise ConfigError([f"{path}: {reason}, expected a file of feeds (BOT_FEEDS_FILE names another place)"]) from exc
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigError([f"{path.name}:{line}: not valid YAML, {exc.problem or exc.context}"]) from exc
    except yaml.YAMLError as exc:
        raise ConfigError([f"{path.name}:1: not valid YAML, {exc}"]) from exc
    report = _Report(path.name)
    if root is None:
        raise ConfigError([f"{path.name}:1: feeds: missing, expected a list of feeds"])
    top = _pairs(root, path.name, dict.fromkeys(("feeds", "digests")), report)
    feed_nodes = _items(top["feeds"][1] if "feeds" in top else None, "feeds", report)
    digest_nodes = _items(top["digests"][1] if "digests" in top else None, "digests", report)
    if not feed_nodes and not report.lines:
        report.add(root, "feeds", "missing or empty, expected a list of feeds")
    feeds = [_feed(node, report) for node in feed_nodes]
    digests = [_digest(node, report) for node in digest_nodes]
    for key in ("id", "url"):
        _unique(feed_nodes, feeds, key, report)
    _unique(digest_nodes, digests, "id", report)
    report.raise_if_any()
    return FeedsFile(tuple(f for f in feeds if f), tuple(d for d in digests if d))
