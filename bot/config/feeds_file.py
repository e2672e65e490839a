"""feeds.yaml: what it may say, and the report of what is wrong with it.

A problem reads ``feeds.yaml:LINE: key: what is wrong, what is expected``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

import yaml

from bot.config.checks import one_of, web_address, zone
from bot.config.filters import read_filters
from bot.config.nodes import Reader, Report, items, list_of, pairs, record, text_of, yes_or_no
from bot.errors import ConfigError
from bot.model import LANGUAGES, Channel, Feed, FeedKind, Filters, Subscription

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

_FEED: Mapping[str, Reader] = {
    "id": text_of(pattern=_ID, meaning=_ID_MEANING),
    "name": text_of(),
    "url": text_of(web_address),
    "language": text_of(one_of(*LANGUAGES)),
    "country": text_of(pattern="[A-Z]{2}|GLOBAL", meaning="a country code such as KR or JP, or GLOBAL"),
    "kind": text_of(FeedKind, "|".join(FeedKind), "one of " + ", ".join(FeedKind)),
    "time_zone": text_of(zone),
    "tier": text_of(int, "[123]", "1 (read first), 2 or 3"),
    "quirks": list_of(one_of(*sorted(QUIRKS))),
    "enabled": yes_or_no,
    "outlet": text_of(),
}
_FEED_REQUIRED = ("id", "name", "url", "language", "country", "kind", "time_zone", "tier")

_DIGEST: Mapping[str, Reader] = {
    "id": text_of(pattern=_ID, meaning=_ID_MEANING),
    "channel": text_of(_channel),
    "times": list_of(_clock_time),
    "weekdays": text_of(_weekdays),
    "time_zone": text_of(zone),
    "language": text_of(one_of(*LANGUAGES)),
}
_DIGEST_REQUIRED = ("id", "channel", "times")


def _feed(node: yaml.Node, report: Report) -> Feed | None:
    values = record(node, "feeds", _FEED, _FEED_REQUIRED, report)
    if values is None:
        return None
    values["quirks"] = frozenset(values.get("quirks", ()))
    values["tier"] = int(values["tier"])
    values.setdefault("outlet", values["name"])
    return Feed(**values)


def _digest(node: yaml.Node, report: Report) -> Subscription | None:
    values = record(node, "digests", _DIGEST, _DIGEST_REQUIRED, report, extra=("filters",))
    filters: Filters | None = Filters()
    for key_node, value_node in node.value if isinstance(node, yaml.MappingNode) else ():
        if key_node.value == "filters":
            filters = read_filters(value_node, report)
    if values is None or filters is None:
        return None
    return Subscription(**values, filters=filters)


def _unique(nodes: list[yaml.Node], values: list[Any], key: str, report: Report) -> None:
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
    report = Report(path.name)
    if root is None:
        raise ConfigError([f"{path.name}:1: feeds: missing, expected a list of feeds"])
    top = pairs(root, path.name, dict.fromkeys(("feeds", "digests")), report)
    feed_nodes = items(top["feeds"][1] if "feeds" in top else None, "feeds", report)
    digest_nodes = items(top["digests"][1] if "digests" in top else None, "digests", report)
    if not feed_nodes and not report.lines:
        report.add(root, "feeds", "missing or empty, expected a list of feeds")
    feeds = [_feed(node, report) for node in feed_nodes]
    digests = [_digest(node, report) for node in digest_nodes]
    for key in ("id", "url"):
        _unique(feed_nodes, feeds, key, report)
    _unique(digest_nodes, digests, "id", report)
    report.raise_if_any()
    return FeedsFile(tuple(f for f in feeds if f), tuple(d for d in digests if d))
