"""The grammar of what people can say: one row a verb, shared by every platform's menus, help and parsing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """``argument`` names what follows the verb (None: nothing does); ``description`` is an English key of the locales.

    ``managing``: only for those who manage the workspace. ``hidden``: said by buttons only, so it stands in no menu. ``group``:
    the part of the help in which it stands, one of GROUPS. ``more``: further examples.
    """

    name: str
    description: str
    argument: str | None = None
    required: bool = False
    example: str = ""
    managing: bool = False
    hidden: bool = False
    group: str = "ask"
    more: tuple[str, ...] = ()


GROUPS = ("read", "ask", "briefings", "sources", "edit", "bot")
VERBS = (
    Verb(
        "today",
        "The briefing of the last 24 hours; a country or topic narrows it",
        "filter",
        example="today japan policy",
        group="read",
        more=("today 한국 반도체", "today 日本 政策"),
    ),
    Verb(
        "week",
        "The briefing of the last seven days; a country or topic narrows it",
        "filter",
        example="week korea chips",
        group="read",
        more=("week japan",),
    ),
    Verb(
        "ask",
        "A cited answer from the archive",
        "question",
        required=True,
        example="ask Which firms opened a Tokyo office?",
        more=("ask 일본의 AI 보조금은 얼마인가?", "ask ラピダスへの支援額は？"),
    ),
    Verb(
        "summarize",
        "A page or PDF in a few cited sentences",
        "url",
        required=True,
        example="summarize https://example.com/news",
        group="read",
        more=("summarize https://example.com/report.pdf",),
    ),
    Verb(
        "search",
        "Stories in the archive, best first",
        "words",
        required=True,
        example="search 업스테이지",
        group="read",
        more=('search "데이터센터" -게임', "search ラピダス"),
    ),
    Verb(
        "lookup",
        "The card of a company, ministry, law or programme",
        "name",
        required=True,
        example="lookup Rapidus",
        more=("lookup 업스테이지", "lookup AI基本法"),
    ),
    Verb(
        "ledger",
        "The money that stories tell of, with totals and a CSV file",
        "filter",
        example="ledger japan policy since October",
        more=("ledger 한국 투자 90일", "ledger ラピダス 2026年"),
    ),
    Verb(
        "policy",
        "The policy clock: stages and next dates",
        "filter",
        example="policy japan",
        more=("policy 한국", "policy 日本 補助金"),
    ),
    Verb(
        "compare",
        "Korea and Japan side by side over a time",
        "period",
        example="compare 90d",
        more=("compare last month", "compare 지난달"),
    ),
    Verb(
        "sources",
        "All reports of a story",
        "story",
        required=True,
        example="sources https://example.com/news",
        hidden=True,
        group="read",
    ),
    Verb(
        "why",
        "Why an article or story was kept, joined, ranked or rejected",
        "url",
        required=True,
        example="why https://example.com/news",
        more=("why 4f2a91c0",),
    ),
    Verb(
        "subscribe",
        "Set up a briefing for this channel: when, in what language, on what",
        "wishes",
        example="subscribe 09:00 weekdays japanese",
        managing=True,
        group="briefings",
        more=(
            "subscribe 매일 오전 9시 정책 한국어",
            "subscribe now 平日 9時 政策 日本語",
            "subscribe now times=07:30,18:00 topics=policy,chips alerts=0.95",
        ),
    ),
    Verb(
        "subscriptions",
        "What this channel gets, and when next",
        "briefing",
        example="subscriptions",
        group="briefings",
        more=("subscriptions morning",),
    ),
    Verb(
        "pause",
        "Stop a briefing for a while",
        "briefing",
        example="pause",
        managing=True,
        group="briefings",
        more=("pause morning",),
    ),
    Verb(
        "resume",
        "Go on with a briefing that was paused",
        "briefing",
        example="resume",
        managing=True,
        group="briefings",
        more=("resume morning",),
    ),
    Verb(
        "unsubscribe",
        "End a briefing of this channel",
        "briefing",
        example="unsubscribe",
        managing=True,
        group="briefings",
        more=("unsubscribe morning",),
    ),
    Verb(
        "preview",
        "The next briefing as it would be now, for you alone",
        "briefing",
        example="preview",
        group="briefings",
        more=("preview morning",),
    ),
    Verb(
        "merge",
        "Make two stories one; editors win over the machine",
        "stories",
        required=True,
        example="merge https://example.com/a https://example.com/b",
        managing=True,
        group="edit",
    ),
    Verb(
        "split",
        "Take an article out of its story",
        "url",
        required=True,
        example="split https://example.com/news",
        managing=True,
        group="edit",
    ),
    Verb(
        "correct",
        "Put right a story's topic, countries or an amount",
        "story",
        required=True,
        example="correct https://example.com/news topic policy",
        managing=True,
        group="edit",
        more=("correct https://example.com/news countries KR JP", "correct https://example.com/news amount 450億円 wrong"),
    ),
    Verb(
        "good",
        "More like this in this workspace's briefings",
        "url",
        required=True,
        example="good https://example.com/news",
        hidden=True,
        group="edit",
    ),
    Verb(
        "bad",
        "Less like this in this workspace's briefings",
        "url",
        required=True,
        example="bad https://example.com/news",
        hidden=True,
        group="edit",
    ),
    Verb(
        "watch",
        "What this channel follows: add, remove, list",
        "names",
        example="watch add 업스테이지",
        group="sources",
        more=("watch add 양자컴퓨터", "watch remove Upstage", "watch list"),
    ),
    Verb(
        "feeds",
        "The feeds and how they are: add, remove, test",
        "source",
        example="feeds test https://example.com/rss",
        group="sources",
        more=("feeds", "feeds add https://example.com/rss", "feeds remove Example"),
    ),
    Verb(
        "settings",
        "Language, time zone, quiet hours and who may manage",
        "changes",
        example="settings language=ja",
        group="bot",
        more=("settings time_zone=Asia/Tokyo quiet=22:00-07:00",),
    ),
    Verb("status", "How the bot is: last run, feeds, model", group="bot"),
    Verb("web", "The pages in your browser: a link that signs you in", example="web", group="bot"),
    Verb("home", "Everything that is set up in this workspace", hidden=True, group="bot"),
    Verb(
        "help",
        "What the bot can do, or how to say one thing",
        "verb",
        example="help watch",
        group="bot",
        more=("help subscribe",),
    ),
)
_BY_NAME = {verb.name: verb for verb in VERBS}


def get(name: str) -> Verb:
    """The verb with this name. Raises KeyError."""
    return _BY_NAME[name]


def known(name: str) -> bool:
    """Whether there is a verb with this name."""
    return name in _BY_NAME


def parse(text: str) -> tuple[str, str]:
    """Split what was typed into a verb and the rest; nothing typed means help, anything that is no verb is a question.

    A hidden verb is one only before a single word, such as a story's id: "good" may begin a question as well.
    """
    first, _, rest = text.strip().partition(" ")
    verb = first.lower()
    if not verb:
        return "help", ""
    if verb == "summarise":
        verb = "summarize"
    found = _BY_NAME.get(verb)
    if found is None or (found.hidden and len(rest.split()) > 1):
        return "ask", text.strip()
    return verb, rest.strip()
