"""The ``digests:`` of feeds.yaml: who gets a briefing, when, and what alerts."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

import yaml

from bot.config.checks import one_of, zone
from bot.config.filters import read_filters
from bot.config.nodes import Reader, Report, list_of, number, plain, record, text_of, yes_or_no
from bot.model import COUNTRIES, LANGUAGES, Alerts, Channel, Filters, Subscription

ID = r"[a-z0-9][a-z0-9-]{0,63}"
ID_MEANING = "lower-case letters, digits and hyphens"
LONGEST_COOLDOWN = 7 * 24 * 60  # minutes
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MENTIONS = {"slack": (r"S[A-Z0-9]{2,20}", "the id of a user group, such as S0123ABCD"),
             "discord": (r"\d{15,20}", "the id of a role, such as 123456789012345678")}  # fmt: skip


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


def _quiet(text: str) -> tuple[time, time]:
    begins, hyphen, ends = (part.strip() for part in text.partition("-"))
    try:
        found = _clock_time(begins), _clock_time(ends)
    except ValueError:
        found = (time(), time())
    if not hyphen or found[0] == found[1]:
        raise ValueError('expected two different times of day in quotes such as "22:00-07:00"')
    return found


def _minutes(text: str) -> int:
    return int(number(0, LONGEST_COOLDOWN)(text))


DIGEST: Mapping[str, Reader] = {
    "id": text_of(pattern=ID, meaning=ID_MEANING),
    "channel": text_of(_channel),
    "times": list_of(_clock_time),
    "weekdays": text_of(_weekdays),
    "time_zone": text_of(zone),
    "language": text_of(one_of(*LANGUAGES)),
    "holidays": list_of(one_of(*COUNTRIES)),
    "on_holiday": text_of(one_of("post", "skip", "next_workday")),
    "quiet": text_of(_quiet),
    "owner": text_of(pattern=r"[\w-]+", meaning="the id of a person"),
    "mention": text_of(pattern=r"\w+", meaning="the id of a user group or role"),
    "publish": yes_or_no,
    "charts": yes_or_no,
}
ALERTS: Mapping[str, Reader] = {
    "min_score": text_of(number(0, 1)),
    "cooldown_minutes": text_of(_minutes),
}
NESTED = ("filters", "alerts")
_REQUIRED = ("id", "channel", "times")


def read_digest(node: yaml.Node, report: Report) -> Subscription | None:
    """The subscription that stands at ``node``; None, with the reasons in the report, where it cannot be used."""
    before = len(report.lines)
    values = record(node, "digests", DIGEST, _REQUIRED, report, extra=NESTED) or {}
    nodes = {str(key.value): value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    filters = read_filters(nodes["filters"], report) if "filters" in nodes else Filters()
    alerts = _alerts(nodes["alerts"], report) if "alerts" in nodes else None
    _fits(values, nodes, report)
    if len(report.lines) > before or filters is None:
        return None
    if "holidays" in values:
        values["holidays"] = frozenset(values["holidays"])
        values.setdefault("on_holiday", "skip")
    return Subscription(**values, filters=filters, alerts=alerts)


def _alerts(node: yaml.Node, report: Report) -> Alerts | None:
    """``true`` for the usual ones, ``false`` for none, or what differs from the usual."""
    if isinstance(node, yaml.ScalarNode):
        try:
            return Alerts() if yes_or_no(node) else None
        except ValueError:
            report.add(node, "alerts", f"{plain(node)!r} is not valid, expected true, false, or {' and '.join(ALERTS)}")
            return None
    return Alerts(**(record(node, "alerts", ALERTS, (), report) or {}))


def _fits(values: Mapping[str, Any], nodes: Mapping[str, yaml.Node], report: Report) -> None:
    """Note what is right by itself and wrong beside the rest."""
    if values.get("on_holiday", "post") != "post" and "holidays" not in nodes:
        report.add(nodes["on_holiday"], "on_holiday", "needs to know whose holidays, expected holidays: [KR], [JP] or both")
    if "channel" not in values:
        return
    platform = values["channel"].platform
    pattern, meaning = _MENTIONS[platform]
    if "mention" in values and not re.fullmatch(pattern, values["mention"]):
        report.add(nodes["mention"], "mention", f"{values['mention']!r} is not valid, expected {meaning}")
    if values.get("publish") and platform != "discord":
        report.add(nodes["publish"], "publish", "only Discord has channels that others follow, expected it with discord: only")
