"""The looks of the README's pictures draw every part of the payloads that Slack and Discord are sent."""

from pathlib import Path

import pytest

from tests.pictures import discord_look, slack_look
from tests.pictures.__main__ import payloads
from tests.pictures.emoji import drawn

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"


async def test_the_sample_briefing_is_drawn_whole() -> None:
    found = await payloads()
    slack, discord = (look(payload) for look, payload in found.values())
    for html, words in (
        (slack, ("무엇이 달라졌나", "업스테이지", "출처")),
        (discord, ("何が変わったか", "アップステージ", "出典")),
    ):
        assert all(word in html for word in words) and "[1]" in html
        assert "👍" not in drawn(html)


def test_an_unknown_part_is_an_error_and_news_text_stays_text() -> None:
    with pytest.raises(ValueError, match="video"):
        slack_look.page({"blocks": [{"type": "video"}]})
    with pytest.raises(ValueError, match="99"):
        discord_look.page({"components": [{"type": 99}]})
    block = {"type": "context", "elements": [{"type": "plain_text", "text": "<img src=x>"}]}
    assert "&lt;img" in slack_look.page({"blocks": [block]})
    assert "&lt;img" in discord_look.page({"components": [{"type": 10, "content": "**<img src=x>**"}]})


def test_the_pictures_are_there_and_small() -> None:
    for name in ("slack", "discord", "chart"):
        assert 10_000 < (PICTURES / f"{name}.png").stat().st_size < 300_000
