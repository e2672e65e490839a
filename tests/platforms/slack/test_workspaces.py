"""Several workspaces install the app: each gets its own briefings and answers with its own token, and leaves alone."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Installation as SlackInstallation

from bot.errors import DeliveryError
from bot.model import Channel, DeliveryState, Message, Slot, Subscription
from bot.pipeline.deliver import deliver_due
from bot.platforms.slack.clients import Installed
from bot.platforms.slack.oauth import InstallationStore, StateStore
from bot.store import Store
from tests.builders import NOON, edition, item
from tests.platforms.slack.cloud import Cloud, Hosted
from tests.platforms.slack.hosting import Desk, Running, running

HELLO = Message({"text": "Hello"})


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Town:
    """Two workspaces, the app, and what it remembers."""

    def __init__(self, cloud: Cloud, store: Store, desk: Desk, clock: Clock, slack: Running) -> None:
        self.cloud, self.store, self.desk, self.clock, self.slack = cloud, store, desk, clock, slack
        self.alpha, self.beta = cloud.teams["T0ALPHA"], cloud.teams["T0BETA"]

    def callers(self) -> set[str]:
        """The methods that were called, each with the workspace that its token belongs to."""
        return {call.method for call in self.cloud.calls}


@pytest.fixture
async def town(store: Store) -> AsyncIterator[Town]:
    desk, clock = Desk(), Clock()
    desk.open.set()
    async with Cloud() as cloud:
        for team, room in (("T0ALPHA", "C0ALPHA"), ("T0BETA", "C0BETA")):
            cloud.add(team).add_room(room)
        settings = {"slack_client_id": cloud.client_id, "slack_client_secret": cloud.client_secret}
        async with running(cloud, store, desk, clock, **settings) as slack:
            yield Town(cloud, store, desk, clock, slack)


async def planned(town: Town, *rooms: tuple[Hosted, str]) -> None:
    """An edition for each of these channels."""
    for team, room in rooms:
        subscription = Subscription(f"daily-{room}", Channel("slack", room, team.team), (time(8),))
        slot = Slot(subscription.id, date(2026, 11, 23), time(8), NOON)
        made = edition(item(), key=slot.key)
        await town.store.subscriptions.add(subscription)
        assert await town.store.editions.plan(slot, subscription, made, town.slack.messenger.render(made), NOON)


async def delivered(town: Town, room: str) -> list[DeliveryState]:
    await deliver_due(town.store, {"slack": town.slack.messenger}, NOON)
    return [one.state for one in await town.store.deliveries.of_edition(f"daily-{room}/2026-11-23/08:00")]


# ---- installing ----


async def test_a_workspace_installs_the_app_and_is_told_so_in_its_language(town: Town) -> None:
    status, page = await town.cloud.install(town.alpha)
    assert status == 200 and "Team T0ALPHA" in page and "설치" in page
    assert town.alpha.bot_token not in page
    found = await town.store.installations.of("slack", "T0ALPHA")
    assert found is not None
    assert (found.token, found.bot_id, found.bot_user) == (town.alpha.bot_token, "B0ALPHA", "U0ALPHABOT")
    assert (found.name, found.installer) == ("Team T0ALPHA", "U0PERSON")
    assert found.token not in repr(found)
    assert town.desk.came == ["+T0ALPHA"]


async def test_to_install_again_replaces_the_token(town: Town) -> None:
    await town.cloud.install(town.alpha)
    first = town.alpha.bot_token
    await town.cloud.install(town.alpha)
    assert town.alpha.bot_token != first
    assert [one.token for one in await town.store.installations.all("slack")] == [town.alpha.bot_token]


@pytest.mark.parametrize(
    ("meddled", "status"),
    [
        ({"state": "made-up"}, 400),
        ({"cookie": "slack-app-oauth-state=another"}, 400),
        ({"cookie": ""}, 400),
        ({"state": "made-up", "cookie": "slack-app-oauth-state=made-up"}, 401),
        ({"code": "made-up"}, 401),
        ({"code": ""}, 401),
        ({"error": "access_denied"}, 200),
    ],
    ids=str,
)
async def test_who_did_not_begin_here_cannot_finish(town: Town, meddled: dict[str, str], status: int) -> None:
    found, page = await town.cloud.install(town.alpha, **meddled)
    assert found == status and "설치되지 않았습니다" in page
    assert await town.store.installations.all("slack") == [] and town.desk.came == []


async def test_a_reason_from_outside_is_shown_as_text(town: Town) -> None:
    _, page = await town.cloud.come_back({"error": "<script>alert(1)</script>"}, "")
    assert "<script" not in page


async def test_a_state_is_good_once_and_for_ten_minutes(store: Store) -> None:
    clock = Clock()
    states = StateStore(store.installations, clock)
    state, other = await states.async_issue(), await states.async_issue()
    assert [await states.async_consume(state), await states.async_consume(state)] == [True, False]
    clock.ahead = timedelta(minutes=10, seconds=1)
    assert not await states.async_consume(other)


async def test_where_slack_does_not_answer_a_person_may_try_again(town: Town) -> None:
    town.alpha.fail("auth.test", drop=True)
    status, page = await town.cloud.install(town.alpha)
    assert status == 502 and "try again" in page
    assert (await town.cloud.install(town.alpha))[0] == 200


async def test_the_parameters_of_the_button_reach_slack_only_where_they_look_like_such(town: Town) -> None:
    import aiohttp

    for team, kept in (("T0ALPHA", True), ("T0\r\nX: y", False), ("<script>", False)):
        address = f"{town.cloud.app_url}/slack/install"
        async with aiohttp.ClientSession() as http, http.get(address, params={"team": team}, allow_redirects=False) as answer:
            assert answer.status == 302 and ("team=" in answer.headers["Location"]) is kept


# ---- slack_sdk's interface ----


async def test_the_store_speaks_slack_sdks_language(store: Store) -> None:
    kept = InstallationStore(store.installations, lambda: NOON)
    made = SlackInstallation(
        app_id="A1", team_id="T1", team_name="One", bot_token="xoxb-1", bot_id="B1", bot_user_id="U1", bot_scopes="chat:write,commands",
        bot_refresh_token="xoxe-1", bot_token_expires_at=1_800_000_000, user_id="U2", user_token="xoxp-own",
    )  # fmt: skip
    await kept.async_save(made)
    for user in (None, "U2", "U3"):
        found = await kept.async_find_installation(enterprise_id=None, team_id="T1", user_id=user)
        assert found is not None and (found.bot_token, found.user_token, found.bot_token_expires_at) == (
            "xoxb-1",
            None,
            1_800_000_000,
        )
    bot = await kept.async_find_bot(enterprise_id="E1", team_id="T1")
    assert bot is not None and (bot.bot_user_id, list(bot.bot_scopes)) == ("U1", ["chat:write", "commands"])
    assert await kept.async_find_bot(enterprise_id=None, team_id="T2") is None
    await kept.async_delete_installation(enterprise_id=None, team_id="T1", user_id="U2")
    assert await kept.async_find_bot(enterprise_id=None, team_id="T1") is not None, "a person's token is not the workspace's"
    await kept.async_delete_all(enterprise_id=None, team_id="T1")
    assert await kept.async_find_bot(enterprise_id=None, team_id="T1") is None


# ---- living side by side ----


async def test_each_workspace_gets_its_briefing_with_its_own_token(town: Town) -> None:
    for team in (town.alpha, town.beta):
        await town.cloud.install(team)
    town.cloud.calls.clear()
    await planned(town, (town.alpha, "C0ALPHA"), (town.beta, "C0BETA"))
    assert await delivered(town, "C0ALPHA") == await delivered(town, "C0BETA") == [DeliveryState.SENT]
    assert town.callers() == {"chat.postMessage T0ALPHA", "chat.postMessage T0BETA"}
    assert [len(team.posted(room)) for team, room in ((town.alpha, "C0ALPHA"), (town.beta, "C0BETA"))] == [1, 1]


async def test_each_workspace_is_answered_with_its_own_token(town: Town) -> None:
    for team in (town.alpha, town.beta):
        await town.cloud.install(team)
    town.cloud.calls.clear()
    for team in (town.alpha, town.beta):
        ack = await team.command("today")
        await team.until(lambda team=team, ack=ack: [one["text"] for one in team.shown(ack)] == [f"Answer for {team.team}."])
        said = await team.mention("Who?")
        await team.until(
            lambda team=team, said=said: [one["text"] for one in team.posted(thread=said.ts)] == [f"Answer for {team.team}."]
        )
    assert {call.split()[1] for call in town.callers()} == {"T0ALPHA", "T0BETA"}
    assert {asked.channel.workspace for asked in town.desk.asked} == {"T0ALPHA", "T0BETA"}


async def test_one_workspace_that_revokes_its_token_leaves_the_other_alone(town: Town) -> None:
    for team in (town.alpha, town.beta):
        await town.cloud.install(team)
    town.alpha.bot_token = "xoxb-revoked-elsewhere"
    await planned(town, (town.alpha, "C0ALPHA"), (town.beta, "C0BETA"))
    assert await delivered(town, "C0ALPHA") == [DeliveryState.DEAD]
    assert await delivered(town, "C0BETA") == [DeliveryState.SENT]
    states = {one.subscription.id: one.state for one in await town.store.subscriptions.all()}
    assert states == {"daily-C0ALPHA": "suspended", "daily-C0BETA": "active"}
    ack = await town.beta.command("today")
    await town.beta.until(lambda: [one["text"] for one in town.beta.shown(ack)] == ["Answer for T0BETA."])


async def test_where_the_app_is_not_installed_nothing_is_said_and_nothing_posted(town: Town) -> None:
    await town.cloud.install(town.beta)
    town.cloud.calls.clear()
    await town.alpha.mention("Who?")
    with pytest.raises(DeliveryError, match="install it there") as caught:
        await town.slack.messenger.send(Channel("slack", "C0ALPHA", "T0ALPHA"), HELLO, "delivery0001", None)
    assert caught.value.permanent and caught.value.posted is False
    assert town.desk.asked == [] and town.callers() == set()


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0ALPHABOT"]}}], ids=str
)
async def test_a_workspace_that_removes_the_app_is_left(town: Town, event: dict[str, Any]) -> None:
    for team in (town.alpha, town.beta):
        await town.cloud.install(team)
    town.desk.came.clear()
    await town.alpha.event({"type": "tokens_revoked", "tokens": {"oauth": ["U0PERSON"]}})
    await town.alpha.event(event)
    await town.alpha.until(lambda: town.desk.came)
    assert town.desk.came == ["-T0ALPHA"], "a person's token is none of ours"


# ---- tokens that end ----


async def test_a_token_that_ends_is_exchanged_in_time_and_once(town: Town) -> None:
    town.cloud.rotates = True
    await town.cloud.install(town.alpha)
    first = town.alpha.bot_token
    alpha = Channel("slack", "C0ALPHA", "T0ALPHA")
    await town.slack.messenger.send(alpha, HELLO, "delivery0001", None)
    assert town.alpha.bot_token == first, "twelve hours are left"
    town.clock.ahead = timedelta(hours=11)
    await town.slack.messenger.send(alpha, HELLO, "delivery0002", None)
    second = town.alpha.bot_token
    assert second != first and len(town.alpha.posted("C0ALPHA")) == 2
    await town.slack.messenger.send(alpha, HELLO, "delivery0003", None)
    assert town.alpha.bot_token == second


async def test_an_exchange_that_fails_keeps_the_token_and_shows_no_secret(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.cloud.rotates = True
    await town.cloud.install(town.alpha)
    town.cloud.refresh_tokens.clear()
    town.clock.ahead = timedelta(hours=11)
    await town.slack.messenger.send(Channel("slack", "C0ALPHA", "T0ALPHA"), HELLO, "delivery0001", None)
    assert len(town.alpha.posted("C0ALPHA")) == 1
    written = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "slack.token_kept" in written and not re.search(r"xox[be]-|a-client-secret", written)


async def test_two_that_need_a_new_token_at_once_exchange_it_once(town: Town) -> None:
    import asyncio

    town.cloud.rotates = True
    await town.cloud.install(town.alpha)
    town.clock.ahead = timedelta(hours=11)
    installed = Installed(
        town.store.installations,
        client_id=town.cloud.client_id,
        client_secret=town.cloud.client_secret,
        now=town.clock,
        base_url=town.cloud.url,
    )
    found = await asyncio.gather(*(installed.installation("T0ALPHA") for _ in range(5)))
    assert {one.token for one in found if one} == {town.alpha.bot_token}
