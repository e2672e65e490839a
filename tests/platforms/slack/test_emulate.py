"""The same posting, threads, metadata and installations against our own server and against npm's emulate."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import DeliveryError
from bot.model import Channel, Message
from bot.platforms.slack import SlackMessenger
from bot.store import Store
from tests.builders import edition, item
from tests.platforms.slack.cloud import Cloud
from tests.platforms.slack.emulate import Relay, emulate, is_installed
from tests.platforms.slack.hosting import Desk, running
from tests.platforms.slack.server import SlackServer
from tests.platforms.slack.workspace import Json

HELLO = Message({"text": "Hello"})
LATER = Message({"text": "More"}, in_thread=True)
BOTH = ["ours", "emulate"]
_names = itertools.count(1)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    if not is_installed():
        pytest.skip("emulate is not installed: `make test` does it where a package registry can be reached")
    with emulate() as found:
        yield found


@dataclass
class Counterpart:
    """A Slack to post to. ``lose``: let the answer to the next call of a method get lost. ``archive``: a channel."""

    url: str
    token: str
    channel: Channel
    lose: Callable[[str], None]
    archive: Callable[[], Awaitable[None]]

    def messenger(self) -> SlackMessenger:
        return SlackMessenger(self.token, base_url=self.url, timeout=5)

    async def messages(self, thread: str | None = None) -> list[Json]:
        """What the channel, or a thread, holds, the oldest first."""
        client = AsyncWebClient(self.token, base_url=self.url)
        if thread:
            found = await client.conversations_replies(channel=self.channel.id, ts=thread, include_all_metadata=True)
            return list(found["messages"])[1:]
        found = await client.conversations_history(channel=self.channel.id, include_all_metadata=True)
        return [one for one in found["messages"] if one.get("subtype") != "channel_join"][::-1]


async def _ours() -> AsyncIterator[Counterpart]:
    async with SlackServer() as slack:

        async def archive() -> None:
            slack.rooms["C0BRIEF"].archived = True

        def lose(method: str) -> None:
            slack.fail(method, drop=True, applied=True)

        yield Counterpart(slack.url, slack.bot_token, Channel("slack", "C0BRIEF", "T0LOOP"), lose, archive)


async def _emulated(port: int) -> AsyncIterator[Counterpart]:
    async with Relay(port) as relay:
        token, channel = await relay.token(), await relay.channel(f"briefings-{next(_names)}")
        await relay.call("conversations.join", token, channel=channel)

        async def archive() -> None:
            await relay.call("conversations.archive", "xoxp-admin", channel=channel)

        yield Counterpart(relay.url, token, Channel("slack", channel, "T000000001"), relay.lose_answer, archive)


@pytest.fixture(params=BOTH)
async def there(request: pytest.FixtureRequest) -> AsyncIterator[Counterpart]:
    made = _ours() if request.param == "ours" else _emulated(request.getfixturevalue("port"))
    async for counterpart in made:
        yield counterpart


async def test_a_post_brings_its_blocks_and_its_delivery(there: Counterpart) -> None:
    (message,) = there.messenger().render(edition(item()))
    ts = await there.messenger().send(there.channel, message, "delivery0001", None)
    (posted,) = await there.messages()
    assert posted["ts"] == ts
    assert posted["metadata"] == {"event_type": "briefing_posted", "event_payload": {"d": "delivery0001"}}
    assert [block["type"] for block in posted["blocks"]] == [block["type"] for block in message.payload["blocks"]]


async def test_a_later_part_is_in_the_thread_and_not_in_the_channel(there: Counterpart) -> None:
    root = await there.messenger().send(there.channel, HELLO, "delivery0001", None)
    below = await there.messenger().send(there.channel, LATER, "delivery0002", root)
    assert [one["ts"] for one in await there.messages()] == [root]
    assert [(one["ts"], one["thread_ts"]) for one in await there.messages(root)] == [(below, root)]


async def test_a_post_whose_answer_was_lost_is_found_again(there: Counterpart) -> None:
    there.lose("chat.postMessage")
    with pytest.raises(DeliveryError) as caught:
        await there.messenger().send(there.channel, HELLO, "delivery0001", None)
    assert (caught.value.permanent, caught.value.posted) == (False, None)
    (posted,) = await there.messages()
    since = datetime.now(UTC) - timedelta(minutes=2)
    assert await there.messenger().find(there.channel, "delivery0001", since, None) == posted["ts"]
    assert await there.messenger().find(there.channel, "delivery0002", since, None) is None


async def test_a_later_part_is_found_again_in_its_thread(there: Counterpart) -> None:
    root = await there.messenger().send(there.channel, HELLO, "delivery0001", None)
    there.lose("chat.postMessage")
    with pytest.raises(DeliveryError):
        await there.messenger().send(there.channel, LATER, "delivery0002", root)
    since = datetime.now(UTC) - timedelta(minutes=2)
    found = await there.messenger().find(there.channel, "delivery0002", since, root)
    assert [one["ts"] for one in await there.messages(root)] == [found]


async def test_a_long_history_is_read_to_the_message(there: Counterpart) -> None:
    ts = await there.messenger().send(there.channel, HELLO, "delivery0001", None)
    client = AsyncWebClient(there.token, base_url=there.url)
    for number in range(101):
        await client.chat_postMessage(channel=there.channel.id, text=f"Message {number}")
    found = await there.messenger().find(there.channel, "delivery0001", datetime.now(UTC) - timedelta(minutes=2), None)
    assert found == ts


async def test_a_posted_message_can_be_put_right(there: Counterpart) -> None:
    ts = await there.messenger().send(there.channel, HELLO, "delivery0001", None)
    await there.messenger().edit(there.channel, ts, Message({"text": "Put right"}), None, "delivery0001")
    (posted,) = await there.messages()
    assert (posted["ts"], posted["text"]) == (ts, "Put right")


async def test_a_channel_that_takes_nothing_is_permanent(there: Counterpart) -> None:
    nowhere = Channel("slack", "C0NOWHERE", there.channel.workspace)
    with pytest.raises(DeliveryError, match="channel_not_found") as caught:
        await there.messenger().send(nowhere, HELLO, "delivery0001", None)
    assert (caught.value.permanent, caught.value.posted) == (True, False)
    await there.archive()
    with pytest.raises(DeliveryError, match="is_archived") as caught:
        await there.messenger().send(there.channel, HELLO, "delivery0002", None)
    assert (caught.value.permanent, caught.value.posted) == (True, False)


# ---- installing ----


@pytest.fixture(params=BOTH)
async def office(request: pytest.FixtureRequest) -> AsyncIterator[Cloud | Relay]:
    """Where the app can be installed."""
    if request.param == "ours":
        async with Cloud() as cloud:
            cloud.add("T000000001")
            yield cloud
    else:
        async with Relay(request.getfixturevalue("port")) as relay:
            yield relay


async def test_an_installation_gives_a_token_that_posts(office: Cloud | Relay, store: Store) -> None:
    desk = Desk()
    settings = {"slack_client_id": office.client_id, "slack_client_secret": office.client_secret}
    tokens = []
    async with running(office, store, desk, **settings) as slack:
        for _ in range(2):
            status, page = await _installed(slack.port, office)
            assert status == 200, page
            (found,) = await store.installations.all("slack")
            tokens.append(found.token)
            assert found.workspace == "T000000001" and found.bot_id and found.bot_user
        channel = await office.channel(f"installed-{next(_names)}") if isinstance(office, Relay) else "C0BRIEF"
        posted = await slack.messenger.send(Channel("slack", channel, "T000000001"), HELLO, "delivery0001", None)
        since = datetime.now(UTC) - timedelta(minutes=2)
        assert await slack.messenger.find(Channel("slack", channel, "T000000001"), "delivery0001", since, None) == posted
    assert tokens[0] != tokens[1], "to install again gives a new token"
    assert desk.came == ["+T000000001"] * 2


async def test_a_code_that_slack_did_not_give_installs_nothing(office: Cloud | Relay, store: Store) -> None:
    settings = {"slack_client_id": office.client_id, "slack_client_secret": office.client_secret}
    async with running(office, store, Desk(), **settings) as slack:
        status, _ = await _installed(slack.port, office, code="made-up")
    assert status == 401 and await store.installations.all("slack") == []


async def _installed(port: int, office: Cloud | Relay, **meddled: str) -> tuple[int, str]:
    """A person presses the button, allows what is asked and comes back."""
    here = f"http://127.0.0.1:{port}/slack"
    async with aiohttp.ClientSession() as browser:
        async with browser.get(f"{here}/install", allow_redirects=False) as begun:
            cookie, address = begun.headers["Set-Cookie"].split(";")[0], begun.headers["Location"]
        back = await office.allow(address)
        # The cookie is for https only, so that it has to be carried by hand.
        async with browser.get(f"{here}/oauth_redirect", params=back | meddled, headers={"Cookie": cookie}) as page:
            return page.status, await page.text()
