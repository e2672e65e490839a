"""Two workspaces and every page: nothing of one is ever seen by the other, nor by who is signed in to none."""

import re
from pathlib import Path

import pytest

from bot.config import Settings
from bot.platforms.web.page_kinds import Access
from bot.platforms.web.site import PAGES
from tests.platforms.web.visitors import CANARY, OURS, THEIRS, Running, site

_KEY = f"{CANARY}-id/2026-11-23/09:00"
_OWN_KEY = "unser-id/2026-11-23/09:00"


async def _paths(running: Running) -> list[str]:
    """Every page, with the other workspace's names wherever an address takes one."""
    story = (await running.store.stories.recent(1))[0][0]
    given = {"key": [_KEY, _OWN_KEY], "id": [f"{CANARY}-id", "unser-id", story, "Upstage"], "platform": ["slack"]}
    paths = []
    for page in PAGES:
        if "GET" not in page.methods:
            continue
        names = re.findall(r"\{(\w+)(?::\w+)?\}", page.path)
        choices = [page.path] if not names else [
            re.sub(r"\{\w+(?::\w+)?\}", value, page.path) for value in given.get(names[0], [CANARY])
        ]  # fmt: skip
        paths += choices
    return [*paths, f"/editions?channel={THEIRS.id}", "/deliveries?state=held", "/stories?page=2", f"/search?q={CANARY}"]


async def test_no_page_shows_anything_of_the_other_workspace(tmp_path: Path) -> None:
    async with site(tmp_path, Settings(public_pages=True)) as running:
        paths, seen = await _paths(running), []
        assert len(paths) > 20
        async with running.browser(OURS) as ours, running.browser() as nobody:
            for path in paths:
                for browser in (ours, nobody):
                    async with browser.get(path, allow_redirects=False) as answer:
                        text = await answer.text()
                    told = _without_echo(text, path)
                    assert CANARY not in told, path
                    assert THEIRS.id not in told, path
                    if browser is ours:
                        seen.append(text)
                    else:
                        assert "unser" not in text.replace(path, ""), path
        assert any("unser desk" in text for text in seen), "their own words should be seen, or the test sees nothing"


def _without_echo(text: str, path: str) -> str:
    """What a page says beside the address and the words that were asked for, which it may repeat."""
    told = text.replace(path, "").replace(path.split("?")[-1], "")
    return re.sub(rf"[^<>]*\b{CANARY}\b[^<>]*", "", told) if f"q={CANARY}" in path else told


@pytest.mark.parametrize("path", [f"/editions/{_KEY}", f"/previews/{CANARY}-id"])
async def test_what_is_of_another_workspace_is_as_if_it_were_not_there(tmp_path: Path, path: str) -> None:
    async with site(tmp_path) as running, running.browser(OURS) as ours, running.browser(THEIRS) as theirs:
        async with theirs.get(path) as answer:
            assert answer.status == 200
            assert THEIRS.id in await answer.text()
        async with ours.get(path) as answer:
            there = await answer.text()
            assert answer.status == 404
        async with ours.get(path.replace(CANARY, "nobodys")) as answer:
            assert (await answer.text()).replace("nobodys", CANARY) == there


async def test_every_page_for_a_workspace_refuses_who_is_signed_in_to_none(tmp_path: Path) -> None:
    async with site(tmp_path, Settings(public_pages=True)) as running, running.browser() as nobody:
        for page in PAGES:
            if page.access is Access.WORKSPACE:
                method = page.methods[0]
                async with nobody.request(
                    method, page.path.replace("{key:path}", _OWN_KEY).replace("{id}", "unser-id")
                ) as answer:
                    assert answer.status in (400, 403), page.path
                    assert "unser desk" not in await answer.text()
