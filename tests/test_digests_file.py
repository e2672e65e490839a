"""The digests of feeds.yaml: holidays, quiet hours, alerts, mentions; what cannot be used is told with its line."""

from datetime import time
from pathlib import Path

import pytest

from bot.config import load_feeds
from bot.errors import ConfigError
from bot.model import Alerts, Subscription

HEAD = """\
feeds:
  - {id: a, name: A, url: "https://example.com/a", language: ko, country: KR, kind: press, time_zone: Asia/Seoul, tier: 1}
digests:
  - id: morning
    channel: slack:T01/C01
    times: ["07:30"]
"""
DISCORD = HEAD.replace("slack:T01/C01", "discord:1001/2002")


def _digest(tmp_path: Path, lines: str, head: str = HEAD) -> Subscription:
    path = tmp_path / "feeds.yaml"
    path.write_text(head + "".join(f"    {line}\n" for line in lines.splitlines()), encoding="utf-8")
    return load_feeds(path).digests[0]


def _problem(tmp_path: Path, line: str, head: str = HEAD) -> str:
    with pytest.raises(ConfigError) as caught:
        _digest(tmp_path, line, head)
    (problem,) = caught.value.problems
    return problem


def test_all_that_a_digest_can_say_is_read(tmp_path: Path) -> None:
    lines = (
        'holidays: [KR, JP]\non_holiday: next_workday\nquiet: "22:00-07:00"\nowner: U01\nmention: S0123ABCD\n'
        "alerts: {min_score: 0.9, cooldown_minutes: 30}"
    )
    found = _digest(tmp_path, lines)
    assert (found.holidays, found.on_holiday) == ({"KR", "JP"}, "next_workday")
    assert found.quiet == (time(22), time(7))
    assert found.alerts == Alerts(0.9, 30)
    assert (found.owner, found.mention, found.publish, found.charts) == ("U01", "S0123ABCD", False, True)
    there = _digest(tmp_path, 'publish: true\ncharts: off\nmention: "123456789012345678"', DISCORD)
    assert (there.publish, there.mention, there.charts) == (True, "123456789012345678", False)


def test_what_is_not_said_takes_its_default(tmp_path: Path) -> None:
    plain = _digest(tmp_path, "")
    assert (plain.holidays, plain.on_holiday, plain.quiet, plain.alerts) == (frozenset(), "post", None, None)
    assert _digest(tmp_path, "alerts: true").alerts == Alerts()
    assert _digest(tmp_path, "alerts: {min_score: 0.8}").alerts == Alerts(0.8)
    assert _digest(tmp_path, "alerts: false").alerts is None
    assert _digest(tmp_path, "holidays: KR").on_holiday == "skip"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("holidays: [KR, US]", "feeds.yaml:7: holidays: 'US' is not valid, expected one of KR, JP"),
        ("on_holiday: skip", "feeds.yaml:7: on_holiday: needs to know whose holidays, expected holidays: [KR], [JP] or both"),
        (
            "holidays: KR\non_holiday: maybe",
            "feeds.yaml:8: on_holiday: 'maybe' is not valid, expected one of post, skip, next_workday",
        ),
        (
            'quiet: "22:00"',
            "feeds.yaml:7: quiet: '22:00' is not valid, expected two different times of day in quotes such as \"22:00-07:00\"",
        ),
        (
            'quiet: "07:00-07:00"',
            "feeds.yaml:7: quiet: '07:00-07:00' is not valid, expected two different times of day in quotes such as \"22:00-07:00\"",
        ),
        ("alerts: often", "feeds.yaml:7: alerts: 'often' is not valid, expected true, false, or min_score and cooldown_minutes"),
        ("alerts: {min_score: 2}", "feeds.yaml:7: min_score: '2' is not valid, expected a number from 0 to 1"),
        (
            "alerts: {cooldown_minutes: -1}",
            "feeds.yaml:7: cooldown_minutes: '-1' is not valid, expected a number from 0 to 10080",
        ),
        ("alerts: {often: 1}", "feeds.yaml:7: often: unknown key, expected one of min_score, cooldown_minutes"),
        (
            "mention: everyone",
            "feeds.yaml:7: mention: 'everyone' is not valid, expected the id of a user group, such as S0123ABCD",
        ),
        ("publish: true", "feeds.yaml:7: publish: only Discord has channels that others follow, expected it with discord: only"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    assert _problem(tmp_path, line) == told


def test_a_mention_must_be_of_the_platform(tmp_path: Path) -> None:
    told = "feeds.yaml:7: mention: 'S0123ABCD' is not valid, expected the id of a role, such as 123456789012345678"
    assert _problem(tmp_path, "mention: S0123ABCD", DISCORD) == told
