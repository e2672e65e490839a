"""The real slack_bolt over a real WebSocket: acknowledged at once, progress shown, then filled in."""

import asyncio
from typing import Any

import pytest

from bot.errors import ConfigError, StoreError, UserError
from bot.model import Channel, Reply, Request
from bot.platforms.slack import SlackMessenger, build_app, serve
from bot.platforms.slack.replies import plain_message
from bot.store import Store
from tests.platforms.slack.desk import NOW, Desk, KeptNotes, serving
from tests.platforms.slack.server import Json, SlackServer
from tests.platforms.slack.socket_mode import Ack

SOON = 1.0  # seconds; how long a failed connection waits for its next try, where a test waits for that


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.open.set()
    return desk


def texts(messages: list[Json]) -> list[str]:
    return [message["text"] for message in messages]


def shown(slack: SlackServer, ack: Ack) -> list[str]:
    return texts(slack.shown(ack))


# ---- /brief ----


async def test_a_command_is_acknowledged_while_its_answer_takes_its_time(slack: SlackServer, desk: Desk) -> None:
    desk.open.clear()
    async with serving(slack, desk):
        ack = await slack.command("ask Who opened an office in Tokyo?")
        assert ack.seconds < 3
        assert ack.payload is None, "progress comes through response_url, where it can be replaced"
        await slack.until(lambda: slack.shown(ack) and desk.asked)
        assert shown(slack, ack) == ["Searching the archive …"]
        desk.open.set()
        await slack.until(lambda: shown(slack, ack) == ["Eleven stories."])
    history = slack.responses[ack.envelope_id].history
    assert [(said["response_type"], said["replace_original"]) for said in history] == [("ephemeral", False), ("ephemeral", True)]
    assert not slack.posted(), "a command's answer is for the one who asked"


async def test_a_command_becomes_a_request_of_the_chat_grammar(slack: SlackServer, desk: Desk) -> None:
    desk.language = "ko"
    async with serving(slack, desk):
        await slack.command("summarise https://example.com/a?b=1&c=<2>")
        await slack.until(lambda: desk.asked)
    channel = Channel("slack", "C0BRIEF", "T0LOOP")
    wanted = Request("summarize", "https://example.com/a?b=1&c=<2>", channel, "U0PERSON", "ko", NOW, alone=True)
    assert desk.asked == [wanted]


async def test_twenty_commands_at_once_are_all_acknowledged_in_time(slack: SlackServer, desk: Desk) -> None:
    desk.open.clear()
    async with serving(slack, desk):
        acks = await asyncio.gather(*(slack.command(f"ask {at}") for at in range(20)))
        await slack.until(lambda: len(desk.asked) == 20)
        desk.open.set()
        await slack.until(lambda: all(shown(slack, ack) == ["Eleven stories."] for ack in acks))
    assert max(ack.seconds for ack in acks) < 3


async def test_a_persons_mistake_is_told_in_its_own_words(slack: SlackServer, desk: Desk) -> None:
    desk.error = UserError("That is no address: <!channel>")
    async with serving(slack, desk):
        ack = await slack.command("summarize nonsense")
        await slack.until(lambda: shown(slack, ack) == ["That is no address: &lt;!channel&gt;"])


async def test_a_bug_shows_a_reference_that_the_log_knows(
    slack: SlackServer, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.error = RuntimeError("secret detail")
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: shown(slack, ack)[:1] and "Reference" in shown(slack, ack)[0])
    (text,) = shown(slack, ack)
    assert "secret detail" not in text
    (record,) = [record for record in caplog.records if record.getMessage() == "slack.request_failed"]
    assert text.endswith(record.fields["reference"])  # type: ignore[attr-defined]


async def test_a_bug_is_owned_up_to_in_the_channels_language(slack: SlackServer, desk: Desk) -> None:
    desk.error = RuntimeError("secret detail")
    desk.language = "ja"
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: any("参照番号" in text for text in shown(slack, ack)))


async def test_a_lost_progress_note_does_not_lose_the_answer(slack: SlackServer, desk: Desk) -> None:
    desk.open.clear()
    slack.fail("respond", drop=True)
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: slack.count("respond"))
        desk.open.set()
        await slack.until(lambda: shown(slack, ack) == ["Eleven stories."])


async def test_an_answer_of_many_messages_outlives_its_response_url(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(paragraphs=tuple(f"{n} " + "long " * 2000 for n in range(6)))
    desk.open.clear()
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: shown(slack, ack))
        desk.open.set()
        await slack.until(lambda: len(slack.ephemeral) == 2)
    assert slack.responses[ack.envelope_id].uses == 5
    assert [text[0] for text in texts([*slack.shown(ack), *slack.ephemeral])] == list("012345")
    assert all(message["user"] == "U0PERSON" for message in slack.ephemeral)


