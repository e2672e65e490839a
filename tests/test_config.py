"""Settings and feeds.yaml: what is right is read, what is wrong is told with its place and a way out."""

import json
import re
import textwrap
from dataclasses import fields
from datetime import time
from pathlib import Path

import pytest

from bot.config import Settings, WatchedFeeds, load_feeds, platform_port, read_settings, variable
from bot.errors import ConfigError
from bot.model import Boost, Channel, FeedKind, Filters, Subscription, Topic
from bot.store import codec

ROOT = Path(__file__).parents[1]
GOOD = """\
feeds:
  - id: example
    name: 예시 신문
    url: https://example.com/rss
    language: ko
    country: KR
    kind: press
    time_zone: Asia/Seoul
    tier: 1
digests:
  - id: morning
    channel: slack:T01/C01
    times: ["07:30", "18:00"]
    weekdays: sun-tue
    language: ja
    filters: {topics: [policy], countries: KR, min_score: 0.7, exclude: [게임]}
"""


def problems(tmp_path: Path, text: str) -> tuple[str, ...]:
    path = tmp_path / "feeds.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_feeds(path)
    return caught.value.problems


def test_the_shipped_file_has_at_least_80_feeds_in_three_languages() -> None:
    feeds = load_feeds(ROOT / "feeds.yaml").enabled
    assert len(feeds) >= 80
    assert {feed.language for feed in feeds} == {"ko", "ja", "en"}
    assert {feed.kind for feed in feeds} == set(FeedKind)


def test_a_digest_as_the_shipped_file_and_the_readme_show_it_can_be_put_in(tmp_path: Path) -> None:
    shipped = (ROOT / "feeds.yaml").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    before, sign, example = shipped.rpartition("# digests:")
    for text in (
        before + (sign + example).replace("\n#", "\n").replace("# digests", "digests"),
        shipped + textwrap.dedent(shown),
    ):
        (tmp_path / "feeds.yaml").write_text(text, encoding="utf-8")
        (digest,) = load_feeds(tmp_path / "feeds.yaml").digests
        assert digest.channel == Channel("slack", "C0123456789", "T0123456789")


def test_a_file_is_read_with_its_digests(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(GOOD, encoding="utf-8")
    config = load_feeds(path)
    assert config.feeds[0].outlet == "예시 신문"
    digest = config.digests[0]
    assert digest.channel == Channel("slack", "C01", "T01")
    assert digest.times == (time(7, 30), time(18, 0))
    assert digest.weekdays == {6, 0, 1}
    assert digest.filters.topics == {Topic.POLICY}
    assert digest.filters.countries == {"KR"}
    assert digest.filters.min_score == 0.7


NESTED = """\
    filters:
      countries: [JP]
      any:
        - topics: [policy, chips]
        - entities: [업스테이지, リベリオン]
          all:
            - min_score: 0.6
      none: [{outlets: [Example Daily], languages: en, exclude: ["subsid*"]}]
      boost: {policy: 0.2, アップステージ: -0.3}
"""


def with_filters(filters: str) -> str:
    return GOOD[: GOOD.index("    filters:")] + filters


def test_filters_nest_and_name_entities_in_any_script(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(with_filters(NESTED), encoding="utf-8")
    digest = load_feeds(path).digests[0]
    assert codec.load(Subscription, json.loads(json.dumps(codec.dump(digest)))) == digest  # as the store keeps it
    assert digest.filters == Filters(
        countries=frozenset({"JP"}),
        any_of=(
            Filters(topics=frozenset({Topic.POLICY, Topic.CHIPS})),
            Filters(entities=frozenset({"Upstage", "Rebellions"}), all_of=(Filters(min_score=0.6),)),
        ),
        none_of=(Filters(outlets=("Example Daily",), languages=frozenset({"en"}), exclude=("subsid*",)),),
        boosts=(Boost("Upstage", -0.3), Boost("policy", 0.2)),
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("リベリオン", "Nobody At All", "feeds.yaml:20: entities: 'Nobody At All' is not valid, expected a name of the register"),
        ("min_score: 0.6", "min_score: 2", "feeds.yaml:22: min_score: '2' is not valid, expected a number from 0 to 1"),
        ("min_score: 0.6", "boost: {policy: 0.1}", "feeds.yaml:22: boost: unknown key, expected one of topics"),
        ("min_score: 0.6", "{}", "feeds.yaml:22: filters: empty, expected at least one of topics"),
        ("policy: 0.2", "policy: 0.4", "feeds.yaml:24: boost: policy: '0.4' is not valid, expected a number from -0.3 to 0.3"),
        ("policy: 0.2", "politics: 0.2", "feeds.yaml:24: boost: politics: expected a name of the register"),
        ("{policy: 0.2, アップステージ: -0.3}", "[policy]", "feeds.yaml:24: boost: expected topics or names"),
        ("[JP]", "\n        - JP\n        - FR", "feeds.yaml:19: countries: 'FR' is not valid, expected one of KR, JP"),
        ('["subsid*"]', '["*"]', "feeds.yaml:23: exclude: '*' is not valid, expected a word"),
        ("any:\n        - topics: [policy, chips]\n", "any: []\n      all:\n", "feeds.yaml:18: any: empty, expected a list"),
        ("[{outlets", "&again [{none: *again, outlets", "feeds.yaml:23: none: nested too deep, expected at most 4 levels"),
    ],
)
def test_each_mistake_in_filters_names_its_line_at_every_level(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in NESTED
    assert problems(tmp_path, with_filters(NESTED.replace(old, new, 1)))[0].startswith(problem)


def test_every_problem_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = GOOD.replace("https://example.com/rss", "ftp://example.com").replace("tier: 1", "teir: 1").replace("07:30", "25:00")
    assert problems(tmp_path, text) == (
        "feeds.yaml:2: tier: missing, expected in every entry of feeds",
        "feeds.yaml:4: url: 'ftp://example.com' is not valid, expected an http or https URL",
        "feeds.yaml:9: teir: unknown key, expected one of id, name, url, language, country, kind, time_zone, tier, quirks, "
        "enabled, outlet",
        "feeds.yaml:13: times: '25:00' is not valid, expected a time of day in quotes such as \"07:30\"",
    )


def test_an_id_or_url_used_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    entry = GOOD.split("digests")[0]
    twice = entry + entry.removeprefix("feeds:\n")
    first, second = problems(tmp_path, twice)
    assert first == "feeds.yaml:10: id: 'example' is already used in line 2, expected a id of its own"
    assert second.startswith("feeds.yaml:10: url: 'https://example.com/rss' is already used in line 2")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", "feeds.yaml:1: feeds: missing"),
        ("feeds: []\n", "feeds.yaml:1: feeds: missing or empty"),
        ("feeds:\n  - id: [a\n", "feeds.yaml:3: not valid YAML"),
        ("- a\n", "feeds.yaml:1: feeds.yaml: expected keys and values"),
        ("feeds:\n  - just words\n", "feeds.yaml:2: feeds: expected keys and values"),
        ("feeds: 3\n", "feeds.yaml:1: feeds: expected a list"),
        (GOOD.replace("time_zone: Asia/Seoul", "time_zone: Korea/Seoul"), "feeds.yaml:8: time_zone: 'Korea/Seoul' is not valid"),
        (
            GOOD.replace("slack:T01/C01", "general"),
            "feeds.yaml:12: channel: 'general' is not valid, expected slack:TEAM/CHANNEL",
        ),
        (GOOD.replace("min_score: 0.7", "min_score: seven"), "feeds.yaml:16: min_score: 'seven' is not valid"),
        (
            GOOD.replace("topics: [policy]", "topics: [politics]"),
            "feeds.yaml:16: topics: 'politics' is not valid, expected one of",
        ),
        (GOOD.replace("https://example.com/rss", "https://me:secret@example.com/"), "feeds.yaml:4: url"),
    ],
)
def test_each_kind_of_mistake_names_its_line(tmp_path: Path, text: str, start: str) -> None:
    assert problems(tmp_path, text)[0].startswith(start)


