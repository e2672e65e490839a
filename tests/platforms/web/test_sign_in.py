"""Coming in by a link from the chat: once, for a quarter of an hour, to one workspace; and out again."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.config import Settings
from bot.platforms.web.links import Links
from tests.platforms.web.visitors import KEY, NOW, OURS, THEIRS, Running, site


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with site(tmp_path) as opened:
        yield opened


async def _get(browser: aiohttp.ClientSession, path: str, **more: object) -> tuple[int, str]:
    async with browser.get(path, **more) as answer:  # type: ignore[arg-type]
        return answer.status, await answer.text()


async def test_without_a_session_everything_asks_to_sign_in(running: Running) -> None:
    async with running.browser() as browser:
        for path in ("/", "/stories", "/editions", "/deliveries", "/feeds", "/previews/unser-id", "/ledger", "/search?q=AI"):
            status, text = await _get(browser, path)
            assert status == 403, path
            assert "Rebellions" not in text and "unser desk" not in text


async def test_a_link_becomes_a_cookie_and_leaves_the_address(running: Running) -> None:
    async with running.browser() as browser:
        async with browser.get(f"/sign-in?token={running.token()}", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["location"]) == (303, "/")
            cookie = answer.headers["set-cookie"].lower()
            assert "httponly" in cookie and "samesite=lax" in cookie and "max-age=604800" in cookie
            assert answer.headers["cache-control"] == "no-store"
        status, text = await _get(browser, "/editions")
        assert status == 200
        assert "unser desk" in text


async def test_a_link_works_once_in_any_process(running: Running) -> None:
    token = running.token()
    async with running.browser() as first, running.browser() as second:
        assert (await _get(first, f"/sign-in?token={token}"))[0] == 200
        status, text = await _get(second, f"/sign-in?token={token}")
        assert (status, "used already" in text) == (403, True)
        assert (await _get(second, "/editions"))[0] == 403


async def test_a_look_ahead_does_not_use_the_link_up(running: Running) -> None:
    token = running.token()
    async with running.browser() as browser:
        async with browser.head(f"/sign-in?token={token}") as answer:
            assert (answer.status, "set-cookie" in answer.headers) == (204, False)
        assert (await _get(browser, f"/sign-in?token={token}", headers={"sec-purpose": "prefetch"}))[0] == 204
        assert (await _get(browser, f"/sign-in?token={token}"))[0] == 200


async def test_a_link_grows_old_and_cannot_be_made_up(running: Running) -> None:
    token, forged = running.token(), Links("x" * 40, "").sign([*OURS.id], "sign-in")
    other_purpose = Links(KEY, "").sign(["slack", "T1", "U1", 1, 2_000_000_000, "x"], "oauth")
    running.now = NOW + timedelta(minutes=16)
    async with running.browser() as browser:
        for bad in (token, forged, other_purpose, token[:-3], "x", "é" * 50):
            status, text = await _get(browser, "/sign-in", params={"token": bad})
            assert (status, "too old or not complete" in text) == (403, True)


async def test_a_session_ends_after_a_week(running: Running) -> None:
    async with running.browser(OURS) as browser:
        running.now = NOW + timedelta(days=6, hours=23)
        assert (await _get(browser, "/editions"))[0] == 200
        running.now = NOW + timedelta(days=7, minutes=1)
        assert (await _get(browser, "/editions"))[0] == 403


async def test_signing_out_ends_it_here_and_in_the_database(running: Running) -> None:
    async with running.browser(OURS) as browser:
        cookie = {one.key: one.value for one in browser.cookie_jar}
        _, text = await _get(browser, "/")
        async with browser.post("/sign-out", data={"token": "made up"}) as answer:
            assert answer.status == 400
        async with browser.post("/sign-out", data={"token": _form_token(text)}) as answer:
            assert answer.status == 200
        assert (await _get(browser, "/editions"))[0] == 403
    async with aiohttp.ClientSession(running.address, cookies=cookie) as thief:
        assert (await _get(thief, "/editions"))[0] == 403


async def test_a_workspace_that_removes_the_bot_ends_its_sessions_and_links(running: Running) -> None:
    async with running.browser(OURS) as browser, running.browser(THEIRS) as other:
        token = running.token()
        await running.commands.left("slack", "T1", NOW)
        assert (await _get(browser, "/editions"))[0] == 403
        status, text = await _get(browser, f"/sign-in?token={token}")
        assert (status, "no longer in this workspace" in text) == (403, True)
        assert (await _get(other, "/editions"))[0] == 200


async def test_forms_are_taken_from_our_own_pages_only(running: Running) -> None:
    async with running.browser(OURS) as browser:
        _, text = await _get(browser, "/")
        data = {"token": _form_token(text), "language": "ko", "zone": "Asia/Tokyo", "after": "/stories"}
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
            async with browser.post("/preferences", data=data, headers=headers) as answer:
                assert answer.status == 403
        async with browser.post("/preferences", data=data, headers={"sec-fetch-site": "same-origin"}) as answer:
            assert answer.status == 200 and answer.url.path == "/stories"
            assert '<html lang="ko">' in await answer.text()


@pytest.mark.parametrize(
    "after", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/%0d%0aset-cookie:x"]
)
async def test_nobody_is_sent_on_to_elsewhere(running: Running, after: str) -> None:
    async with running.browser() as browser:
        _, text = await _get(browser, "/sign-in")
        data = {"token": _form_token(text), "after": after}
        async with browser.post("/preferences", data=data, allow_redirects=False) as answer:
            assert answer.status == 303
            assert answer.headers["location"].startswith("/") and not answer.headers["location"].startswith("//")
            assert "\n" not in answer.headers["location"]


async def test_language_and_zone_are_those_of_the_reader(running: Running) -> None:
    async with running.browser(OURS) as browser:
        _, text = await _get(browser, "/stories", headers={"accept-language": "fr, ja;q=0.9, en;q=0.5"})
        assert '<html lang="ja">' in text
        assert "JST" in text  # the workspace's zone
        _, text = await _get(browser, "/stories", headers={"cookie": "language=xx; zone=Mars/Olympus"})
        assert '<html lang="en">' in text


async def test_cookies_are_bound_to_https_where_the_site_is(tmp_path: Path) -> None:
    async with site(tmp_path, Settings(base_url="https://briefings.example.com")) as running:
        host = {"host": "briefings.example.com"}
        async with running.browser() as browser:
            path = f"/sign-in?token={running.token()}"
            async with browser.get(path, headers=host, allow_redirects=False) as answer:
                cookie = answer.headers["set-cookie"]
                assert cookie.startswith("__Host-session=") and "Secure" in cookie and "Path=/" in cookie
                assert answer.headers["strict-transport-security"].startswith("max-age=")


def _form_token(text: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', text)
    assert found
    return found[1]
