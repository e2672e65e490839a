"""feeds.yaml: what it may say, and the report of what is wrong with it.

A problem reads ``feeds.yaml:LINE: key: what is wrong, what is expected``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.config.checks import one_of, web_address, zone
from bot.config.digests import ID, ID_MEANING, read_digest
from bot.config.nodes import Reader, Report, items, list_of, pairs, record, text_of, yes_or_no
from bot.errors import ConfigError
from bot.model import LANGUAGES, Feed, FeedKind, Subscription

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


@dataclass(frozen=True, slots=True)
class FeedsFile:
    """What feeds.yaml says: the feeds to poll and the subscriptions of its ``digests:``."""

    feeds: tuple[Feed, ...]
    digests: tuple[Subscription, ...] = ()

    @property
    def enabled(self) -> tuple[Feed, ...]:
        """The feeds that are polled."""
        return tuple(feed for feed in self.feeds if feed.enabled)


_FEED: Mapping[str, Reader] = {
    "id": text_of(pattern=ID, meaning=ID_MEANING),
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


def _feed(node: yaml.Node, report: Report) -> Feed | None:
    values = record(node, "feeds", _FEED, _FEED_REQUIRED, report)
    if values is None:
        return None
    values["quirks"] = frozenset(values.get("quirks", ()))
    values["tier"] = int(values["tier"])
    values.setdefault("outlet", values["name"])
    return Feed(**values)


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
    digests = [read_digest(node, report) for node in digest_nodes]
    for key in ("id", "url"):
        _unique(feed_nodes, feeds, key, report)
    _unique(digest_nodes, digests, "id", report)
    report.raise_if_any()
    return FeedsFile(tuple(f for f in feeds if f), tuple(d for d in digests if d))