# ---- mentions and direct messages ----


async def test_a_mention_is_answered_in_its_thread(slack: SlackServer, desk: Desk) -> None:
    desk.open.clear()
    async with serving(slack, desk):
        ack = await slack.mention("Which firms opened an office in Tokyo?")
        assert ack.seconds < 3
        await slack.until(lambda: slack.statuses)
        (status,) = slack.statuses
        assert (status["channel_id"], status["thread_ts"], status["status"]) == ("C0BRIEF", ack.ts, "Searching the archive …")
        assert not slack.posted(thread=ack.ts)
        desk.open.set()
        await slack.until(lambda: texts(slack.posted(thread=ack.ts)) == ["Eleven stories."])
    (request,) = desk.asked
    assert request.channel == Channel("slack", "C0BRIEF", "T0LOOP")
    assert (request.verb, request.text, request.person) == ("ask", "Which firms opened an office in Tokyo?", "U0PERSON")
    (answer,) = slack.posted(thread=ack.ts)
    assert answer["asked"]["unfurl_links"] is False


async def test_a_direct_message_may_name_a_verb(slack: SlackServer, desk: Desk) -> None:
    slack.add_room("D0PERSON", im=True)
    async with serving(slack, desk):
        ack = await slack.direct("today japan")
        await slack.until(lambda: texts(slack.posted("D0PERSON", ack.ts)) == ["Eleven stories."])
    assert (desk.asked[0].verb, desk.asked[0].text) == ("today", "japan")


async def test_follow_ups_know_what_was_said_before(slack: SlackServer, desk: Desk) -> None:
    async with serving(slack, desk):
        first = await slack.mention("OpenAI in Korea?")
        await slack.until(lambda: texts(slack.posted(thread=first.ts)) == ["Eleven stories."])
        await slack.mention("And in Japan?", thread=first.ts)
        await slack.until(lambda: len(desk.asked) == 2)
        await slack.until(lambda: texts(slack.posted(thread=first.ts))[-1:] == ["Eleven stories."])
    assert desk.asked[0].thread == ()
    assert desk.asked[1].thread == ("OpenAI in Korea?",)
    assert slack.count("conversations.replies") == 0, "what was said here is remembered, not fetched"


async def test_after_a_restart_the_thread_is_read_again(slack: SlackServer, desk: Desk) -> None:
    async with serving(slack, desk):
        first = await slack.mention("OpenAI in Korea & Japan?")
        await slack.until(lambda: texts(slack.posted(thread=first.ts)) == ["Eleven stories."])
    async with serving(slack, desk):
        await slack.mention("And Naver?", thread=first.ts)
        await slack.until(lambda: len(desk.asked) == 2)
        await slack.until(lambda: texts(slack.posted(thread=first.ts))[-1:] == ["Eleven stories."])
    assert desk.asked[1].thread == ("@U0LOOPBOT OpenAI in Korea & Japan?",)


async def test_below_a_briefing_the_briefing_is_what_the_thread_is_about(slack: SlackServer, desk: Desk) -> None:
    messenger = SlackMessenger(slack.bot_token, base_url=slack.url)
    root = await messenger.send(Channel("slack", "C0BRIEF", "T0LOOP"), plain_message("Story 1 & 2"), "d1", None)
    await messenger.send(Channel("slack", "C0BRIEF", "T0LOOP"), plain_message("Story 3"), "d2", root)
    async with serving(slack, desk):
        await slack.mention("When?", thread=root)
        await slack.until(lambda: desk.asked)
    assert desk.asked[0].thread == ("Story 1 & 2",)


async def test_a_thread_that_may_not_be_read_is_no_obstacle(slack: SlackServer, desk: Desk) -> None:
    root = slack.say("Look at this", "C0BRIEF")["ts"]
    slack.fail("conversations.replies", error="missing_scope")
    async with serving(slack, desk):
        await slack.mention("What is it?", thread=root)
        await slack.until(lambda: texts(slack.posted(thread=root))[-1:] == ["Eleven stories."])
    assert desk.asked[0].thread == ()