def test_a_missing_file_says_which_and_how_to_name_another(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: No such file.*BOT_FEEDS_FILE"):
        load_feeds(tmp_path / "nowhere.yaml")


def test_settings_come_from_the_environment_and_hide_their_secrets() -> None:
    settings = read_settings(
        {"BOT_LANGUAGE": "ko", "OPENAI_API_KEY": "sk-verysecret", "SLACK_BOT_TOKEN": "xoxb-1", "BOT_POLL_SECONDS": "5"}
    )
    assert (settings.language, settings.has_model, settings.has_slack) == ("ko", True, False)
    assert "verysecret" not in repr(settings) and "xoxb" not in repr(settings)


def test_wrong_settings_are_all_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings({"BOT_LANGUAGE": "fr", "OPENAI_BASE_URL": "localhost:8000", "BOT_POLL_SECONDS": "0"})
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["BOT_LANGUAGE", "BOT_POLL_SECONDS", "OPENAI_BASE_URL"]


def test_every_setting_is_explained_with_its_default() -> None:
    rows = [
        line.split(" | ")
        for line in (ROOT / "docs/settings.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    told = {name: cells[1] for cells in rows for name in re.findall(r"`([A-Z_]+)`", cells[0])}
    assert told.keys() == {variable(item.name) for item in fields(Settings)}
    for item in fields(Settings):
        default = re.fullmatch(r"`([^`]+)`", told[variable(item.name)])
        if default:
            shown = str(item.default)
            assert default[1] == (shown.lower() if isinstance(item.default, bool) else shown), item.name


def test_a_running_bot_takes_a_good_change_and_keeps_the_old_file_for_a_broken_one(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(GOOD, encoding="utf-8")
    watched = WatchedFeeds(path)
    assert not watched.refresh()
    path.write_text(GOOD.replace("예시 신문", "예시 신문 둘"), encoding="utf-8")
    assert watched.refresh() and watched.current.feeds[0].name == "예시 신문 둘"
    path.write_text(GOOD.replace("kind: press", "kind: tabloid!"), encoding="utf-8")
    assert not watched.refresh() and watched.current.feeds[0].name == "예시 신문 둘"
    path.unlink()
    assert not watched.refresh() and watched.current.feeds[0].name == "예시 신문 둘"


def test_the_port_that_a_hosting_platform_gives() -> None:
    assert platform_port({}) == 0
    assert platform_port({"PORT": "8080"}) == 8080
    with pytest.raises(ConfigError, match="PORT: 'tcp://db' cannot be used, expected a port such as 8080"):
        platform_port({"PORT": "tcp://db"})
