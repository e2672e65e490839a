"""What the browser shows of a subscription is what its channel gets; and messages point to the pages."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from bot.config import Settings
from bot.errors import UserError
from bot.model import Edition, Request
from bot.platforms.discord.buttons import link_button
from bot.platforms.discord.render import edition_messages as for_discord
from bot.platforms.discord.replies import reply_parts
from bot.platforms.slack.render import edition_messages as for_slack
from bot.platforms.slack.replies import reply_messages
from tests.builders import edition, item
from tests.platforms.discord.payloads import walk
from tests.platforms.test_alike import discord_reading, missing, slack_reading, told, web_reading
from tests.platforms.web.visitors import NOW, OURS, THEIRS, Running, site

BASE = "https://briefings.example.com"
HOST = {"host": "briefings.example.com"}


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with site(tmp_path) as opened:
        yield opened


def _asked(verb: str, text: str = "", *, alone: bool = True) -> Request:
    return Request(verb, text, OURS, "U1", "en", NOW, admin=True, alone=alone)


async def test_a_preview_in_the_browser_is_what_the_channel_would_get(running: Running) -> None:
    reply = await running.commands.handle(_asked("preview", "unser-id"))
    shown = reply.edition
    assert isinstance(shown, Edition) and shown.items
    async with running.browser(OURS) as browser, browser.get("/previews/unser-id") as answer:
        page = web_reading(await answer.text())
    for reading in (page, slack_reading(for_slack(shown)), discord_reading(for_discord(shown))):
        assert missing(reading, told(shown)) == []
    before = await running.store.issued.log(OURS, 100)
    async with running.browser(OURS) as browser, browser.get("/previews/unser-id"):
        assert await running.store.issued.log(OURS, 100) == before


async def test_a_weekly_preview_shows_its_charts_to_its_workspace_alone(running: Running) -> None:
    running.now = NOW + timedelta(days=6)
    async with running.browser(OURS) as browser, browser.get("/previews/unser-id") as answer:
        found = [unescape(one) for one in re.findall(r'"(/charts/preview/[^" ]+)', await answer.text())]
        assert found, "a period of a week has charts"
        for path in found:
            async with browser.get(path) as picture:
                assert (picture.status, picture.content_type) == (200, "image/png")
                assert (await picture.read()).startswith(b"\x89PNG")
    for place in (THEIRS, None):
        async with running.browser(place) as browser, browser.get(found[0]) as picture:
            assert picture.status == (404 if place else 403)


async def test_an_edition_stays_at_its_address_as_it_was_posted(running: Running) -> None:
    found = await running.store.issued.edition(OURS, "unser-id/2026-11-23/09:00")
    assert found and found[1].items
    async with running.browser(OURS) as browser, browser.get("/editions/unser-id/2026-11-23/09:00") as answer:
        page = await answer.text()
    assert missing(web_reading(page), told(found[1])) == []
    assert "unser-reason" in page  # why its first message is held


async def test_a_merged_story_leads_to_where_it_went(running: Running) -> None:
    (kept, _), (gone, _) = (await running.store.stories.recent(2))[:2]
    titles = [story.articles[0].url for story in await running.store.stories.get([kept, gone])]
    await running.commands.handle(_asked("merge", " ".join(titles)))
    async with running.browser(OURS) as browser, browser.get(f"/stories/{gone}") as answer:
        assert (answer.status, answer.url.path) == (200, f"/stories/{kept}")
        assert "U1: merged" in await answer.text()
    async with running.browser(THEIRS) as browser, browser.get(f"/stories/{kept}") as answer:
        text = await answer.text()
        assert "an editor elsewhere" in text and "U1" not in text


async def test_a_story_says_what_why_says(running: Running) -> None:
    id = (await running.store.stories.recent(1))[0][0]
    reply = await running.commands.handle(_asked("why", id))
    async with running.browser(OURS) as browser, browser.get(f"/stories/{id}") as answer:
        page = web_reading(await answer.text())
    # The line on who was first is the page's timeline.
    lines = [line.removeprefix("• ") for line in reply.paragraphs if line.startswith("• ") and "First: " not in line]
    said = [part for line in lines for part in line.split(": ", 1)[-1].split("; ")]
    assert said
    assert [part for part in said if "".join(part.split()) not in page] == []


# ---- the way in ----


async def test_the_link_is_for_who_asks_alone(tmp_path: Path) -> None:
    async with site(tmp_path, Settings(base_url=BASE)) as running:
        reply = await running.commands.handle(_asked("web"))
        assert reply.secret
        url = reply.actions[0].url
        assert url.startswith(f"{BASE}/sign-in?token=")
        with pytest.raises(UserError, match="only you may see it"):
            await running.commands.handle(_asked("web", alone=False))
        path = url.removeprefix(BASE)
        async with running.browser() as browser, browser.get(path, headers=HOST, allow_redirects=False) as answer:
            assert answer.status == 303


async def test_without_a_base_url_there_is_no_link(running: Running) -> None:
    with pytest.raises(UserError, match="BOT_BASE_URL"):
        await running.commands.handle(_asked("web"))
    assert not any(action.url for action in (await running.commands.handle(_asked("ledger"))).actions)


async def test_answers_open_their_pages(tmp_path: Path) -> None:
    async with site(tmp_path, Settings(base_url=BASE)) as running:
        id = (await running.store.stories.recent(1))[0][0]
        wanted = {
            ("why", id): f"/stories/{id}",
            ("lookup", "Rebellions"): "/names/Rebellions",
            ("ledger", "japan"): "/ledger?country=JP",
            ("policy", "korea"): "/policies?country=KR",
            ("search", "데이터센터"): "/search?q=",
        }
        async with running.browser() as browser:
            for (verb, text), path in wanted.items():
                reply = await running.commands.handle(_asked(verb, text))
                urls = [action.url for action in reply.actions if action.url]
                assert len(urls) == 1 and urls[0].startswith(BASE + path), verb
                async with browser.get(urls[0].removeprefix(BASE), headers=HOST) as answer:
                    assert answer.status == 403  # it is there, for who signs in
                blocks = [block for message in reply_messages(reply) for block in message.payload["blocks"]]
                assert urls[0] in [one.get("url") for block in blocks for one in block.get("elements", ())]
                assert link_button("x", urls[0])["url"] == urls[0]
                assert reply_parts(reply, "en")


def test_editions_point_to_their_pages_only_where_there_are_any() -> None:
    plain = edition(item(), item("s2", number=2))
    with_pages = replace(plain, site=BASE)
    for shown, there in ((plain, False), (with_pages, True)):
        slack = str([message.payload for message in for_slack(shown)])
        discord = str([one for message in for_discord(shown) for one in walk(message.payload["components"])])
        for payload in (slack, discord):
            for path in ("/stories/s1", "/stories/s2", "/editions/test/2026-11-23/12:00"):
                assert (f"{BASE}{path}" in payload) is there
        assert missing(slack_reading(for_slack(shown)), told(plain)) == []
    now = replace(with_pages, key="now/C1/20261123")
    assert "/editions/" not in str([message.payload for message in for_slack(now)])
