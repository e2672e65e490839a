"""One day through the whole bot: XML on loopback in, Slack blocks and Discord components out.

The items are those of the sample feeds, which tell the worked example of the product in our own words.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.app import App, opened
from bot.config import Settings
from bot.feeds import sample
from bot.model import Article, Channel, Edition, EditionItem, Feed, Option, Relevance, Reply, Request, Subscription, Topic
from bot.pipeline import relevance
from bot.pipeline.briefing import Wanted
from bot.pipeline.deliver import deliver_due
from bot.planning import plan_editions
from bot.platforms import discord, slack
from bot.ports import Messenger, Show
from tests.llm.server import ModelServer, says, serving
from tests.platforms.discord.payloads import texts
from tests.platforms.slack.server import SlackServer

pytestmark = pytest.mark.simcord(shard_count=1)
MORNING = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # 07:30 in Seoul and Tokyo, on Tuesday 24 November
SEVEN = {"Rebellions", "Allganize", "Upstage", "Wrtn Technologies", "FindersAI", "Featuring", "Channel Talk"}
NINE = SEVEN | {"Nomura Securities", "Sumitomo Mitsui Banking Corporation"}


class Desk:
    """Where the Discord client's requests go: the App is plugged in once it is open."""

    app: App

    async def handle(self, request: Request, show: Show | None = None) -> Reply:
        return await self.app.commands.handle(request, show)

    async def suggest(self, request: Request) -> Sequence[Option]:
        return await self.app.commands.suggest(request)

    async def language_of(self, channel: Channel) -> str:
        return "ja"

    async def left(self, platform: str, workspace: str, at: datetime) -> None:
        await self.app.commands.left(platform, workspace, at)

    async def joined(self, platform: str, workspace: str) -> None:
        """The server is there from the first."""

    async def keep(self, place: Channel, data: Mapping[str, Any], until: datetime, now: datetime) -> str:
        return await self.app.store.notes.keep(place, data, until, now)

    async def get(self, place: Channel, key: str, now: datetime) -> Mapping[str, Any] | None:
        return await self.app.store.notes.get(place, key, now)

    async def change(self, place: Channel, key: str, data: Mapping[str, Any]) -> None:
        await self.app.store.notes.change(place, key, data)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def simcord_bot(desk: Desk) -> discord.BriefBot:
    return discord.build(desk, notes=desk, now=lambda: MORNING)