async def test_a_reply_below_a_briefing_is_a_question_unless_it_is_for_somebody_else(slack: SlackServer, desk: Desk) -> None:
    messenger = SlackMessenger(slack.bot_token, base_url=slack.url)
    root = await messenger.send(Channel("slack", "C0BRIEF", "T0LOOP"), plain_message("Story 1"), "d1", None)
    chat = slack.say("Lunch?", "C0BRIEF")["ts"]
    async with serving(slack, desk):
        await slack.reply("<@U0OTHER> have you seen this?", root)
        await slack.reply("At noon.", chat)
        said = slack.say("<@U0LOOPBOT> who else?", "C0BRIEF", root)
        await slack.event(said)
        await slack.event(said | {"type": "app_mention"})
        last = await slack.reply("And when?", root)
        await slack.until(lambda: len(desk.asked) == 2)
        await slack.until(lambda: texts(slack.posted(thread=root))[-1:] == ["Eleven stories."])
    assert [request.text for request in desk.asked] == ["who else?", "And when?"]
    assert last.seconds < 3


async def test_one_question_is_answered_once_however_often_slack_delivers_it(slack: SlackServer, desk: Desk) -> None:
    slack.add_room("D0PERSON", im=True)
    async with serving(slack, desk):
        said = slack.say("<@U0LOOPBOT> hello?", "D0PERSON")
        await slack.event(said, "Ev1")
        await slack.event(said, "Ev1", retry=1)
        await slack.event(said | {"type": "app_mention"}, "Ev2")
        last = await slack.direct("and this is another")
        await slack.until(lambda: slack.posted("D0PERSON", last.ts))
    assert [request.text for request in desk.asked] == ["hello?", "and this is another"]


async def test_bots_edits_and_talk_between_others_are_left_alone(slack: SlackServer, desk: Desk) -> None:
    slack.add_room("D0PERSON", im=True)
    async with serving(slack, desk):
        said = slack.say("hello", "D0PERSON")
        await slack.event(said | {"bot_id": "B0OTHER", "ts": "1.1"})
        await slack.event(said | {"user": "U0LOOPBOT", "ts": "1.2"})
        await slack.event(said | {"subtype": "message_changed", "ts": "1.3"})
        await slack.event(slack.say("lunch?", "C0BRIEF"))
        await slack.event({"type": "app_home_opened", "user": "U0PERSON", "tab": "messages", "channel": "D0PERSON"})
        await slack.mention("now you")
        await slack.until(lambda: desk.asked)
    assert [request.text for request in desk.asked] == ["now you"]


async def test_a_deleted_progress_note_is_replaced_by_a_new_message(slack: SlackServer, desk: Desk) -> None:
    slack.fail("assistant.threads.setStatus", error="missing_scope")
    slack.fail("chat.update", error="message_not_found")
    desk.open.clear()
    async with serving(slack, desk):
        ack = await slack.mention("hello")
        await slack.until(lambda: texts(slack.posted(thread=ack.ts)) == ["Searching the archive …"])
        desk.open.set()
        await slack.until(lambda: texts(slack.posted(thread=ack.ts)) == ["Searching the archive …", "Eleven stories."])


async def test_an_answer_waits_when_slack_asks_for_it(slack: SlackServer, desk: Desk) -> None:
    slack.fail("chat.postMessage", retry_after=0)
    async with serving(slack, desk):
        ack = await slack.mention("hello")
        await slack.until(lambda: texts(slack.posted(thread=ack.ts)) == ["Eleven stories."])
    assert slack.count("chat.postMessage") == 2


# ---- the connection ----


@pytest.mark.parametrize("ending", ["refresh", "close_sockets"])
async def test_a_connection_that_ends_is_made_anew(slack: SlackServer, desk: Desk, ending: str) -> None:
    async with serving(slack, desk):
        await getattr(slack, ending)()
        await slack.connected(2)
        ack = await slack.command("today")
        await slack.until(lambda: shown(slack, ack) == ["Eleven stories."])


async def test_a_refused_connection_is_not_tried_again_with_its_used_up_address(slack: SlackServer, desk: Desk) -> None:
    slack.refuse_sockets = 2
    async with serving(slack, desk, ping=SOON):
        ack = await slack.command("today")
        await slack.until(lambda: shown(slack, ack) == ["Eleven stories."])


