"""Signing in with Slack and Discord, against servers of our own on loopback that behave as the platforms' documents say."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web

from bot.config import Settings
from bot.model import Channel
from bot.store.workspaces import Preferences
from tests.platforms.web.visitors import NOW, Running, site

BASE = "http://127.0.0.1:1"  # where people would reach the pages; tests go to the site's own port with this host
HOST = {"host": "127.0.0.1:1"}


@dataclass
class Platform:
    """What the platform knows, what it was asked, and how it misbehaves."""

    address: str = ""
    nonce: str = ""
    challenge: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    guilds: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def slack_token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append((request.path, form))
        if form.get("code") != "good" or form.get("client_secret") != "s3cret-of-the-app":
            return web.json_response({"ok": False, "error": "invalid_code"}, status=self.status)
        claims = {"nonce": self.nonce, "aud": "A1", "https://slack.com/team_id": "T1", "https://slack.com/user_id": "U9"}
        body = base64.urlsafe_b64encode(json.dumps(claims | self.claims).encode()).rstrip(b"=").decode()
        return web.json_response({"ok": True, "access_token": "xoxp-1", "id_token": f"e30.{body}.c2ln"}, status=self.status)

    async def discord_token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append((request.path, form))
        proof = base64.urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if form.get("code") != "good" or proof != self.challenge:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"access_token": "d-token", "token_type": "Bearer"})

    async def me(self, request: web.Request) -> web.Response:
        assert request.headers["authorization"] == "Bearer d-token"
        return web.json_response({"id": "77", "username": "someone"})

    async def my_guilds(self, request: web.Request) -> web.Response:
        return web.json_response(self.guilds)


@asynccontextmanager
async def platform() -> AsyncIterator[Platform]:
    one, app = Platform(), web.Application()
    app.router.add_post("/api/openid.connect.token", one.slack_token)
    app.router.add_post("/api/v10/oauth2/token", one.discord_token)
    app.router.add_get("/api/v10/users/@me", one.me)
    app.router.add_get("/api/v10/users/@me/guilds", one.my_guilds)
    runner = web.AppRunner(app)
    await runner.setup()
    socket = web.TCPSite(runner, "127.0.0.1", 0)
    await socket.start()
    one.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield one
    finally:
        await runner.cleanup()


@pytest.fixture
async def there() -> AsyncIterator[Platform]:
    async with platform() as one:
        yield one


@pytest.fixture
async def running(tmp_path: Path, there: Platform) -> AsyncIterator[Running]:
    settings = Settings(
        base_url=BASE,
        slack_client_id="A1",
        slack_client_secret="s3cret-of-the-app",
        slack_api_url=f"{there.address}/api/",
        discord_client_id="D1",
        discord_client_secret="d-secret",
        discord_api_url=f"{there.address}/api/v10",
    )
    async with site(tmp_path, settings) as opened:
        yield opened


async def _out(browser: aiohttp.ClientSession, there: Platform, name: str, after: str = "") -> str:
    """Set out to the platform; the state to come back with."""
    async with browser.get(f"/sign-in/{name}", params={"after": after}, headers=HOST, allow_redirects=False) as answer:
        assert answer.status == 303
        away = urlsplit(answer.headers["location"])
        asked = {key: values[0] for key, values in parse_qs(away.query).items()}
    assert f"{away.scheme}://{away.netloc}" == there.address
    assert asked["redirect_uri"] == f"{BASE}/sign-in/{name}/back"
    there.nonce, there.challenge = asked.get("nonce", ""), asked.get("code_challenge", "")
    return asked["state"]


async def _back(browser: aiohttp.ClientSession, name: str, state: str, code: str = "good") -> tuple[int, str, str]:
    path = f"/sign-in/{name}/back"
    async with browser.get(path, params={"state": state, "code": code}, headers=HOST, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("location", ""), await answer.text()


async def _is_in(browser: aiohttp.ClientSession) -> bool:
    async with browser.get("/editions", headers=HOST) as answer:
        return answer.status == 200 and "unser desk" in await answer.text()


async def test_who_comes_back_from_slack_is_in_where_they_wanted_to_go(running: Running, there: Platform) -> None:
    async with running.browser() as browser:
        state = await _out(browser, there, "slack", "/editions?channel=C0OURS")
        assert (await _back(browser, "slack", state))[:2] == (303, "/editions?channel=C0OURS")
        assert await _is_in(browser)
        assert [(path, form["grant_type"]) for path, form in there.asked] == [("/api/openid.connect.token", "authorization_code")]


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "another"}, {"aud": "another"}, {"https://slack.com/team_id": ""}, {"https://slack.com/team_id": "T404"}],
)
async def test_a_token_for_somebody_else_lets_nobody_in(running: Running, there: Platform, claims: dict[str, Any]) -> None:
    there.claims = claims
    async with running.browser() as browser:
        state = await _out(browser, there, "slack")
        assert (await _back(browser, "slack", state))[0] == 403
        assert not await _is_in(browser)


async def test_who_did_not_set_out_here_cannot_come_back(running: Running, there: Platform) -> None:
    async with running.browser() as browser, running.browser() as victim:
        state = await _out(browser, there, "slack")
        assert (await _back(victim, "slack", state))[0] == 403  # somebody else's link, given to a victim
        assert (await _back(browser, "slack", f"{state}x"))[0] == 403
        assert (await _back(browser, "discord", state))[0] == 403
        assert there.asked == []
        assert (await _back(browser, "slack", state))[0] == 303
        assert (await _back(browser, "slack", state))[0] == 403  # a second time


async def test_the_way_there_and_back_is_open_for_ten_minutes(running: Running, there: Platform) -> None:
    async with running.browser() as browser:
        state = await _out(browser, there, "slack")
        running.now = NOW + timedelta(minutes=11)
        assert (await _back(browser, "slack", state))[0] == 403


@pytest.mark.parametrize("status", [200, 500])
async def test_a_platform_that_refuses_or_fails_is_told_in_words(running: Running, there: Platform, status: int) -> None:
    there.status = status
    async with running.browser() as browser:
        state = await _out(browser, there, "slack")
        code, _, text = await _back(browser, "slack", state, code="bad")
        assert (code, "Signing in with Slack did not work" in text, "invalid_code" in text) == (403, True, False)


async def test_discord_asks_for_a_proof_and_knows_who_manages(running: Running, there: Platform) -> None:
    await _served_on_discord(running, "100")
    there.guilds = [{"id": "100", "name": "Desk", "permissions": "32"}, {"id": "555", "name": "Elsewhere", "owner": True}]
    async with running.browser() as browser:
        state = await _out(browser, there, "discord")
        assert (await _back(browser, "discord", state))[:2] == (303, "/")
        cookie = next(one.value for one in browser.cookie_jar if one.key == "session")
    visit = await running.store.visits.of(cookie, running.now)
    assert visit and (visit.platform, visit.workspace, visit.person, visit.admin) == ("discord", "100", "77", True)


async def test_of_several_servers_one_is_chosen(running: Running, there: Platform) -> None:
    for guild in ("100", "200"):
        await _served_on_discord(running, guild)
    there.guilds = [{"id": id, "name": f"Desk <{id}>", "permissions": "0"} for id in ("100", "200", "300")]
    async with running.browser() as browser:
        state = await _out(browser, there, "discord")
        status, _, text = await _back(browser, "discord", state)
        assert status == 200 and "Desk &lt;200&gt;" in text and "300" not in text
        links = [part.split('"')[0].replace("&amp;", "&") for part in text.split(f'href="{BASE}')[1:]]
        async with browser.get(links[1], headers=HOST, allow_redirects=False) as answer:
            assert answer.status == 303
        async with browser.get(links[1], headers=HOST, allow_redirects=False) as again:
            assert again.status == 403


async def test_without_an_app_of_the_platform_there_is_no_such_way(tmp_path: Path) -> None:
    async with site(tmp_path, Settings(base_url=BASE)) as running, running.browser() as browser:
        for name in ("slack", "discord", "elsewhere"):
            async with browser.get(f"/sign-in/{name}", headers=HOST) as answer:
                assert answer.status == 404


async def _served_on_discord(running: Running, guild: str) -> None:
    await running.store.workspaces.set(Channel("discord", "", guild), Preferences(language="en"))