@asynccontextmanager
async def bot(tmp_path: Path, **changes: Any) -> AsyncIterator[tuple[App, tuple[Feed, ...]]]:
    """The bot over the sample feeds, polled once."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/day.sqlite3", **changes)
    async with sample.serve(MORNING) as feeds, opened(settings, lambda: feeds, loopback=True) as app:
        yield app, feeds


async def today(app: App, language: str = "en") -> Edition:
    day = {"since": MORNING - timedelta(hours=24), "until": MORNING + timedelta(seconds=1)}
    return await app.briefer.edition(Wanted(key="test", language=language, **day))


def about(edition: Edition, *names: str) -> EditionItem:
    """The one story that is about all these entities."""
    (found,) = [item for item in edition.items if set(names) <= set(item.entities)]
    return found


# ---- the worked example ----


async def test_the_worked_example_comes_out_as_the_product_describes_it(tmp_path: Path) -> None:
    async with bot(tmp_path) as (app, feeds):
        run = await app.pipeline.run(feeds, MORNING, everything=True)
        assert (run.feeds, run.feeds_failed, run.articles) == (4, 0, 27)
        edition = await today(app)
    assert {name for item in edition.items for name in item.entities} >= NINE
    upstage = about(edition, "Upstage")
    assert upstage.topic is Topic.EXPANSION and upstage.direction == "KR→JP" and set(upstage.countries) == {"KR", "JP"}
    assert set(upstage.languages) == {"ko", "ja", "en"} and len(upstage.outlets) == 4
    assert upstage.first_outlet == "Sample Daily (KO)"
    assert set(about(edition, "Rebellions").languages) == {"ko", "ja"}
    assert set(about(edition, "Allganize").languages) == {"ko", "ja"}
    (fall,) = [item for item in edition.items if any(amount.value == Decimal(989_500_000_000) for amount in item.amounts)]
    assert set(fall.languages) == {"ko", "en"} and len(fall.amounts) == 3
    titles = [item.summary.headline for item in edition.items]
    assert len(titles) == len(set(titles))


async def test_amounts_reported_twice_are_one_line_with_their_conversion(tmp_path: Path) -> None:
    async with bot(tmp_path) as (app, feeds):
        await app.pipeline.run(feeds, MORNING, everything=True)
        edition = await today(app)
    lines = [[(amount.value, amount.currency) for amount in item.amounts] for item in edition.items]
    assert [(Decimal(45_000_000_000), "JPY"), (Decimal(442_800_000_000), "KRW")] in lines
    assert [(Decimal(18_600_000_000), "USD"), (Decimal(27_270_000_000_000), "KRW")] in lines
    assert [(Decimal(10_000_000_000_000), "JPY"), (Decimal(98_340_000_000_000), "KRW")] in lines
    subsidy = next(item for item in edition.items if item.amounts and item.amounts[0].value == Decimal(45_000_000_000))
    assert subsidy.amounts[0].qualifier == "up_to" and subsidy.amounts[0].role == "subsidy"
    assert set(subsidy.languages) == {"ko", "ja"}


async def test_policy_stands_under_policy_and_noise_stays_out(tmp_path: Path) -> None:
    async with bot(tmp_path) as (app, feeds):
        await app.pipeline.run(feeds, MORNING, everything=True)
        edition = await today(app)
        rejected = await app.store.articles.between(MORNING - timedelta(hours=1), MORNING + timedelta(hours=1))
    policy = [item for item in edition.items if item.topic is Topic.POLICY]
    (relief,) = [item for item in policy if any("2032" in sentence.text for sentence in item.summary.sentences)]
    assert set(relief.languages) == {"ja", "en"}
    assert any("시행령" in item.summary.headline for item in policy)
    shown = {source.title for source in edition.sources}
    for noise in ("코스피", "조류인플루엔자", "날씨", "뮤직비디오", "スマホ", "鳥インフルエンザ", "phone app", "soups"):
        assert not any(noise in title for title in shown)
        assert any(noise in article.title or noise in article.summary for article in rejected)


def test_one_article_that_tells_it_all_names_nine_companies_and_its_direction() -> None:
    text = (
        "리벨리온은 첫 해외 법인을 도쿄에 세웠고 올거나이즈는 본사를 일본으로 옮겼다. 업스테이지는 도쿄 사무소를 열었고 "
        "뤼튼, 파인더스AI, 피처링, 채널톡도 일본에 진출했다. 올거나이즈의 고객은 노무라증권과 SMBC다. "
        "일본은 2032년까지 AI 소프트웨어 기업의 법인세를 최대 30% 깎아 준다."
    )
    found = relevance.judge(Article("all", "한국 AI 스타트업, 일본 진출 러시", text, language="ko"))
    assert isinstance(found, Relevance) and found.relevant
    assert set(found.entities) >= NINE
    assert found.topics[0] is Topic.EXPANSION and set(found.countries) == {"KR", "JP"} and found.direction == "KR→JP"


# ---- to the channels ----


async def test_a_digest_reaches_slack_and_discord_once(tmp_path: Path, simcord_env: Any, desk: Desk) -> None:
    room = simcord_env.create_guild().create_text_channel("ai-brief")
    async with SlackServer() as slack_server, bot(tmp_path) as (app, feeds):
        messengers: dict[str, Messenger] = {
            "slack": slack.SlackMessenger(slack_server.bot_token, base_url=slack_server.url),
            "discord": discord.DiscordMessenger(simcord_env.bot),
        }
        at = (MORNING.replace(tzinfo=None) + timedelta(hours=9)).time()
        subscriptions = [
            Subscription("ko", Channel("slack", "C0BRIEF", "T0LOOP"), (at,), "Asia/Seoul", "ko"),
            Subscription("ja", Channel("discord", str(room.id), str(room.guild.id)), (at,), "Asia/Tokyo", "ja"),
        ]
        await app.store.subscriptions.sync(subscriptions)
        await app.pipeline.run(feeds, MORNING - timedelta(minutes=5), everything=True)
        for late in range(3):  # the clock ticks on: what was posted is not posted again
            now = MORNING + timedelta(seconds=15 * late)
            await plan_editions(app, subscriptions, messengers, feeds, now)
            await deliver_due(app.store, messengers, now)
        posted = slack_server.posted("C0BRIEF")
        assert len(posted) == 1
        assert posted[0]["blocks"][0]["text"]["text"].startswith("AI 시장 브리핑 · 한국·일본 · 2026년 11월 24일")
        words = str([posted, slack_server.posted("C0BRIEF", posted[0]["ts"])])
        assert "업스테이지" in words and "450억 엔" in words and "4,428억 원" in words
        assert len([one for one in room.history() if one.flags.components_v2]) == 1  # beside it, that a thread was opened
        (sent,) = [one for one in simcord_env.http_requests if one.method == "POST" and one.path.endswith(f"/{room.id}/messages")]
        assert "AI市場ブリーフィング" in str(sent.json["components"]) and "アップステージ" in str(sent.json["components"])
        # The next morning nothing has happened: one quiet line, not the same stories again.
        tomorrow = MORNING + timedelta(days=1)
        await plan_editions(app, subscriptions, messengers, feeds, tomorrow)
        await deliver_due(app.store, messengers, tomorrow)
        quiet = slack_server.posted("C0BRIEF")[-1]
        assert "조용한 하루" in str(quiet["blocks"]) and "업스테이지" not in str(quiet["blocks"])


async def test_a_question_is_answered_on_both_platforms(tmp_path: Path, simcord_env: Any, desk: Desk) -> None:
    guild = simcord_env.create_guild()
    room, mina = guild.create_text_channel("talk"), guild.add_member(simcord_env.create_user("mina"))
    async with SlackServer() as slack_server, bot(tmp_path, language="ko") as (app, feeds):
        await app.pipeline.run(feeds, MORNING, everything=True)
        desk.app = app
        chat = slack.build_app(
            slack_server.bot_token,
            conversation=app.commands,
            notes=app.store.notes,
            now=lambda: MORNING,
            base_url=slack_server.url,
        )
        serving_slack = asyncio.create_task(slack.serve(chat, slack_server.app_token, ping_interval=0.05))
        try:
            await slack_server.connected(1)
            ack = await slack_server.command("ask 업스테이지는 어디에 사무소를 열었나?")
            assert ack.seconds < 3
            await slack_server.until(lambda: "도쿄" in str(slack_server.shown(ack)))
            assert "https://sample.example/" in str(slack_server.shown(ack))
            ack = await slack_server.command("today japan policy")
            await slack_server.until(lambda: "AI 시장 브리핑" in str(slack_server.shown(ack)))
        finally:
            serving_slack.cancel()
            await asyncio.gather(serving_slack, return_exceptions=True)
        result = await mina.slash(room, "brief ask", question="アップステージはどこにオフィスを開設したか")
        assert "東京" in "\n".join(texts(result.response.components))


# ---- with a model ----


def model_story(request: dict[str, Any]) -> Any:
    """A model that copies the first sentence of its first source, and cites it."""
    if "sources" not in request["messages"][0]["content"]:
        return says({"titles": [], "verdict": "?"})(request)
    source = request["messages"][1]["content"].split(">\n", 1)[1].split("\n</source>")[0]
    first = source.split("\n")[-1].split(". ")[0].split("。")[0][:200]
    return says({"headline": first[:60], "sentences": [{"text": first, "cites": [1], "quote": first[:60]}]})(request)


async def test_with_a_model_the_sentences_are_its_own_and_checked(tmp_path: Path) -> None:
    async with serving(model_story) as server:
        assert isinstance(server, ModelServer)
        prompts = Path(__file__).parents[1] / "prompts"
        async with bot(tmp_path, openai_base_url=server.url, prompts_dir=prompts) as (app, feeds):
            await app.pipeline.run(feeds, MORNING, everything=True)
            edition = await today(app, "ko")
            asked = len(server.requests)
            again = await today(app, "ko")
    written = [item for item in edition.items if item.summary.method == "local-model"]
    assert len(written) > len(edition.items) / 2 and all(
        sentence.cites for item in written for sentence in item.summary.sentences
    )
    assert again.items == edition.items
    assert len(server.requests) == asked  # nothing is paid for twice, not even what was refused