@pytest.mark.parametrize(("setting", "method"), [("SLACK_BOT_TOKEN", "auth.test"), ("SLACK_APP_TOKEN", "apps.connections.open")])
async def test_a_refused_token_is_named(slack: SlackServer, desk: Desk, setting: str, method: str) -> None:
    slack.fail(method, error="invalid_auth")
    app = build_app(slack.bot_token, conversation=desk, notes=KeptNotes(), base_url=slack.url)
    with pytest.raises(ConfigError, match=setting):
        await serve(app, slack.app_token)


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}, {"error": "internal_error"}], ids=str)
async def test_slack_being_down_at_the_start_is_waited_for(slack: SlackServer, desk: Desk, fault: dict[str, Any]) -> None:
    slack.fail("auth.test", **fault)
    slack.fail("apps.connections.open", **fault)
    async with serving(slack, desk, ping=SOON):
        ack = await slack.command("today")
        await slack.until(lambda: shown(slack, ack) == ["Eleven stories."])


@pytest.mark.parametrize("trouble", ["deaf_sockets", "mute_sockets"])
async def test_a_connection_that_looks_alive_and_is_not_is_made_anew(slack: SlackServer, desk: Desk, trouble: str) -> None:
    """One that answers no ping, and one that answers them but never greets us and so will bring no event."""
    setattr(slack, trouble, 1)
    async with serving(slack, desk, ping=0.25):
        assert len(slack.sockets) == 1
        await slack.connected(2)
        ack = await slack.command("today")
        await slack.until(lambda: shown(slack, ack) == ["Eleven stories."])


async def test_a_quiet_connection_is_left_alone(slack: SlackServer, desk: Desk) -> None:
    async with serving(slack, desk, ping=0.05):
        pings = asyncio.Event()
        asyncio.get_running_loop().call_later(1.0, pings.set)
        await pings.wait()
        assert slack.connections == 1


async def test_a_workspace_that_is_there_is_said_to_be_there(slack: SlackServer, desk: Desk) -> None:
    app = build_app(slack.bot_token, conversation=desk, notes=KeptNotes(), base_url=slack.url)
    task = asyncio.create_task(serve(app, slack.app_token, joined=desk.joined))
    await slack.connected()
    assert desk.came == [("slack", "T0LOOP")], "by its token, at the start"
    await slack.command("help")
    await slack.command("help")
    await slack.until(lambda: len(desk.asked) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert desk.came == [("slack", "T0LOOP")] * 2, "and once when somebody speaks from there"


# ---- repetitions ----


async def test_an_event_is_answered_once_by_all_processes_and_after_a_restart(
    slack: SlackServer, desk: Desk, store: Store
) -> None:
    async def first(team: str, event: str) -> bool:
        return await store.heard.first("slack", team, event, NOW)

    said = slack.say("<@U0LOOPBOT> hello?", "C0BRIEF")
    for retry in range(3):  # each time another process
        async with serving(slack, desk, first=first):
            await slack.event(said | {"type": "app_mention"}, "Ev1", retry=retry)
            await slack.event(said, "Ev2")
            await slack.until(lambda: "ask" in [request.verb for request in desk.asked])
            ack = await slack.command("help")
            await slack.until(lambda ack=ack: slack.shown(ack))
    assert [request.verb for request in desk.asked].count("ask") == 1


async def test_a_database_that_cannot_tell_loses_no_question(slack: SlackServer, desk: Desk) -> None:
    async def first(team: str, event: str) -> bool:
        raise StoreError("locked")

    async with serving(slack, desk, first=first):
        ack = await slack.mention("hello?")
        await slack.until(lambda: slack.posted(thread=ack.ts))


# ---- rate limits ----


async def test_an_answer_waits_only_as_long_as_makes_sense(slack: SlackServer, desk: Desk) -> None:
    slack.fail("chat.postMessage", retry_after=3600)
    async with serving(slack, desk):
        ack = await slack.mention("hello")
        await slack.until(lambda: slack.count("chat.postMessage") == 1 and desk.asked)
        later = await slack.mention("again")
        await slack.until(lambda: slack.posted(thread=later.ts))
    assert not slack.posted(thread=ack.ts)


async def test_a_private_answer_waits_too(slack: SlackServer, desk: Desk) -> None:
    slack.fail("respond", retry_after=0)
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: shown(slack, ack) == ["Eleven stories."])
    assert slack.count("respond") == 2


async def test_replies_in_a_briefings_thread_name_the_briefing(slack: SlackServer, desk: Desk) -> None:
    messenger = SlackMessenger(slack.bot_token, base_url=slack.url)
    root = await messenger.send(Channel("slack", "C0BRIEF", "T0LOOP"), plain_message("Story 1"), "d1", None)
    async with serving(slack, desk):
        await slack.reply("And when?", root)
        await slack.until(lambda: desk.asked)
        await slack.mention("And alone?")
        await slack.until(lambda: len(desk.asked) == 2)
    assert [request.root for request in desk.asked] == [root, ""]
