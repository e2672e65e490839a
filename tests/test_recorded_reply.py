"""A model's answer as it was recorded goes the whole way: through the client and every check to a Slack and a Discord message."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.app import opened
from bot.config import Settings
from bot.model import Channel, Reply, Request
from bot.pipeline.briefing import Wanted
from bot.platforms.discord import render as discord
from bot.platforms.discord.replies import reply_parts
from bot.platforms.slack import render as slack
from bot.platforms.slack.replies import reply_messages
from tests.builders import NOON, article
from tests.llm.server import serving

ROOT = Path(__file__).parents[1]
REPLIES = json.loads((ROOT / "tests/data/model/replies.json").read_text(encoding="utf-8"))
OFFICE = article(
    "office", "업스테이지, 도쿄에 법인 설립…일본 기업 시장 공략", url="https://news.example/office", first_seen=NOON,
    body="인공지능(AI) 스타트업 업스테이지가 23일 일본 도쿄에 현지 법인을 세웠다고 밝혔다. 직원 20명으로 시작해 내년까지 50명으로 늘릴 계획이다. "
    "회사는 일본 사업에 3년간 450억엔을 투자한다.",
)  # fmt: skip
NIKKEI = article(
    "nikkei", "韓国アップステージ、東京に法人 3年で450億円投資", language="ja", outlet="Nikkei", url="https://news.example/nikkei",
    body="韓国のAI新興アップステージは23日、東京に法人を設立したと発表した。3年間で450億円を投じる。", first_seen=NOON,
    published=NOON + timedelta(minutes=30),
)  # fmt: skip


def recorded(request: dict[str, Any]) -> web.StreamResponse:
    """The reply that was recorded for this task, whole or as the stream that it came in."""
    task = request["response_format"]["json_schema"]["name"]
    reply = REPLIES[task]
    if request.get("stream"):
        return web.Response(text="".join(f"data: {json.dumps(event)}\n\n" for event in reply) + "data: [DONE]\n\n",
                            content_type="text/event-stream")  # fmt: skip
    return web.json_response(reply)


async def test_a_recorded_summary_becomes_a_message_with_its_sources(tmp_path: Path) -> None:
    async with serving(recorded) as server:
        settings = Settings(
            database_url=f"sqlite:///{tmp_path}/bot.sqlite3", openai_base_url=server.url, prompts_dir=ROOT / "prompts",
            index_dir="memory",
        )  # fmt: skip
        async with opened(settings, lambda: ()) as app:
            await app.pipeline.add([OFFICE, NIKKEI], NOON)
            day = {"since": NOON - timedelta(hours=24), "until": NOON + timedelta(hours=1)}
            edition = await app.briefer.edition(Wanted(key="k", language="en", **day))
            (item,) = edition.items
            shown: list[Reply] = []

            async def show(reply: Reply) -> None:
                shown.append(reply)

            asked = Request("ask", "How much does Upstage invest in Japan?", Channel("slack", "C1", "T1"), "U1", "en", NOON)
            answer = await app.commands.handle(asked, show)

    assert item.summary.method == "local-model"
    assert item.summary.headline == "Upstage sets up a Tokyo entity to sell to Japanese companies"
    # The third sentence of the recording names a partner that no source does: it was refused, and the second try too.
    assert [sentence.text for sentence in item.summary.sentences] == [
        "Upstage said on November 23 it had established a legal entity in Tokyo.",
        "It will invest 45 billion yen over three years and grow from 20 to 50 staff by next year.",
    ]
    for messages in (slack.edition_messages(edition), discord.edition_messages(edition)):
        text = str([message.payload for message in messages])
        assert "Upstage said on November 23" in text and "45 billion yen" in text and "Nomura" not in text
        assert "https://news.example/office" in text and "https://news.example/nikkei" in text
        assert "local-model" in text and "every sentence checked" in text

    assert answer.answer is not None and len(shown) == 1
    assert [one.text for one in answer.answer.sentences] == [
        "Upstage will put 45 billion yen into its Japanese business over three years."
    ]
    for payload in (reply_messages(answer)[0].payload, [part.components for part in reply_parts(answer, "en")]):
        assert "45 billion yen" in str(payload) and "https://news.example/" in str(payload)
